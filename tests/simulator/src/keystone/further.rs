//! Further collections of Keystone: limits, credentials, trusts, and those of its extensions.

use super::{
    facts::keystone,
    rules::{self, sweep},
};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{self, Collection, Creation, merged},
    reply::{Outcome, Refusal},
    store::{Object, object, text},
};
use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) static COLLECTIONS: &[Collection] = &[
    Collection {
        fields: || json!({"description": null, "region_id": null}),
        creation: Creation::PostList,
        required: &["service_id", "resource_name", "default_limit"],
        unique: &["service_id", "region_id", "resource_name"],
        change: |cloud, _, old, new| unless_limited(cloud, old).map(|()| merged(old, new)),
        unmake: |cloud, _, registered| unless_limited(cloud, registered).map(|()| true),
        ..keystone("registered_limits", "registered_limit", "registered limit")
    },
    Collection {
        fields: || json!({"description": null, "region_id": null, "project_id": null, "domain_id": null}),
        creation: Creation::PostList,
        required: &["service_id", "resource_name", "resource_limit"],
        unique: &["service_id", "region_id", "resource_name", "project_id", "domain_id"],
        make: make_limit,
        // What is false in Python counts as not said.
        change: |_, _, old, mut new| {
            new.retain(|_, value| *value != json!(0) && *value != json!("") && !value.is_null());
            Ok(merged(old, new))
        },
        // To whoever is logged in for a project: only its own.
        listed: |call, limit| call.who.project.as_deref() == Some(text(limit, "project_id")),
        ..keystone("limits", "limit", "limit")
    },
    Collection {
        fields: || json!({"project_id": null}),
        required: &["blob", "type", "user_id"],
        admin: false,
        make: make_credential,
        change: |_, _, old, new| without_blob(merged(&with_blob(old.clone()), new)),
        listed: |call, credential| own_credential(call, Some(credential)).is_ok(),
        show: |_, _, credential| with_blob(credential),
        ..keystone("credentials", "credential", "credential")
    },
    Collection {
        fields: || json!({"project_id": null, "expires_at": null, "remaining_uses": null, "roles": []}),
        told: || json!({"deleted_at": null, "redelegated_trust_id": null}),
        required: &["trustor_user_id", "trustee_user_id", "impersonation"],
        update: "",
        admin: false,
        make: make_trust,
        // A list leaves the roles out.
        show: |_, call, mut trust| {
            if call.method == Method::GET && call.path.last().is_some_and(|last| last == "trusts") {
                trust.remove("roles");
            }
            trust
        },
        ..keystone("trusts", "trust", "trust")
    },
    Collection {
        fields: || json!({"description": null}),
        required: &["name", "filters"],
        make: |_, _, group| {
            let some =
                group.get("filters").and_then(Value::as_object).is_some_and(|filters| !filters.is_empty());
            let refused = || Refusal::bad("no filters", "filters field is required and cannot be empty");
            if some { Ok(group) } else { Err(refused()) }
        },
        unmake: |cloud, _, group| {
            sweep(cloud, "project_endpoints", "endpoint_group_id", group);
            Ok(true)
        },
        ..keystone("endpoint_groups", "endpoint_group", "Endpoint Group")
    },
    Collection {
        update: "",
        admin: false,
        unmake: rules::unmake_access_rule,
        show: |_, _, rule| rules::without_user(rule),
        ..keystone("access_rules", "access_rule", "access rule")
    },
    Collection { required: &["blob", "type"], ..keystone("policies", "policy", "policy") },
    Collection {
        fields: || json!({"enabled": false, "description": null, "remote_ids": [], "authorization_ttl": null, "domain_id": null}),
        creation: Creation::Put,
        required: &[],
        fixed: &["domain_id"],
        refers: &[("domain_id", "domains")],
        make: make_identity_provider,
        unmake: |cloud, _, provider| {
            sweep(cloud, "protocols", "idp_id", provider);
            Ok(true)
        },
        ..keystone("identity_providers", "identity_provider", "identity provider")
    },
    Collection {
        fields: || json!({"schema_version": "1.0"}),
        creation: Creation::Put,
        required: &["rules"],
        change: |_, _, old, new| {
            let whole = merged(&object(json!({"id": old.get("id"), "schema_version": "1.0"})), new);
            let refused = || Refusal::bad("mapping without rules", "'rules' is a required property");
            if whole.contains_key("rules") { Ok(whole) } else { Err(refused()) }
        },
        ..keystone("mappings", "mapping", "mapping")
    },
    Collection {
        fields: || json!({"enabled": false, "description": null, "relay_state_prefix": "ss:mem:"}),
        creation: Creation::Put,
        required: &["auth_url", "sp_url"],
        ..keystone("service_providers", "service_provider", "service provider")
    },
];

