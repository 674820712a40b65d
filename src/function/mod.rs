//! The composition function: Crossplane's calls, answered from `profile`.

mod asked;
pub mod convert;
mod metrics;
mod nodes;
pub mod protocol;
mod response;
mod run;
pub mod serve;
mod tls;

pub use metrics::Metrics;
pub use run::run;
