//! The values that a component's chart is rendered with, in layers from the facts and the spec.

use super::{
    chart::{Chart, Facts},
    image::Image,
    parameters::{ComponentParameters, Images},
    renewal::{Renewal, account, is_numbered, of_generation, renewal},
    setting::at,
    wire::{Part, Use, Wire},
};
use crate::{
    kind::{Key, Params, Secrets, any::AnyKey},
    release::values::{self, Layer, Values, ValuesError, layered},
};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use url::Url;

/// Values can't be made of a spec and what it refers to. No message has a value in it.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A Secret lacks a key.
    #[error("the Secret that {field} names has no key {key}")]
    Key {
        /// Field of the spec.
        field: &'static str,
        /// The key.
        key: &'static str,
    },
    /// A key's content has an unexpected form.
    #[error("the Secret that {field} names has a {key} that is no {expected}")]
    Form {
        /// Field of the spec.
        field: &'static str,
        /// The key.
        key: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// A password that can't be renewed is wanted in another generation than the first.
    #[error("passwordGenerations: {key} can't be renewed: {why}")]
    Fixed {
        /// The key.
        key: &'static str,
        /// Why.
        why: &'static str,
    },
    /// Charts don't change the password of an account that there is.
    #[error("values name the user at {path}, which has to be new where {key} is: remove the name")]
    Named {
        /// The password.
        key: &'static str,
        /// Path of the value.
        path: String,
    },
    /// A password is not there in the generation that is wanted.
    #[error("the Secret that passwords names has no generation {generation} of {key}")]
    Generation {
        /// The key.
        key: &'static str,
        /// The generation.
        generation: u16,
    },
    /// Secrets are not read for a deletion, which renders nothing.
    #[error("the Secrets that it is given are not read any more")]
    Unread,
    /// Images are named after a release that is not said.
    #[error("images.registry needs openstackRelease and images.distribution, which make the tags")]
    Release,
    /// Layers don't fit.
    #[error(transparent)]
    Values(#[from] ValuesError),
}

/// Everything that is wanted of a chart's values. Secrets are among them.
///
/// # Errors
/// See [`Problem`].
pub fn values<C: Chart>(key: &Key<'_, ComponentParameters<C::Replicas>>) -> Result<Values, Problem> {
    let (facts, params) = (&C::FACTS, key.params);
    let images = images(facts, params.images.as_ref(), params.openstack_release.as_deref())?;
    let wiring = wiring(facts, params, key.any.secrets)?;
    let from = texts(key.any)?;
    let text = params.values_text.as_deref().map(|text| values::parse("valuesText", text)).transpose()?;
    let inline = json!(params.values);
    let typed = typed::<C::Replicas>(facts, params);
    let settings = settings(facts);
    let mut layers = vec![
        Layer { name: "settings", values: &settings },
        Layer { name: "images", values: &images },
        Layer { name: "connections", values: &wiring },
    ];
    layers.extend(from.iter().map(|(name, values)| Layer { name, values }));
    layers.push(Layer { name: "values", values: &inline });
    layers.extend(text.iter().map(|values| Layer { name: "valuesText", values }));
    layers.push(Layer { name: "replicas, images and resources", values: &typed });
    let values = layered(&layers, &unset(params))?;
    named_by_people(facts, params, &values).map_or(Ok(values), Err)
}

/// The account of a renewed password that has another name than the one beside the old one.
fn named_by_people<R>(facts: &Facts, params: &ComponentParameters<R>, values: &Values) -> Option<Problem> {
    let mut accounts = facts.wires().filter_map(|wire| Some((wire.key, account(facts, wire)?)));
    let renewed = |key: &str| Some(params.generation(key)).filter(|generation| *generation > 1);
    accounts.find_map(|(key, account)| {
        let (path, user) = (account.path(), account.user(renewed(key)?));
        let other = values::at(values.as_map(), &path) != Some(&json!(user));
        other.then_some(Problem::Named { key, path })
    })
}

fn settings(facts: &Facts) -> Value {
    let mut all = Map::new();
    facts.set().for_each(|(path, to)| merge(&mut all, at(path, to.value())));
    Value::Object(all)
}

/// Tags that follow from how images are named.
fn images(facts: &Facts, images: Option<&Images>, release: Option<&str>) -> Result<Value, Problem> {
    let Some(Images { registry: Some(registry), distribution, .. }) = images else { return Ok(Value::Null) };
    let (Some(release), Some(distribution)) = (release, distribution.as_deref()) else {
        return Err(Problem::Release);
    };
    let tag = |image: Image| json!(format!("{registry}/{}:{release}-{distribution}", image.name()));
    let tags: Map<String, Value> =
        facts.roles().map(|(role, image)| ((*role).to_owned(), tag(*image))).collect();
    Ok(json!({"images": {"tags": tags}}))
}

/// What the Secrets that the component is given say.
fn wiring<R>(facts: &Facts, params: &ComponentParameters<R>, secrets: &Secrets) -> Result<Value, Problem> {
    let mut all = Map::new();
    for wire in facts.wires() {
        let Some(document) = secrets.get(wire.from.wire()) else {
            // What is not required and not given leaves the chart's values as they are.
            if wire.from.name(params).is_none() {
                continue;
            }
            return Err(Problem::Unread);
        };
        let document: Map<String, Value> = serde_json::from_str(document.expose_secret()).unwrap_or_default();
        let text = if wire.from == Use::Passwords {
            let generation = params.generation(wire.key);
            if let Some(account) = account(facts, wire).filter(|_| generation > 1) {
                merge(&mut all, at(&account.path(), json!(account.user(generation))));
            }
            password(facts, &document, wire.key, generation)?
        } else {
            let text = document.get(wire.key).and_then(Value::as_str);
            text.ok_or(Problem::Key { field: wire.from.field(), key: wire.key })?
        };
        merge(&mut all, at(wire.to, value(wire, text)?));
    }
    Ok(Value::Object(all))
}

/// A password of a generation.
fn password<'a>(
    facts: &Facts,
    document: &'a Map<String, Value>,
    key: &'static str,
    generation: u16,
) -> Result<&'a str, Problem> {
    if let (Some(Renewal::Never(why)), 2..) = (renewal(facts, key), generation) {
        return Err(Problem::Fixed { key, why });
    }
    of_generation(document, key, generation).ok_or_else(|| {
        if is_numbered(document, key) {
            Problem::Generation { key, generation }
        } else {
            Problem::Key { field: Use::Passwords.field(), key }
        }
    })
}

