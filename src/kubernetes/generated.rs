//! Generated secrets: each generation of a key made once, of random characters, and never replaced. The Secret that holds them is the
//! external resource. Under the key itself is its newest value; once there is more than one generation, each has its number behind the
//! key as well: `db-nova.1`, `db-nova.2`. So what is there says by itself which generation was made last.

use super::{
    api::{Address, ApiServer, Propagation},
    error::Error,
};
use crate::kind::{marker::METADATA_KEY, request::Answer, sealed::Sealed};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use data_encoding::HEXLOWER;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Type of the Secret.
const TYPE: &str = "kupenstack.io/generated";
/// Annotation of the managed resource that it belongs to.
const OWNER: &str = "kupenstack.io/owner";
/// Longest value.
const LONGEST: usize = 4096;
/// Bytes of a key for Fernet.
const FERNET: usize = 32;
/// Length unless one is wanted.
const USUAL: usize = 32;

/// What is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    keys: Vec<Key>,
    /// Which managed resource it belongs to.
    marker: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Key {
    name: String,
    #[serde(default)]
    format: Format,
    length: Option<usize>,
    /// Which generation of it there should be at least.
    #[serde(default = "first")]
    generation: i64,
    /// The oldest generation that is kept; all of them, unless set.
    oldest: Option<i64>,
}

fn first() -> i64 {
    1
}

/// What a value is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
enum Format {
    /// Letters and digits.
    #[default]
    Alphanumeric,
    /// Hexadecimal digits.
    Hex,
    /// The alphabet of base64.
    Base64,
    /// 32 bytes in the base64 of addresses.
    Fernet,
}

impl Wanted {
    /// Reads the body of a request or a comparison.
    ///
    /// # Errors
    /// It has an unexpected form.
    pub fn read(body: &Value) -> Result<Self, Error> {
        let form = |error: serde_json::Error| Error::Form {
            what: "the list of keys".to_owned(),
            why: error.to_string(),
        };
        serde_json::from_value(body.clone()).map_err(form)
    }
}

fn address(namespace: &str, name: &str) -> Address {
    Address::core("Secret", namespace, name)
}

async fn found(api: &ApiServer, namespace: &str, name: &str) -> Result<Option<Value>, Error> {
    let found = api.get(&address(namespace, name)).await?;
    if found.as_ref().is_some_and(|secret| secret.get("type").and_then(Value::as_str) != Some(TYPE)) {
        let refused = format!(
            "Secret {name} is there and was not generated: choose another external-name, or delete it"
        );
        return Err(Error::Refused(refused));
    }
    Ok(found)
}

/// Looks at a Secret: the keys that were made, and their values sealed.
///
/// # Errors
/// The API server refused, or the Secret is somebody else's.
pub async fn compare(api: &ApiServer, namespace: &str, name: &str) -> Result<Answer, Error> {
    let Some(secret) = found(api, namespace, name).await? else { return Ok(Answer::Gone) };
    let values = values(&secret);
    let owner = secret.pointer("/metadata/annotations").and_then(|all| all.get(OWNER));
    let (names, generations) = generations(values.keys());
    let oldest: BTreeMap<_, _> =
        generations.iter().filter_map(|(name, all)| Some((name, all.first()?))).collect();
    let newest: BTreeMap<_, _> =
        generations.iter().filter_map(|(name, all)| Some((name, all.last()?))).collect();
    let body = json!({
        "id": name,
        "made": names,
        "generations": newest,
        "oldest": oldest,
        "owner": owner,
        "metadata": {METADATA_KEY: owner},
    });
    let sealed = values.into_iter().collect();
    Ok(Answer::Compared { body, sealed: Sealed(sealed) })
}

/// Names of the keys that were made, and of those that were made more than once all generations that there are.
fn generations<'a>(
    keys: impl Iterator<Item = &'a String> + Clone,
) -> (Vec<&'a String>, BTreeMap<&'a str, BTreeSet<i64>>) {
    let all: BTreeSet<&str> = keys.clone().map(String::as_str).collect();
    let mut generations: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    let mut names = vec![];
    for key in keys {
        match numbered(key).filter(|(name, _)| all.contains(name)) {
            Some((name, generation)) => {
                generations.entry(name).or_default().insert(generation);
            }
            None => names.push(key),
        }
    }
    (names, generations)
}

/// The key and the generation that `key.generation` is named after.
fn numbered(key: &str) -> Option<(&str, i64)> {
    let (name, generation) = key.rsplit_once('.')?;
    Some((name, generation.parse().ok().filter(|number| *number > 0)?))
}

/// Values of a Secret's keys, as far as they are text.
fn values(secret: &Value) -> BTreeMap<String, SecretString> {
    let data = secret.get("data").and_then(Value::as_object).into_iter().flatten();
    let text = |value: &Value| String::from_utf8(STANDARD.decode(value.as_str()?).ok()?).ok();
    data.filter_map(|(key, value)| Some((key.clone(), text(value)?.into()))).collect()
}

/// Makes the Secret.
///
/// # Errors
/// There is one of that name, or the API server refused.
pub async fn create(api: &ApiServer, namespace: &str, name: &str, wanted: &Wanted) -> Result<Value, Error> {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": TYPE,
        "metadata": {"name": name, "namespace": namespace, "annotations": annotations(wanted)},
        "data": changes(&wanted.keys, &Map::new())?,
    });
    api.create(&address(namespace, name), &secret).await?;
    Ok(json!({"id": name}))
}

