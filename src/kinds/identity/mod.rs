//! Kinds of the identity service, Keystone.

pub mod access_rule;
pub mod application_credential;
mod association;
pub mod catalog_endpoint;
pub mod catalog_service;
pub mod credential;
pub mod domain;
pub mod domain_configuration;
pub mod ec2_credential;
pub mod endpoint_group;
pub mod federation_mapping;
pub mod federation_protocol;
mod grant;
pub mod group_membership;
pub mod identity_group;
pub mod identity_policy;
pub mod identity_provider;
pub mod identity_role;
pub mod implied_role;
pub mod limit;
mod login;
pub mod project;
pub mod project_endpoint;
pub mod region;
pub mod registered_limit;
pub mod role_assignment;
pub mod service_provider;
pub mod shared;
pub mod trust;
pub mod user;

kinds! {
    access_rule::AccessRule,
    application_credential::ApplicationCredential,
    catalog_endpoint::CatalogEndpoint,
    catalog_service::CatalogService,
    credential::Credential,
    domain::Domain,
    domain_configuration::DomainConfiguration,
    ec2_credential::EC2Credential,
    endpoint_group::EndpointGroup,
    federation_mapping::FederationMapping,
    federation_protocol::FederationProtocol,
    group_membership::GroupMembership,
    identity_group::IdentityGroup,
    identity_policy::IdentityPolicy,
    identity_provider::IdentityProvider,
    identity_role::IdentityRole,
    implied_role::ImpliedRole,
    limit::Limit,
    project::Project,
    project_endpoint::ProjectEndpoint,
    region::Region,
    registered_limit::RegisteredLimit,
    role_assignment::RoleAssignment,
    service_provider::ServiceProvider,
    trust::Trust,
    user::User,
}

#[cfg(test)]
mod tests;
