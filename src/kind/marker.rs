//! The marker that every create carries: `[kupenstack:<uid>:<hash>]`.
//!
//! The UID finds a create whose answer was lost. The hash, over installation, kind, namespace and name, is
//! ownership: it survives a restore from backup, which changes every UID.

use data_encoding::HEXLOWER;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

const OPEN: &str = "[kupenstack:";

/// Who made an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// `metadata.uid` of the managed resource.
    pub uid: String,
    /// Owner: 8 hex digits that tell the installation, 12 that tell kind, namespace and name within it.
    pub owner: String,
}

impl Marker {
    /// Text form.
    pub fn text(&self) -> String {
        format!("{OPEN}{}:{}]", self.uid, self.owner)
    }

    /// Puts the marker behind a description.
    pub fn append_to(&self, description: &str) -> String {
        if description.is_empty() { self.text() } else { format!("{description} {}", self.text()) }
    }
}

const INSTALLATION_DIGITS: usize = 8;
const RESOURCE_DIGITS: usize = 12;
/// Of a UID.
const UID_CHARACTERS: usize = 36;
const CHARACTERS: usize = OPEN.len() + UID_CHARACTERS + 1 + INSTALLATION_DIGITS + RESOURCE_DIGITS + 1;

/// How many characters of a description the marker and the space before it leave to people, where the service takes so
/// many in all.
pub const fn room_beside(limit: usize) -> usize {
    limit - 1 - CHARACTERS
}

/// Owner of what a managed resource makes.
pub fn owner(installation: &str, kind: &str, namespace: &str, name: &str) -> String {
    let installation_hash = hash(&[installation], INSTALLATION_DIGITS);
    installation_hash + &hash(&[installation, kind, namespace, name], RESOURCE_DIGITS)
}

/// Do both owners belong to one installation of the provider?
pub fn same_installation(one: &str, other: &str) -> bool {
    one.get(..INSTALLATION_DIGITS) == other.get(..INSTALLATION_DIGITS)
}

fn hash(parts: &[&str], digits: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut text = HEXLOWER.encode(&hash.finalize());
    text.truncate(digits);
    text
}

/// Splits a description into what people wrote and the marker behind it.
pub fn split(description: &str) -> (&str, Option<Marker>) {
    let plain = (description, None);
    let Some(start) = description.rfind(OPEN) else { return plain };
    let (text, trailer) = description.split_at(start);
    let Some(inner) = trailer.strip_prefix(OPEN).and_then(|t| t.strip_suffix(']')) else { return plain };
    let Some((uid, owner)) = inner.split_once(':') else { return plain };
    let marker = Marker { uid: uid.to_owned(), owner: owner.to_owned() };
    (text.strip_suffix(' ').unwrap_or(text), Some(marker))
}

/// Key under which free metadata carry the marker.
pub const METADATA_KEY: &str = "kupenstack";

/// Does what people wrote hold a text that would be read as a marker? It would make an object somebody else's, or a second one of his.
pub fn is_among(fields: &Map<String, Value>) -> bool {
    fields.values().any(is_in)
}

