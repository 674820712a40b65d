//! Objects that Helm does not apply but runs at some event, marked by an annotation.
//! <https://helm.sh/docs/topics/charts_hooks/>

use super::object::Object;

/// A hook.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// The object.
    pub object: Object,
    /// When it is run.
    pub events: Vec<Event>,
    /// Lower ones run first.
    pub weight: i64,
    /// When it is deleted.
    pub delete_policies: Vec<String>,
    /// When its log is shown.
    pub output_log_policies: Vec<String>,
}

/// When a hook is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Before an installation.
    PreInstall,
    /// After it.
    PostInstall,
    /// Before an upgrade.
    PreUpgrade,
    /// After it.
    PostUpgrade,
    /// Before a deletion.
    PreDelete,
    /// After it.
    PostDelete,
    /// Before a rollback.
    PreRollback,
    /// After it.
    PostRollback,
    /// By `helm test`.
    Test,
}

const EVENTS: [(&str, Event); 10] = [
    ("pre-install", Event::PreInstall),
    ("post-install", Event::PostInstall),
    ("pre-upgrade", Event::PreUpgrade),
    ("post-upgrade", Event::PostUpgrade),
    ("pre-delete", Event::PreDelete),
    ("post-delete", Event::PostDelete),
    ("pre-rollback", Event::PreRollback),
    ("post-rollback", Event::PostRollback),
    ("test", Event::Test),
    // Helm 2's word, which charts still use.
    ("test-success", Event::Test),
];

impl Event {
    /// Helm's word.
    pub fn as_str(self) -> &'static str {
        EVENTS.iter().find(|(_, event)| *event == self).map_or("", |(word, _)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        EVENTS.iter().find(|(known, _)| *known == word).map(|(_, event)| *event)
    }
}

/// What an object is to Helm.
pub(super) enum Sort {
    /// It is applied.
    Plain(Object),
    /// It is run.
    Hook(Hook),
    /// It is for an event that Helm does not know, and left alone.
    Unknown,
}

/// Tells hooks from other objects.
pub(super) fn sort(object: Object) -> Sort {
    let Some(words) = object.annotation("helm.sh/hook") else { return Sort::Plain(object) };
    let Some(events) = list(words).iter().map(|word| Event::parse(word)).collect::<Option<Vec<_>>>() else {
        return Sort::Unknown;
    };
    let policies = |name: &str| object.annotation(name).map(list).unwrap_or_default();
    Sort::Hook(Hook {
        events,
        weight: object
            .annotation("helm.sh/hook-weight")
            .and_then(|weight| weight.parse().ok())
            .unwrap_or_default(),
        delete_policies: policies("helm.sh/hook-delete-policy"),
        output_log_policies: policies("helm.sh/hook-output-log-policy"),
        object,
    })
}

fn list(words: &str) -> Vec<String> {
    words.split(',').map(|word| word.trim().to_lowercase()).collect()
}

impl Hook {
    /// Is it run at one of these events?
    pub fn runs_at(&self, events: &[Event]) -> bool {
        self.events.iter().any(|event| events.contains(event))
    }

    /// Is it a Job?
    pub fn is_job(&self) -> bool {
        self.object.kind() == "Job"
    }
}
