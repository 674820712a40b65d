//! Kubernetes as a backend: offers Helm releases, generated secrets, documents from the web, nodes and plain objects as if they were
//! a REST service, everything done as the ServiceAccount that a ProviderConfig names. What a release or a node is and which step comes
//! next is `release`'s and `node`'s; here is only what it takes to see and to do it. May use these, `source` and `kind`.

pub mod api;
pub mod backend;
pub mod charts;
pub mod cloud;
pub mod discovery;
pub mod documents;
pub mod error;
pub mod generated;
pub mod helm;
pub mod nodes;
pub mod probe;
pub mod releases;
pub mod rights;
pub mod route;
pub mod tools;
pub mod view;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
