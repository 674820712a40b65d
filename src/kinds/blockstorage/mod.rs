//! Kinds of the block storage service, Cinder.

pub mod volume;
pub mod volume_type;

/// Cinder's limit for a description, 255, less the marker behind it.
const DESCRIPTION: usize = 255 - 1 - 70;
