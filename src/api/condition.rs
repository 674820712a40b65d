//! Conditions: `Ready`, `Synced` and `UpToDate`, with Crossplane's reasons (CON-1, CON-2).

use serde::{Deserialize, Serialize};

/// One entry of `status.conditions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// `Ready`, `Synced`, `UpToDate`, or one of a kind's own.
    pub r#type: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// Stable CamelCase name of the cause.
    pub reason: String,
    /// When any of the other fields last changed, RFC 3339.
    #[serde(default)]
    pub last_transition_time: String,
    /// For people; absent where the reason says all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Generation of the spec that this was found for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

impl Condition {
    fn new(r#type: &str, status: &str, reason: &str, message: Option<String>) -> Self {
        let own = str::to_owned;
        Self {
            r#type: own(r#type),
            status: own(status),
            reason: own(reason),
            last_transition_time: String::new(),
            message,
            observed_generation: None,
        }
    }

    /// The external resource can be used.
    pub fn available() -> Self {
        Self::new("Ready", "True", "Available", None)
    }

    /// A ProviderConfig's login works.
    pub fn authenticated() -> Self {
        Self::new("Ready", "True", "Authenticated", None)
    }

    /// It does not; says for which reason and in whose words.
    pub fn not_authenticated(reason: &str, why: impl Into<String>) -> Self {
        Self::new("Ready", "False", reason, Some(why.into()))
    }

    /// It exists but can't be used yet, or no more; says why.
    pub fn unavailable(why: impl Into<String>) -> Self {
        Self::new("Ready", "False", "Unavailable", Some(why.into()))
    }

    /// It is to be created; says what that waits for.
    pub fn creating(why: impl Into<String>) -> Self {
        Self::new("Ready", "False", "Creating", Some(why.into()))
    }

    /// It is to be deleted; says what that waits for.
    pub fn deleting(why: impl Into<String>) -> Self {
        Self::new("Ready", "False", "Deleting", Some(why.into()))
    }

    /// The last pass did all that it had to.
    pub fn reconciled() -> Self {
        Self::new("Synced", "True", "ReconcileSuccess", None)
    }

    /// The last pass failed; says how.
    pub fn failed(why: impl Into<String>) -> Self {
        Self::new("Synced", "False", "ReconcileError", Some(why.into()))
    }

    /// Nothing is done because somebody asked for that; says where.
    pub fn paused(why: impl Into<String>) -> Self {
        Self::new("Synced", "False", "ReconcilePaused", Some(why.into()))
    }

    /// The last pass did all that it might: its ProviderConfig holds changes back; says which.
    pub fn held(why: impl Into<String>) -> Self {
        Self::new("Synced", "False", CHANGES_HELD, Some(why.into()))
    }

    /// A ProviderConfig holds all changes to its cloud.
    pub fn holding() -> Self {
        let what = "nothing is written to this cloud (spec.changes: Held)";
        Self::new(HOLDING, "True", CHANGES_HELD, Some(what.to_owned()))
    }

    /// The external resource is as the spec says.
    pub fn up_to_date() -> Self {
        Self::new("UpToDate", "True", "ObserveMatched", None)
    }

    /// Though all is well, somebody should know this.
    #[must_use]
    pub fn noting(self, what: Option<&str>) -> Self {
        Self { message: what.map(str::to_owned), ..self }
    }

    /// It differs; the reason says what comes of it.
    pub fn differs(reason: Differs, how: &str) -> Self {
        Self::new("UpToDate", "False", reason.as_str(), Some(format!("differs in: {how}")))
    }

    /// There is nothing that could be as the spec says.
    pub fn absent() -> Self {
        Self::new("UpToDate", "False", "Absent", Some("the external resource does not exist".to_owned()))
    }

    /// Nothing is known yet that could be as the spec says.
    pub fn unnamed() -> Self {
        Self::new("UpToDate", "False", "Absent", Some("no external resource is recorded yet".to_owned()))
    }

    /// It was there, and the last look did not find it.
    pub fn missed() -> Self {
        Self::new("UpToDate", "False", "Absent", Some("the last look did not find it".to_owned()))
    }

    /// Trying again is useless until a person does something; says what is wrong.
    pub fn stalled(reason: &str, why: impl Into<String>) -> Self {
        Self::new(STALLED, "True", reason, Some(why.into()))
    }

    /// A kind's own condition, of a type that is not [`RESERVED`]. What is well has no message.
    pub fn own(r#type: &str, well: bool, reason: &str, message: Option<String>) -> Self {
        Self::new(r#type, if well { "True" } else { "False" }, reason, message)
    }

    /// Equal in all but the time.
    fn says_the_same(&self, other: &Self) -> bool {
        self.r#type == other.r#type
            && self.status == other.status
            && self.reason == other.reason
            && self.message == other.message
            && self.observed_generation == other.observed_generation
    }
}

/// Why a difference is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// An update was sent.
    UpdateRequested,
    /// The update was refused.
    UpdateFailed,
    /// The management policies forbid it.
    UpdateRestricted,
    /// The ProviderConfig holds all changes.
    ChangesHeld,
}

