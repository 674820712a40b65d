//! Kinds of the image service, Glance.

#[allow(clippy::module_inception, reason = "the service and its kind have one name")]
pub mod image;

kinds! {
    image::Image,
}

#[cfg(test)]
mod tests;
