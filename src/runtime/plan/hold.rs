//! A hold on all changes to a cloud.

use crate::{
    api::{condition::CHANGES_HELD, managed::ProviderConfigReference},
    kind::failure::Failure,
};

/// A ProviderConfig that holds all changes to its cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold(ProviderConfigReference);

impl Hold {
    /// By this one.
    pub fn of(config: &ProviderConfigReference) -> Self {
        Self(config.clone())
    }

    /// Why something was not sent. No plan sends anything: this is what the last line says.
    pub fn refusal(&self) -> Failure {
        Failure::transient(CHANGES_HELD, self.holds())
    }

    fn holds(&self) -> String {
        let ProviderConfigReference { kind, name } = &self.0;
        format!("{kind} {name:?} holds all changes (spec.changes: Held)")
    }

    /// The same, and what that keeps from being done.
    pub(super) fn back(&self, what: &str) -> String {
        format!("{}; held back: {what}", self.holds())
    }
}
