//! Rules in CEL. Their messages say what must not be, in a few forms of words: what they say is done, and must be refused
//! with just these words. A rule with words of its own has its bad value in the table here.

use super::{
    breach::Breach,
    sample::{Step, another, at, inner, made, set, shown},
};
use kupenstack::api::reference::{Siblings, is_list};
use serde_json::{Value, json};

/// What a rule's words say of fields.
enum Says<'a> {
    /// One must not be set beside the other.
    Excludes(&'a str, &'a str),
    /// One must not be set without the other.
    Needs(&'a str, &'a str),
    /// They must not all be left out.
    OneOf(Vec<&'a str>),
    /// It must not be changed.
    Immutable(&'a str),
    /// What is merged into the object that has the rule, and before, where something must have been there.
    Own { before: Value, bad: Value },
}

/// Words, what must have been there before, and a bad value; both are merged into the object that has the rule.
fn table() -> Vec<(&'static str, Value, Value)> {
    let no_source = json!({"oci": null, "repository": null, "url": null, "bundled": null});
    let pinned =
        json!({"release": "2025.2", "components": {"nova": {"images": {"tags": {"nova_api": "x"}}}}});
    vec![
        ("one of oci, repository, url and bundled says where the chart is", Value::Null, no_source),
        (
            "a version is required, and with url the sha256 of the archive",
            Value::Null,
            json!({"version": null}),
        ),
        (
            "a key pair of type x509 needs publicKey: the certificate",
            Value::Null,
            json!({"type": "x509", "publicKey": null}),
        ),
        (
            "externalSubnetIds: leave out externalGatewayInfo.externalFixedIps, which says the addresses themselves",
            Value::Null,
            json!({"externalSubnetIds": ["s"], "externalGatewayInfo": {"externalFixedIps": [{"subnetId": "s"}]}}),
        ),
        (
            "credentials.secretRef is required when source is Secret: name the Secret, and the key that holds your clouds.yaml",
            Value::Null,
            json!({"secretRef": null}),
        ),
        (
            "images.tags pins images, which would not follow the release: remove the tags before you change the release",
            pinned,
            json!({"release": "2026.1"}),
        ),
        (
            "chart.oci or chart.repository says where charts are from: set one of them",
            Value::Null,
            json!({"chart": {"oci": null, "repository": null}}),
        ),
        (
            "OpenStack tells its secret just once: spec.writeConnectionSecretToRef says where to keep it",
            Value::Null,
            json!({"writeConnectionSecretToRef": null}),
        ),
        (
            "chart.url is one chart only: set it in the entry of a component",
            Value::Null,
            json!({"chart": {"url": "https://a"}}),
        ),
    ]
}

/// Names of fields, enumerated.
fn names(list: &str) -> Vec<&str> {
    list.split(", ").flat_map(|part| part.split(" and ")).collect()
}

fn read(message: &str) -> Option<Says<'_>> {
    if let Some((_, before, bad)) = table().into_iter().find(|(words, _, _)| *words == message) {
        return Some(Says::Own { before, bad });
    }
    let one_of = |start: &str, end: &str| {
        message
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end))
            .map(|list| Says::OneOf(names(list)))
    };
    let minted = || {
        let (name, _) =
            message.strip_prefix("without spec.forProvider.")?.split_once(" the provider makes one")?;
        Some(Says::OneOf(vec![name, "writeConnectionSecretToRef"]))
    };
    let immutable =
        || message.split_once(" can't be changed once it is set: ").map(|(name, _)| Says::Immutable(name));
    let excludes = || message.split_once(" excludes ").map(|(own, other)| Says::Excludes(own, other));
    let needs = || message.split_once(" needs ").map(|(own, other)| Says::Needs(own, other));
    one_of("spec.forProvider.", " is a required parameter")
        .or_else(|| one_of("spec.forProvider needs one of ", ""))
        .or_else(|| one_of("one of ", " must be set"))
        .or_else(minted)
        .or_else(immutable)
        .or_else(excludes)
        .or_else(needs)
}

/// The object that has a rule, and the one whose fields its message names.
struct Home<'a> {
    root: &'a Value,
    /// Schema of the object that has the rule, and where that is.
    schema: &'a Value,
    path: &'a [Step],
}