fn value(wire: &Wire, text: &str) -> Result<Value, Problem> {
    let wrong = |expected| Problem::Form { field: wire.from.field(), key: wire.key, expected };
    let url = || Url::parse(text).map_err(|_| wrong("address"));
    Ok(match wire.part {
        Part::Text => json!(text),
        Part::Number => json!(text.trim().parse::<u32>().map_err(|_| wrong("number"))?),
        Part::Host => json!(url()?.host_str().ok_or_else(|| wrong("address"))?),
        Part::Port => json!(url()?.port_or_known_default().ok_or_else(|| wrong("address"))?),
        Part::Scheme => json!(url()?.scheme()),
    })
}

/// The paths of facts do not contradict each other, so the later value just joins the earlier ones.
fn merge(all: &mut Map<String, Value>, more: Map<String, Value>) {
    for (key, value) in more {
        match (all.get_mut(&key), value) {
            (Some(Value::Object(inner)), Value::Object(more)) => merge(inner, more),
            (_, value) => {
                all.insert(key, value);
            }
        }
    }
}

/// Documents of `valuesFrom`, in their order.
fn texts(key: &AnyKey<'_>) -> Result<Vec<(String, Value)>, Problem> {
    let read = |(at, text): (usize, &secrecy::SecretString)| {
        let name = format!("valuesFrom[{at}]");
        let values = values::parse(&name, text.expose_secret())?;
        Ok((name, values))
    };
    key.texts("values_from").into_iter().map(read).collect()
}

/// Fields of the spec that are values of the chart.
fn typed<R: Params>(facts: &Facts, params: &ComponentParameters<R>) -> Value {
    let mut all = Map::new();
    let replicas = json!(params.replicas);
    for (field, path) in facts.replicas {
        if let Some(count) = replicas.get(field).filter(|count| !count.is_null()) {
            merge(&mut all, at(path, count.clone()));
        }
    }
    if let Some(tags) = params.images.as_ref().and_then(|images| images.tags.as_ref()) {
        merge(&mut all, at("images.tags", json!(tags)));
    }
    if let Some(resources) = &params.resources {
        merge(&mut all, at("pod.resources", json!(resources)));
        merge(&mut all, at("pod.resources.enabled", json!(true)));
    }
    Value::Object(all)
}

/// The chart lists every member of the broker's cluster unless it is told to forget them.
fn unset<R>(params: &ComponentParameters<R>) -> Vec<String> {
    let members = "endpoints.oslo_messaging.statefulset".to_owned();
    let said = params.unset.iter().flatten().cloned();
    params.messaging_connection.as_ref().map(|_| members).into_iter().chain(said).collect()
}

#[cfg(test)]
mod tests;
