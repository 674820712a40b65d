//! How to log in, read from an entry; or a message that names the missing field. Pure. Meaning of the values: <https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management>

use super::{
    federation::{self, Federated},
    origin::SettingsOrigin,
    raw,
    scope::{Named, Scope, scope, user},
    totp::Seed,
};
use crate::openstack::error::Error;
use secrecy::SecretString;

const SUPPORTED: &str = "password, token, v3applicationcredential, v3totp, v3multifactor, v3oidcaccesstoken, v3oidcclientcredentials";

/// How to log in.
#[derive(Clone, Debug)]
pub enum Login {
    /// With Keystone's own methods, all in one request.
    Methods(Vec<Proof>),
    /// With a token of an identity provider that Keystone trusts.
    Federated(Box<Federated>),
}

/// What one of Keystone's methods needs. A further method is a further variant, and its arm in
/// [`crate::openstack::auth::body`].
#[derive(Clone, Debug)]
pub enum Proof {
    /// User and password.
    Password {
        /// The user.
        user: Named,
        /// The password.
        password: SecretString,
    },
    /// A time-based passcode, valid for half a minute.
    Totp {
        /// Its user.
        user: Named,
        /// Its source.
        passcode: Passcode,
    },
    /// A token that was got elsewhere. Its end is the login's end.
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
        /// Its user.
        user: Named,
        /// Its secret.
        secret: SecretString,
    },
}

/// Where passcodes come from.
#[derive(Clone, Debug)]
pub enum Passcode {
    /// A given passcode: good for one login, so the token can't be renewed.
    Given(SecretString),
    /// Computed at each login.
    Computed(Seed),
}

/// Keystone's methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AuthMethod {
    Password,
    Totp,
    Token,
    ApplicationCredential,
}

impl AuthMethod {
    /// Knows every spelling that OpenStack's clients do.
    fn read(name: &str) -> Option<Self> {
        match name {
            "password" | "v3password" => Some(Self::Password),
            "totp" | "v3totp" => Some(Self::Totp),
            "token" | "v3token" => Some(Self::Token),
            "applicationcredential"
            | "application_credential"
            | "v3applicationcredential"
            | "v3_application_credential" => Some(Self::ApplicationCredential),
            _ => None,
        }
    }

    /// The method of an entry without `auth_type`, from the fields that it has.
    fn guess(auth: &raw::Auth) -> Self {
        if auth.application_credential_secret.is_some() {
            Self::ApplicationCredential
        } else if auth.password.is_none() && auth.token.is_some() {
            Self::Token
        } else {
            Self::Password
        }
    }

    fn proof(self, at: SettingsOrigin<'_>, auth: &raw::Auth) -> Result<Proof, Error> {
        match self {
            Self::Password => {
                let user = user(at, auth)?;
                Ok(Proof::Password { user, password: at.need(auth.password.as_ref(), "auth.password")? })
            }
            Self::Totp => Ok(Proof::Totp { user: user(at, auth)?, passcode: passcode(at, auth)? }),
            Self::Token => at.need(auth.token.as_ref(), "auth.token").map(Proof::Token),
            Self::ApplicationCredential => application_credential(at, auth),
        }
    }
}

/// Reads how an entry logs in, and the scope of its token.
pub(super) fn login(at: SettingsOrigin<'_>, cloud: &raw::CloudEntry) -> Result<(Login, Scope), Error> {
    let auth = &cloud.auth;
    let several = cloud.auth_methods.as_ref().or(auth.auth_methods.as_ref());
    let methods = match cloud.auth_type.as_deref() {
        Some("v3oidcaccesstoken") => {
            return Ok((Login::Federated(federation::access_token(at, auth)?.into()), scope(at, auth)?));
        }
        Some("v3oidcclientcredentials") => {
            return Ok((
                Login::Federated(federation::client_credentials(at, auth)?.into()),
                scope(at, auth)?,
            ));
        }
        Some("multifactor" | "v3multifactor") => named(at, several)?,
        Some(name) => vec![AuthMethod::read(name).ok_or_else(|| unsupported(at, "auth_type", name))?],
        None if several.is_some() => named(at, several)?,
        None => vec![AuthMethod::guess(auth)],
    };
    let proofs = methods.iter().map(|method| method.proof(at, auth)).collect::<Result<_, _>>()?;
    // It has its project already, and Keystone refuses one beside it.
    let implied = methods.contains(&AuthMethod::ApplicationCredential);
    Ok((Login::Methods(proofs), if implied { Scope::Implied } else { scope(at, auth)? }))
}

fn named(at: SettingsOrigin<'_>, given: Option<&raw::OneOrMore>) -> Result<Vec<AuthMethod>, Error> {
    let names = given.map(raw::OneOrMore::names).unwrap_or_default();
    if names.is_empty() {
        return Err(at.wrong("auth_methods is missing, such as [v3password, v3totp]"));
    }
    let method = |name| AuthMethod::read(name).ok_or_else(|| unsupported(at, "auth_methods", name));
    names.into_iter().map(method).collect()
}

fn unsupported(at: SettingsOrigin<'_>, field: &str, name: &str) -> Error {
    at.wrong(format!("{field} {name:?} is not supported (supported: {SUPPORTED})"))
}

fn passcode(at: SettingsOrigin<'_>, auth: &raw::Auth) -> Result<Passcode, Error> {
    if let Some(seed) = &auth.totp_seed {
        let seed = Seed::read(seed);
        return seed.map(Passcode::Computed).ok_or_else(|| at.wrong("auth.totp_seed is no base32"));
    }
    at.need(auth.passcode.as_ref(), "auth.totp_seed or auth.passcode").map(Passcode::Given)
}

fn application_credential(at: SettingsOrigin<'_>, auth: &raw::Auth) -> Result<Proof, Error> {
    let secret = auth.application_credential_secret.as_ref();
    let secret = at.need(secret, "auth.application_credential_secret")?;
    match (&auth.application_credential_id, &auth.application_credential_name) {
        (Some(id), _) => Ok(Proof::ApplicationCredential { id: id.clone(), secret }),
        (None, Some(name)) => {
            Ok(Proof::UsersApplicationCredential { name: name.clone(), user: user(at, auth)?, secret })
        }
        (None, None) => {
            Err(at.wrong("auth.application_credential_id or auth.application_credential_name is missing"))
        }
    }
}