impl Differs {
    fn as_str(self) -> &'static str {
        match self {
            Self::UpdateRequested => "UpdateRequested",
            Self::UpdateFailed => "UpdateFailed",
            Self::UpdateRestricted => "UpdateRestricted",
            Self::ChangesHeld => CHANGES_HELD,
        }
    }
}

/// What stops the rest stands first: where only one message is shown, as in the column WHY, it is the first. What is
/// well has none.
const ORDER: [&str; 4] = ["Synced", "Ready", "UpToDate", STALLED];

/// Why something was not changed whose ProviderConfig holds all changes.
pub const CHANGES_HELD: &str = "ChangesHeld";

/// The condition of a ProviderConfig that holds all changes. It is there only while it is true.
pub const HOLDING: &str = "Held";

/// kstatus' word, by which Flux and Argo CD know at once that waiting is useless. It is there only while it is true.
pub const STALLED: &str = "Stalled";

/// Types that mean what Crossplane and kstatus say (CON-3): no kind sets them by itself.
pub const RESERVED: [&str; 6] = ["Synced", "Ready", "UpToDate", "Healthy", "Responsive", STALLED];

/// Merges newly found conditions into the old ones: one entry a type, in a fixed order; an entry that says the same
/// keeps its time.
pub fn merge(old: &[Condition], new: Vec<Condition>, generation: i64, now: &str) -> Vec<Condition> {
    let mut merged = old.to_vec();
    for mut condition in new {
        condition.observed_generation = Some(generation);
        now.clone_into(&mut condition.last_transition_time);
        match merged.iter_mut().find(|c| c.r#type == condition.r#type) {
            Some(before) if before.says_the_same(&condition) => {}
            Some(before) => *before = condition,
            None => merged.push(condition),
        }
    }
    // Stable: a kind's own come after the others, as it says them.
    merged.sort_by_key(|c| ORDER.iter().position(|known| *known == c.r#type).unwrap_or(ORDER.len()));
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn con_1_a_condition_that_says_the_same_keeps_its_transition_time() {
        let first = merge(&[], vec![Condition::available()], 1, "t1");
        assert_eq!(merge(&first, vec![Condition::available()], 1, "t2"), first);
        let third = merge(&first, vec![Condition::unavailable("DOWN")], 1, "t3");
        assert_eq!(third.len(), 1);
        assert_eq!(third[0].last_transition_time, "t3");
    }

    #[test]
    fn the_first_message_is_that_of_what_stops_the_rest_and_what_is_well_has_none() {
        let foreign = Condition::new("Other", "True", "Whatever", None);
        let found = vec![Condition::up_to_date(), Condition::available(), Condition::reconciled()];
        let well = merge(&[foreign], found, 1, "t");
        let types: Vec<_> = well.iter().map(|c| c.r#type.as_str()).collect();
        assert_eq!(types, ["Synced", "Ready", "UpToDate", "Other"]);
        assert!(well.iter().all(|c| c.message.is_none()));
        let down = merge(&well, vec![Condition::unavailable("DOWN"), Condition::failed("refused")], 1, "t");
        assert_eq!(down.iter().find_map(|c| c.message.as_deref()), Some("refused"));
        let down = merge(&down, vec![Condition::reconciled()], 1, "t");
        assert_eq!(down.iter().find_map(|c| c.message.as_deref()), Some("DOWN"));
    }

    #[test]
    fn con_3_no_private_condition_bears_a_type_that_crossplane_reserves() {
        let none = || String::new();
        let all = [
            Condition::available(),
            Condition::unavailable(none()),
            Condition::creating(none()),
            Condition::deleting(none()),
            Condition::reconciled(),
            Condition::failed(none()),
            Condition::paused(none()),
            Condition::held(none()),
            Condition::up_to_date(),
            Condition::differs(Differs::UpdateFailed, "mtu"),
            Condition::absent(),
            Condition::missed(),
            Condition::stalled("Forbidden", none()),
        ];
        let reasons = |r#type: &str| -> Vec<_> {
            all.iter().filter(|c| c.r#type == r#type).map(|c| c.reason.as_str()).collect()
        };
        assert_eq!(reasons("Ready"), ["Available", "Unavailable", "Creating", "Deleting"]);
        let synced = ["ReconcileSuccess", "ReconcileError", "ReconcilePaused", "ChangesHeld"];
        assert_eq!(reasons("Synced"), synced);
        assert_eq!(reasons("UpToDate"), ["ObserveMatched", "UpdateFailed", "Absent", "Absent"]);
        assert_eq!(reasons("Stalled"), ["Forbidden"]);
        assert_eq!(all.len(), 13, "and there is no other type");
    }

    #[test]
    fn con_2_every_condition_carries_the_generation_it_was_found_for() {
        let found = merge(&[], vec![Condition::available(), Condition::reconciled()], 7, "t");
        assert!(found.iter().all(|c| c.observed_generation == Some(7)));
        let later = merge(&found, vec![Condition::available()], 8, "u");
        let generations: Vec<_> = later.iter().map(|c| (c.r#type.as_str(), c.observed_generation)).collect();
        assert_eq!(generations, [("Synced", Some(7)), ("Ready", Some(8))]);
    }
}
