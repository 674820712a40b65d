//! What goes wrong around the provider: while it lasts, the conditions say what it is; afterwards there is as much in the
//! cloud as in the cluster, nothing twice, and nobody was needed.

mod answers;
mod services;
mod storm;

use crate::world::{Namespace, cluster::Refusal, condition, external_name, world};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError},
    time::{Duration, Instant},
};

/// Longer than a create without an answer is waited for, twice.
const PATIENCE: Duration = Duration::from_secs(300);
/// In all, however often kubectl has to begin again.
const CLEARED: Duration = Duration::from_secs(180);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Who needs the services as they are, beside others, or takes one away, alone.
static SERVICES: RwLock<()> = RwLock::new(());
/// Who waits for what the provider remembers and the services' answers, beside others, or ends these, alone. Taken first.
static WAITING: RwLock<()> = RwLock::new(());

type Beside = RwLockReadGuard<'static, ()>;
type Alone = RwLockWriteGuard<'static, ()>;

/// The services stay as they are.
fn beside() -> Beside {
    SERVICES.read().unwrap_or_else(PoisonError::into_inner)
}

/// Nobody kills the provider or stops a service's API: a minute's waiting stays one. Others may have their faults meanwhile.
fn waiting() -> Beside {
    WAITING.read().unwrap_or_else(PoisonError::into_inner)
}

/// Nobody else needs the services.
fn without_services() -> Alone {
    taken(&SERVICES)
}

/// No other test is at work.
fn alone() -> (Alone, Alone) {
    (taken(&WAITING), taken(&SERVICES))
}

/// Asks again and again: a lock that is waited for would hold up those that could go beside each other.
fn taken(lock: &'static RwLock<()>) -> Alone {
    loop {
        match lock.try_write() {
            Ok(taken) => return taken,
            Err(TryLockError::Poisoned(left)) => return left.into_inner(),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_AGAIN),
        }
    }
}

/// A kind that is used here: its plural, its kind with API group, and where its objects are in the cloud: service, path, key.
struct Sort {
    plural: &'static str,
    kind: (&'static str, &'static str),
    cloud: (&'static str, &'static str, &'static str),
}

const NETWORKS: Sort = Sort {
    plural: "networks.network.kupenstack.io",
    kind: ("network", "Network"),
    cloud: ("network", "/networks", "networks"),
};
const SUBNETS: Sort = Sort {
    plural: "subnets.network.kupenstack.io",
    kind: ("network", "Subnet"),
    cloud: ("network", "/subnets", "subnets"),
};
const GROUPS: Sort = Sort {
    plural: "securitygroups.network.kupenstack.io",
    kind: ("network", "SecurityGroup"),
    cloud: ("network", "/security-groups", "security_groups"),
};
const VOLUMES: Sort = Sort {
    plural: "volumes.blockstorage.kupenstack.io",
    kind: ("blockstorage", "Volume"),
    cloud: ("block_storage", "/volumes/detail?all_tenants=1", "volumes"),
};
const FLAVORS: Sort = Sort {
    plural: "flavors.compute.kupenstack.io",
    kind: ("compute", "Flavor"),
    cloud: ("compute", "/flavors/detail?is_public=None", "flavors"),
};
const IMAGES: Sort = Sort {
    plural: "images.image.kupenstack.io",
    kind: ("image", "Image"),
    cloud: ("image", "/images", "images"),
};
const PROJECTS: Sort = Sort {
    plural: "projects.identity.kupenstack.io",
    kind: ("identity", "Project"),
    cloud: ("identity", "/projects", "projects"),
};

impl Sort {
    fn manifest(&self, name: &str, config: &str, for_provider: Value) -> Value {
        let (group, kind) = self.kind;
        json!({"apiVersion": format!("{group}.kupenstack.io/v1alpha1"), "kind": kind, "metadata": {"name": name},
            "spec": {"forProvider": for_provider,
                "providerConfigRef": {"kind": "ClusterProviderConfig", "name": config}}})
    }

    /// The managed resources of a namespace, by name; nothing can be said while the API server does not answer.
    fn look(&self, ns: &Namespace) -> Result<BTreeMap<String, Value>, Refusal> {
        // No program a look: what conditions say may not last for the time that one takes.
        let cluster = &world().cluster;
        let place = cluster.place(self.plural, &ns.name);
        let list = cluster.ask("GET", place.all(), &Value::Null)?;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        Ok(items.into_iter().map(|it| (it["metadata"]["name"].as_str().unwrap().to_owned(), it)).collect())
    }

    /// The same, while nobody takes the API server away.
    fn managed(&self, ns: &Namespace) -> BTreeMap<String, Value> {
        self.look(ns).unwrap_or_else(|why| panic!("{}: {why:?}", self.plural))
    }

