//! Services beyond the core, as pods beside Keystone and what it stands on: each is Ready, answers by its own API where the
//! connection secret says, and leaves nothing when it is deleted. They come up side by side.

use super::stack::{NAMESPACE, Stack, apply, component, get, kubectl, ready, secret, stack};
use crate::world::{checkout, eventually, rig};
use rig::{lifecycle::block_on, progress::Progress};
use serde_json::{Value, json};
use std::{
    fs,
    sync::{LazyLock, MutexGuard},
};

/// Kind, and name of the component, of its chart, its release and its connection secret.
const SERVICES: [(&str, &str); 6] = [
    ("Barbican", "barbican"),
    ("Cinder", "cinder"),
    ("Designate", "designate"),
    ("Heat", "heat"),
    ("Horizon", "horizon"),
    ("Octavia", "octavia"),
];
const DATABASE: (&str, &str) = ("databaseConnectionRef", "mariadb");
const MESSAGING: (&str, &str) = ("messagingConnectionRef", "rabbitmq");
const CACHE: (&str, &str) = ("cacheConnectionRef", "memcached");
const IDENTITY: (&str, &str) = ("identityConnectionRef", "keystone");

static STARTED: LazyLock<()> = LazyLock::new(|| {
    block_on(rig().further_images(&Progress::quiet())).unwrap();
    for (kind, name) in SERVICES {
        manifests(kind, name).iter().for_each(apply);
    }
});

fn passwords(name: &str) -> String {
    format!("{name}-passwords")
}

/// A service, and passwords as the example has them.
fn manifests(kind: &str, name: &str) -> [Value; 2] {
    let given: &[_] = match kind {
        "Horizon" => &[DATABASE, CACHE, IDENTITY],
        _ => &[DATABASE, MESSAGING, CACHE, IDENTITY],
    };
    let mut service = component(kind, name, given);
    service["spec"]["forProvider"]["passwordsRef"] = json!({"name": passwords(name)});
    let text = fs::read_to_string(checkout().join("examples/component/generated_secret.yaml")).unwrap();
    let mut generated: Value = serde_saphyr::from_str(&text).unwrap();
    generated["metadata"] = json!({"name": passwords(name), "namespace": NAMESPACE});
    generated["spec"]["writeConnectionSecretToRef"] = json!({"name": passwords(name)});
    generated["spec"]["providerConfigRef"] = service["spec"]["providerConfigRef"].clone();
    [generated, service]
}

/// A service that is Ready; nobody else works with the stack meanwhile.
struct Service {
    _stack: MutexGuard<'static, Stack>,
    kind: &'static str,
    name: &'static str,
}

impl Service {
    fn ready(kind: &str) -> Self {
        let stack = stack();
        LazyLock::force(&STARTED);
        let (kind, name) = SERVICES.into_iter().find(|(known, _)| *known == kind).unwrap();
        let service = Self { _stack: stack, kind, name };
        ready(kind, name);
        service
    }

    /// A request to where the connection secret says, with the login of Keystone's. `PROJECT` is that login's.
    fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let told = secret(self.name);
        assert_eq!(told.keys().collect::<Vec<_>>(), ["endpoint", "port"]);
        let script = checkout().join("tests/suite/cloud/ask.py");
        let url = format!("http://{}:{}{path}", told["endpoint"], told["port"]);
        let command = format!("python {} {method} '{url}' {body}", script.display());
        let said = block_on(rig().in_cloud(&secret("keystone")["clouds.yaml"], &command)).unwrap();
        let (status, answer) = said.split_once('\n').unwrap();
        assert!(status.starts_with('2'), "{method} {url}: {said}");
        serde_json::from_str(answer).unwrap_or_else(|why| panic!("{method} {url}: {why}: {said}"))
    }

    fn list(&self, path: &str) -> Value {
        self.ask("GET", path, "")
    }

    fn make(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", path, &format!("'{body}'"))
    }

    /// Deletes it, and looks for what its release consisted of.
    fn delete(self) {
        let file = std::env::temp_dir().join(format!("kupenstack-{}-{}.yaml", self.name, std::process::id()));
        let part = |part| block_on(rig().run("helm", &["get", part, self.name, "-n", NAMESPACE])).unwrap();
        fs::write(&file, format!("{}\n{}", part("manifest"), part("hooks"))).unwrap();
        let of = |option: &[&str]| {
            let words = ["get", "-n", NAMESPACE, "-o", "name", "--ignore-not-found"];
            kubectl(&[&words, option].concat())
        };
        let path = file.display().to_string();
        let before = of(&["-f", &path]);
        for kind in ["deployment", "service", "job", "secret", "configmap", "role", "serviceaccount"] {
            assert!(before.contains(kind), "{kind}: {before}");
        }
        kubectl(&["delete", &format!("{}.component.kupenstack.io", self.kind), self.name, "-n", NAMESPACE]);
        assert_eq!(of(&["-f", &path]), "");
        assert_eq!(of(&["secrets", "-l", &format!("owner=helm,name={}", self.name)]), "");
        let label = format!("app.kubernetes.io/instance={}", self.name);
        eventually("its pods and its connection secret are gone", || {
            of(&["pods", "-l", &label]).is_empty() && get("Secret", self.name).is_null()
        });
        fs::remove_file(file).unwrap();
    }
}

