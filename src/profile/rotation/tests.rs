use super::*;
use crate::profile::{
    cloud::{self, Composed},
    input::NodesInput,
    selection::select,
    spec::Changes,
};
use proptest::prelude::*;

const PASSWORDS: &str = "passwords";

/// A cloud whose components are there and at rest, and what their providers make of what is composed.
struct World {
    spec: CloudSpec,
    parts: ComposedResources,
}

fn part(kind: &str, for_provider: &Value) -> ComposedResource {
    let conditions = ["Ready", "UpToDate"]
        .map(|r#type| json!({"type": r#type, "status": "True", "observedGeneration": 1}));
    let object = json!({"kind": kind, "metadata": {"name": kind, "generation": 1}, "spec": {"forProvider": for_provider},
        "status": {"conditions": conditions, "atProvider": {"openstackRelease": "2025.2", "begun": "2025.2"}}});
    ComposedResource { object: object.as_object().unwrap().clone(), details: BTreeMap::new() }
}

impl World {
    /// The usual components, and Cinder, which logs in with Glance's account.
    fn new(rotation: &Value) -> Self {
        let mut world = Self { spec: spec(rotation), parts: ComposedResources::new() };
        let there = COMPONENTS.iter().filter(|one| one.facts.usual || one.key == "cinder");
        for component in there {
            world.parts.insert(
                component.key.to_owned(),
                part(component.facts.kind, &json!({"openstackRelease": "2025.2"})),
            );
        }
        world.parts.insert(PASSWORDS.to_owned(), part("GeneratedSecret", &json!({})));
        let before = spec(&json!({}));
        let wanted = std::mem::replace(&mut world.spec, before);
        world.apply(&world.compose());
        let all: Vec<_> = world.parts.keys().cloned().collect();
        all.iter().for_each(|name| world.finish(name));
        world.spec = wanted;
        world
    }

    fn input(&self) -> CloudInput<'_> {
        CloudInput {
            name: "c1",
            namespace: "ns",
            spec: &self.spec,
            profiles: vec![],
            nodes: NodesInput::default(),
            resources: &self.parts,
            told: Map::new(),
            approved: None,
        }
    }

    fn compose(&self) -> Composed {
        cloud::compose(&self.input())
    }

    fn object(&mut self, name: &str) -> &mut Map<String, Value> {
        &mut self.parts.get_mut(name).unwrap().object
    }

    /// What Crossplane does.
    fn apply(&mut self, composed: &Composed) {
        assert!(composed.refusals.is_empty(), "{:?}", composed.refusals);
        for (name, wanted) in &composed.resources {
            let Some(part) = self.parts.get_mut(name) else { continue };
            if part.object["spec"]["forProvider"] != wanted.object["spec"]["forProvider"] {
                part.object["spec"]["forProvider"] = wanted.object["spec"]["forProvider"].clone();
                let generation = part.object["metadata"]["generation"].as_i64().unwrap();
                part.object["metadata"]["generation"] = json!(generation + 1);
            }
        }
    }

    /// What a provider does: passwords are made, or all pods are new.
    fn finish(&mut self, name: &str) {
        let object = self.object(name);
        let generation = object["metadata"]["generation"].clone();
        for condition in object["status"]["conditions"].as_array_mut().unwrap() {
            condition["observedGeneration"] = generation.clone();
        }
        if name == PASSWORDS {
            let keys = object["spec"]["forProvider"]["keys"].as_array().cloned().unwrap_or_default();
            let renewed = keys.iter().filter(|key| key["generation"].as_u64() > Some(1));
            let made =
                renewed.map(|key| (key["name"].as_str().unwrap().to_owned(), key["generation"].clone()));
            object["status"]["atProvider"]["generations"] = Value::Object(made.collect());
        }
    }

    /// One step of everybody: what is composed is applied, and these are done with what was asked of them.
    fn turn(&mut self, done: &[&str]) {
        let composed = self.compose();
        self.check(&composed);
        self.apply(&composed);
        done.iter().for_each(|name| self.finish(name));
    }

    fn asked(&self, component: &str, key: &str) -> u64 {
        self.parts[component].object["spec"]["forProvider"]["passwordGenerations"][key].as_u64().unwrap_or(1)
    }

    fn removes(&self, component: &str) -> bool {
        self.parts[component].object["spec"]["forProvider"]["formerAccounts"] == "Remove"
    }

    fn made(&self, key: &str) -> u64 {
        self.parts[PASSWORDS].object["status"]["atProvider"]["generations"][key].as_u64().unwrap_or(1)
    }

    fn rests(&self, component: &str) -> bool {
        self.parts[component].is_compared()
    }

    /// Generations of a password in the GeneratedSecret that is composed.
    fn key(composed: &Composed, key: &str) -> Value {
        let keys = composed.resources[PASSWORDS].object["spec"]["forProvider"]["keys"].as_array().unwrap();
        let found = keys.iter().find(|one| one["name"] == key).unwrap();
        json!([found["generation"], found["oldest"]])
    }

    /// What must never be asked.
    fn check(&self, composed: &Composed) {
        for standing in COMPONENTS.iter().filter(|one| self.parts.contains_key(one.key)) {
            let wanted = &composed.resources[standing.key].object["spec"]["forProvider"];
            for key in standing.facts.passwords() {
                let (now, next) =
                    (self.asked(standing.key, key), wanted["passwordGenerations"][key].as_u64().unwrap_or(1));
                assert!(next >= now, "{} falls back to {next} of {key}", standing.key);
                assert!(
                    next <= self.made(key),
                    "{} should use what was not made: {next} of {key}",
                    standing.key
                );
                let lead = lead(key).unwrap();
                let beside = matches!(renewal(standing.facts, key), Some(Renewal::Account(_)));
                if next > now && beside && lead.key != standing.key && self.parts.contains_key(lead.key) {
                    assert!(
                        self.asked(lead.key, key) >= next && self.rests(lead.key),
                        "{} uses generation {next} of {key} before {}",
                        standing.key,
                        lead.key
                    );
                }
                let oldest = World::key(composed, key)[1].as_u64().unwrap_or(1);
                assert!(
                    next >= oldest,
                    "{} needs generation {next} of {key}, and {oldest} is the oldest",
                    standing.key
                );
            }
            if wanted["formerAccounts"] == "Remove" && !self.removes(standing.key) {
                self.may_remove(standing);
            }
        }
    }

    fn may_remove(&self, component: &Component) {
        for key in component.facts.passwords() {
            let Some(Renewal::Account(account)) = renewal(component.facts, key) else { continue };
            let users = COMPONENTS.iter().filter(|one| {
                self.parts.contains_key(one.key) && one.facts.passwords().any(|other| other == key)
            });
            for user in users.filter(|_| account.is_own() && self.asked(component.key, key) > 1) {
                assert!(
                    self.asked(user.key, key) >= self.asked(component.key, key) && self.rests(user.key),
                    "{} removes what {} uses: {key}",
                    component.key,
                    user.key
                );
            }
        }
    }
}

