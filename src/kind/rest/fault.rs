//! Why an object failed, where the service says so in a list of its own: Cinder's messages, Glance's tasks.

use crate::kind::{
    found::{Found, KindError},
    request::{Answer, Read},
    statuses,
};
use serde_json::{Map, Value, json};

/// Where a service says why an object failed, see [`Kind::FAULT`](crate::kind::Kind::FAULT).
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Has it failed?
    pub failed: fn(&Map<String, Value>) -> bool,
    /// The list to read about an object of this id.
    pub list: fn(&str) -> Read,
    /// The text in an item of the list.
    pub text: &'static str,
    /// Where the newest item's text is put into the object.
    pub field: &'static str,
    /// What to put there where the list has no text.
    pub silence: Option<&'static str>,
}

impl Fault {
    /// Of an object whose status says that it failed, the newest item's `text` is its `fault`.
    pub const fn of(list: fn(&str) -> Read, text: &'static str) -> Self {
        let failed = |object: &Map<String, Value>| statuses::failed(self::text(object, "status"));
        Self { failed, list, text, field: "fault", silence: None }
    }

    /// Reads the answers about an object, the list behind them if it has failed.
    ///
    /// # Errors
    /// `parse` has failed.
    pub fn explain(
        &self,
        answers: &[Answer],
        parse: &dyn Fn(&[Answer]) -> Result<Found, KindError>,
    ) -> Result<Found, KindError> {
        let looked = answers.iter().rposition(|answer| !matches!(answer, Answer::Items(_)));
        let (looked, told) = answers.split_at(looked.map_or(answers.len(), |at| at + 1));
        let mut found = parse(looked)?;
        if let Found::One { external_name, body: Value::Object(object) } = &mut found
            && (self.failed)(object)
        {
            let Some(Answer::Items(items)) = told.first() else {
                return Ok(Found::More(vec![(self.list)(external_name)]));
            };
            let said = self.newest(items).or(self.silence);
            object.extend(said.map(|text| (self.field.to_owned(), json!(text))));
        }
        Ok(found)
    }

    fn newest<'a>(&self, items: &'a [Value]) -> Option<&'a str> {
        let newest = items.iter().max_by_key(|item| item.get("created_at").and_then(Value::as_str))?;
        newest.get(self.text)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }
}

/// A text of an object; empty where there is none.
pub fn text<'a>(object: &'a Map<String, Value>, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}
