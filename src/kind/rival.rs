//! Other managed resources that write what this one writes, all of it: only one of them can have it.

use super::awaited::Awaited;

/// Managed resources of a kind, of which none may be there when this one is made, nor be older.
#[derive(Clone, Debug, PartialEq)]
pub struct Rival {
    /// Which ones, and what a person can do beside deleting one of the two.
    pub who: Awaited,
    /// The field with which they write it; `None` where they always do.
    pub saying: Option<&'static str>,
}

impl Rival {
    /// Those whose field has this id.
    pub fn having(kind: &'static str, field: &'static str, id: &str, instead: &'static str) -> Self {
        Self { who: Awaited::having(kind, field, id).instead(instead), saying: None }
    }

    /// The one with this external-name, of which this one writes a part.
    pub fn named(kind: &'static str, external_name: &str, instead: &'static str) -> Self {
        Self { who: Awaited::named(kind, external_name).instead(instead), saying: None }
    }

    /// Only where they say this field.
    #[must_use]
    pub fn saying(self, field: &'static str) -> Self {
        Self { saying: Some(field), ..self }
    }
}