fn is_in(value: &Value) -> bool {
    match value {
        Value::String(text) => split(text).1.is_some(),
        Value::Array(items) => items.iter().any(is_in),
        Value::Object(fields) => is_among(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Takes the marker out of an object as a service returns it, wherever it stands. A tag counts only where the description has none:
/// tags are people's own there.
pub fn take(item: &mut Map<String, Value>) -> Option<Marker> {
    let metadata = item.get_mut("metadata").and_then(Value::as_object_mut);
    let kept = metadata.and_then(|metadata| metadata.remove(METADATA_KEY));
    if let Some(marker) = kept.as_ref().and_then(Value::as_str).and_then(|text| split(text).1) {
        return Some(marker);
    }
    if let Some(Value::String(description)) = item.get_mut("description")
        && let (text, Some(marker)) = split(description)
    {
        let text = text.to_owned();
        *description = text;
        return Some(marker);
    }
    let Some(Value::Array(tags)) = item.get_mut("tags") else { return None };
    let (at, marker) = tags.iter().enumerate().find_map(|(at, tag)| Some((at, split(tag.as_str()?).1?)))?;
    tags.remove(at);
    Some(marker)
}

/// The marker of an object as a service returns it.
pub fn find(item: &Value) -> Option<Marker> {
    take(&mut item.as_object()?.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marker() -> Marker {
        Marker { uid: "5f7c".into(), owner: owner("i", "Network", "team-a", "web") }
    }

    #[test]
    fn the_owner_hash_depends_on_every_part_and_its_place() {
        let base = owner("i", "Network", "a", "b");
        for other in [
            owner("j", "Network", "a", "b"),
            owner("i", "Subnet", "a", "b"),
            owner("i", "Network", "ab", ""),
            owner("i", "Network", "b", "a"),
        ] {
            assert_ne!(base, other);
        }
        assert_eq!(base.len(), INSTALLATION_DIGITS + RESOURCE_DIGITS);
        assert!(same_installation(&base, &owner("i", "Subnet", "c", "d")));
        assert!(!same_installation(&base, &owner("j", "Network", "a", "b")));
    }

    #[test]
    fn a_description_as_long_as_there_is_room_for_fits_with_the_marker_behind_it() {
        let uid = "5f7c1a52-9f5e-4d0f-8b8e-0a4f6a3c2d1b".to_owned();
        let marker = Marker { uid, owner: owner("i", "Network", "team-a", "web") };
        assert_eq!(marker.append_to(&"x".repeat(room_beside(255))).len(), 255);
    }

    #[test]
    fn the_marker_is_taken_out_of_metadata_and_what_people_put_there_stays() {
        let mut item =
            serde_json::json!({"metadata": {"kupenstack": marker().text(), "a": "b"}, "description": "d"});
        assert_eq!(take(item.as_object_mut().unwrap()), Some(marker()));
        assert_eq!(item, serde_json::json!({"metadata": {"a": "b"}, "description": "d"}));
        let mut plain = serde_json::json!({"metadata": {}, "description": null});
        assert_eq!(take(plain.as_object_mut().unwrap()), None);
    }

    #[test]
    fn the_marker_is_taken_out_of_tags_and_other_tags_stay() {
        let mut item = serde_json::json!({"tags": ["a", marker().text(), "b"]});
        assert_eq!(take(item.as_object_mut().unwrap()), Some(marker()));
        assert_eq!(item, serde_json::json!({"tags": ["a", "b"]}));
        let mut plain = serde_json::json!({"tags": ["a", 1], "description": "d"});
        assert_eq!(take(plain.as_object_mut().unwrap()), None);
    }

    #[test]
    fn a_tag_that_looks_like_a_marker_does_not_outdo_the_description() {
        let theirs = Marker { uid: "0000".into(), owner: "o".into() }.text();
        let mut item = serde_json::json!({"tags": ["a", theirs], "description": marker().append_to("d")});
        assert_eq!(take(item.as_object_mut().unwrap()), Some(marker()));
        assert_eq!(item, serde_json::json!({"tags": ["a", theirs], "description": "d"}));
    }

    #[test]
    fn what_people_write_is_searched_for_markers_at_every_depth() {
        let marker = marker().text();
        let among = |value: Value| is_among(value.as_object().unwrap());
        for held in [
            serde_json::json!({"description": format!("x {marker}")}),
            serde_json::json!({"tags": ["a", marker]}),
            serde_json::json!({"metadata": {"kupenstack": marker}}),
        ] {
            assert!(among(held));
        }
        assert!(!among(
            serde_json::json!({"tags": ["kupenstack", "[a]"], "description": "a [kupenstack:b] c", "n": 1})
        ));
    }

    #[test]
    fn an_empty_description_becomes_the_marker_alone() {
        assert_eq!(marker().append_to(""), marker().text());
        assert_eq!(split(&marker().text()), ("", Some(marker())));
    }

    #[test]
    fn text_that_only_resembles_a_marker_is_left_alone() {
        for text in ["[kupenstack:", "[kupenstack:x]", "see [kupenstack:a:b] there"] {
            assert_eq!(split(text), (text, None), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_people_wrote_comes_back_whole(text in ".{0,200}") {
            let marked = marker().append_to(&text);
            prop_assert_eq!(split(&marked), (text.as_str(), Some(marker())));
        }
    }
}
