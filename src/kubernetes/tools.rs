//! What all connections share.

use super::{charts::Charts, helm::Helm};
use std::sync::Arc;

/// Helm, charts and the time.
pub struct Tools {
    /// Renders charts.
    pub helm: Arc<dyn Helm>,
    /// Fetches them.
    pub charts: Charts,
    /// The time of day.
    pub now: Box<dyn Fn() -> jiff::Timestamp + Send + Sync>,
}
