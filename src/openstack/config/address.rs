//! Addresses of an entry. Pure.

use super::origin::SettingsOrigin;
use crate::openstack::error::Error;
use url::Url;

/// Keystone's address with version 3, whether or not it is given with a version.
pub(super) fn auth_url(at: SettingsOrigin<'_>, given: Option<&str>) -> Result<Url, Error> {
    let given = at.need(given.as_ref(), "auth.auth_url")?;
    let mut url = http_url(at, "auth.auth_url", given)?;
    let path = url.path().trim_end_matches('/').to_owned();
    let path = path.strip_suffix("/v2.0").unwrap_or(&path);
    let path = if path.ends_with("/v3") { path.to_owned() } else { format!("{path}/v3") };
    url.set_path(&path);
    Ok(url)
}

/// An address without user, password, query or fragment; the value itself is not repeated, it may hold a password.
pub(super) fn http_url(at: SettingsOrigin<'_>, field: &str, given: &str) -> Result<Url, Error> {
    let url = Url::parse(given).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let mut url = url.ok_or_else(|| at.wrong(format!("{field} is no http or https address")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(at.wrong(format!("{field} holds a user or password")));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}