fn spec(rotation: &Value) -> CloudSpec {
    serde_json::from_value(
        json!({"release": "2025.2", "chart": {"oci": "oci://registry.example.org/charts", "version": "1.0.0"},
        "components": {"cinder": {"enabled": true}}, "rotation": rotation}),
    )
    .unwrap()
}

fn refused(rotation: &Value) -> Vec<String> {
    refusals(&spec(rotation)).iter().map(ToString::to_string).collect()
}

#[test]
fn a_password_is_made_then_used_by_whom_it_is_named_after_then_by_the_others_and_then_the_old_account_goes() {
    let mut world = World::new(&json!({"components": {"glance": 2}}));
    let told = |world: &World| {
        let (glance, cinder) =
            (world.asked("glance", "identity-glance"), world.asked("cinder", "identity-glance"));
        (world.made("identity-glance"), glance, cinder, world.removes("glance"))
    };
    assert_eq!(World::key(&world.compose(), "identity-glance"), json!([2, null]));
    world.turn(&[]);
    assert_eq!(told(&world), (1, 1, 1, false), "nobody uses what is not made");
    world.turn(&[PASSWORDS]);
    world.turn(&[]);
    assert_eq!(told(&world), (2, 2, 1, false));
    world.turn(&[]);
    assert_eq!(told(&world), (2, 2, 1, false), "until Glance's pods have it");
    world.turn(&["glance"]);
    world.turn(&[]);
    assert_eq!(told(&world), (2, 2, 2, false));
    world.turn(&["cinder"]);
    world.turn(&[]);
    assert_eq!(told(&world), (2, 2, 2, true));
    world.turn(&["glance", PASSWORDS]);
    assert_eq!(World::key(&world.compose(), "identity-glance"), json!([2, 2]), "nobody needs the old one");
    let before = world.parts.clone();
    world.turn(&["glance"]);
    assert!(world.parts == before, "and then nothing happens any more");
    let others = ["nova", "placement", "keystone", "mariadb"];
    assert!(
        others.iter().all(|name| world.parts[*name].object["metadata"]["generation"] == 2),
        "asked for once, at first"
    );
}

#[test]
fn what_is_renewed_next_keeps_the_accounts_of_before_until_it_is_done() {
    let mut world = World::new(&json!({"components": {"glance": 2}}));
    let all: Vec<&str> =
        COMPONENTS.iter().map(|one| one.key).filter(|key| world.parts.contains_key(*key)).collect();
    let all = [all, vec![PASSWORDS]].concat();
    (0..8).for_each(|_| world.turn(&all));
    assert!(world.removes("glance"));
    world.spec = spec(&json!({"components": {"glance": 3}}));
    world.turn(&[PASSWORDS]);
    world.turn(&[]);
    assert_eq!((world.asked("glance", "db-glance"), world.removes("glance")), (3, false));
    world.spec = spec(&json!({}));
    (0..8).for_each(|_| world.turn(&all));
    assert_eq!(
        (world.asked("glance", "db-glance"), world.removes("glance")),
        (3, true),
        "a lower number changes nothing"
    );
}

