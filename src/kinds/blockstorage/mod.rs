//! Kinds of the block storage service, Cinder.

pub mod volume;
pub mod volume_type;

use crate::kind::marker;

kinds! {
    volume::Volume,
    volume_type::VolumeType,
}

/// Room for people in a description.
const DESCRIPTION: usize = marker::room_beside(255);

#[cfg(test)]
mod tests;
