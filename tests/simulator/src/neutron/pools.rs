//! Subnet pools.

use super::{neutron, own};
use crate::{call::Call, cloud::Cloud, collection::Collection, reply::Outcome, store::Object};
use http::Method;
use serde_json::{Value, json};

pub(super) const POOLS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "prefixes": [], "min_prefixlen": null, "max_prefixlen": null,
            "default_prefixlen": null, "default_quota": null, "address_scope_id": null, "is_default": false,
            "shared": false, "project_id": "", "tenant_id": ""})
    },
    required: &["name", "prefixes"],
    fixed: &["shared", "project_id", "tenant_id"],
    make,
    show,
    ..neutron("subnetpools", "subnetpools", "subnetpool", "Subnet pool")
};

/// The version follows from the prefixes, lengths that are not said from the version.
fn make(cloud: &mut Cloud, call: &Call, pool: Object) -> Outcome<Object> {
    let mut pool = own(cloud, call, pool)?;
    let first = pool.get("prefixes").and_then(|all| all.get(0)?.as_str()).unwrap_or_default();
    let (version, least, most) = if first.contains(':') { (6, 64, 128) } else { (4, 8, 32) };
    pool.insert("ip_version".to_owned(), json!(version));
    let said = |pool: &Object, field: &str| pool.get(field).and_then(Value::as_u64);
    let least = said(&pool, "min_prefixlen").unwrap_or(least);
    for (field, unless_said) in
        [("min_prefixlen", least), ("max_prefixlen", most), ("default_prefixlen", least)]
    {
        let length = said(&pool, field).unwrap_or(unless_said);
        pool.insert(field.to_owned(), json!(length));
    }
    Ok(pool)
}

/// Neutron tells the lengths as text, but in the answer to an update.
fn show(_: &Cloud, call: &Call, mut pool: Object) -> Object {
    if call.method == Method::PUT {
        return pool;
    }
    for field in ["min_prefixlen", "max_prefixlen", "default_prefixlen"] {
        if let Some(length @ Value::Number(_)) = pool.get_mut(field) {
            *length = json!(length.to_string());
        }
    }
    pool
}
