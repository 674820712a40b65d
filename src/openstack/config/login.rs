//! Who logs in, and for what: typed from the part `auth` of an entry, or a message that names the missing field.
//! Pure. Meaning of the values: <https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management>

use super::{raw, wrong};
use crate::openstack::error::Error;
use secrecy::SecretString;

const SUPPORTED: &str = "password, token, v3applicationcredential";

/// A domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Domain {
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
    In(String, Domain),
}

/// How to log in. A further method is a further variant and its arm in [`crate::openstack::auth::body`].
#[derive(Clone, Debug)]
pub enum Login {
    /// User and password.
    Password {
        /// Who.
        user: Named,
        /// The password.
        password: SecretString,
    },
    /// A token that somebody else got. It ends for good when that token does.
    Token(SecretString),
    /// Application credential by id.
    ApplicationCredential {
        /// Its id.
        id: String,
        /// Its secret.
        secret: SecretString,
    },
    /// Application credential by name, which is unique per user.
    UsersApplicationCredential {
        /// Its name.
        name: String,
        /// Whose.
        user: Named,
        /// Its secret.
        secret: SecretString,
    },
}

/// What the token is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What Keystone chooses: the application credential's project, the user's default project, or nothing.
    Implied,
    /// A project.
    Project(Named),
    /// A domain.
    Domain(Domain),
    /// The whole deployment.
    System,
    /// The project of a trust, as the user who gave it.
    Trust(String),
}

/// Reads the method of an entry.
pub(super) fn login(name: &str, cloud: &raw::Cloud) -> Result<Login, Error> {
    let auth = &cloud.auth;
    match cloud.auth_type.as_deref() {
        Some("password" | "v3password") => password(name, auth),
        Some("token" | "v3token") => token(name, auth),
        Some(
            "applicationcredential"
            | "application_credential"
            | "v3applicationcredential"
            | "v3_application_credential",
        ) => application_credential(name, auth),
        Some(other) => {
            Err(wrong(name, format!("auth_type {other:?} is not supported (supported: {SUPPORTED})")))
        }
        None if auth.application_credential_secret.is_some() => application_credential(name, auth),
        None if auth.password.is_none() && auth.token.is_some() => token(name, auth),
        None => password(name, auth),
    }
}

fn password(name: &str, auth: &raw::Auth) -> Result<Login, Error> {
    let user = user(name, auth)?;
    let password = auth.password.clone().ok_or_else(|| wrong(name, "auth.password is missing"))?;
    Ok(Login::Password { user, password })
}

fn token(name: &str, auth: &raw::Auth) -> Result<Login, Error> {
    auth.token.clone().map(Login::Token).ok_or_else(|| wrong(name, "auth.token is missing"))
}

fn application_credential(name: &str, auth: &raw::Auth) -> Result<Login, Error> {
    let secret = auth
        .application_credential_secret
        .clone()
        .ok_or_else(|| wrong(name, "auth.application_credential_secret is missing"))?;
    match (&auth.application_credential_id, &auth.application_credential_name) {
        (Some(id), _) => Ok(Login::ApplicationCredential { id: id.clone(), secret }),
        (None, Some(credential)) => Ok(Login::UsersApplicationCredential {
            name: credential.clone(),
            user: user(name, auth)?,
            secret,
        }),
        (None, None) => {
            Err(wrong(name, "auth.application_credential_id or auth.application_credential_name is missing"))
        }
    }
}

fn user(name: &str, auth: &raw::Auth) -> Result<Named, Error> {
    match (&auth.user_id, &auth.username) {
        (Some(id), _) => Ok(Named::Id(id.clone())),
        (None, Some(user)) => {
            let domain = domain(auth.user_domain_id.as_ref(), auth.user_domain_name.as_ref(), auth);
            let missing = "auth.user_domain_id or auth.user_domain_name is missing";
            Ok(Named::In(user.clone(), domain.ok_or_else(|| wrong(name, missing))?))
        }
        (None, None) => Err(wrong(name, "auth.username or auth.user_id is missing")),
    }
}

fn domain(id: Option<&String>, name: Option<&String>, auth: &raw::Auth) -> Option<Domain> {
    let given = |id: Option<&String>, name: Option<&String>| {
        id.cloned().map(Domain::Id).or_else(|| name.cloned().map(Domain::Name))
    };
    given(id, name).or_else(|| given(auth.default_domain_id.as_ref(), auth.default_domain_name.as_ref()))
}

/// Reads the scope of an entry; two scopes are an error, as Keystone would choose one silently or refuse.
pub(super) fn scope(name: &str, cloud: &raw::Cloud) -> Result<Scope, Error> {
    let auth = &cloud.auth;
    if matches!(
        login(name, cloud)?,
        Login::ApplicationCredential { .. } | Login::UsersApplicationCredential { .. }
    ) {
        // It has its project already, and Keystone refuses one beside it.
        return Ok(Scope::Implied);
    }
    let project = match (&auth.project_id, &auth.project_name) {
        (Some(id), _) => Some(Named::Id(id.clone())),
        (None, Some(project)) => {
            let domain = domain(auth.project_domain_id.as_ref(), auth.project_domain_name.as_ref(), auth);
            let missing = "auth.project_domain_id or auth.project_domain_name is missing";
            Some(Named::In(project.clone(), domain.ok_or_else(|| wrong(name, missing))?))
        }
        (None, None) => None,
    };
    let system = match auth.system_scope.as_deref() {
        None => None,
        Some("all") => Some(Scope::System),
        Some(_) => return Err(wrong(name, "auth.system_scope must be all")),
    };
    let own_domain = auth.domain_id.clone().map(Domain::Id);
    let own_domain = own_domain.or_else(|| auth.domain_name.clone().map(Domain::Name));
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
            Err(wrong(name, "auth has more than one scope (project, domain, system_scope, trust_id)"))
        }
    }
}
