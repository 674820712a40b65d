//! Where a setting was read from, for messages.

use crate::openstack::error::Error;
use std::fmt::Display;

/// What is being read.
#[derive(Clone, Copy, Debug)]
pub(super) enum SettingsOrigin<'a> {
    /// An entry of a `clouds.yaml`.
    Entry(&'a str),
    /// The fields of a Secret.
    Fields,
}

impl SettingsOrigin<'_> {
    /// An error about it. `what` names a field as in an entry: `auth.password`.
    pub(super) fn wrong(self, what: impl Display) -> Error {
        Error::Config(match self {
            Self::Entry(cloud) => format!("clouds.yaml: {what} for cloud {cloud:?}"),
            Self::Fields => format!("credentials Secret: {}", what.to_string().replace("auth.", "")),
        })
    }

    /// The value of a required field.
    ///
    /// # Errors
    /// It is missing.
    pub(super) fn need<T: Clone>(self, given: Option<&T>, field: &str) -> Result<T, Error> {
        given.cloned().ok_or_else(|| self.wrong(format!("{field} is missing")))
    }
}