impl Home<'_> {
    /// Where a field is, its schema, and its name. What is said of a spec is about `forProvider` first.
    fn find(&self, name: &str) -> (Vec<Step>, &Value) {
        let inside = Step::Field("forProvider".to_owned());
        let places = [(Some(&inside), inner(self.schema, &inside)), (None, self.schema)];
        let (step, schema) = places
            .into_iter()
            .find(|(_, schema)| schema["properties"].get(name).is_some())
            .unwrap_or_else(|| panic!("{} has no field {name}, which a rule names", shown(self.path)));
        let path = [self.path, step.map(std::slice::from_ref).unwrap_or_default()].concat();
        (path, &schema["properties"][name])
    }

    /// Sets a field: `size`, or `policy anti-affinity`.
    fn set(&self, object: &mut Value, term: &str) {
        let (name, value) = term.split_once(' ').map_or((term, None), |(name, value)| (name, Some(value)));
        let (path, schema) = self.find(name);
        let value = match value {
            Some(value) if schema["type"] == "boolean" => json!(value == "true"),
            Some(value) => json!(value),
            None => set(schema),
        };
        made(object, self.root, &path)[name] = value;
    }

    /// Takes a field out, whatever way it is set.
    fn clear(&self, object: &mut Value, term: &str) {
        let name = term.split(' ').next().unwrap();
        let (path, schema) = self.find(name);
        let Siblings { reference, selector } = Siblings::of(name, is_list(schema));
        let fields = made(object, self.root, &path).as_object_mut().unwrap();
        fields.retain(|field, _| ![name, &reference, &selector].contains(&field.as_str()));
    }

    /// The least object that has the field, and another one with just that field changed.
    fn changed(&self, example: &Value, name: &str) -> (Value, Value) {
        let (path, schema) = self.find(name);
        let mut before = example.clone();
        *at(&mut before, self.root, &path) = json!({});
        if self.root["properties"]["spec"]["properties"].get("managementPolicies").is_some() {
            before["spec"]["managementPolicies"] = json!(["Observe"]);
        }
        self.set(&mut before, name);
        // What it needs, by the rules of the spec.
        let rules = self.root["properties"]["spec"]["x-kubernetes-validations"].as_array();
        for rule in rules.into_iter().flatten() {
            if let Some(Says::Needs(own, other)) = rule["message"].as_str().and_then(read)
                && own == name
            {
                self.set(&mut before, other);
            }
        }
        let mut after = before.clone();
        let fields = at(&mut after, self.root, &path);
        match another(schema, &fields[name]) {
            same if same == fields[name] => drop(fields.as_object_mut().unwrap().remove(name)),
            other => fields[name] = other,
        }
        (before, after)
    }
}

/// Merges as the API server does.
fn merge(into: &mut Value, change: &Value) {
    let (Some(into), Some(change)) = (into.as_object_mut(), change.as_object()) else { return };
    for (name, change) in change {
        match (into.get_mut(name), change) {
            (_, Value::Null) => drop(into.remove(name)),
            (Some(old @ Value::Object(_)), Value::Object(_)) => merge(old, change),
            _ => drop(into.insert(name.clone(), change.clone())),
        }
    }
}

/// For each rule of a schema an object that breaks it.
pub fn breaches(root: &Value, schema: &Value, example: &Value, path: &[Step]) -> Vec<Breach> {
    let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
    let home = Home { root, schema, path };
    let one = |rule: &Value| {
        let says =
            rule["message"].as_str().unwrap_or_else(|| panic!("a rule without words: {rule}")).to_owned();
        let (mut object, mut before) = (example.clone(), None);
        match read(&says).unwrap_or_else(|| panic!("nobody knows a bad value for the rule {says:?}")) {
            Says::Excludes(own, other) => [own, other].iter().for_each(|term| home.set(&mut object, term)),
            Says::Needs(own, other) => {
                home.clear(&mut object, other);
                home.set(&mut object, own);
            }
            Says::OneOf(all) => all.iter().for_each(|name| home.clear(&mut object, name)),
            Says::Immutable(name) => {
                let (was, is) = home.changed(example, name);
                (object, before) = (is, Some(was));
            }
            Says::Own { before: was, bad } => {
                merge(made(&mut object, root, path), &was);
                before = was.is_object().then(|| object.clone());
                merge(made(&mut object, root, path), &bad);
            }
        }
        Breach { keyword: "rule", field: shown(path), says, object, before }
    };
    rules.map(one).collect()
}
