//! What can be wanted of a server.

use crate::api::secret::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be wanted of a server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people.
    #[schemars(length(max = 255))]
    pub description: Option<String>,
    /// Id of the flavor. A change resizes the server, which restarts it, and confirms the resize.
    #[schemars(extend("x-os" = {"ref": "compute.Flavor", "required": true, "wire": "flavorRef"}))]
    pub flavor_id: Option<String>,
    /// Id of the image to boot from. None for a server that boots from a block device mapping. See imageChange.
    #[schemars(extend("x-os" = {"ref": "image.Image", "wire": "imageRef", "untilReady": true}))]
    pub image_id: Option<String>,
    /// What becomes of a server that boots from an image when imageId changes. Rebuild makes its root disk anew from the
    /// image: what was on that disk is lost; addresses and volumes stay. Refuse leaves the server as it is, and says so.
    #[schemars(extend("x-os" = {"createOnly": true, "default": "refuse"}))]
    pub image_change: Option<ImageChange>,
    /// Disks, where the flavor's own disk from the image is not all. The one to boot from has bootIndex 0.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "wire": "block_device_mapping_v2", "byProvider": true}), length(max = 100))]
    pub block_device_mappings: Option<Vec<BlockDeviceMapping>>,
    /// Networks to be on, in the order of the interfaces. See networkMode where it is left out.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "byProvider": true}), length(max = 100))]
    pub networks: Option<Vec<ServerNetwork>>,
    /// All interfaces of the server, in place of networks, where they are to stay as this list says: interfaces are attached and
    /// detached as it changes, and one that no item is about is detached. Leave it out where InterfaceAttachments attach some.
    #[schemars(extend("x-os" = {"apart": true, "excludes": ["networks", "networkMode"]}), length(max = 100))]
    pub interfaces: Option<Vec<ServerNetwork>>,
    /// What to do where no networks are given.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "default": "auto"}))]
    pub network_mode: Option<NetworkMode>,
    /// Names or ids of the security groups of all its ports, also of those that are given by portId or attached later. Leave
    /// it out where ports have groups of their own.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "set": true, "default": "default"}))]
    pub security_groups: Option<Vec<String>>,
    /// Name of the key pair to log in with.
    #[schemars(extend("x-os" = {"ref": "compute.KeyPair", "immutable": true, "byProvider": true}))]
    pub key_name: Option<String>,
    /// Secret with the user data, by which the server sets itself up at its first start: any bytes, at most 48 KiB.
    /// Read at creation; later changes of the Secret have no effect.
    #[schemars(extend("x-os" = {"secret": "base64", "createOnly": true, "immutable": true, "byProvider": true}))]
    pub user_data_secret_ref: Option<SecretRef>,
    /// Secret with the administrator's password, for images and hypervisors that can set one. When the Secret changes, so
    /// does the password, within the poll interval.
    #[schemars(extend("x-os" = {"secret": "text", "wire": "adminPass"}))]
    pub admin_pass_secret_ref: Option<SecretRef>,
    /// Availability zone. Administrators can add `:host` or `:host:node`.
    #[schemars(extend("x-os" = {"immutable": true, "byProvider": true, "default": "the cloud's choice"}))]
    pub availability_zone: Option<String>,
    /// Host to be on. Needs administrator's rights.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "byProvider": true, "since": "2.74"}))]
    pub host: Option<String>,
    /// Hypervisor to be on. Needs administrator's rights.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "byProvider": true, "since": "2.74"}))]
    pub hypervisor_hostname: Option<String>,
    /// Host name that the metadata service tells the server.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "byProvider": true, "since": "2.90", "default": "made from its name"}), length(min = 1, max = 255))]
    pub hostname: Option<String>,
    /// Whether metadata are also given on a drive.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub config_drive: Option<bool>,
    /// Whether the root disk's partition grows to the flavor's size (AUTO) or is left alone (MANUAL).
    #[schemars(extend("x-os" = {"wire": "OS-DCF:diskConfig"}))]
    pub disk_config: Option<DiskConfig>,
    /// IPv4 address to show as the server's; of no effect on the server.
    #[serde(rename = "accessIPv4")]
    #[schemars(extend("x-os" = {"wire": "accessIPv4", "normalise": "ip"}))]
    pub access_ipv4: Option<String>,
    /// IPv6 address to show as the server's; of no effect on the server.
    #[serde(rename = "accessIPv6")]
    #[schemars(extend("x-os" = {"wire": "accessIPv6", "normalise": "ip"}))]
    pub access_ipv6: Option<String>,
    /// Ids of the certificates that the image's signature is checked with.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "byProvider": true, "since": "2.63"}))]
    pub trusted_image_certificates: Option<Vec<String>>,
    /// Where to place the server.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true}))]
    pub scheduler_hints: Option<ServerSchedulerHints>,
    /// Free keys and values, told to the server; a map replaces all that it has, but for the provider's marker.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Tags; a list replaces all tags that the server has.
    #[schemars(extend("x-os" = {"set": true}), length(max = 50), inner(length(min = 1, max = 60)))]
    pub tags: Option<Vec<String>>,
    /// Whether it runs. Where this is left out, a server that was stopped stays so.
    #[schemars(extend("x-os" = {"default": "not managed"}))]
    pub power_state: Option<PowerState>,
    /// Whether the server is locked: its owner can't change or delete it. The provider unlocks it for changes that it
    /// makes itself; to delete it, set this to false first.
    pub locked: Option<bool>,
    /// Whether to shut the server down in good order before it is deleted.
    #[schemars(extend("x-os" = {"createOnly": true}))]
    pub stop_before_delete: Option<bool>,
    /// Whether to delete it at once where the cloud would keep it for a while.
    #[schemars(extend("x-os" = {"createOnly": true}))]
    pub force_delete: Option<bool>,
}