    /// Names and ids of what the cloud has whose name begins with the namespace's.
    fn real(&self, ns: &Namespace) -> Vec<(String, String)> {
        let (service, path, key) = self.cloud;
        let (status, body) = world().ask_admin(service, "GET", path, Value::Null);
        assert_eq!(status, 200, "{path}: {body}");
        let text = |it: &Value, field: &str| it[field].as_str().unwrap_or_default().to_owned();
        let all = body[key].as_array().unwrap().iter().map(|it| (text(it, "name"), text(it, "id")));
        let mut own: Vec<_> = all.filter(|(name, _)| name.starts_with(&ns.name)).collect();
        own.sort();
        own
    }

    /// As many here as there, each under its own external-name.
    fn assert_equal(&self, ns: &Namespace) {
        let named = |(name, object): (String, Value)| (name, external_name(&object));
        let here: Vec<_> = self.managed(ns).into_iter().map(named).collect();
        assert_eq!(here, self.real(ns), "{}: left: the cluster, right: the cloud", self.plural);
    }
}

fn list(items: Vec<Value>) -> Value {
    json!({"apiVersion": "v1", "kind": "List", "metadata": {"name": "all"}, "items": items})
}

/// One resource of each service but Neutron and Keystone.
fn others(ns: &Namespace, when: &str) -> Vec<Value> {
    let (url, sha256, _) = crate::suite::image::entry("faults.img", 1 << 16);
    let source = json!({"url": url, "checksum": {"algorithm": "sha256", "value": sha256}});
    let image = json!({"containerFormat": "bare", "diskFormat": "raw", "source": source});
    let name = |what: &str| format!("{}-{when}-{what}", ns.name);
    vec![
        VOLUMES.manifest(&name("volume"), "default", json!({"size": 1})),
        FLAVORS.manifest(&name("flavor"), "admin", json!({"ram": 64, "vcpus": 1, "disk": 1})),
        IMAGES.manifest(&name("image"), "default", image),
    ]
}

/// All go at once, and leave nothing. The next fault need not wait for that: it only breaks kubectl's own waiting.
fn clear(ns: &Namespace, sorts: &[&Sort]) {
    let plurals = sorts.iter().map(|sort| sort.plural).collect::<Vec<_>>().join(",");
    let (began, mut why) = (Instant::now(), String::new());
    loop {
        let left = CLEARED.saturating_sub(began.elapsed()).as_secs();
        assert!(left > 0, "{plurals} of {} do not go: {why}", ns.name);
        let timeout = format!("--timeout={left}s");
        match world().try_kubectl(&["delete", &plurals, "--all", "-n", &ns.name, &timeout]) {
            Ok(_) => break,
            Err(error) => why = error,
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    let _beside = beside();
    for sort in sorts {
        assert_eq!(sort.real(ns), [], "{}", sort.plural);
    }
}

/// Ready, in sync and as wanted.
fn well(object: &Value) -> bool {
    ["Ready", "Synced", "UpToDate"].iter().all(|r#type| {
        let found = condition(object, r#type);
        found["status"] == "True" && found["observedGeneration"] == object["metadata"]["generation"]
    })
}

/// What the conditions of managed resources said, by name.
#[derive(Default)]
struct Told(BTreeMap<String, BTreeSet<String>>);

impl Told {
    fn hear(&mut self, objects: &BTreeMap<String, Value>) {
        for (name, object) in objects {
            let conditions = object["status"]["conditions"].as_array().cloned().unwrap_or_default();
            let said = conditions.iter().filter_map(|c| c["message"].as_str().map(str::to_owned));
            self.0.entry(name.clone()).or_default().extend(said);
        }
    }

    fn says(&self, name: &str, what: &str) -> bool {
        self.0.get(name).is_some_and(|said| said.iter().any(|message| message.contains(what)))
    }
}

/// Waits until something holds, and hears meanwhile what the conditions of all these say.
fn hear(
    ns: &Namespace,
    sorts: &[&Sort],
    what: &str,
    mut good: impl FnMut(&BTreeMap<String, Value>, &Told) -> bool,
) -> Told {
    let (began, mut told) = (Instant::now(), Told::default());
    loop {
        let all: Result<Vec<_>, _> = sorts.iter().map(|sort| sort.look(ns)).collect();
        let all = all.map(|all| all.into_iter().flatten().collect::<BTreeMap<_, _>>());
        if let Ok(all) = &all {
            told.hear(all);
            if good(all, &told) {
                println!("{what}: after {} s", began.elapsed().as_secs());
                return told;
            }
        }
        let unwell = all.map(|all| all.into_iter().filter(|(_, object)| !well(object)).collect::<Vec<_>>());
        assert!(began.elapsed() < PATIENCE, "it never came to this: {what}: {unwell:#?}");
        std::thread::sleep(LOOK_AGAIN);
    }
}
