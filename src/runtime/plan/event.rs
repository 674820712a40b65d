//! What a pass has to say to people, as a value: the recorder of the API server's wing tells it.

use std::collections::BTreeMap;

/// Whether somebody should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// All is well.
    Normal,
    /// Something is wrong.
    Warning,
}

impl EventKind {
    /// As Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whether somebody should look.
    pub kind: EventKind,
    /// Stable CamelCase name.
    pub reason: &'static str,
    /// For people, stable from try to try.
    pub message: String,
    /// Annotations of the event.
    pub annotations: BTreeMap<String, String>,
}

impl Event {
    /// All is well.
    pub fn normal(reason: &'static str, message: impl Into<String>) -> Self {
        Self { kind: EventKind::Normal, reason, message: message.into(), annotations: BTreeMap::new() }
    }

    /// Something is wrong.
    pub fn warning(reason: &'static str, message: impl Into<String>) -> Self {
        Self { kind: EventKind::Warning, ..Self::normal(reason, message) }
    }

    /// Adds an annotation.
    #[must_use]
    pub fn annotate(mut self, key: &str, value: &str) -> Self {
        self.annotations.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Names the external resource.
    #[must_use]
    pub fn of(self, external_name: Option<&str>) -> Self {
        self.annotate("external-name", external_name.unwrap_or_default())
    }
}
