//! Rules in CEL that the API server enforces at admission: what is required, what can't be changed, what needs a
//! connection secret.

use super::{cel::spelt, relations::ways_to_set};
use crate::api::{field::FieldOptions, schema::properties};
use serde_json::{Value, json};

type Error = serde_json::Error;

/// May it be created?
const CREATES: &str = "('*' in self.managementPolicies || 'Create' in self.managementPolicies)";

/// Required fields are rules on `spec`, so that Observe-only with an empty `forProvider` is valid (MR-8).
///
/// # Errors
/// A field's annotation can't be read.
pub(super) fn required(parameters: &Value, groups: &[&[&str]]) -> Result<Vec<Value>, Error> {
    let (mut rules, secrets) = (vec![], secrets(parameters)?);
    for (name, property) in properties(parameters) {
        if FieldOptions::of(property)?.required {
            rules.push(one_of(&ways_to_set(name, property)?, &[], &secrets));
        }
    }
    for group in groups {
        let members: Vec<_> =
            properties(parameters).filter(|(name, _)| group.contains(&name.as_str())).collect();
        let ways: Result<Vec<_>, _> =
            members.iter().map(|(name, property)| ways_to_set(name, property)).collect();
        let is_flag = |property: &Value| property.get("type").is_some_and(|r#type| r#type == "boolean");
        let flags = members.iter().filter(|(_, property)| is_flag(property)).map(|(name, _)| (*name).clone());
        rules.push(one_of(&ways?.concat(), &flags.collect::<Vec<_>>(), &secrets));
    }
    Ok(rules)
}

/// Flags count while they are true.
fn one_of(ways: &[String], flags: &[String], secrets: &[String]) -> Value {
    let mut rule = "!('*' in self.managementPolicies || 'Create' in self.managementPolicies || 'Update' in self.managementPolicies)".to_owned();
    rule += &set_somewhere(ways, flags, secrets);
    let message = match ways {
        [one] => format!("spec.forProvider.{one} is a required parameter"),
        _ => format!("spec.forProvider needs one of {}", ways.join(", ")),
    };
    json!({"rule": rule, "message": message})
}

/// One of them is set; secrets can't be in `initProvider`.
fn set_somewhere(ways: &[String], flags: &[String], secrets: &[String]) -> String {
    let one = |at: &str, way: &String| {
        let field = format!("self.{at}.{}", spelt(way));
        if flags.contains(way) { format!("(has({field}) && {field})") } else { format!("has({field})") }
    };
    let set = |at: &str, ways: &mut dyn Iterator<Item = &String>| {
        ways.map(|way| one(at, way)).collect::<Vec<_>>().join(" || ")
    };
    let always = set("forProvider", &mut ways.iter());
    match set("initProvider", &mut ways.iter().filter(|w| !secrets.contains(w))) {
        none if none.is_empty() => format!(" || {always}"),
        initially => format!(" || {always} || (has(self.initProvider) && ({initially}))"),
    }
}

/// Names of the fields that refer to Secrets, and of what may stand in their place.
///
/// # Errors
/// A field's annotation can't be read.
pub(super) fn secrets(parameters: &Value) -> Result<Vec<String>, Error> {
    let mut names = vec![];
    for (name, property) in properties(parameters) {
        if FieldOptions::of(property)?.secret.is_some() {
            names.extend(ways_to_set(name, property)?);
        }
    }
    Ok(names)
}

/// What is made here must have a place to be published in.
///
/// # Errors
/// A field's annotation can't be read.
pub(super) fn minted(parameters: &Value) -> Result<Vec<Value>, Error> {
    let (mut rules, secrets) = (vec![], secrets(parameters)?);
    for (name, property) in properties(parameters) {
        if FieldOptions::of(property)?.mint.is_some() {
            let given = set_somewhere(std::slice::from_ref(name), &[], &secrets);
            rules.push(json!({
                "rule": format!("!{CREATES} || has(self.writeConnectionSecretToRef){given}"),
                "message": format!("without spec.forProvider.{name} the provider makes one, and needs spec.writeConnectionSecretToRef to hand it over"),
            }));
        }
    }
    Ok(rules)
}

/// What is told just once must have a place to be published in.
pub(super) fn told_once() -> Value {
    json!({
        "rule": format!("!{CREATES} || has(self.writeConnectionSecretToRef)"),
        "message": "OpenStack tells its secret just once: spec.writeConnectionSecretToRef says where to keep it",
    })
}

/// Unset to set is allowed (references are written back), changing or removing is not (MR-9).
///
/// # Errors
/// A field's annotation can't be read.
pub(super) fn immutable(parameters: &Value) -> Result<Vec<Value>, Error> {
    let mut rules = vec![];
    for (name, property) in properties(parameters) {
        let options = FieldOptions::of(property)?;
        if options.immutable {
            let refuses = if options.by_provider {
                "this provider does not change it"
            } else {
                "OpenStack can't change it"
            };
            let field = spelt(name);
            let same = if options.set {
                format!("sets.equivalent(self.{field}, oldSelf.{field})")
            } else {
                format!("self.{field} == oldSelf.{field}")
            };
            rules.push(json!({
                "rule": format!("!has(oldSelf.{field}) || (has(self.{field}) && {same})"),
                "message": format!("{name} can't be changed once it is set: {refuses}; make a new resource instead"),
            }));
        }
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_order_may_be_written_in_another_one() {
        let parameters = json!({"properties": {
            "endpoints": {"type": "array", "items": {"type": "string"}, "x-os": {"immutable": true, "set": true}}}});
        let rules = immutable(&parameters).unwrap();
        assert_eq!(
            rules[0]["rule"],
            "!has(oldSelf.endpoints) || (has(self.endpoints) && sets.equivalent(self.endpoints, oldSelf.endpoints))"
        );
    }

    #[test]
    fn a_field_whose_name_is_a_word_of_cel_is_spelt_as_cel_wants_it() {
        let parameters = json!({"properties": {
            "namespace": {"type": "string", "x-os": {"immutable": true, "required": true}},
            "name": {"type": "string", "x-os": {"immutable": true}}}});
        let rules: Vec<_> = immutable(&parameters).unwrap().iter().map(|rule| rule["rule"].clone()).collect();
        assert_eq!(
            rules,
            [
                "!has(oldSelf.name) || (has(self.name) && self.name == oldSelf.name)",
                "!has(oldSelf.__namespace__) || (has(self.__namespace__) && self.__namespace__ == oldSelf.__namespace__)"
            ]
        );
        let required = required(&parameters, &[]).unwrap();
        assert!(required[0]["rule"].as_str().unwrap().contains("has(self.forProvider.__namespace__)"));
    }
}