impl Drop for Service {
    /// Whatever failed: what it stands on is deleted by others, and waits for it.
    fn drop(&mut self) {
        for (kind, name) in [(self.kind, self.name.to_owned()), ("GeneratedSecret", passwords(self.name))] {
            let kind = format!("{kind}.component.kupenstack.io");
            let words = ["delete", &kind, &name, "-n", NAMESPACE, "--ignore-not-found", "--wait=false"];
            drop(block_on(rig().kubectl(&words)));
        }
    }
}

/// The one of its name in a list.
fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let found = list.as_array().and_then(|all| all.iter().find(|one| one["name"] == name));
    found.unwrap_or_else(|| panic!("no {name}: {list:#}"))
}

#[test]
fn barbican_in_pods_keeps_a_secret() {
    let barbican = Service::ready("Barbican");
    let body = json!({"name": "mine", "payload": "hunter2", "payload_content_type": "text/plain"});
    barbican.make("/v1/secrets", &body);
    let listed = barbican.list("/v1/secrets");
    assert_eq!(named(&listed["secrets"], "mine")["status"], "ACTIVE");
    barbican.delete();
}

#[test]
fn cinder_in_pods_makes_a_volume() {
    let cinder = Service::ready("Cinder");
    cinder.make("/v3/PROJECT/volumes", &json!({"volume": {"name": "mine", "size": 1}}));
    eventually("the volume is available", || {
        let listed = cinder.list("/v3/PROJECT/volumes/detail");
        named(&listed["volumes"], "mine")["status"] == "available"
    });
    cinder.delete();
}

#[test]
fn designate_in_pods_serves_a_zone() {
    let designate = Service::ready("Designate");
    designate.make("/v2/zones", &json!({"name": "mine.rig.test.", "email": "me@rig.test"}));
    eventually("the zone is active", || {
        named(&designate.list("/v2/zones")["zones"], "mine.rig.test.")["status"] == "ACTIVE"
    });
    designate.delete();
}

#[test]
fn heat_in_pods_makes_a_stack() {
    let heat = Service::ready("Heat");
    let resources = json!({"one": {"type": "OS::Heat::RandomString"}});
    let template = json!({"heat_template_version": "2018-08-31", "resources": resources});
    heat.make("/v1/PROJECT/stacks", &json!({"stack_name": "mine", "template": template}));
    eventually("the stack is complete", || {
        let listed = heat.list("/v1/PROJECT/stacks");
        listed["stacks"][0]["stack_status"] == "CREATE_COMPLETE"
    });
    heat.delete();
}

/// The URL is all that its connection secret has.
#[test]
fn horizon_in_pods_is_where_its_url_says_and_an_administrator_signs_in() {
    let horizon = Service::ready("Horizon");
    let (told, keystone) = (secret("horizon"), secret("keystone"));
    assert_eq!(told.keys().collect::<Vec<_>>(), ["url"]);
    let script = checkout().join("tests/suite/cloud/sign_in.py");
    let (user, password) = (&keystone["username"], &keystone["password"]);
    let command = format!("python {} {} {user} {password}", script.display(), told["url"]);
    let said = block_on(rig().in_cloud(&keystone["clouds.yaml"], &command)).unwrap();
    assert!(said.contains("style /static/"), "{said}");
    assert!(said.contains("/identity/\n") && said.contains("Sign Out"), "{said}");
    horizon.delete();
}

#[test]
fn octavia_in_pods_lists_its_provider_and_a_flavor_profile() {
    let octavia = Service::ready("Octavia");
    let listed = octavia.list("/v2/lbaas/providers");
    named(&listed["providers"], "noop_driver");
    let profile = json!({"name": "mine", "provider_name": "noop_driver", "flavor_data": "{}"});
    octavia.make("/v2/lbaas/flavorprofiles", &json!({"flavorprofile": profile}));
    named(&octavia.list("/v2/lbaas/flavorprofiles")["flavorprofiles"], "mine");
    octavia.delete();
}
