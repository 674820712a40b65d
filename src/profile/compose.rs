//! The objects that a cloud is composed of. They refer to each other by who controls them, so only connection secrets, and
//! what people name, have names of their own.

use super::{
    component::{self, COMPONENTS, Component},
    input::CloudInput,
    layer, path,
    rotation::{Rotation, Turn},
    spec::{Changes, CloudSpec, ComponentEntry},
    version::OpenStackRelease,
};
use crate::api::{DOMAIN, VERSION, meta};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Name of the composed resource that holds the passwords.
pub const PASSWORDS: &str = "passwords";
/// Name of the composed ProviderConfig.
pub const PROVIDER_CONFIG: &str = "provider-config";
/// Management policies, of which some may be left out.
const POLICIES: [&str; 5] = ["Observe", "Create", "Update", "Delete", "LateInitialize"];

/// What all objects of one cloud have in common.
#[derive(Clone, Copy)]
pub struct CloudObjects<'a> {
    /// Name of the cloud.
    pub name: &'a str,
    /// Namespace that it is installed in.
    pub namespace: &'a str,
    /// What people wrote.
    pub spec: &'a CloudSpec,
    /// Components of somebody else, and their Secrets.
    pub external: &'a BTreeMap<&'static str, String>,
    /// Changes are held back.
    pub held_back: bool,
}

impl<'a> CloudObjects<'a> {
    /// Those of a cloud; changes are carried out at once.
    pub fn of(cloud: &CloudInput<'a>, external: &'a BTreeMap<&'static str, String>) -> Self {
        Self { name: cloud.name, namespace: cloud.namespace, spec: cloud.spec, external, held_back: false }
    }
    /// Name of a component's connection secret.
    pub fn secret(&self, component: &str) -> String {
        self.external.get(component).cloned().unwrap_or_else(|| format!("{}-{component}", self.name))
    }

    /// A component.
    pub fn component(
        &self,
        component: &Component,
        entry: &ComponentEntry,
        release: Option<OpenStackRelease>,
        turn: Option<&Turn>,
    ) -> Value {
        let mut parameters = self.parameters(component, entry);
        if let Some(turn) = turn.filter(|turn| !turn.generations.is_empty()) {
            parameters.insert("passwordGenerations".to_owned(), json!(turn.generations));
            parameters.extend(turn.removes.then(|| ("formerAccounts".to_owned(), json!("Remove"))));
        }
        parameters.extend(release.map(|release| ("openstackRelease".to_owned(), json!(release.to_string()))));
        self.managed(component.facts.kind, component.key, parameters)
    }

