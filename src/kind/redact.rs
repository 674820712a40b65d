//! Secrets in messages of others. Pure.

use secrecy::{ExposeSecret, SecretString};

/// Hides secret values: services repeat rejected input, even a password. To be called before what changes spaces or cuts: a
/// secret in two parts is not found.
pub fn redact(message: &str, secrets: &[&SecretString]) -> String {
    let values = secrets.iter().map(|secret| secret.expose_secret()).filter(|secret| !secret.is_empty());
    values.fold(message.to_owned(), |text, secret| {
        // A service that repeats JSON escapes quotes and line ends.
        let escaped = serde_json::Value::from(secret).to_string();
        text.replace(secret, "***").replace(escaped.trim_matches('"'), "***")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_echoed_is_hidden_also_when_escaped() {
        let secret = SecretString::from("pa\"ss\nword");
        let text = redact("'pa\"ss\nword' and \"pa\\\"ss\\nword\" are weak", &[&secret]);
        assert_eq!(text, "'***' and \"***\" are weak");
    }
}
