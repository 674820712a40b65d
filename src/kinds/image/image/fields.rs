//! Fields of an image.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be wanted of an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageParameters {
    /// Id of the image, a UUID. The id of an image that was deleted can't be used again.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "id", "default": "the cloud's choice"}), regex(pattern = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"))]
    pub image_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Format of the container: bare for a disk alone, as most are; or ovf, ova, docker, compressed, ami, ari, aki.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}))]
    pub container_format: Option<String>,
    /// Format of the disk: raw, qcow2, iso, vmdk, vdi, vhd, vhdx, ploop, ami, ari or aki, as far as the cloud takes it.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}))]
    pub disk_format: Option<String>,
    /// Size in GiB of the smallest disk that the image fits on.
    #[schemars(extend("x-os" = {"default": 0}), range(max = 2147483647))]
    pub min_disk: Option<u32>,
    /// Memory in MiB that a server needs at least.
    #[schemars(extend("x-os" = {"default": 0}), range(max = 2147483647))]
    pub min_ram: Option<u32>,
    /// Whether the image can't be deleted. A managed resource whose image is protected stays until this is false.
    pub protected: Option<bool>,
    /// Who can use the image.
    #[schemars(extend("x-os" = {"default": "the cloud's, mostly shared"}))]
    pub visibility: Option<ImageVisibility>,
    /// Whether the image is left out of lists that do not ask for hidden ones.
    pub os_hidden: Option<bool>,
    /// Id of the project that owns it. Only administrators can choose another than their own.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "wire": "owner"}))]
    pub project_id: Option<String>,
    /// Tags; a list replaces all tags that the image has, but for the provider's marker.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
    /// Properties, such as hw_disk_bus or os_distro. Only those named here are managed, since Glance and others add
    /// their own; an empty value removes a property.
    #[schemars(extend("x-os" = {"merge": true}))]
    pub properties: Option<BTreeMap<String, String>>,
    /// Where the data come from. Without it the image waits until somebody uploads them.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "wire": "os_glance_source"}))]
    pub source: Option<ImageSource>,
    /// Name of a Secret with `username` and `password`, which the source wants to know by basic authentication: as one of type
    /// kubernetes.io/basic-auth has them. The host of the address gets them, and no other that it redirects to; over http anybody on
    /// the way can read them. Needed until the data are there. Not with the method webDownload.
    #[schemars(extend("x-os" = {"secret": "document", "optional": true, "needs": ["source"]}), length(min = 1, max = 253))]
    pub source_credentials: Option<String>,
}

/// Who can use an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageVisibility {
    /// Everybody. By default only administrators may say so.
    Public,
    /// Its project.
    Private,
    /// Its project, and the projects that are its members.
    Shared,
    /// Everybody who knows its id.
    Community,
}

/// Where the data of an image come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImageSource {
    /// Address of the file, http or https. With the method upload it must not be local to the provider, which fetches it
    /// through the proxy of its environment, if there is one.
    #[schemars(regex(pattern = "^https?://[^/@]+(/.*)?$"), length(max = 2048))]
    pub url: String,
    /// How the data come into Glance.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-os" = {"default": "upload"}))]
    pub method: Option<ImageMethod>,
    /// What the file at the address must be. An image whose file is another never becomes active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum: Option<ImageChecksum>,
    /// How the file is packed; it is unpacked on its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-os" = {"default": "not packed", "excludes": ["method=webDownload"]}))]
    pub decompress: Option<ImageDecompress>,
}

/// How data come into Glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ImageMethod {
    /// The provider reads the file and passes it on as it comes.
    Upload,
    /// Glance reads the file itself, where the cloud offers the import method web-download.
    WebDownload,
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageDecompress {
    /// With gzip.
    Gzip,
    /// With bzip2.
    Bzip2,
    /// With xz, of a dictionary of at most 64 MiB: that of xz -9.
    Xz,
    /// With zstd, of a window of at most 64 MiB: up to level 21, or --long=26.
    Zstd,
}

/// Checksum of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImageChecksum {
    /// How it is computed. With webDownload it is compared with what Glance tells: most clouds sha512 and md5.
    pub algorithm: ImageAlgorithm,
    /// Its hexadecimal digits: 32 of md5, 64 of sha256, 128 of sha512.
    #[schemars(regex(pattern = "^([0-9a-fA-F]{32}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})$"))]
    pub value: String,
}

/// How a checksum is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageAlgorithm {
    /// MD5, against accidents only.
    Md5,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// What only the cloud says of an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageObservation {
    /// Id of the image.
    pub id: String,
    /// queued until it has data, saving, uploading or importing while they come, active, deactivated or killed.
    pub status: String,
    /// Why the last import failed.
    #[schemars(extend("x-os" = {"wire": "os_glance_fault"}))]
    pub fault: String,
    /// Size of the data in bytes.
    pub size: i64,
    /// Size in bytes of the disk that the data make.
    pub virtual_size: i64,
    /// MD5 of the data.
    pub checksum: String,
    /// How osHashValue is computed.
    pub os_hash_algo: String,
    /// Checksum of the data.
    pub os_hash_value: String,
    /// Stores that hold the data, with commas between them; told where the cloud has several.
    pub stores: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}
