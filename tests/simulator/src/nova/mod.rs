//! Nova: <https://docs.openstack.org/api-ref/compute/>

mod actions;
mod aggregates;
mod attachments;
mod flavors;
mod interfaces;
mod servers;
mod services;

use crate::{
    call::{Call, Service::Nova},
    cloud::Cloud,
    collection::{self, Collection},
    quotas::Quotas,
    reply::{Done, Outcome, Refusal},
    store::{Object, text},
};
use serde_json::{Value, json};

pub(crate) static COLLECTIONS: &[Collection] = &[
    flavors::FLAVORS,
    servers::SERVERS,
    GROUPS,
    KEY_PAIRS,
    attachments::ATTACHMENTS,
    aggregates::AGGREGATES,
];

const fn nova(
    path: &'static str,
    items: &'static str,
    singular: &'static str,
    noun: &'static str,
) -> Collection {
    Collection::of(Nova, path, items, singular, noun)
}

const GROUPS: Collection = Collection {
    fields: || json!({"name": "", "policy": "", "rules": {}}),
    told: || json!({"members": []}),
    required: &["name", "policy"],
    update: "",
    statuses: (200, 200, 204),
    make: |_, call, mut group| {
        group.insert("project_id".to_owned(), json!(call.who.project));
        group.insert("user_id".to_owned(), json!(call.who.user));
        Ok(group)
    },
    ..nova("os-server-groups", "server_groups", "server_group", "Instance group")
};

/// By name, each user's own.
const KEY_PAIRS: Collection = Collection {
    fields: || json!({"name": "", "type": "ssh", "public_key": null, "user_id": null}),
    required: &["name"],
    update: "",
    make: make_key_pair,
    show: |_, call, mut pair| {
        // The private key is told once, to who made it; an id that nothing takes, whenever it is looked at.
        if call.method == http::Method::POST {
            pair.remove("id");
        } else {
            pair.remove("private_key");
            pair.insert("id".to_owned(), json!(1));
        }
        pair
    },
    ..nova("os-keypairs", "keypairs", "keypair", "Keypair")
};

fn make_key_pair(cloud: &mut Cloud, call: &Call, mut pair: Object) -> Outcome<Object> {
    let name = text(&pair, "name").to_owned();
    if cloud.store.get("os-keypairs", &name).is_some() {
        return Err(Refusal::conflict("key pair name taken", format!("Key pair '{name}' already exists.")));
    }
    if text(&pair, "public_key").is_empty() {
        if call.minor >= 92 {
            return Err(Refusal::bad(
                "key pair without key from 2.92 on",
                "'public_key' is a required property",
            ));
        }
        pair.insert("public_key".to_owned(), json!(format!("ssh-rsa {} Generated-by-Nova", cloud.digits())));
        pair.insert("private_key".to_owned(), json!(format!("private {}", cloud.digits())));
    }
    let fingerprint = cloud.digits();
    pair.insert("fingerprint".to_owned(), json!(fingerprint));
    pair.insert("user_id".to_owned(), json!(call.who.user));
    pair.insert("id".to_owned(), json!(name));
    Ok(pair)
}

