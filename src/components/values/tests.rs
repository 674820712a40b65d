use super::*;
use crate::{
    components::{
        glance::Glance,
        keystone::{Keystone, KeystoneReplicas},
        mariadb::MariaDb,
        nova::Nova,
        octavia::Octavia,
        open_stack_component::OpenStackComponent,
        parameters::Images,
        rabbitmq::{RabbitMq, RabbitMqReplicas},
    },
    kind::{
        Meta,
        any::{AnyKey, Shapes},
        marker::Marker,
    },
};
use secrecy::SecretString;
use std::collections::BTreeMap;

fn secrets(given: &[(&str, Value)]) -> Secrets {
    given.iter().map(|(name, document)| ((*name).to_owned(), document.to_string().into())).collect()
}

/// What values are made of a spec and what it is given.
fn made<C: Chart>(params: &ComponentParameters<C::Replicas>, secrets: &Secrets) -> Result<Value, Problem> {
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta =
        Meta { namespace: "openstack", name: "n", external_name: None, marker: &marker, creating: false };
    let (untyped, shapes) = (Map::new(), Shapes::default());
    let any = AnyKey { secrets, ..AnyKey::new(&untyped, meta, &shapes) };
    values::<C>(&Key { params, any: &any }).map(|values| Value::Object(values.as_map().clone()))
}

fn keystone_secrets() -> Secrets {
    secrets(&[
        (
            "database_connection",
            json!({"endpoint": "db", "port": "3306", "username": "root", "password": "pw-db"}),
        ),
        (
            "messaging_connection",
            json!({"endpoint": "mq", "port": "5672", "username": "r", "password": "pw-mq"}),
        ),
        ("cache_connection", json!({"endpoint": "mc", "port": "11211", "secretKey": "key"})),
        (
            "passwords",
            json!({"identity-admin": "pw-admin", "db-keystone": "pw-own", "messaging-keystone": "pw-own-mq"}),
        ),
    ])
}

#[test]
fn connections_and_passwords_stand_where_the_chart_looks_for_them() {
    let values = made::<Keystone>(&ComponentParameters::default(), &keystone_secrets()).unwrap();
    for (path, value) in [
        ("/endpoints/oslo_db/host_fqdn_override/default", json!("db")),
        ("/endpoints/oslo_db/port/mysql/default", json!(3306)),
        ("/endpoints/oslo_db/auth/admin/password", json!("pw-db")),
        ("/endpoints/oslo_db/auth/keystone/password", json!("pw-own")),
        ("/endpoints/oslo_messaging/auth/admin/username", json!("r")),
        ("/endpoints/oslo_cache/port/memcache/default", json!(11211)),
        ("/endpoints/identity/auth/admin/password", json!("pw-admin")),
    ] {
        assert_eq!(values.pointer(path), Some(&value), "{path}");
    }
}

#[test]
fn the_key_of_the_cache_is_said_to_who_keeps_tokens_there() {
    let given =
        secrets(&[("cache_connection", json!({"endpoint": "mc", "port": "11211", "secretKey": "key"}))]);
    let key = |values: Value| values.pointer("/endpoints/oslo_cache/auth/memcache_secret_key").cloned();
    assert_eq!(
        key(made::<OpenStackComponent>(&ComponentParameters::default(), &given).unwrap()),
        Some(json!("key"))
    );
    assert_eq!(
        key(made::<Keystone>(&ComponentParameters::default(), &keystone_secrets()).unwrap()),
        None,
        "its chart has no place for it"
    );
}

#[test]
fn an_address_of_an_identity_service_is_taken_apart() {
    let identity = json!({"endpoint": "https://keystone-api.openstack.svc.cluster.local:5000/v3", "username": "admin",
        "password": "pw", "projectName": "admin", "userDomainName": "default", "projectDomainName": "default",
        "region": "RegionOne"});
    let given = secrets(&[("identity_connection", identity)]);
    let values = made::<OpenStackComponent>(&ComponentParameters::default(), &given).unwrap();
    let at = |path: &str| values.pointer(path).cloned();
    assert_eq!(
        at("/endpoints/identity/host_fqdn_override/default"),
        Some(json!("keystone-api.openstack.svc.cluster.local"))
    );
    assert_eq!(at("/endpoints/identity/port/api/internal"), Some(json!(5000)));
    assert_eq!(at("/endpoints/identity/scheme/default"), Some(json!("https")));
}

