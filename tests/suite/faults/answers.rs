//! Every bad answer to a create, an update and a delete, from Neutron; and services that take requests and don't answer.

use super::{FLAVORS, IMAGES, NETWORKS, VOLUMES, beside, clear, hear, list, others, waiting, well};
use crate::world::{external_name, world};
use rig::openstack::answers::{self, Answer};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Longer than an answer is waited for, twice.
const TOLD: Duration = Duration::from_secs(150);

type To<'a> = (&'static str, &'a str, u32);

/// A bad answer: its name, how it is made, and what a condition says of it.
struct Bad(&'static str, fn(To<'_>) -> Answer, &'static str);

const OWN: &[(&str, &str)] =
    &[("Content-Type", "application/json"), ("X-Openstack-Request-Id", "req-instead")];
const SLOW_DOWN: &[(&str, &str)] =
    &[("Content-Type", "application/json"), ("X-Openstack-Request-Id", "req-instead"), ("Retry-After", "3")];
const HTML: &[(&str, &str)] = &[("Content-Type", "text/html")];
const FAULT: &str = r#"{"NeutronError": {"type": "Instead", "message": "instead", "detail": ""}}"#;
const PAGE: &str = "<html><body><h1>instead</h1></body></html>";

const BAD: [Bad; 18] = [
    Bad("401", |to| Answer::whole(to, 401, OWN, FAULT), "(401 TokenNotAccepted)"),
    Bad("403", |to| Answer::whole(to, 403, OWN, FAULT), "(403 Forbidden)"),
    Bad("404", |to| Answer::whole(to, 404, HTML, PAGE), "(404 ForeignAnswer)"),
    Bad("409", |to| Answer::whole(to, 409, OWN, FAULT), "(409 Conflict)"),
    Bad("413", |to| Answer::whole(to, 413, HTML, PAGE), "(413 TooLarge)"),
    Bad("429", |to| Answer::whole(to, 429, OWN, FAULT), "(429 RateLimited)"),
    Bad("429-wait", |to| Answer::whole(to, 429, SLOW_DOWN, FAULT), "(429 RateLimited)"),
    Bad("500", |to| Answer::whole(to, 500, OWN, FAULT), "(500 ServiceFailed)"),
    Bad("500-done", |to| Answer::whole(to, 500, OWN, FAULT).performed(), "(500 ServiceFailed)"),
    Bad("502-done", |to| Answer::whole(to, 502, HTML, PAGE).performed(), "(502 ServiceFailed)"),
    Bad("503", |to| Answer::whole(to, 503, HTML, PAGE), "(503 ServiceFailed)"),
    Bad("503-wait", |to| Answer::whole(to, 503, SLOW_DOWN, FAULT), "(503 ServiceFailed)"),
    Bad("html", |to| Answer::whole(to, 200, HTML, PAGE), "(MalformedAnswer)"),
    Bad("html-done", |to| Answer::whole(to, 200, HTML, PAGE).performed(), "(MalformedAnswer)"),
    Bad("half", Answer::half, "(ConnectionBroken)"),
    Bad("reset", Answer::reset, "(ConnectionBroken)"),
    Bad("reset-done", |to| Answer::reset(to).performed(), "(ConnectionBroken)"),
    Bad("late", |to| Answer::late(to, Duration::from_secs(62)), "(TimedOut)"),
];

/// Neutron answers everything again, however the test ends.
struct Switched;

impl Switched {
    fn to(all: &[Answer]) -> Self {
        answers::set(&world().rig.paths, all).unwrap();
        Self
    }
}

impl Drop for Switched {
    fn drop(&mut self) {
        let _ = answers::set(&world().rig.paths, &[]);
    }
}

/// Services that take requests and do not answer, until this is dropped.
pub(super) struct Frozen(&'static [&'static str]);

impl Frozen {
    pub(super) fn freeze(daemons: &'static [&'static str]) -> Self {
        let frozen = Self(daemons);
        daemons.iter().for_each(|daemon| world().rig.freeze(daemon).unwrap());
        frozen
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        for daemon in self.0 {
            let _ = world().rig.thaw(daemon);
        }
    }
}

/// What is asked of Neutron about a network.
const METHODS: [&str; 3] = ["POST", "PUT", "DELETE"];