/// What is no plain collection.
pub(crate) fn special(cloud: &mut Cloud, call: &mut Call) -> Option<Outcome> {
    let path = call.path.clone();
    let parts: Vec<_> = path.iter().skip(1).map(String::as_str).collect();
    match parts.as_slice() {
        ["flavors", flavor, "os-extra_specs", rest @ ..] => {
            let specs = Specs { collection: "flavors", field: "extra_specs", made: 200, deleted: 200 };
            Some(specs.answer(cloud, call, flavor, rest))
        }
        ["flavors", flavor, below @ ("action" | "os-flavor-access")] => {
            Some(flavors::access(cloud, call, flavor, below))
        }
        ["os-aggregates", aggregate, "action"] => Some(aggregates::act(cloud, call, aggregate)),
        ["os-quota-sets", project] => Some(QUOTAS.answer(cloud, call, project)),
        ["os-services", rest @ ..] => Some(services::answer(cloud, call, rest)),
        ["servers", server, "os-interface", rest @ ..] => Some(interfaces::answer(cloud, call, server, rest)),
        ["servers", server, "os-volume_attachments", rest @ ..] => {
            Some(attachments::answer(cloud, call, server, rest))
        }
        ["servers", server, rest @ ("action" | "metadata" | "tags"), below @ ..] => {
            Some(actions::answer(cloud, call, server, rest, below))
        }
        ["os-keypairs", ..] => {
            call.within = vec![("user_id", call.who.user.clone())];
            call.query.retain(|(key, _)| key != "user_id");
            Some(collection::answer(cloud, call, &parts).map(|done| unfolded(call, done)))
        }
        _ => None,
    }
}

/// A list of key pairs wraps each in a `keypair`.
fn unfolded(call: &Call, mut done: Done) -> Done {
    if let Some(Value::Array(pairs)) =
        done.body.get_mut("keypairs").filter(|_| call.method == http::Method::GET)
    {
        for pair in pairs {
            *pair = json!({"keypair": pair.take()});
        }
    }
    done
}

const QUOTAS: Quotas = Quotas {
    store: "compute-quotas",
    key: "quota_set",
    defaults: |_| {
        json!({"instances": 10, "cores": 20, "ram": 51200, "key_pairs": 100, "metadata_items": 128, "server_groups": 10,
            "server_group_members": 10, "injected_files": 5, "injected_file_content_bytes": 10240,
            "injected_file_path_bytes": 255})
    },
    deleted: Some(202),
};

/// Services are there before anybody asks.
pub(crate) fn furnish(cloud: &mut Cloud) {
    services::furnish(cloud);
}

/// The specs of flavors, volume types and group types: keys below an object.
pub(crate) struct Specs {
    pub(crate) collection: &'static str,
    pub(crate) field: &'static str,
    /// Statuses of a POST and a DELETE.
    pub(crate) made: u16,
    pub(crate) deleted: u16,
}

impl Specs {
    pub(crate) fn answer(&self, cloud: &mut Cloud, call: &Call, id: &str, rest: &[&str]) -> Outcome {
        let Self { collection, field, made, deleted } = *self;
        let mut object = cloud.one(collection, id)?;
        let have = object.get(field).and_then(Value::as_object).cloned().unwrap_or_default();
        if !call.who.admin && call.method != http::Method::GET {
            return Err(Refusal::forbidden("extra specs by a user", "extra_specs"));
        }
        let absent = |key: &str| {
            Refusal::new(404, "no such extra spec", format!("There is no extra spec {key} on {id}."))
        };
        let (specs, done) = match (call.method.as_str(), rest) {
            ("GET", []) => return Ok(Done::new(200, json!({ field: have }))),
            ("POST", []) => {
                let sent = call
                    .object(field)
                    .ok_or_else(|| Refusal::bad("no extra specs", "'extra_specs' is a required property"))?;
                (collection::merged(&have, sent.clone()), Done::new(made, json!({ field: sent })))
            }
            ("PUT", [key]) => {
                let sent = call.body.as_object().cloned().filter(|sent| sent.contains_key(*key));
                let sent = sent
                    .ok_or_else(|| Refusal::bad("extra spec of another name", "Body and key do not match"))?;
                (collection::merged(&have, sent.clone()), Done::new(200, json!(sent)))
            }
            ("DELETE", [key]) => {
                let mut left = have;
                left.remove(*key).ok_or_else(|| absent(key))?;
                (left, Done::nothing(deleted))
            }
            _ => return Err(Refusal::no_path()),
        };
        object.insert(field.to_owned(), json!(specs));
        cloud.store.put(collection, object);
        Ok(done)
    }
}
