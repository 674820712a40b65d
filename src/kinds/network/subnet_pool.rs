//! Neutron subnet pools: <https://docs.openstack.org/api-ref/network/v2/#subnet-pools-extension-subnetpools>

use crate::{
    api::crd::Column,
    kind::{Info, Key, Kind, Options, request::service::NETWORK, rest::Rest},
};
use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Addresses that subnets take their ranges from.
pub struct SubnetPool;

/// What can be wanted of a subnet pool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SubnetPoolParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Ranges of the pool in CIDR notation, all of one IP version. Some can be added, but none taken away.
    #[schemars(extend("x-os" = {"required": true, "normalise": "cidr", "set": true}), length(min = 1))]
    pub prefixes: Option<Vec<String>>,
    /// Length of the prefix of the largest subnet.
    #[schemars(extend("x-os" = {"default": "8 for IPv4 and 64 for IPv6"}), range(max = 128))]
    pub min_prefixlen: Option<u8>,
    /// Length of the prefix of the smallest subnet.
    #[schemars(extend("x-os" = {"default": "32 for IPv4 and 128 for IPv6"}), range(max = 128))]
    pub max_prefixlen: Option<u8>,
    /// Length of the prefix of a subnet that says none.
    #[schemars(extend("x-os" = {"default": "minPrefixlen"}), range(max = 128))]
    pub default_prefixlen: Option<u8>,
    /// How much of the pool each project can take: addresses of IPv4, or /64 networks of IPv6.
    #[schemars(extend("x-os" = {"default": "all"}))]
    pub default_quota: Option<u32>,
    /// Id of the address scope in which no two subnets overlap; empty for none.
    #[schemars(extend("x-os" = {"ref": "network.AddressScope", "emptyIsNull": true}))]
    pub address_scope_id: Option<String>,
    /// Whether it is the default pool of its IP version. Needs administrator's rights.
    pub is_default: Option<bool>,
    /// Whether every project can use the pool. Needs administrator's rights.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub shared: Option<bool>,
    /// Project that owns the pool. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Tags; a list replaces all tags that the pool has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// What only the cloud says of a subnet pool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SubnetPoolObservation {
    /// Id of the subnet pool.
    pub id: String,
    /// 4 or 6.
    pub ip_version: u8,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for SubnetPool {
    type Parameters = SubnetPoolParameters;
    type Observation = SubnetPoolObservation;
    const INFO: Info = Info {
        kind: "SubnetPool",
        plural: "subnetpools",
        short: "ossubp",
        about: "A SubnetPool has the addresses from which subnets of OpenStack Neutron take their ranges.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#subnet-pools-extension-subnetpools",
        columns: &[
            Column { name: "VERSION", field: "ipVersion" },
            Column { name: "PREFIX", field: "prefixes[0]" },
        ],
        ..Info::of(&NETWORK)
    };
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest::neutron("subnetpools", "subnetpool"));

    /// Neutron tells the lengths as text, and joins neighbouring prefixes: those that come to the wanted ones are shown
    /// as they are wanted.
    fn complete_answer(key: &Key<'_, SubnetPoolParameters>, pool: &mut Map<String, Value>) {
        for field in ["min_prefixlen", "max_prefixlen", "default_prefixlen"] {
            let length = pool.get(field).and_then(Value::as_str).and_then(|text| text.parse::<u8>().ok());
            pool.extend(length.map(|length| (field.to_owned(), json!(length))));
        }
        let told = pool.get("prefixes").and_then(Value::as_array).into_iter().flatten();
        let told = joined(told.filter_map(Value::as_str));
        let wanted =
            key.params.prefixes.as_ref().filter(|all| joined(all.iter().map(String::as_str)) == told);
        pool.extend(wanted.filter(|_| told.is_some()).map(|wanted| ("prefixes".to_owned(), json!(wanted))));
    }
}

/// Prefixes without neighbours that one prefix could say; none where one is no prefix.
fn joined<'a>(prefixes: impl Iterator<Item = &'a str>) -> Option<Vec<IpNet>> {
    let all: Option<Vec<IpNet>> = prefixes.map(|prefix| prefix.parse().ok()).collect();
    all.map(|all| IpNet::aggregate(&all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::any::{AnyKind, Erased};

    #[test]
    fn lengths_that_neutron_tells_as_text_are_numbers() {
        let kind = Erased::<SubnetPool>::new();
        let marker = crate::kind::marker::Marker { uid: "u".into(), owner: "o".into() };
        let meta = crate::kind::Meta {
            namespace: "a",
            name: "n",
            external_name: Some("i"),
            marker: &marker,
            creating: false,
        };
        let (params, shapes) = (Map::new(), kind.shapes().unwrap());
        let key = crate::kind::any::AnyKey::new(&params, meta, shapes);
        let told = json!({"subnetpool": {"id": "i", "prefixes": ["10.30.0.0/16"], "min_prefixlen": "20",
            "default_prefixlen": "24", "max_prefixlen": "28", "ip_version": 4}});
        let found = kind.parse(&key, &[crate::kind::request::Answer::Body(told)]).unwrap();
        let crate::kind::Found::One { body, .. } = found else { panic!("{found:?}") };
        let observed = (&kind as &dyn AnyKind).observe(&body).unwrap();
        assert_eq!(observed.at_provider["defaultPrefixlen"], 24);
        assert!(kind.ready(&params, &observed).is_ok(), "and can be read as such");
    }

    #[test]
    fn neighbours_and_what_one_prefix_says_of_them_are_the_same() {
        let joined = |all: &[&str]| joined(all.iter().copied());
        let whole = joined(&["10.30.0.0/15"]);
        for same in
            [&["10.31.0.0/16", "10.30.0.0/16"][..], &["10.30.0.9/15"], &["10.30.0.0/15", "10.30.7.0/24"]]
        {
            assert_eq!(joined(same), whole, "{same:?}");
        }
        assert_ne!(joined(&["10.31.0.0/16", "10.32.0.0/16"]), whole);
        assert_eq!(joined(&["10.30.0.0/15", "nonsense"]), None);
    }
}
