//! What the statuses of objects mean.

use super::{
    found::{Found, Ready},
    key::Observed,
    step::Step,
};
use serde_json::Value;

/// What the field `status` of a kind's objects means, see [`Kind::STATUSES`](super::Kind::STATUSES).
#[derive(Clone, Copy, Debug)]
pub struct Statuses {
    /// What messages call the object: `floating IP`.
    pub what: &'static str,
    /// Those in which it can be used. Those that `failed` knows mean that it failed, all others that it is not ready yet.
    pub usable: &'static [&'static str],
    /// Those of an object that is deleted and shown all the same.
    pub gone: &'static [&'static str],
    /// Whether the service is at work on it, so that changes have to wait.
    pub busy: fn(&str) -> bool,
}

impl Statuses {
    /// An object that can be used in these, and changed in all.
    pub const fn of(what: &'static str, usable: &'static [&'static str]) -> Self {
        Self { what, usable, gone: &[], busy: |_| false }
    }

    /// Those in which what can be meant to be down can be used.
    pub const fn usable(admin_state_up: Option<bool>) -> &'static [&'static str] {
        match admin_state_up {
            Some(false) => &["ACTIVE", "DOWN"],
            Some(true) | None => &["ACTIVE"],
        }
    }

    /// What an object's status says, and of one that failed the fault, if there is one.
    pub fn ready(&self, status: &str, fault: &str) -> Ready {
        let said = format!("{} status is {status}", self.what);
        if self.usable.contains(&status) {
            Ready::Yes
        } else if !failed(status) {
            Ready::Not(said)
        } else if fault.is_empty() {
            Ready::Failed(said)
        } else {
            Ready::Failed(format!("{said}: {fault}"))
        }
    }

    /// The same of what was observed.
    pub fn ready_as(&self, observed: &Observed) -> Ready {
        self.ready(text(observed, "status"), text(observed, "fault"))
    }

    /// What a change waits for.
    pub fn wait(&self, observed: &Observed) -> Option<Step> {
        let status = text(observed, "status");
        (self.busy)(status).then(|| Step::Wait(format!("the {}, which is {status}", self.what)))
    }

    /// Just its name, if an answer leaves the status out: some services answer a create with a part of the object.
    pub fn told(&self, found: Found) -> Found {
        match found {
            Found::One { external_name, body } if body.get("status").is_none() => Found::Named(external_name),
            found => found,
        }
    }

    /// Nothing, if what was found is deleted.
    pub fn unless_gone(&self, found: Found) -> Found {
        let gone = |body: &Value| {
            let status = body.get("status").and_then(Value::as_str);
            status.is_some_and(|status| self.gone.contains(&status))
        };
        if matches!(&found, Found::One { body, .. } if gone(body)) { Found::Absent } else { found }
    }
}

/// Does a status say that something failed? `error`, `ERROR`, `error_deleting` do.
pub fn failed(status: &str) -> bool {
    status.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("error"))
}

fn text<'a>(observed: &'a Observed, field: &str) -> &'a str {
    observed.at_provider.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const VOLUME: Statuses = Statuses { gone: &["deleted"], ..Statuses::of("volume", &["available"]) };

    #[test]
    fn a_status_is_usable_or_on_its_way_or_says_what_failed_and_why() {
        let failed = |said: &str| Ready::Failed(said.to_owned());
        for (status, fault, ready) in [
            ("available", "an old fault", Ready::Yes),
            ("creating", "", Ready::Not("volume status is creating".to_owned())),
            ("", "", Ready::Not("volume status is ".to_owned())),
            ("ERROR", "", failed("volume status is ERROR")),
            ("error_deleting", "no host", failed("volume status is error_deleting: no host")),
        ] {
            assert_eq!(VOLUME.ready(status, fault), ready);
        }
    }

    #[test]
    fn what_is_deleted_and_shown_all_the_same_is_absent() {
        let found =
            |status: &str| Found::One { external_name: "i".to_owned(), body: json!({"status": status}) };
        assert_eq!(VOLUME.unless_gone(found("deleted")), Found::Absent);
        assert_eq!(VOLUME.unless_gone(found("error")), found("error"));
        assert_eq!(VOLUME.unless_gone(Found::Ambiguous(vec![])), Found::Ambiguous(vec![]));
    }
}
