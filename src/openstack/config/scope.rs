//! References to users, projects and domains, and the scope of a token. Pure.

use super::{origin::SettingsOrigin, raw::Auth};
use crate::openstack::error::Error;

/// A domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainRef {
    /// By id.
    Id(String),
    /// By name.
    Name(String),
}

/// A user or project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By id.
    Id(String),
    /// By name, unique in its domain.
    In(String, DomainRef),
}

/// The scope of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Left to Keystone: the application credential's project, the user's default project, or none.
    Implied,
    /// A project.
    Project(Named),
    /// A domain.
    Domain(DomainRef),
    /// The whole deployment.
    System,
    /// The project of a trust, acting for its trustor.
    Trust(String),
}

pub(super) fn user(at: SettingsOrigin<'_>, auth: &Auth) -> Result<Named, Error> {
    match (&auth.user_id, &auth.username) {
        (Some(id), _) => Ok(Named::Id(id.clone())),
        (None, Some(user)) => {
            let domain = domain(auth.user_domain_id.as_ref(), auth.user_domain_name.as_ref(), auth);
            let domain = at.need(domain.as_ref(), "auth.user_domain_id or auth.user_domain_name")?;
            Ok(Named::In(user.clone(), domain))
        }
        (None, None) => Err(at.wrong("auth.username or auth.user_id is missing")),
    }
}

fn domain(id: Option<&String>, name: Option<&String>, auth: &Auth) -> Option<DomainRef> {
    let given = |id: Option<&String>, name: Option<&String>| {
        id.cloned().map(DomainRef::Id).or_else(|| name.cloned().map(DomainRef::Name))
    };
    given(id, name).or_else(|| given(auth.default_domain_id.as_ref(), auth.default_domain_name.as_ref()))
}

/// Reads the scope of an entry. Two scopes are an error: Keystone would silently choose one, or refuse.
pub(super) fn scope(at: SettingsOrigin<'_>, auth: &Auth) -> Result<Scope, Error> {
    let project = match (&auth.project_id, &auth.project_name) {
        (Some(id), _) => Some(Named::Id(id.clone())),
        (None, Some(project)) => {
            let domain = domain(auth.project_domain_id.as_ref(), auth.project_domain_name.as_ref(), auth);
            let domain = at.need(domain.as_ref(), "auth.project_domain_id or auth.project_domain_name")?;
            Some(Named::In(project.clone(), domain))
        }
        (None, None) => None,
    };
    let system = match auth.system_scope.as_deref() {
        None => None,
        Some("all") => Some(Scope::System),
        Some(_) => return Err(at.wrong("auth.system_scope must be all")),
    };
    let own_domain = auth.domain_id.clone().map(DomainRef::Id);
    let own_domain = own_domain.or_else(|| auth.domain_name.clone().map(DomainRef::Name));
    let all = [
        auth.trust_id.clone().map(Scope::Trust),
        system,
        project.map(Scope::Project),
        own_domain.map(Scope::Domain),
    ];
    let mut scopes = all.into_iter().flatten();
    match (scopes.next(), scopes.next()) {
        (None, _) => Ok(Scope::Implied),
        (Some(scope), None) => Ok(scope),
        (Some(_), Some(_)) => {
            Err(at.wrong("auth has more than one scope (project, domain, system_scope, trust_id)"))
        }
    }
}