    /// Its parameters, but for the release, which has its time.
    pub fn parameters(&self, component: &Component, entry: &ComponentEntry) -> Map<String, Value> {
        let mut parameters = Map::new();
        let mut set = |name: &str, value: Value| {
            let empty =
                value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
            if !empty && !value.is_null() {
                parameters.insert(name.to_owned(), value);
            }
        };
        let values = values(entry);
        set("chart", Value::Object(self.chart(component, entry)));
        set("images", Value::Object(over(&self.spec.images, &entry.images)));
        set("replicas", Value::Object(entry.replicas.clone()));
        set("resources", Value::Object(entry.resources.clone()));
        set("unset", json!(unset(entry, &values)));
        set("values", Value::Object(values));
        set("valuesText", json!(entry.values_text));
        set("policy", Value::Object(self.policy()));
        // Names of cluster-scoped objects carry the namespace, so that one cluster can hold several clouds.
        set("clusterScopedSuffix", json!(self.namespace));
        for r#use in component.uses() {
            match component::provider(r#use).and_then(|provider| self.external.get(provider)) {
                Some(secret) => set(r#use.field(), json!(secret)),
                None => set(&format!("{}Selector", r#use.field()), json!({"matchControllerRef": true})),
            }
        }
        parameters
    }

    fn chart(&self, component: &Component, entry: &ComponentEntry) -> Map<String, Value> {
        let own = ["oci", "repository", "url"].iter().any(|source| entry.chart.contains_key(*source));
        if own {
            return entry.chart.clone();
        }
        let mut chart = self.spec.chart.clone();
        if let Some(Value::String(base)) = chart.get_mut("oci") {
            *base = format!("{}/{}", base.trim_end_matches('/'), component.key);
        }
        chart.extend(entry.chart.clone());
        chart
    }

    fn policy(&self) -> Map<String, Value> {
        let wishes = [("data", &self.spec.deletion.data), ("patience", &self.spec.upgrade.stage_timeout)];
        wishes.into_iter().filter_map(|(name, wish)| Some((name.to_owned(), json!(wish.as_ref()?)))).collect()
    }

    /// Everything secret that the cloud needs, each generation made once. All keys are there from the beginning, so that a
    /// component that is turned on later finds its own.
    pub fn passwords(&self, rotation: &Rotation) -> Value {
        let named = COMPONENTS.iter().flat_map(|component| component.facts.passwords());
        let mut keys: BTreeMap<_, _> = named.map(|name| (name, json!({"name": name}))).collect();
        for (name, format, length) in COMPONENTS.iter().flat_map(|component| component.facts.formats) {
            keys.insert(*name, json!({"name": name, "format": format, "length": length}));
        }
        for (field, numbers) in [("generation", &rotation.targets), ("oldest", &rotation.oldest)] {
            for (name, number) in numbers {
                if let Some(Value::Object(key)) = keys.get_mut(name) {
                    key.insert(field.to_owned(), json!(number));
                }
            }
        }
        let keys: Vec<_> = keys.into_values().collect();
        let mut passwords =
            self.managed("GeneratedSecret", PASSWORDS, Map::from_iter([("keys".to_owned(), json!(keys))]));
        // By a name of its own, so that a cloud of the same name finds what its data were written with.
        let annotations = json!({(meta::EXTERNAL_NAME): format!("{}-generated", self.name)});
        if let Some(Value::Object(metadata)) = passwords.get_mut("metadata") {
            metadata.insert("annotations".to_owned(), annotations);
        }
        passwords
    }

    /// The ProviderConfig by which resources of the new cloud can be declared.
    pub fn provider_config(&self) -> Value {
        let secret = json!({"name": self.secret("keystone"), "key": "clouds.yaml"});
        json!({
            "apiVersion": format!("{DOMAIN}/{VERSION}"), "kind": "ProviderConfig",
            "metadata": {"name": self.name, "namespace": self.namespace},
            "spec": {"credentials": {"source": "Secret", "secretRef": secret}},
        })
    }

    fn managed(&self, kind: &str, part: &str, parameters: Map<String, Value>) -> Value {
        let mut spec = json!({
            "forProvider": parameters,
            "writeConnectionSecretToRef": {"name": format!("{}-{part}", self.name)},
        });
        if let (Some(config), Value::Object(spec)) = (&self.spec.provider_config_ref, &mut spec) {
            spec.insert("providerConfigRef".to_owned(), config.clone());
        }
        let policies = self.policies(part);
        if let (true, Value::Object(spec)) = (policies.len() < POLICIES.len(), &mut spec) {
            spec.insert("managementPolicies".to_owned(), json!(policies));
        }
        json!({
            "apiVersion": format!("component.{DOMAIN}/{VERSION}"), "kind": kind,
            "metadata": {"namespace": self.namespace}, "spec": spec,
        })
    }

    /// What may be done to a part: changes may be held back, and what data were written with goes only with the data.
    fn policies(&self, part: &str) -> Vec<&'static str> {
        let manual = self.spec.changes == Changes::Manual && self.held_back;
        let retained = part == PASSWORDS && self.spec.deletion.data.as_deref() != Some("Delete");
        let left_out = |policy: &str| (manual && policy == "Update") || (retained && policy == "Delete");
        POLICIES.into_iter().filter(|policy| !left_out(policy)).collect()
    }
}

fn over(base: &Map<String, Value>, over: &Map<String, Value>) -> Map<String, Value> {
    let mut both = base.clone();
    layer::overlay(&mut both, over.clone(), &mut Vec::new(), &mut BTreeSet::new());
    both
}

/// The chart's values: `conf` is one of them.
fn values(entry: &ComponentEntry) -> Map<String, Value> {
    let mut values = entry.values.clone();
    values.extend(entry.conf.clone().map(|conf| ("conf".to_owned(), Value::Object(conf))));
    values
}

/// What of the chart's defaults has to go: what was cleared, unless something was set there afterwards.
fn unset(entry: &ComponentEntry, values: &Map<String, Value>) -> Vec<String> {
    let gone = |text: &&String| layer::at(values, &path::parse(text)).is_none();
    entry.unset.iter().filter(gone).cloned().collect()
}
