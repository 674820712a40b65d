//! Kinds of packages.

use serde::Serialize;

/// Kind of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// Brings managed resources and their controller.
    Provider,
    /// Brings a composition function.
    Function,
    /// Brings composite resources, and other packages through dependencies.
    Configuration,
}
