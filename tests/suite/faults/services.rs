//! Services that are slow or away, a token and an endpoint that are no longer good, and a database that goes.

use super::{
    FLAVORS, GROUPS, IMAGES, NETWORKS, PROJECTS, Sort, VOLUMES, alone, answers::Frozen, beside, clear, hear,
    list, others, waiting, well, without_services,
};
use crate::{
    suite::login::User,
    world::{Namespace, condition, world},
};
use rig::lifecycle::block_on;
use serde_json::{Value, json};
use std::time::Duration;

const APIS: &[&str] = &["keystone-api", "neutron-api", "nova-api", "cinder-api", "glance-api"];
/// As long as a service is slow, or away.
const A_WHILE: Duration = Duration::from_secs(6);

/// One resource of each service.
fn one_of_each(ns: &Namespace, when: &str) -> Vec<Value> {
    let name = |what: &str| format!("{}-{when}-{what}", ns.name);
    let more = [
        NETWORKS.manifest(&name("network"), "default", json!({})),
        PROJECTS.manifest(&name("project"), "admin", json!({})),
    ];
    others(ns, when).into_iter().chain(more).collect()
}

/// Starts all services: each asks the first whether it is well, so that comes alone.
fn start() {
    let start = |api: &str| block_on(world().rig.start(api)).unwrap();
    start(APIS[0]);
    std::thread::scope(|scope| APIS[1..].iter().for_each(|api| _ = scope.spawn(|| start(api))));
}

#[test]
fn services_that_are_slow_are_waited_for_and_those_that_are_away_are_told_and_catch_up() {
    let alone = alone();
    let ns = world().namespace("services");
    let sorts = [&NETWORKS, &VOLUMES, &FLAVORS, &IMAGES, &PROJECTS];
    let frozen = Frozen::freeze(APIS);
    ns.apply(&list(one_of_each(&ns, "slow")));
    std::thread::sleep(A_WHILE);
    drop(frozen);
    hear(&ns, &sorts, "the slow services did it", |now, _| now.len() == 5 && now.values().all(well));

    APIS.iter().for_each(|api| block_on(world().rig.stop(api)).unwrap());
    ns.apply(&list(one_of_each(&ns, "away")));
    hear(&ns, &sorts, "they are said to be away", |now, told| {
        let away = now.keys().filter(|name| name.contains("-away-"));
        away.clone().count() == 5 && away.into_iter().all(|name| told.says(name, "(Unreachable)"))
    });
    start();
    hear(&ns, &sorts, "they are back", |now, _| now.len() == 10 && now.values().all(well));
    sorts.iter().for_each(|sort| sort.assert_equal(&ns));
    drop(alone);
    clear(&ns, &sorts);
}

/// The endpoints of the network service, out of the catalogue until this is dropped.
struct Withdrawn(Vec<String>);

impl Withdrawn {
    fn withdraw() -> Self {
        let get = |path: &str| world().ask_admin("identity", "GET", path, Value::Null).1;
        let service = get("/services?type=network")["services"][0]["id"].as_str().unwrap().to_owned();
        let found = get(&format!("/endpoints?service_id={service}"));
        let ids = found["endpoints"].as_array().unwrap().iter();
        let withdrawn = Self(ids.map(|one| one["id"].as_str().unwrap().to_owned()).collect());
        withdrawn.enable(false);
        withdrawn
    }

    fn enable(&self, enabled: bool) {
        for id in &self.0 {
            let change = json!({"endpoint": {"enabled": enabled}});
            let (status, body) = world().ask_admin("identity", "PATCH", &format!("/endpoints/{id}"), change);
            assert_eq!(status, 200, "{body}");
        }
    }
}

impl Drop for Withdrawn {
    fn drop(&mut self) {
        self.enable(true);
    }
}

/// Ends all tokens of a user, and has the services forget that they knew them: else they believe one for minutes.
fn revoke(user: &User) {
    user.revoke();
    let script = "import socket\n\
        memcached = socket.create_connection(('10.85.0.1', 11211), timeout=10)\n\
        memcached.sendall(b'flush_all\\r\\n')\n\
        print(memcached.recv(16).decode())";
    let answer = block_on(world().rig.python(script)).unwrap();
    assert_eq!(answer.trim(), "OK");
}