/// Adds the keys and generations that are missing, drops generations that are no longer kept, and says whose it is.
///
/// # Errors
/// There is none, or the API server refused.
pub async fn update(api: &ApiServer, namespace: &str, name: &str, wanted: &Wanted) -> Result<Value, Error> {
    let secret = found(api, namespace, name).await?.ok_or_else(|| Error::Gone(format!("Secret {name}")))?;
    let has = secret.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
    // With its version: a key or a generation that somebody adds meanwhile must not be replaced.
    let version = secret.pointer("/metadata/resourceVersion");
    let fields = json!({
        "metadata": {"resourceVersion": version, "annotations": annotations(wanted)},
        "data": changes(&wanted.keys, &has)?,
    });
    api.merge(&address(namespace, name), &fields).await?;
    Ok(json!({"id": name}))
}

/// Deletes it.
///
/// # Errors
/// The API server refused, or the Secret is somebody else's.
pub async fn delete(api: &ApiServer, namespace: &str, name: &str) -> Result<(), Error> {
    let Some(secret) = found(api, namespace, name).await? else {
        return Err(Error::Gone(format!("Secret {name}")));
    };
    let uid = secret.pointer("/metadata/uid").and_then(Value::as_str);
    api.delete(&address(namespace, name), uid, Propagation::Background).await.map(drop)
}

fn annotations(wanted: &Wanted) -> Value {
    wanted.marker.as_ref().map_or_else(|| json!({}), |marker| json!({OWNER: marker}))
}

/// What of a Secret's data has to change: a null drops a key.
fn changes(keys: &[Key], has: &Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let mut changes = Map::new();
    let (_, generations) = generations(has.keys());
    for key in keys {
        let name = &key.name;
        let of = |generation: i64| format!("{name}.{generation}");
        let there = generations.get(name.as_str());
        let newest = there.and_then(|all| all.last().copied()).unwrap_or(1);
        match has.get(name) {
            Some(value) if newest < key.generation => {
                // The first one had no number until now.
                if there.is_none() && key.oldest.is_none_or(|oldest| oldest <= newest) {
                    changes.insert(of(newest), value.clone());
                }
                mint(key, &mut changes)?;
            }
            Some(_) => {}
            None => mint(key, &mut changes)?,
        }
        let oldest = key.oldest.unwrap_or(1).min(newest.max(key.generation));
        let dropped = there.into_iter().flatten().filter(|generation| **generation < oldest);
        changes.extend(dropped.map(|generation| (of(*generation), Value::Null)));
    }
    Ok(changes)
}

/// A new value, under the key and, but for the first generation, under its number.
fn mint(key: &Key, changes: &mut Map<String, Value>) -> Result<(), Error> {
    let value = json!(STANDARD.encode(value(key)?));
    if key.generation > 1 {
        changes.insert(format!("{}.{}", key.name, key.generation), value.clone());
    }
    changes.insert(key.name.clone(), value);
    Ok(())
}

fn value(key: &Key) -> Result<String, Error> {
    let length = key.length.unwrap_or(USUAL).clamp(1, LONGEST);
    Ok(match key.format {
        Format::Hex => HEXLOWER.encode(&random(length)?).chars().take(length).collect(),
        Format::Base64 => STANDARD.encode(random(length)?).chars().take(length).collect(),
        Format::Fernet => URL_SAFE.encode(random(FERNET)?),
        Format::Alphanumeric => alphanumeric(length)?,
    })
}

/// Letters and digits, each as likely as the others: bytes beyond the last whole round are thrown away.
fn alphanumeric(length: usize) -> Result<String, Error> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let rounds = u8::MAX as usize / ALPHABET.len() * ALPHABET.len();
    let mut text = String::new();
    while text.len() < length {
        let fair = random(length)?.into_iter().map(usize::from).filter(|byte| *byte < rounds);
        let letters =
            fair.filter_map(|byte| ALPHABET.get(byte % ALPHABET.len()).map(|letter| char::from(*letter)));
        text.extend(letters.take(length - text.len()));
    }
    Ok(text)
}

fn random(length: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; length];
    let none = |_| Error::Refused("this machine gives no random numbers".to_owned());
    SystemRandom::new().fill(&mut bytes).map_err(none)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(format: Format, length: Option<usize>) -> String {
        value(&Key { name: "a".into(), format, length, generation: 1, oldest: None }).unwrap()
    }

    #[test]
    fn values_have_the_wanted_form_and_are_never_the_same() {
        assert_eq!(key(Format::Alphanumeric, None).len(), 32);
        assert!(key(Format::Alphanumeric, Some(500)).chars().all(|c| c.is_ascii_alphanumeric()));
        let hex = key(Format::Hex, Some(33));
        assert!(hex.len() == 33 && hex.chars().all(|c| c.is_ascii_hexdigit()), "{hex}");
        assert_eq!(STANDARD.decode(key(Format::Base64, Some(32))).unwrap().len(), 24);
        assert_eq!(URL_SAFE.decode(key(Format::Fernet, Some(8))).unwrap().len(), 32);
        assert_ne!(key(Format::Alphanumeric, None), key(Format::Alphanumeric, None));
    }
}