/// Do two limits, registered or not, mean the same?
fn alike(one: &Object, other: &Object) -> bool {
    ["service_id", "region_id", "resource_name"].iter().all(|field| one.get(*field) == other.get(*field))
}

fn unless_limited(cloud: &Cloud, registered: &Object) -> Outcome<()> {
    if !cloud.store.all("limits").any(|limit| alike(limit, registered)) {
        return Ok(());
    }
    let id = text(registered, "id");
    let why = format!(
        "Unable to update or delete registered limit {id} because there are project limits associated with it."
    );
    Err(Refusal::new(403, "registered limit in use", why))
}

fn make_limit(cloud: &mut Cloud, _: &Call, limit: Object) -> Outcome<Object> {
    if cloud.store.all("registered_limits").any(|registered| alike(registered, &limit)) {
        return Ok(limit);
    }
    let why = "Unable to create a limit that has no corresponding registered limit.";
    Err(Refusal::new(403, "limit without registered limit", why))
}

/// What is not there is nobody's.
pub(super) fn own_credential(call: &Call, credential: Option<&Object>) -> Outcome<()> {
    let own = credential.is_some_and(|credential| call.who.user == text(credential, "user_id"));
    if call.who.admin || own {
        return Ok(());
    }
    Err(Refusal::forbidden("credential of another", "change somebody else's credentials"))
}

/// Those of EC2 are called by their access key.
fn make_credential(cloud: &mut Cloud, call: &Call, credential: Object) -> Outcome<Object> {
    own_credential(call, Some(&credential))?;
    let mut made = without_blob(credential)?;
    if text(&made, "type") == "ec2" {
        let digest = Sha256::digest(text(&made, "access"));
        let id: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        if cloud.store.get("credentials", &id).is_some() {
            let why = "Conflict occurred attempting to store credential - Duplicate entry.";
            return Err(Refusal::conflict("access key taken", why));
        }
        made.insert("id".to_owned(), json!(id));
    }
    Ok(made)
}

/// Keys of EC2 are kept as fields.
fn without_blob(mut credential: Object) -> Outcome<Object> {
    if text(&credential, "type") == "ec2" {
        let keys = serde_json::from_str::<Object>(text(&credential, "blob")).unwrap_or_default();
        if !keys.contains_key("access") {
            return Err(Refusal::bad("EC2 credential without access key", "Invalid blob in credential"));
        }
        credential.remove("blob");
        credential.remove("secret");
        credential.extend(keys);
    }
    Ok(credential)
}

fn with_blob(mut credential: Object) -> Object {
    if text(&credential, "type") == "ec2" {
        let keys =
            ["access", "secret"].map(|name| (name.to_owned(), credential.remove(name).unwrap_or_default()));
        let keys: Object = keys.into_iter().filter(|(_, key)| !key.is_null()).collect();
        credential.insert("blob".to_owned(), json!(Value::Object(keys).to_string()));
    }
    credential
}

/// By whom, for whom, and with roles that there are.
fn make_trust(cloud: &mut Cloud, call: &Call, mut trust: Object) -> Outcome<Object> {
    if text(&trust, "trustor_user_id") != call.who.user {
        return Err(Refusal::forbidden(
            "trust of another",
            "The authenticated user should match the trustor",
        ));
    }
    cloud.one("users", text(&trust, "trustee_user_id"))?;
    let named = |role: &Value| {
        let word = |key: &str| role.get(key).and_then(Value::as_str);
        let by_name = || cloud.store.having("roles", "name", word("name").unwrap_or_default()).next();
        let found = word("id").map_or_else(by_name, |id| cloud.store.get("roles", id));
        found.map(|role| json!({"id": role.get("id"), "name": role.get("name")}))
    };
    let asked = trust.get("roles").and_then(Value::as_array).cloned().unwrap_or_default();
    let roles: Option<Vec<_>> = asked.iter().map(named).collect();
    let roles = roles.ok_or_else(|| collection::not_found("roles", "of the trust"))?;
    if roles.is_empty() && !text(&trust, "project_id").is_empty() {
        return Err(Refusal::forbidden("trust without roles", "At least one role should be specified"));
    }
    trust.insert("roles".to_owned(), json!(roles));
    let again = trust.remove("allow_redelegation") == Some(json!(true));
    trust.entry("redelegation_count").or_insert(json!(if again { 3 } else { 0 }));
    Ok(trust)
}

/// Without a domain it gets one of its own.
fn make_identity_provider(cloud: &mut Cloud, _: &Call, mut provider: Object) -> Outcome<Object> {
    if text(&provider, "domain_id").is_empty() {
        let id = cloud.digits();
        let domain =
            json!({"id": id, "name": id, "description": "", "enabled": true, "tags": [], "options": {}});
        cloud.store.put("domains", object(domain));
        provider.insert("domain_id".to_owned(), json!(id));
    }
    Ok(provider)
}