/// A ProviderConfig of the namespace's own, for a user of its own.
fn log_in(ns: &Namespace, user: &User) {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "own"},
        "stringData": {"clouds.yaml": user.clouds()}});
    let config = json!({"apiVersion": "kupenstack.io/v1alpha1", "kind": "ProviderConfig",
        "metadata": {"name": "own"}, "spec": {"cloud": "x",
        "credentials": {"source": "Secret", "secretRef": {"name": "own", "key": "clouds.yaml"}}}});
    ns.apply(&list(vec![secret, config]));
}

#[test]
fn a_revoked_token_is_replaced_and_a_service_that_left_the_catalogue_is_told_and_waited_for() {
    let beside = beside();
    let (ns, user) = (world().namespace("catalogue"), User::new("catalogue", json!({})));
    log_in(&ns, &user);
    let network = |what: &str| {
        let mut network = NETWORKS.manifest(&format!("{}-{what}", ns.name), "own", json!({}));
        network["spec"]["providerConfigRef"]["kind"] = json!("ProviderConfig");
        network["metadata"]["annotations"] = json!({"crossplane.io/poll-interval": "5s"});
        network
    };
    ns.apply(&network("before"));
    hear(&ns, &[&NETWORKS], "a network is there", |now, _| now.len() == 1 && now.values().all(well));
    revoke(&user);
    ns.apply(&network("revoked"));
    hear(&ns, &[&NETWORKS], "another token serves", |now, _| now.len() == 2 && now.values().all(well));

    let withdrawn = Withdrawn::withdraw();
    revoke(&user);
    hear(&ns, &[&NETWORKS], "the catalogue has no network service", |now, _| {
        now.values().all(|it| {
            let why = condition(it, "Synced")["message"].as_str().unwrap_or_default();
            why.contains("catalog has no network service")
        })
    });
    ns.apply(&network("withdrawn"));
    drop(withdrawn);
    hear(&ns, &[&NETWORKS], "it is back", |now, _| now.len() == 3 && now.values().all(well));
    NETWORKS.assert_equal(&ns);
    drop(beside);
    clear(&ns, &[&NETWORKS]);
}

#[test]
fn when_the_database_goes_and_comes_back_nothing_is_lost_or_made_twice() {
    // Behind those who freeze a service: what the database's way back is waited for would be frozen with it.
    let (waiting, prepares) = (waiting(), beside());
    let ns = world().namespace("database");
    let sorts = [&NETWORKS, &GROUPS, &VOLUMES];
    // Of its own among all sorts: they are heard together.
    let name = |sort: &Sort, when: &str, number: usize| {
        format!("{}-{when}-{number}-{}", ns.name, sort.kind.1.to_lowercase())
    };
    let some = |when: &str| -> Vec<Value> {
        let all = (0..4).flat_map(|number| sorts.map(|sort| (sort, number)));
        let fields = |sort: &Sort| if sort.kind.1 == "Volume" { json!({"size": 1}) } else { json!({}) };
        all.map(|(sort, number)| sort.manifest(&name(sort, when, number), "default", fields(sort))).collect()
    };
    ns.apply(&list(some("before")));
    hear(&ns, &sorts, "some are there", |now, _| now.len() == 12 && now.values().all(well));
    drop(prepares);
    let services = without_services();
    block_on(world().rig.stop("mariadb")).unwrap();
    ns.apply(&list(some("meanwhile")));
    let gone = sorts.map(|sort| name(sort, "before", 0));
    for (sort, one) in sorts.iter().zip(&gone) {
        world().kubectl(&["delete", sort.plural, one, "-n", &ns.name, "--wait=false"]);
    }
    hear(&ns, &sorts, "it is told", |now, told| {
        now.keys().any(|name| name.contains("-meanwhile-") && told.says(name, "(50"))
    });
    std::thread::sleep(A_WHILE);
    block_on(world().rig.start("mariadb")).unwrap();
    drop(services);
    hear(&ns, &sorts, "it is back", |now, _| {
        now.len() == 24 - gone.len()
            && now.values().all(well)
            && !gone.iter().any(|one| now.contains_key(one))
    });
    let services = beside();
    sorts.iter().for_each(|sort| sort.assert_equal(&ns));
    drop((services, waiting));
    clear(&ns, &sorts);
}