#[test]
fn what_a_secret_lacks_or_spells_wrong_is_named_without_its_values() {
    let mut given = keystone_secrets();
    given.insert("passwords".to_owned(), json!({"identity-admin": "hunter2"}).to_string().into());
    let why = made::<Keystone>(&ComponentParameters::default(), &given).unwrap_err().to_string();
    assert_eq!(why, "the Secret that passwords names has no key db-keystone");
    let database = json!({"endpoint": "db", "port": "hunter2", "username": "root", "password": "pw"});
    let mut given = keystone_secrets();
    given.insert("database_connection".to_owned(), database.to_string().into());
    let why = made::<Keystone>(&ComponentParameters::default(), &given).unwrap_err().to_string();
    assert_eq!(why, "the Secret that databaseConnection names has a port that is no number");
}

#[test]
fn images_are_named_after_registry_project_release_and_distribution_unless_a_tag_is_said() {
    let tags = BTreeMap::from([("keystone_api".to_owned(), "mine:1".to_owned())]);
    let images = Images {
        registry: Some("r.example.org/os".to_owned()),
        distribution: Some("noble".to_owned()),
        tags: Some(tags),
    };
    let release = Some("2025.2".to_owned());
    let params =
        ComponentParameters { images: Some(images), openstack_release: release, ..Default::default() };
    let values = made::<Keystone>(&params, &keystone_secrets()).unwrap();
    let tag = |role: &str| values["images"]["tags"][role].clone();
    assert_eq!(tag("keystone_api"), "mine:1");
    assert_eq!(tag("keystone_db_sync"), "r.example.org/os/keystone:2025.2-noble");
    assert_eq!(tag("dep_check"), "r.example.org/os/kubernetes-entrypoint:2025.2-noble");
    let params = ComponentParameters { openstack_release: None, ..params };
    let why = made::<Keystone>(&params, &keystone_secrets()).unwrap_err().to_string();
    assert!(why.starts_with("images.registry needs openstackRelease"), "{why}");
}

#[test]
fn later_layers_win_and_typed_fields_come_last() {
    let mut given = keystone_secrets();
    given.insert("values_from/0".to_owned(), SecretString::from("a: 1\nb: 1\nc: 1"));
    // An optional one between them is missing.
    given.insert("values_from/2".to_owned(), SecretString::from("b: 2"));
    let values: Map<String, Value> =
        serde_json::from_value(json!({"c": 3, "pod": {"replicas": {"api": 7}}})).unwrap();
    let params = ComponentParameters {
        values: Some(values),
        values_text: Some("d: null\nc: 4".to_owned()),
        replicas: Some(KeystoneReplicas { api: Some(2) }),
        unset: Some(vec!["a".to_owned()]),
        ..Default::default()
    };
    let values = made::<Keystone>(&params, &given).unwrap();
    assert_eq!((&values["a"], &values["b"], &values["c"]), (&Value::Null, &json!(2), &json!(4)));
    assert!(values.as_object().unwrap().contains_key("d"), "a null of the text is kept");
    assert_eq!(values["pod"]["replicas"]["api"], 2);
}

#[test]
fn another_number_of_brokers_changes_no_values_of_those_who_use_them() {
    let params = ComponentParameters { messaging_connection: Some("mq".to_owned()), ..Default::default() };
    let values = made::<Keystone>(&params, &keystone_secrets()).unwrap();
    assert_eq!(values.pointer("/endpoints/oslo_messaging/statefulset"), Some(&Value::Null));
}

#[test]
fn a_text_that_is_no_yaml_is_refused_by_the_name_of_its_layer() {
    let params = ComponentParameters { values_text: Some("a: [".to_owned()), ..Default::default() };
    let why = made::<Nova>(&params, &Secrets::new()).unwrap_err().to_string();
    assert!(why.starts_with("valuesText: "), "{why}");
}

#[test]
fn a_deletion_for_which_no_secret_is_read_renders_nothing() {
    let params = ComponentParameters { passwords: Some("passwords".to_owned()), ..Default::default() };
    let why = made::<Keystone>(&params, &Secrets::new()).unwrap_err().to_string();
    assert_eq!(why, "the Secrets that it is given are not read any more");
}

