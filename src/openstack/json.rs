//! JSON of services, read at a bounded cost. A parsed value takes more memory than its text, and a text of tiny or nested members
//! many times more (`{"":0}` a hundred times). So what is built is counted while it is built. Pure.

use serde::{
    Deserializer as _,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Deserializer, Map, Number, Value};
use std::{cell::Cell, fmt};

/// A value may cost this many times the bytes of its text,
const MULTIPLE: usize = 16;
/// and this many bytes more.
const FREE: usize = 256 << 10;
/// Text beyond this does not count: no single value is larger.
const LARGEST_VALUE: usize = 8 << 20;
/// Items of a list are handed on when they cost this much, so that a list takes no more memory than its text.
const CHUNK: usize = 256 << 10;
/// What a value costs in its array, which may be half empty.
const VALUE: usize = 2 * size_of::<Value>();
/// What the first member of an object costs beside its text, and each further one: a node of the tree has room for eleven.
const FIRST_MEMBER: usize = 640;
const MEMBER: usize = 2 * (size_of::<Value>() + size_of::<String>());

/// Why a text was not read.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It is no JSON, or another than expected.
    Syntax(serde_json::Error),
    /// It costs too much.
    Cost,
}

/// Reads one value.
pub(super) fn value(text: &[u8]) -> Result<Value, Unreadable> {
    let cost = Cost::of(text);
    let mut deserializer = Deserializer::from_slice(text);
    let read = cost.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| cost.judge(error))
}

/// Reads an object with a list under `key`: hands the list's items on in chunks, and returns the rest. `None` if there is no
/// such list.
pub(super) fn items(
    text: &[u8],
    key: &str,
    take: impl FnMut(Vec<Value>),
) -> Result<Option<Value>, Unreadable> {
    let cost = Cost::of(text);
    let mut deserializer = Deserializer::from_slice(text);
    let listing = Listing { cost: &cost, key, take };
    let read = deserializer.deserialize_map(listing).and_then(|rest| deserializer.end().map(|()| rest));
    read.map_err(|error| cost.judge(error))
}

/// What has been built so far, and what may be.
struct Cost {
    spent: Cell<usize>,
    most: usize,
}

impl Cost {
    fn of(text: &[u8]) -> Self {
        let most = FREE + MULTIPLE * text.len().min(LARGEST_VALUE);
        Self { spent: Cell::new(0), most }
    }

    fn add<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        self.spent.set(self.spent.get().saturating_add(bytes));
        if self.spent.get() > self.most { Err(E::custom("it costs too much")) } else { Ok(()) }
    }

    fn judge(&self, error: serde_json::Error) -> Unreadable {
        if self.spent.get() > self.most { Unreadable::Cost } else { Unreadable::Syntax(error) }
    }
}

impl<'de> DeserializeSeed<'de> for &Cost {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.add(VALUE)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Cost {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.add(text.len())?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut array = vec![];
        while let Some(item) = access.next_element_seed(self)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            self.add(key.len() + if object.is_empty() { FIRST_MEMBER } else { MEMBER })?;
            object.insert(key, access.next_value_seed(self)?);
        }
        Ok(Value::Object(object))
    }
}

/// An object with a list.
struct Listing<'a, F> {
    cost: &'a Cost,
    key: &'a str,
    take: F,
}

impl<'de, F: FnMut(Vec<Value>)> Visitor<'de> for Listing<'_, F> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a list {}", self.key)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<Self::Value, A::Error> {
        let (mut rest, mut found) = (Map::new(), false);
        while let Some(key) = access.next_key::<String>()? {
            if key == self.key {
                found = true;
                access.next_value_seed(Items { cost: self.cost, take: &mut self.take })?;
            } else {
                self.cost.add(key.len() + FIRST_MEMBER)?;
                rest.insert(key, access.next_value_seed(self.cost)?);
            }
        }
        Ok(found.then_some(Value::Object(rest)))
    }
}

/// The list.
struct Items<'a, F> {
    cost: &'a Cost,
    take: &'a mut F,
}

impl<'de, F: FnMut(Vec<Value>)> DeserializeSeed<'de> for Items<'_, F> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Vec<Value>)> Visitor<'de> for Items<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let (before, mut chunk) = (self.cost.spent.get(), vec![]);
        while let Some(item) = access.next_element_seed(self.cost)? {
            chunk.push(item);
            if self.cost.spent.get().saturating_sub(before) > CHUNK {
                (self.take)(std::mem::take(&mut chunk));
                self.cost.spent.set(before);
            }
        }
        (self.take)(chunk);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<i32>().prop_map(|number| json!(f64::from(number) / 8.0)),
            "\\PC{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("\\PC{0,4}", inner, 0..6).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(written in any_json()) {
            prop_assert_eq!(value(written.to_string().as_bytes()).unwrap(), written);
        }

        #[test]
        fn a_list_is_read_as_a_whole_value_would_be(all in prop::collection::vec(any_json(), 0..9), link in any_json()) {
            let mut read = vec![];
            let text = json!({"a_links": link, "z": 1, "things": all}).to_string();
            let rest = items(text.as_bytes(), "things", |chunk| read.extend(chunk)).unwrap();
            prop_assert_eq!((read, rest), (all, Some(json!({"a_links": link, "z": 1}))));
        }
    }

    #[test]
    fn tiny_and_nested_members_cost_no_more_than_a_multiple_of_their_text() {
        let many =
            |member: &str| format!("[{}1]", format!("{member},").repeat((1 << 20) / (member.len() + 1)));
        for member in [r#"{"":0}"#, "0", "[[[]]]", r#"{"":{"":{"":{}}}}"#, r#"[{"a":[]}]"#] {
            assert!(matches!(value(many(member).as_bytes()), Err(Unreadable::Cost)), "{member}");
        }
        let rule = json!({"id": "0c1a2b3c-0000-4000-8000-00000000000f", "direction": "ingress", "ethertype": "IPv4",
            "port_range_min": 1, "port_range_max": 65535, "protocol": "tcp", "remote_ip_prefix": "10.0.0.0/8"});
        assert!(value(many(&rule.to_string()).as_bytes()).is_ok(), "what services say fits");
    }

    #[test]
    fn a_long_list_of_small_items_costs_what_one_chunk_does() {
        let item = r#"{"id":"0c1a2b3c-0000-4000-8000-00000000000f"}"#;
        let text = format!(r#"{{"things":[{}{item}]}}"#, format!("{item},").repeat(100_000));
        let (mut all, mut largest) = (0, 0);
        items(text.as_bytes(), "things", |chunk| {
            (all, largest) = (all + chunk.len(), largest.max(chunk.len()));
        })
        .unwrap();
        assert_eq!(all, 100_001);
        assert!(largest < 1000, "{largest} at once");
        assert!(matches!(items(b"{\"other\": []}", "things", drop), Ok(None)));
        for wrong in ["[]", r#"{"things": 1}"#, r#"{"things": [1"#, r#"{"things": []} x"#] {
            assert!(matches!(items(wrong.as_bytes(), "things", drop), Err(Unreadable::Syntax(_))), "{wrong}");
        }
    }
}
