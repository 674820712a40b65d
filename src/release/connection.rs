//! Connection details, read back from the Secrets that a chart renders: so they hold for adopted releases as well.

use super::manifest::Manifest;
use crate::kind::ConnectionDetails;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

/// Details that Secrets of a manifest tell: Secret, key, name of the detail. What a Secret lacks is left out.
pub fn connection(tells: &[(String, String, String)], manifest: &Manifest) -> ConnectionDetails {
    let told = tells.iter().filter_map(|(secret, key, detail)| {
        let value = read(&manifest.object("Secret", secret)?.value, key)?;
        Some((detail.clone(), value.into()))
    });
    told.collect()
}

/// A key of a Secret, as text. `stringData` wins, as it does when it is applied.
fn read(secret: &Value, key: &str) -> Option<String> {
    let part = |name: &str| secret.get(name)?.get(key)?.as_str();
    if let Some(text) = part("stringData") {
        return Some(text.to_owned());
    }
    String::from_utf8(BASE64_STANDARD.decode(part("data")?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn details_are_the_values_of_rendered_secrets_and_what_is_not_there_is_left_out() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: keystone-keystone-admin}\n\
            data: {OS_PASSWORD: aHVudGVyMg==, OS_USERNAME: YWRtaW4=, BINARY: /w==}\nstringData: {OS_USERNAME: root}\n";
        let manifest = Manifest::read(text).unwrap();
        let tell =
            |secret: &str, key: &str, detail: &str| (secret.to_owned(), key.to_owned(), detail.to_owned());
        let tells = [
            tell("keystone-keystone-admin", "OS_PASSWORD", "password"),
            tell("keystone-keystone-admin", "OS_USERNAME", "username"),
            tell("keystone-keystone-admin", "BINARY", "binary"),
            tell("other", "OS_PASSWORD", "other"),
        ];
        let details = connection(&tells, &manifest);
        let found: Vec<_> =
            details.iter().map(|(key, value)| (key.as_str(), value.expose_secret())).collect();
        assert_eq!(found, [("password", "hunter2"), ("username", "root")]);
    }
}
