//! Lists of only what changed from a moment on, by the service's clock. Pure.

use crate::kind::request::Microversion;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

/// How the list of a collection is asked for only what changed from a moment on.
///
/// It proves nothing of what it does not tell: services move the time of an object with its own row alone, which of some
/// fields is another; and few tell what was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Incremental {
    /// The query parameter.
    pub parameter: &'static str,
    /// What stands before the time in it: `gte:`.
    pub operator: &'static str,
    /// The field of an object that says when it was changed last.
    pub changed: &'static str,
    /// The oldest microversion that takes it, where there is one.
    pub since: Option<Microversion>,
}

impl Incremental {
    /// The same, if a list with this microversion takes it.
    pub fn taken_by(self, microversion: Option<Microversion>) -> Option<Self> {
        (self.since <= microversion).then_some(self)
    }

    /// The parameter that asks for what changed at that moment or later. Services count in whole seconds.
    pub fn query(self, from: Timestamp) -> (String, String) {
        let time = from.strftime("%Y-%m-%dT%H:%M:%SZ");
        (self.parameter.to_owned(), format!("{}{time}", self.operator))
    }

    /// When an object was changed last. Where the service names no time zone, it is UTC.
    pub fn changed_at(self, object: &Value) -> Option<Timestamp> {
        let text = object.get(self.changed)?.as_str()?;
        let plain = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
        text.parse().ok().or_else(|| Some(plain()?.timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CINDER: Incremental = Incremental {
        parameter: "updated_at",
        operator: "gte:",
        changed: "updated_at",
        since: Some(Microversion(3, 60)),
    };

    #[test]
    fn a_moment_is_asked_for_as_the_service_takes_it_and_only_where_it_does() {
        let from = "2026-11-29T01:02:03.9Z".parse().unwrap();
        assert_eq!(CINDER.query(from), ("updated_at".to_owned(), "gte:2026-11-29T01:02:03Z".to_owned()));
        for (microversion, taken) in [(None, false), (Some((3, 59)), false), (Some((3, 60)), true)] {
            let microversion = microversion.map(|(major, minor)| Microversion(major, minor));
            assert_eq!(CINDER.taken_by(microversion).is_some(), taken, "{microversion:?}");
        }
        let anywhere = Incremental { since: None, ..CINDER };
        assert!(anywhere.taken_by(None).is_some() && anywhere.taken_by(Some(Microversion(2, 1))).is_some());
    }

    #[test]
    fn the_time_of_an_object_is_read_in_every_form_of_the_services() {
        let at = |text: Value| CINDER.changed_at(&json!({ "updated_at": text }));
        let wanted = Some("2026-11-29T01:02:03Z".parse().unwrap());
        assert_eq!(at(json!("2026-11-29T01:02:03Z")), wanted);
        assert_eq!(at(json!("2026-11-29T01:02:03.000000")), wanted);
        assert_eq!(at(Value::Null), None);
        assert_eq!(at(json!("yesterday")), None);
    }
}
