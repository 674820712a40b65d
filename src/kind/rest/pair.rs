//! Resources that only say that two objects belong together: no object of their own, and two ids that identify them.

use crate::kind::{
    diff::Diff,
    found::{Found, KindError},
    key::{AnyKey, Observed},
    request::{Answer, Keep, Read, Request},
    step::{Goal, Step},
};
use serde::de::Error as _;
use serde_json::{Value, json};

/// Two objects that belong together. The external-name is `<first>/<second>`.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// Fields that hold their ids, by their names in the API.
    pub ids: [&'static str; 2],
    /// Path of the list of all that belong to the first.
    pub list: fn(&str) -> String,
    /// Key of that list.
    pub items: &'static str,
    /// Field of an item that holds the second's id.
    pub item: &'static str,
    /// The request that brings them together.
    pub join: fn(&str, &str) -> Request,
    /// The request that takes them apart.
    pub part: fn(&str, &str) -> Request,
}

impl Pair {
    /// The first's list, of which the second is looked for.
    pub fn reads(&self, key: &AnyKey<'_>) -> Vec<Read> {
        let read = |(first, second): (&str, &str)| Read::List {
            path: (self.list)(first),
            query: vec![],
            items: self.items,
            keep: Keep::Equals(self.item, second.to_owned()),
        };
        self.names(key).map(read).into_iter().collect()
    }

    /// There, or not. The answer to the request that brings them together tells nothing.
    ///
    /// # Errors
    /// The external-name has another form.
    pub fn parse(&self, key: &AnyKey<'_>, answers: &[Answer]) -> Result<Found, KindError> {
        let Some((first, second)) = self.names(key) else {
            let form = || format!("it is not of the form <{}>/<{}>", self.ids[0], self.ids[1]);
            let odd =
                || KindError::Value { place: "the external-name", source: serde_json::Error::custom(form()) };
            return key.meta.external_name.map_or(Ok(Found::Absent), |_| Err(odd()));
        };
        let external_name = format!("{first}/{second}");
        let body = json!({"id": external_name, self.ids[0]: first, self.ids[1]: second});
        Ok(match answers.last() {
            None | Some(Answer::Gone) => Found::Absent,
            Some(Answer::Items(items)) if items.is_empty() => Found::Absent,
            Some(Answer::Items(_) | Answer::Body(_) | Answer::Compared { .. }) => {
                Found::One { external_name, body }
            }
        })
    }

    /// The next step: there is nothing to change about it.
    pub fn step(&self, goal: Goal, key: &AnyKey<'_>, seen: Option<&Observed>, diff: &Diff) -> Step {
        match (goal, seen, self.names(key)) {
            (Goal::Exist, None, Some(named)) if self.wanted(key).is_some_and(|wanted| wanted != named) => {
                Step::Refuse("the external-name says something else than the spec".to_owned())
            }
            (Goal::Exist, None, Some((first, second))) => Step::Send((self.join)(first, second)),
            (Goal::Exist, None, None) => Step::Refuse(format!("set {} and {}", self.ids[0], self.ids[1])),
            (Goal::Vanish, Some(_), Some((first, second))) => Step::Send((self.part)(first, second)),
            (Goal::Match, Some(_), _) if !diff.is_empty() => Step::unchangeable(diff),
            (Goal::Exist | Goal::Match | Goal::Vanish, _, _) => Step::Done,
        }
    }

    /// The ids: of the external-name, or else those that the parameters say.
    fn names<'a>(&self, key: &AnyKey<'a>) -> Option<(&'a str, &'a str)> {
        let (first, second) = match key.meta.external_name {
            Some(name) => name.split_once('/')?,
            None => self.wanted(key)?,
        };
        let plain = |id: &str| !id.is_empty() && !id.contains('/');
        (plain(first) && plain(second)).then_some((first, second))
    }

    fn wanted<'a>(&self, key: &AnyKey<'a>) -> Option<(&'a str, &'a str)> {
        let wanted = |wire: &str| {
            let field = key.shapes.params.fields.iter().find(|field| field.wire == wire)?;
            key.params.get(&field.name).and_then(Value::as_str)
        };
        Some((wanted(self.ids[0])?, wanted(self.ids[1])?))
    }
}

#[cfg(test)]
mod tests;
