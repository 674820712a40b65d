//! Kinds of the image service, Glance.

#[allow(clippy::module_inception, reason = "the service and its kind have one name")]
pub mod image;
pub mod image_member;
pub mod image_member_acceptance;
pub mod metadata_namespace;

kinds! {
    image::Image,
    image_member::ImageMember,
    image_member_acceptance::ImageMemberAcceptance,
    metadata_namespace::MetadataNamespace,
}

#[cfg(test)]
mod tests;