/// A disk of a server; an empty one without volumeId, imageId and snapshotId.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BlockDeviceMapping {
    /// Id of the volume to use.
    #[schemars(extend("x-os" = {"ref": "blockstorage.Volume", "untilReady": true, "since": "2.60", "excludes": ["imageId", "snapshotId"]}))]
    pub volume_id: Option<String>,
    /// Id of the image to fill it from.
    #[schemars(extend("x-os" = {"ref": "image.Image", "untilReady": true, "excludes": ["volumeId", "snapshotId"]}))]
    pub image_id: Option<String>,
    /// Id of the volume snapshot to fill it from.
    #[schemars(extend("x-os" = {"ref": "blockstorage.BlockStorageSnapshot", "untilReady": true, "excludes": ["volumeId", "imageId"]}))]
    pub snapshot_id: Option<String>,
    /// Whether it is a volume or a disk on the host.
    #[schemars(extend("x-os" = {"default": "volume"}))]
    pub destination_type: Option<DestinationType>,
    /// Place among the disks to boot from: 0 is the first, -1 or none is not for booting.
    pub boot_index: Option<i32>,
    /// Size in GiB.
    pub volume_size: Option<u32>,
    /// Name or id of the type of a volume that is made.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeType", "since": "2.67"}))]
    pub volume_type: Option<String>,
    /// Whether the volume is deleted with the server.
    #[schemars(extend("x-os" = {"default": false}))]
    pub delete_on_termination: Option<bool>,
    /// Format of an empty disk: ephemeral or swap, or a file system.
    pub guest_format: Option<String>,
    /// disk, cdrom or lun.
    pub device_type: Option<String>,
    /// Bus, such as virtio or scsi.
    pub disk_bus: Option<String>,
    /// Device name in the server; few hypervisors heed it.
    pub device_name: Option<String>,
    /// Tag by which the server can tell the disk.
    pub tag: Option<String>,
}

/// Where a disk lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DestinationType {
    /// On the host.
    Local,
    /// In Cinder.
    Volume,
}

/// An interface of a server: on a network, or by a port that exists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerNetwork {
    /// Id of the network to make a port on.
    #[schemars(extend("x-os" = {"ref": "network.Network", "wire": "uuid", "orElse": ["portId"]}))]
    pub network_id: Option<String>,
    /// Id of the port to use.
    #[schemars(extend("x-os" = {"ref": "network.Port", "wire": "port"}))]
    pub port_id: Option<String>,
    /// Address of the port to make.
    #[schemars(extend("x-os" = {"excludes": ["portId"]}))]
    pub fixed_ip: Option<String>,
    /// Tag by which the server can tell the interface.
    pub tag: Option<String>,
}

/// What to do where no networks are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkMode {
    /// The project's network; Neutron makes one if there is none.
    Auto,
    /// No network at all.
    None,
}

/// What becomes of a server whose spec names another image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageChange {
    /// It stays as it is.
    Refuse,
    /// Its root disk is made anew.
    Rebuild,
}

/// What becomes of the root disk's partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum DiskConfig {
    /// It grows.
    Auto,
    /// It is left alone.
    Manual,
}

/// Where to place a server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerSchedulerHints {
    /// Id of the server group to be in.
    #[schemars(extend("x-os" = {"ref": "compute.ServerGroup"}))]
    pub group: Option<String>,
    /// Ids of servers whose host to share.
    #[schemars(extend("x-os" = {"ref": "compute.Server"}))]
    pub same_host: Option<Vec<String>>,
    /// Ids of servers whose hosts to avoid.
    #[schemars(extend("x-os" = {"ref": "compute.Server"}))]
    pub different_host: Option<Vec<String>>,
    /// Condition on hosts, in the JSON filter's language.
    pub query: Option<String>,
    /// Cell to be in.
    pub target_cell: Option<String>,
    /// Cells to avoid.
    pub different_cell: Option<Vec<String>>,
    /// Address of a host to be near to.
    #[schemars(extend("x-os" = {"needs": ["cidr"]}))]
    pub build_near_host_ip: Option<String>,
    /// How near, such as /24.
    #[schemars(extend("x-os" = {"needs": ["buildNearHostIp"]}))]
    pub cidr: Option<String>,
    /// Hints of the cloud's own.
    pub additional_properties: Option<BTreeMap<String, String>>,
}

/// Whether a server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PowerState {
    /// Running.
    Active,
    /// Shut down.
    Shutoff,
    /// Halted, with its memory in place.
    Paused,
    /// Halted, with its memory on disk.
    Suspended,
    /// Shut down, and its disk kept as an image; it leaves its host when the cloud wants it to.
    Shelved,
    /// The same, and off its host, for which most clouds ask for an administrator's rights.
    ShelvedOffloaded,
}