/// Would the service's own answer be no other?
fn fits(bad: &Bad, method: &str) -> bool {
    match bad.0 {
        "late" => method == "POST",
        "half" => method != "DELETE",
        _ => true,
    }
}

fn network(name: &str, description: &str) -> Value {
    let mut network = NETWORKS.manifest(name, "default", json!({"description": description}));
    // What is refused for good is tried again at the poll.
    network["metadata"]["annotations"] = json!({"crossplane.io/poll-interval": "10s"});
    network
}

#[test]
fn every_bad_answer_and_none_at_all_is_told_and_leaves_as_much_in_the_cloud_as_in_the_cluster() {
    let (waiting, services) = (waiting(), beside());
    let ns = world().namespace("answers");
    let name = |bad: &Bad, method: &str| format!("{}-{}-{}", ns.name, bad.0, method.to_lowercase());
    let of = |method: &'static str, description: &str| -> Vec<Value> {
        let rows = BAD.iter().filter(|bad| fits(bad, method));
        rows.map(|bad| network(&name(bad, method), description)).collect()
    };
    ns.apply(&list([of("PUT", "before"), of("DELETE", "before")].concat()));
    let made = of("PUT", "").len() + of("DELETE", "").len();
    hear(&ns, &[&NETWORKS], "networks are there", |now, _| now.len() == made && now.values().all(well));

    let known = NETWORKS.managed(&ns);
    let (mut all, mut awaited, mut every) = (vec![], vec![], 0);
    for (bad, method) in BAD.iter().flat_map(|bad| METHODS.map(|method| (bad, method))) {
        if !fits(bad, method) {
            continue;
        }
        let about = known.get(&name(bad, method)).map_or_else(|| name(bad, method), external_name);
        let times = match bad.0 {
            // Each is tried twice, and the second time may come while the service asks for patience.
            "401" => 6,
            // What was done is not done again.
            "late" | "half" => 1,
            done if done.ends_with("-done") => 1,
            // Whether such a create was done is waited for, a minute each time.
            "500" | "html" | "reset" if method == "POST" => 1,
            _ => 2,
        };
        every += times;
        all.push(bad.1((method, &about, times)));
        awaited.push((name(bad, method), bad.2));
    }
    let _switched = Switched::to(&all);
    let frozen = Frozen::freeze(&["nova-api", "cinder-api", "glance-api"]);
    let others = others(&ns, "silent");
    awaited
        .extend(others.iter().map(|it| (it["metadata"]["name"].as_str().unwrap().to_owned(), "(TimedOut)")));
    ns.apply(&list([of("POST", "new"), of("PUT", "after"), others].concat()));
    let gone: Vec<_> = BAD.iter().filter(|bad| fits(bad, "DELETE")).map(|bad| name(bad, "DELETE")).collect();
    let words = ["delete", NETWORKS.plural, "-n", &ns.name, "--wait=false"];
    world().kubectl(&words.into_iter().chain(gone.iter().map(String::as_str)).collect::<Vec<_>>());

    let sorts = [&NETWORKS, &VOLUMES, &FLAVORS, &IMAGES];
    let (mut untold, began) = (awaited, Instant::now());
    hear(&ns, &sorts, "everything is told", |_, told| {
        untold.retain(|(name, says)| !told.says(name, says));
        let over = began.elapsed() > TOLD;
        assert!(untold.is_empty() || !over, "no condition said {untold:#?}, but {:#?}", told.0);
        untold.is_empty()
    });
    drop((frozen, services));
    hear(&ns, &sorts, "everything is as wanted", |now, _| {
        let as_wanted = gone.iter().all(|name| !now.contains_key(name)) && now.values().all(well);
        as_wanted && answers::came(&world().rig.paths).unwrap() == every as usize
    });
    let services = beside();
    sorts.iter().for_each(|sort| sort.assert_equal(&ns));
    for (name, object) in NETWORKS.managed(&ns).iter().filter(|(name, _)| name.ends_with("-put")) {
        assert_eq!(object["status"]["atProvider"]["description"], "after", "{name}");
        let before = known.get(name).map(external_name);
        assert_eq!(before, Some(external_name(object)), "{name}: its name stayed");
    }
    drop((services, waiting));
    clear(&ns, &sorts);
}
