//! What is to be written about a ProviderConfig: pure.

use super::{check::Checked, config::Config};
use crate::api::{
    condition::{self, Condition},
    meta,
};
use serde_json::{Value, json};

/// Why a ProviderConfig is not let go.
pub(crate) const BLOCKED: &str = "Blocking deletion while usages still exist";

/// What is to be written.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Writes {
    /// These finalizers.
    pub(crate) finalizers: Option<Vec<String>>,
    /// This status.
    pub(crate) status: Option<Value>,
    /// The deletion is blocked, which nobody was told yet.
    pub(crate) blocked: bool,
}

/// What is to be written about a ProviderConfig that has so many users, and whose login was seen so.
pub(crate) fn writes(
    config: &Config,
    users: i64,
    login: Option<&Checked>,
    description_key: &str,
    now: &str,
) -> Writes {
    let mut writes = Writes::default();
    let mut news = login.map(|login| login.news(config, description_key, now)).unwrap_or_default();
    if config.users != Some(users) {
        news.insert("users".to_owned(), json!(users));
    }
    let counted = (!news.is_empty()).then_some(Value::Object(news));
    match (config.deleting, users > 0) {
        (true, true) => {
            let found = vec![terminating()];
            let conditions = condition::merge(&config.conditions, found, config.generation, now);
            writes.blocked = conditions != config.conditions;
            writes.status = if writes.blocked {
                Some(json!({"users": users, "conditions": conditions}))
            } else {
                counted
            };
        }
        (true, false) => {
            let left =
                || config.finalizers.iter().filter(|f| *f != meta::IN_USE_FINALIZER).cloned().collect();
            writes.finalizers = config.finalized().then(left);
        }
        (false, _) => {
            let more =
                || config.finalizers.iter().cloned().chain([meta::IN_USE_FINALIZER.to_owned()]).collect();
            writes.finalizers = (!config.finalized()).then(more);
            writes.status = counted;
        }
    }
    writes
}

fn terminating() -> Condition {
    Condition {
        r#type: "Terminating".to_owned(),
        status: "True".to_owned(),
        reason: "InUse".to_owned(),
        last_transition_time: String::new(),
        message: Some(BLOCKED.to_owned()),
        observed_generation: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(users: Option<i64>, deleting: bool, finalized: bool) -> Config {
        let finalizers = if finalized {
            vec!["x".to_owned(), meta::IN_USE_FINALIZER.to_owned()]
        } else {
            vec!["x".to_owned()]
        };
        Config { users, deleting, finalizers, ..Config::default() }
    }

    #[test]
    fn a_config_gets_the_finalizer_and_its_users_only_if_they_changed() {
        let first = writes(&config(None, false, false), 0, None, "cloud", "t");
        assert_eq!(first.finalizers.unwrap(), ["x", meta::IN_USE_FINALIZER]);
        assert_eq!(first.status, Some(json!({"users": 0})));
        assert_eq!(writes(&config(Some(2), false, true), 2, None, "cloud", "t"), Writes::default());
        assert_eq!(
            writes(&config(Some(2), false, true), 3, None, "cloud", "t").status,
            Some(json!({"users": 3}))
        );
    }

    #[test]
    fn a_used_config_that_is_deleted_says_once_that_it_is_in_use() {
        let mut object = config(Some(1), true, true);
        let first = writes(&object, 1, None, "cloud", "t1");
        assert!(first.blocked && first.finalizers.is_none());
        let condition = &first.status.as_ref().unwrap()["conditions"][0];
        assert_eq!((&condition["type"], &condition["reason"]), (&json!("Terminating"), &json!("InUse")));
        assert_eq!(condition["message"], BLOCKED);
        object.conditions = serde_json::from_value(first.status.unwrap()["conditions"].clone()).unwrap();
        assert_eq!(writes(&object, 1, None, "cloud", "t2"), Writes::default());
    }

    #[test]
    fn an_unused_config_that_is_deleted_is_let_go() {
        assert_eq!(
            writes(&config(Some(1), true, true), 0, None, "cloud", "t"),
            Writes { finalizers: Some(vec!["x".into()]), ..Writes::default() }
        );
        assert_eq!(writes(&config(Some(0), true, false), 0, None, "cloud", "t"), Writes::default());
    }
}
