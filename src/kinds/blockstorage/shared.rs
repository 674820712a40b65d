//! What Cinder's kinds share.

use crate::kind::marker;

/// Room for people in a description.
pub(super) const DESCRIPTION: usize = marker::room_beside(255);
