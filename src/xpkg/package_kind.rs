//! Kinds of packages.

use serde::Serialize;

/// Kind of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PackageKind {
    /// Managed resources and their controller.
    Provider,
    /// A composition function.
    Function,
    /// Composite resources, and other packages through dependencies.
    Configuration,
}