#[test]
fn a_cache_that_was_away_is_asked_again_soon_by_whoever_has_one_unless_somebody_says_otherwise() {
    let asked = |params: &ComponentParameters<_>| {
        let values = made::<Glance>(params, &Secrets::new()).unwrap();
        values["conf"]["glance"]["keystone_authtoken"].clone()
    };
    let mut params = ComponentParameters::default();
    let soon = json!({"memcache_pool_dead_retry": 5, "memcache_pool_socket_timeout": 1});
    assert_eq!(asked(&params), soon);
    params.values_text =
        Some("conf: {glance: {keystone_authtoken: {memcache_pool_dead_retry: 60}}}".to_owned());
    assert_eq!(asked(&params)["memcache_pool_dead_retry"], 60);
    for (name, facts) in crate::components::tests::all() {
        let keeps = facts.shared_wiring.iter().any(|wires| wires.iter().any(|wire| wire.from == Use::Cache));
        let says = facts.set().any(|(path, _)| path.ends_with("_dead_retry"));
        // Horizon's and Swift's configurations are of other forms.
        assert_eq!(says, keeps && !["horizon", "swift"].contains(&name), "{name}");
    }
}

#[test]
fn what_is_switched_off_for_all_is_on_for_who_says_so() {
    let secrets = secrets(&[(
        "passwords",
        json!({"db-admin": "pw-admin", "sst": "pw-sst", "audit": "pw-audit", "exporter": "pw-exporter"}),
    )]);
    let crds = |params: &ComponentParameters<_>| {
        made::<MariaDb>(params, &secrets).unwrap()["manifests"]["crds"].clone()
    };
    let mut params = ComponentParameters::default();
    assert_eq!(crds(&params), json!(false));
    params.values_text = Some("manifests: {crds: true}".to_owned());
    assert_eq!(crds(&params), json!(true));
}

#[test]
fn passwords_are_of_the_generation_that_is_said_and_accounts_named_after_it() {
    let params = |generation: u16| ComponentParameters::<KeystoneReplicas> {
        password_generations: Some(BTreeMap::from([("db-keystone".to_owned(), generation)])),
        ..ComponentParameters::default()
    };
    let passwords = json!({"identity-admin": "a", "messaging-keystone": "m", "db-keystone": "two", "db-keystone.1": "one",
        "db-keystone.2": "two"});
    let mut given = keystone_secrets();
    given.insert("passwords".to_owned(), passwords.to_string().into());
    let login = |params: &ComponentParameters<KeystoneReplicas>| {
        let values = made::<Keystone>(params, &given).unwrap();
        let text = |path: &str| values.pointer(path).and_then(Value::as_str).map(str::to_owned);
        (text("/endpoints/oslo_db/auth/keystone/username"), text("/endpoints/oslo_db/auth/keystone/password"))
    };
    let owned = |text: &str| Some(text.to_owned());
    assert_eq!(login(&ComponentParameters::default()), (None, owned("one")), "until it is asked for");
    assert_eq!(login(&params(2)), (owned("keystone_2"), owned("two")));
    let why = made::<Keystone>(&params(3), &given).unwrap_err().to_string();
    assert_eq!(why, "the Secret that passwords names has no generation 3 of db-keystone");
    let theirs = json!({"endpoints": {"oslo_db": {"auth": {"keystone": {"username": "theirs"}}}}});
    let named = ComponentParameters { values: theirs.as_object().cloned(), ..params(2) };
    let why = made::<Keystone>(&named, &given).unwrap_err().to_string();
    let path = "endpoints.oslo_db.auth.keystone.username";
    assert_eq!(
        why,
        format!("values name the user at {path}, which has to be new where db-keystone is: remove the name")
    );
}

#[test]
fn a_password_that_data_are_encrypted_with_is_never_of_another_generation() {
    let given = secrets(&[(
        "passwords",
        json!({"erlang-cookie": "new", "erlang-cookie.1": "old", "erlang-cookie.2": "new",
        "messaging-admin": "a", "messaging-guest": "g"}),
    )]);
    let cookie = |params: &ComponentParameters<RabbitMqReplicas>| {
        let values = made::<RabbitMq>(params, &given).map_err(|why| why.to_string())?;
        Ok(values.pointer("/endpoints/oslo_messaging/auth/erlang_cookie").cloned())
    };
    assert_eq!(
        cookie(&ComponentParameters::default()),
        Ok(Some(json!("old"))),
        "somebody renewed it by mistake"
    );
    let renewed = ComponentParameters {
        password_generations: Some(BTreeMap::from([("erlang-cookie".to_owned(), 2)])),
        ..ComponentParameters::default()
    };
    let why = "passwordGenerations: erlang-cookie can't be renewed: members of RabbitMQ with different ones do not find each other";
    assert_eq!(cookie(&renewed), Err(why.to_owned()));
}

#[test]
fn octavias_workers_keep_nothing_in_a_store_that_is_no_component() {
    let values = made::<Octavia>(&ComponentParameters::default(), &Secrets::new()).unwrap();
    assert_eq!(values.pointer("/conf/octavia/task_flow/jobboard_enabled"), Some(&json!(false)));
}
