//! Clouds over several calls: what is composed is carried out, told again and answered again.

use super::*;
use std::collections::BTreeSet;

/// More calls than anything takes.
const PATIENCE: usize = 30;

/// A cloud, what was composed of it, and what its components do about it.
struct History {
    cloud: Value,
    parts: BTreeMap<String, Value>,
    /// Components whose migrations fail.
    failing: BTreeSet<&'static str>,
    events: Vec<String>,
}

impl History {
    /// A cloud that has come up at a release.
    fn of(release: &str) -> Self {
        let mut cloud = cloud_of_the_examples();
        let spec = cloud["spec"].as_object_mut().unwrap();
        spec.remove("profiles");
        spec.insert("release".to_owned(), release.into());
        let mut history = Self { cloud, parts: BTreeMap::new(), failing: BTreeSet::new(), events: vec![] };
        history.settle();
        assert_eq!(history.phase(), "Ready", "{:#}", history.cloud["status"]);
        history
    }

    /// One call; nothing that was composed may be missing in the answer.
    fn call(&mut self) {
        let mut asked = request(self.cloud.clone());
        let observed = self.parts.iter().map(|(name, part)| (name.clone(), resource(part.clone())));
        asked.observed.as_mut().unwrap().resources = observed.collect();
        let response = run(asked);
        self.cloud["status"] = status(&response);
        self.events.extend(response.results.iter().map(|result| result.message.clone()));
        let desired = response.desired.unwrap().resources;
        let lost: Vec<_> = self.parts.keys().filter(|name| !desired.contains_key(*name)).collect();
        assert!(lost.is_empty(), "{lost:?} would be deleted");
        for (name, wanted) in desired {
            let wanted = Value::Object(convert::to_json(wanted.resource.unwrap()));
            let part = self.parts.entry(name).or_insert_with(|| wanted.clone());
            part["spec"] = wanted["spec"].clone();
        }
    }

    /// Every component carries out what it is asked for, unless its migration fails.
    fn work(&mut self) {
        for (name, part) in &mut self.parts {
            let asked = part["spec"]["forProvider"]["openstackRelease"].clone();
            if part["status"]["atProvider"]["openstackRelease"] == asked && !part["status"].is_null() {
                continue;
            }
            if self.failing.contains(name.as_str()) {
                let why = format!("Job {name}-db-sync-pre-3f2a fails: Access denied");
                let told = json!({"type": "JobsSucceeded", "status": "False", "message": why});
                part["status"]["conditions"] = json!([{"type": "Ready", "status": "True"}, told]);
                part["status"]["atProvider"]["begun"] = asked;
                continue;
            }
            part["status"] = json!({"conditions": [{"type": "Ready", "status": "True"}],
                "atProvider": {"openstackRelease": asked, "begun": asked,
                    "release": {"revision": 1, "status": "deployed"}}});
        }
    }

    /// Calls until nothing changes any more.
    fn settle(&mut self) {
        for _ in 0..PATIENCE {
            let before = (self.cloud["status"].clone(), self.parts.clone());
            self.call();
            self.work();
            if before == (self.cloud["status"].clone(), self.parts.clone()) {
                return;
            }
        }
        panic!("it does not settle: {:#}", self.cloud["status"]);
    }

    fn phase(&self) -> &str {
        self.cloud["status"]["phase"].as_str().unwrap()
    }

    /// Releases that components are asked to have and have.
    fn releases(&self, names: &[&str]) -> BTreeSet<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let of = |name: &&str| {
            let part = &self.parts[*name];
            let asked = &part["spec"]["forProvider"]["openstackRelease"];
            (text(asked), text(&part["status"]["atProvider"]["openstackRelease"]))
        };
        names.iter().map(of).collect()
    }
}

fn both(asked: &str, running: &str) -> BTreeSet<(String, String)> {
    [(asked.to_owned(), running.to_owned())].into()
}

#[test]
fn scenario_10_a_migration_that_fails_halts_the_upgrade_by_name_until_it_succeeds() {
    let mut history = History::of("2025.1");
    history.cloud["spec"]["release"] = "2025.2".into();
    history.failing.insert("placement");
    history.settle();

    let status = history.cloud["status"].clone();
    assert_eq!(status["phase"], "Halted", "{status:#}");
    assert_eq!(status["release"], json!({"current": "2025.1", "target": "2025.2"}));
    assert_eq!(status["stage"]["name"], "Placement");
    let why = "placement: Job placement-db-sync-pre-3f2a fails: Access denied";
    assert_eq!(status["stage"]["blockedBy"], why);
    assert_eq!(history.events, [why], "and it is one event");
    let earlier = ["mariadb", "rabbitmq", "memcached", "keystone"];
    assert_eq!(history.releases(&earlier), both("2025.2", "2025.2"));
    assert_eq!(history.releases(&["glance"]), both("2025.2", "2025.2"), "it is of the same stage");
    assert_eq!(history.releases(&["placement"]), both("2025.2", "2025.1"));
    assert_eq!(history.releases(&["neutron", "nova"]), both("2025.1", "2025.1"));

    history.failing.clear();
    history.settle();
    assert_eq!((history.phase(), history.events.len()), ("Ready", 1));
    assert_eq!(history.cloud["status"]["release"]["current"], "2025.2");
    assert_eq!(history.releases(&["placement", "neutron", "nova"]), both("2025.2", "2025.2"));
}

#[test]
fn scenario_10_nova_gets_its_release_after_neutron_though_they_come_up_together() {
    let mut history = History::of("2025.1");
    history.cloud["spec"]["release"] = "2025.2".into();
    history.failing.insert("neutron");
    history.settle();
    assert_eq!(history.phase(), "Halted");
    assert_eq!(
        history.releases(&["neutron", "nova"]).into_iter().collect::<Vec<_>>(),
        [("2025.1".to_owned(), "2025.1".to_owned()), ("2025.2".to_owned(), "2025.1".to_owned()),]
    );
    history.failing.clear();
    history.settle();
    assert_eq!(history.releases(&["neutron", "nova"]), both("2025.2", "2025.2"));
}

#[test]
fn scenario_11_a_database_that_fails_later_takes_nothing_out_of_the_cloud() {
    let mut history = History::of("2025.2");
    let composed = history.parts.clone();
    let why = "StatefulSet mariadb-server: 0 of 1 pods are ready";
    let unready = |why: &str| json!([{"type": "Ready", "status": "False", "message": why}]);
    history.parts.get_mut("mariadb").unwrap()["status"]["conditions"] = unready(why);
    for name in ["keystone", "nova"] {
        history.parts.get_mut(name).unwrap()["status"]["conditions"] = unready("waits for mariadb");
    }
    history.settle();

    let status = &history.cloud["status"];
    assert_eq!(status["phase"], "Degraded", "{status:#}");
    assert_eq!(status["components"]["mariadb"]["state"], "Degraded");
    assert_eq!(status["components"]["mariadb"]["message"], why);
    assert_eq!(status["stage"]["blockedBy"], format!("mariadb: {why}"));
    let specs = |parts: &BTreeMap<String, Value>| -> Vec<Value> {
        parts.values().map(|part| part["spec"].clone()).collect()
    };
    assert_eq!(specs(&history.parts), specs(&composed));
}
