//! Kinds of the block storage service, Cinder.

pub mod shared;
pub mod volume;
pub mod volume_type;

kinds! {
    volume::Volume,
    volume_type::VolumeType,
}

#[cfg(test)]
mod tests;
