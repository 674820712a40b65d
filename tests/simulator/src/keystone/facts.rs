//! Collections of Keystone: <https://docs.openstack.org/api-ref/identity/v3/>

use crate::{call::Service::Keystone, collection::Collection};
use serde_json::json;

const fn keystone(path: &'static str, singular: &'static str, noun: &'static str) -> Collection {
    let plain = Collection::of(Keystone, path, path, singular, noun);
    Collection { update: "PATCH", admin: true, ..plain }
}

pub(crate) static COLLECTIONS: &[Collection] = &[Collection {
    fields: || json!({"name": null, "description": "", "enabled": true, "tags": [], "options": {}}),
    required: &["name"],
    ..keystone("domains", "domain", "domain")
}];
