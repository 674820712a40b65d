//! A change of a list in an object that others write too. Pure.

use serde_json::{Map, Value, json};

/// Items that come into a list of an object, and items that go. Who sends it reads the object first, and has it written only if
/// it is still as it was read: so nothing is lost of what others write at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Key of the object in a body: `subnet`.
    pub object: &'static str,
    /// The list in it: `host_routes`.
    pub list: &'static str,
    /// Items that must be there.
    pub add: Vec<Value>,
    /// Items that must not.
    pub remove: Vec<Value>,
}

/// What an object becomes by an edit.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// The body to write.
    pub body: Value,
    /// The revision that the object must still have; `None` where the service counts none.
    pub revision: Option<u64>,
}

impl Edit {
    /// What becomes of the object in this answer; `None` where nothing has to be written.
    ///
    /// # Errors
    /// The answer has no such object.
    pub fn of(&self, answer: &Value) -> Result<Option<Edited>, String> {
        let object = answer.get(self.object).and_then(Value::as_object);
        let object = object.ok_or_else(|| format!("the answer lacks {}", self.object))?;
        let have = object.get(self.list).and_then(Value::as_array).cloned().unwrap_or_default();
        let mut list: Vec<_> = have.iter().filter(|item| !self.remove.contains(item)).cloned().collect();
        list.extend(self.add.iter().filter(|item| !have.contains(item)).cloned());
        let revision = object.get("revision_number").and_then(Value::as_u64);
        let body = || json!({ self.object: Map::from_iter([(self.list.to_owned(), json!(list))]) });
        Ok((list != have).then(|| Edited { body: body(), revision }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_have_in_the_list_stays_and_what_is_as_wanted_is_not_written() {
        let edit = |add: Value, remove: Value| {
            let list = |value: Value| value.as_array().unwrap().clone();
            let edit = Edit { object: "port", list: "security_groups", add: list(add), remove: list(remove) };
            let port = json!({"port": {"id": "i", "security_groups": ["a", "b"], "revision_number": 7}});
            edit.of(&port).unwrap()
        };
        let written = |list: Value| {
            let body = json!({"port": {"security_groups": list}});
            Some(Edited { body, revision: Some(7) })
        };
        assert_eq!(edit(json!(["c"]), json!([])), written(json!(["a", "b", "c"])));
        assert_eq!(edit(json!(["b", "c"]), json!(["a"])), written(json!(["b", "c"])));
        assert_eq!(edit(json!(["a"]), json!(["z"])), None);
        let nothing = Edit { object: "port", list: "l", add: vec![], remove: vec![] };
        assert!(nothing.of(&json!({"subnet": {}})).is_err());
    }
}