#[test]
fn a_generation_of_the_cloud_is_that_of_all_accounts_and_of_nothing_that_would_be_interrupted() {
    let targets = |rotation: &Value| {
        let world = World::new(rotation);
        let (cloud, passwords) = (world.input(), world.parts.get(PASSWORDS));
        Rotation::of(&cloud, passwords, &select(&cloud).composed).targets
    };
    let all = targets(&json!({"generation": 2, "components": {"nova": 3}}));
    for (key, generation) in [
        ("db-nova", Some(3)),
        ("identity-service", Some(3)),
        ("db-glance", Some(2)),
        ("identity-nova", Some(3)),
        ("db-admin", None),
        ("identity-admin", None),
        ("metadata-secret", None),
        ("barbican-kek", None),
    ] {
        assert_eq!(all.get(key).copied(), generation, "{key}");
    }
    let mariadb = targets(&json!({"components": {"mariadb": 2, "barbican": 2}}));
    assert_eq!(mariadb.get("db-admin"), Some(&2));
    assert_eq!((mariadb.get("db-barbican"), mariadb.get("barbican-kek")), (Some(&2), None));
}

#[test]
fn a_plan_names_what_is_renewed_and_what_that_interrupts_and_stays_the_same_while_it_is_carried_out() {
    let mut world = World::new(&json!({}));
    let digest = |world: &World| {
        let mut spec = world.spec.clone();
        spec.changes = Changes::Manual;
        let manual = World { spec, parts: world.parts.clone() };
        manual.compose().status["plan"].clone()
    };
    let at_rest = digest(&world)["digest"].clone();
    world.spec = spec(&json!({"components": {"keystone": 2}}));
    let plan = digest(&world);
    assert_ne!(plan["digest"], at_rest);
    let change = &plan["changes"][0];
    assert_eq!((&change["component"], plan["changes"].as_array().unwrap().len()), (&json!("keystone"), 1));
    assert_eq!(change["passwords"], json!(["identity-admin", "db-keystone", "messaging-keystone"]));
    assert!(
        change["interrupts"][0].as_str().unwrap().starts_with("the administrator's old password"),
        "{change}"
    );
    for done in [PASSWORDS, "keystone", "keystone", PASSWORDS] {
        world.turn(&[done]);
        assert_eq!(digest(&world)["digest"], plan["digest"]);
    }
    assert_eq!(digest(&world)["changes"], json!([]));
    assert_eq!(world.compose().status["components"]["keystone"]["passwords"]["db-keystone"], 2);
}

#[test]
fn what_can_not_be_renewed_is_refused_by_name() {
    assert_eq!(
        refused(&json!({"generation": 2, "components": {"nova": 2, "rabbitmq": 1}})),
        Vec::<String>::new()
    );
    assert_eq!(
        refused(&json!({"components": {"libvirt": 2}})),
        ["spec.rotation.components.libvirt: it has no passwords of its own"]
    );
    let unknown = refused(&json!({"components": {"cindr": 2}}));
    assert!(
        unknown[0].starts_with("spec.rotation.components.cindr: there is no such component; there are ceph"),
        "{unknown:?}"
    );
}

#[test]
fn every_password_has_one_component_that_it_is_renewed_with() {
    for component in COMPONENTS.iter() {
        for key in component.facts.passwords() {
            let lead = lead(key).unwrap();
            assert!(lead.facts.passwords().any(|other| other == key), "{key}: {}", lead.key);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever is quick or slow, whatever is wanted next in between.
    #[test]
    fn nobody_ever_uses_what_is_not_made_yet_or_loses_what_is_used(
        steps in prop::collection::vec((0usize..12, 0usize..12, prop::option::weighted(0.1, (1u16..5, 1u16..5))), 1..60)
    ) {
        let mut world = World::new(&json!({"generation": 2}));
        let names: Vec<String> = world.parts.keys().cloned().collect();
        for (one, other, wish) in steps {
            if let Some((all, glance)) = wish {
                world.spec = spec(&json!({"generation": all, "components": {"glance": glance, "mariadb": all}}));
            }
            let done = [one, other].map(|at| names[at % names.len()].as_str());
            world.turn(&done);
        }
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        (0..12).for_each(|_| world.turn(&all));
        let before = world.parts.clone();
        world.turn(&all);
        prop_assert!(world.parts == before, "it comes to an end");
        for key in ["db-glance", "identity-glance", "db-nova"] {
            let lead = lead(key).unwrap().key;
            prop_assert_eq!(world.asked(lead, key), world.made(key));
            prop_assert!(world.made(key) == 1 || world.removes(lead));
        }
    }
}
