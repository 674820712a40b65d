//! What is to be written about a ProviderConfig: pure.

use super::{check::Checked, config::Config};
use crate::api::{
    condition::{self, Condition, HOLDING},
    meta,
    provider_config::Changes,
};
use serde_json::{Value, json};

/// Why a ProviderConfig is not let go.
pub(crate) const BLOCKED: &str = "Blocking deletion while usages still exist";

/// The condition of a ProviderConfig whose deletion waits.
const TERMINATING: &str = "Terminating";

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

/// How many managed resources use a ProviderConfig.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// All.
    pub(crate) users: i64,
    /// Those whose changes it holds back.
    pub(crate) held: i64,
}

/// What is to be written about a ProviderConfig that is used so, and whose login was seen so.
pub(crate) fn writes(
    config: &Config,
    counts: Counts,
    login: Option<&Checked>,
    description_key: &str,
    now: &str,
) -> Writes {
    let mut news = login.map(|login| login.news(config, description_key)).unwrap_or_default();
    let Counts { users, held } = counts;
    let blocks = config.deleting && users > 0;
    let conditions = conditions(config, login, blocks, now);
    if conditions != config.conditions {
        news.insert("conditions".to_owned(), json!(conditions));
    }
    if config.users != Some(users) {
        news.insert("users".to_owned(), json!(users));
    }
    if config.held.unwrap_or_default() != held {
        news.insert("held".to_owned(), json!((held > 0).then_some(held)));
    }
    let status = (!news.is_empty()).then_some(Value::Object(news));
    let others = || config.finalizers.iter().filter(|f| *f != meta::IN_USE_FINALIZER).cloned();
    let (finalizers, status) = match (config.deleting, blocks) {
        (true, true) => (None, status),
        (true, false) => (config.finalized().then(|| others().collect()), None),
        (false, _) => {
            let all = || others().chain([meta::IN_USE_FINALIZER.to_owned()]).collect();
            ((!config.finalized()).then(all), status)
        }
    };
    let said = config.conditions.iter().any(|condition| condition.r#type == TERMINATING);
    Writes { finalizers, status, blocked: blocks && !said }
}

/// What the status is to say: what is true only for a while is there only while it is true.
fn conditions(config: &Config, login: Option<&Checked>, blocks: bool, now: &str) -> Vec<Condition> {
    let held = config.changes == Changes::Held;
    let kept: Vec<_> = config.conditions.iter().filter(|c| held || c.r#type != HOLDING).cloned().collect();
    let passing = [held.then(Condition::holding), blocks.then(terminating)].into_iter().flatten();
    let found = login.map(Checked::condition).into_iter().chain(passing).collect();
    condition::merge(&kept, found, config.generation, now)
}

fn terminating() -> Condition {
    Condition {
        r#type: TERMINATING.to_owned(),
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

    fn users(users: i64) -> Counts {
        Counts { users, held: 0 }
    }

    #[test]
    fn a_config_gets_the_finalizer_and_its_users_only_if_they_changed() {
        let first = writes(&config(None, false, false), users(0), None, "cloud", "t");
        assert_eq!(first.finalizers.unwrap(), ["x", meta::IN_USE_FINALIZER]);
        assert_eq!(first.status, Some(json!({"users": 0})));
        assert_eq!(writes(&config(Some(2), false, true), users(2), None, "cloud", "t"), Writes::default());
        assert_eq!(
            writes(&config(Some(2), false, true), users(3), None, "cloud", "t").status,
            Some(json!({"users": 3}))
        );
    }

    #[test]
    fn a_used_config_that_is_deleted_says_once_that_it_is_in_use() {
        let mut object = config(Some(1), true, true);
        let first = writes(&object, users(1), None, "cloud", "t1");
        assert!(first.blocked && first.finalizers.is_none());
        let condition = &first.status.as_ref().unwrap()["conditions"][0];
        assert_eq!((&condition["type"], &condition["reason"]), (&json!("Terminating"), &json!("InUse")));
        assert_eq!(condition["message"], BLOCKED);
        object.conditions = serde_json::from_value(first.status.unwrap()["conditions"].clone()).unwrap();
        assert_eq!(writes(&object, users(1), None, "cloud", "t2"), Writes::default());
    }

    /// The config as the API server has it after this status.
    fn after(config: &Config, writes: &Writes) -> Config {
        let conditions = writes.status.as_ref().map(|status| status["conditions"].clone()).unwrap();
        Config { conditions: serde_json::from_value(conditions).unwrap(), ..config.clone() }
    }

    #[test]
    fn a_config_that_holds_all_changes_says_so_since_when_and_no_longer_than_that() {
        let calm = config(Some(1), false, true);
        let held = Config { changes: Changes::Held, ..calm.clone() };
        let said = after(&held, &writes(&held, users(1), None, "cloud", "t1"));
        let condition = &said.conditions[0];
        let told = (condition.r#type.as_str(), condition.status.as_str(), condition.reason.as_str());
        assert_eq!(told, ("Held", "True", "ChangesHeld"));
        assert_eq!(condition.last_transition_time, "t1");
        assert_eq!(writes(&said, users(1), None, "cloud", "t2"), Writes::default());
        let again = Config { changes: Changes::Automatic, ..said };
        assert_eq!(after(&again, &writes(&again, users(1), None, "cloud", "t3")).conditions, []);
    }

    #[test]
    fn a_config_says_how_many_wait_while_some_do() {
        let mut config = config(Some(5), false, true);
        let status =
            |config: &Config, held| writes(config, Counts { users: 5, held }, None, "cloud", "t").status;
        assert_eq!(status(&config, 0), None);
        assert_eq!(status(&config, 3), Some(json!({"held": 3})));
        config.held = Some(3);
        assert_eq!((status(&config, 3), status(&config, 0)), (None, Some(json!({"held": null}))));
    }

    #[test]
    fn an_unused_config_that_is_deleted_is_let_go() {
        assert_eq!(
            writes(&config(Some(1), true, true), users(0), None, "cloud", "t"),
            Writes { finalizers: Some(vec!["x".into()]), ..Writes::default() }
        );
        assert_eq!(writes(&config(Some(0), true, false), users(0), None, "cloud", "t"), Writes::default());
    }
}
