//! What fields exclude and need beside them, as rules in CEL and as sentences.

use super::cel::spelt;
use crate::api::{
    field::FieldOptions,
    reference,
    schema::{VALIDATIONS, properties},
};
use serde::de::Error as _;
use serde_json::{Value, json};

type Error = serde_json::Error;

/// Another field as an annotation names it: `size`, or `policy=anti-affinity` for just one of its values.
struct Term<'a> {
    name: &'a str,
    value: Option<&'a str>,
    schema: &'a Value,
}

impl<'a> Term<'a> {
    fn read(text: &'a str, schema: &'a Value) -> Result<Self, Error> {
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let known = properties(schema).find(|(known, _)| *known == name);
        let (_, schema) = known.ok_or_else(|| Error::custom(format!("no field {name} beside this one")))?;
        Ok(Self { name, value, schema })
    }

    /// Says in CEL that it is set below `at`.
    fn set_at(&self, at: &str) -> Result<String, Error> {
        let field = format!("{at}.{}", spelt(self.name));
        let boolean = self.schema.get("type").is_some_and(|r#type| r#type == "boolean");
        let has = match self.value {
            Some(value) if boolean => format!("(has({field}) && {field} == {value})"),
            Some(value) => format!("(has({field}) && {field} == '{value}')"),
            None if boolean => format!("(has({field}) && {field})"),
            None if reference::is_list(self.schema) => format!("size({field}) > 0"),
            None => format!("has({field})"),
        };
        let siblings = ways_to_set(self.name, self.schema)?.into_iter().skip(1);
        let ways = siblings.filter(|_| self.value.is_none()).map(|way| format!("has({at}.{})", spelt(&way)));
        if self.value.is_none() && reference::is_list(self.schema) {
            // A list that is there stays, whatever the references say (REF-1).
            let ways = ways.collect::<Vec<_>>().join(" || ");
            let else_set = if ways.is_empty() { "false".to_owned() } else { ways };
            return Ok(format!("(has({field}) ? {has} : ({else_set}))"));
        }
        Ok(std::iter::once(has).chain(ways).collect::<Vec<_>>().join(" || "))
    }

    fn set(&self, places: &[Place<'_>]) -> Result<String, Error> {
        let may = |place: &&Place<'_>| !place.without.iter().any(|name| name == self.name);
        let each = places.iter().filter(may).map(|place| {
            let set = self.set_at(place.at)?;
            Ok(place.only_if.map_or_else(|| set.clone(), |guard| format!("({guard} && ({set}))")))
        });
        Ok(each.collect::<Result<Vec<_>, Error>>()?.join(" || "))
    }

    fn said(&self) -> String {
        match self.value {
            Some(value) => format!("{} {value}", self.name),
            None => self.name.to_owned(),
        }
    }
}

/// Where fields stand.
struct Place<'a> {
    at: &'a str,
    only_if: Option<&'a str>,
    /// Fields that can't stand there.
    without: &'a [String],
}

/// A field, and its reference and selector where it has them.
pub(super) fn ways_to_set(name: &str, property: &Value) -> Result<Vec<String>, Error> {
    let mut ways = vec![name.to_owned()];
    if FieldOptions::of(property)?.r#ref.is_some() {
        let siblings = reference::Siblings::of_property(name, property);
        ways.extend([siblings.reference, siblings.selector]);
    }
    Ok(ways)
}

/// Rules on `spec`: what stands in `forProvider` and in `initProvider` meets in a create. `secrets`: fields that
/// `initProvider` does not have.
///
/// # Errors
/// A field's annotation can't be read, or names a field that is not there.
pub(super) fn of_spec(parameters: &Value, secrets: &[String]) -> Result<Vec<Value>, Error> {
    let init = Some("has(self.initProvider)");
    rules(
        parameters,
        &[
            Place { at: "self.forProvider", only_if: None, without: &[] },
            Place { at: "self.initProvider", only_if: init, without: secrets },
        ],
    )
}

/// Puts rules into the objects below the top level.
///
/// # Errors
/// As above.
pub(super) fn below(schema: &mut Value) -> Result<(), Error> {
    let inner = schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten();
    for (_, property) in inner {
        within(property)?;
    }
    Ok(())
}

fn within(schema: &mut Value) -> Result<(), Error> {
    if let Some(items) = schema.get_mut("items") {
        within(items)?;
    }
    let found = rules(schema, &[Place { at: "self", only_if: None, without: &[] }])?;
    if let (Value::Object(object), false) = (&mut *schema, found.is_empty()) {
        let all = object.entry(VALIDATIONS).or_insert_with(|| json!([]));
        all.as_array_mut().into_iter().for_each(|all| all.extend(found.clone()));
    }
    below(schema)
}

fn rules(schema: &Value, places: &[Place<'_>]) -> Result<Vec<Value>, Error> {
    let mut rules: Vec<Value> = vec![];
    for (name, property) in properties(schema) {
        let options = FieldOptions::of(property)?;
        let own = Term { name, value: None, schema: property };
        for text in &options.excludes {
            let other = Term::read(text, schema)?;
            // Most say it of each other.
            let back = other.value.is_none() && other.name < name.as_str();
            if back && FieldOptions::of(other.schema)?.excludes.iter().any(|own| own == name) {
                continue;
            }
            let rule = format!("!({}) || !({})", own.set(places)?, other.set(places)?);
            rules.push(json!({"rule": rule, "message": format!("{name} excludes {}", other.said())}));
        }
        for text in &options.needs {
            let other = Term::read(text, schema)?;
            let rule = format!("!({}) || {}", own.set(places)?, other.set(places)?);
            rules.push(json!({"rule": rule, "message": format!("{name} needs {}", other.said())}));
        }
        if !options.or_else.is_empty() {
            let others = options.or_else.iter().map(|text| Term::read(text, schema));
            let terms: Vec<_> = std::iter::once(Ok(own)).chain(others).collect::<Result<_, Error>>()?;
            let ways = terms.iter().map(|term| term.set(places)).collect::<Result<Vec<_>, Error>>()?;
            let names: Vec<_> = terms.iter().map(Term::said).collect();
            let message = format!("one of {} must be set", names.join(", "));
            rules.push(json!({"rule": ways.join(" || "), "message": message}));
        }
    }
    Ok(rules)
}

/// The same for people: `Excludes domainId and system. Only with policy anti-affinity.`
pub fn sentences(options: &FieldOptions) -> Vec<String> {
    let of = |names: &[String], fields: &str, values: &str| {
        let (with, without): (Vec<_>, Vec<_>) = names.iter().cloned().partition(|name| name.contains('='));
        let with: Vec<_> = with.iter().map(|name| name.replace('=', " ")).collect();
        [enumerated(fields, &without), enumerated(values, &with)]
    };
    let excludes = of(&options.excludes, "Excludes", "Not with");
    excludes.into_iter().chain(of(&options.needs, "Needs", "Only with")).flatten().collect()
}

fn enumerated(verb: &str, names: &[String]) -> Option<String> {
    let (last, others) = names.split_last()?;
    Some(match others {
        [] => format!("{verb} {last}."),
        others => format!("{verb} {} and {last}.", others.join(", ")),
    })
}

#[cfg(test)]
mod tests;
