//! Kinds of the identity service, Keystone.

pub mod application_credential;
pub mod catalog_endpoint;
pub mod catalog_service;
pub mod domain;
mod grant;
pub mod identity_group;
pub mod identity_role;
mod login;
pub mod project;
pub mod region;
pub mod role_assignment;
pub mod shared;
pub mod user;

kinds! {
    application_credential::ApplicationCredential,
    catalog_endpoint::CatalogEndpoint,
    catalog_service::CatalogService,
    domain::Domain,
    identity_group::IdentityGroup,
    identity_role::IdentityRole,
    project::Project,
    region::Region,
    role_assignment::RoleAssignment,
    user::User,
}

#[cfg(test)]
mod tests;
