//! Certificates and keys. They are given by value: a path would mean a file on the author's machine. Pure.

use super::origin::SettingsOrigin;
use crate::openstack::error::Error;
use secrecy::{ExposeSecret, SecretString};

/// Reads the certificates of a field, if it is set.
pub(super) fn certificates(
    at: SettingsOrigin<'_>,
    field: &str,
    given: Option<&str>,
) -> Result<Option<String>, Error> {
    match given.map(str::trim_start) {
        None | Some("") => Ok(None),
        Some(pem) if pem.starts_with("-----BEGIN") => Ok(Some(pem.to_owned())),
        Some(_) => Err(at.wrong(format!(
            "{field} is a path, which does not exist where the provider runs: put its content (PEM) there"
        ))),
    }
}

/// Reads the client certificate and its key. Both may be in `cert`.
pub(super) fn client(
    at: SettingsOrigin<'_>,
    cert: Option<&SecretString>,
    key: Option<&SecretString>,
) -> Result<Option<SecretString>, Error> {
    let text =
        |given: Option<&SecretString>, field| certificates(at, field, given.map(SecretString::expose_secret));
    match (text(cert, "cert")?, text(key, "key")?) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(at.wrong("cert is missing, which belongs to key")),
        (Some(cert), key) => {
            let both = format!("{cert}\n{}", key.unwrap_or_default());
            if both.contains("ENCRYPTED") {
                return Err(
                    at.wrong("key needs a passphrase, which nobody could enter: put it there in plain")
                );
            }
            if !both.contains("PRIVATE KEY-----") {
                return Err(at.wrong("key is missing, which belongs to cert"));
            }
            Ok(Some(both.into()))
        }
    }
}
