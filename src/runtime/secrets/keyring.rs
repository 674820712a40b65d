//! The installation's key: digests made with it tell whether a secret is the one that was sent last, and nothing else,
//! not even to who can guess the secret. Kept in a Secret of the provider's namespace.
//!
//! Without the Secret, as after a backup that left it out, a new key is made; every secret that can be changed is then
//! sent once more, as it is.

use crate::runtime::apiserver::error::{Error, call};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use k8s_openapi::{ByteString, api::core::v1::Secret, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{Api, Client, api::PostParams};
use ring::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;

const KEY: &str = "key";
const BYTES: usize = 32;

/// Bytes that nobody can guess.
///
/// # Errors
/// The machine gives none.
pub(crate) fn random() -> Result<[u8; BYTES], Error> {
    let mut bytes = [0; BYTES];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Error::Refused("the machine gives no random numbers".to_owned()))?;
    Ok(bytes)
}

/// The key.
pub struct Keyring(hmac::Key);

impl Keyring {
    /// With this key.
    pub fn of(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// Digest of the value of an owner's field: equal values of others have other digests.
    pub fn digest(&self, owner: &str, field: &str, value: &SecretString) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        for part in [owner, field, value.expose_secret()] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(context.sign())
    }
}

/// The one in the Secret of this name; made on the first start.
///
/// # Errors
/// The API server refuses or does not answer, or the Secret is not ours.
pub(crate) async fn load(client: &Client, namespace: &str, name: &str) -> Result<Keyring, Error> {
    let api: Api<Secret> = Api::namespaced(client.clone(), namespace);
    let secret = match call("get the installation's Secret", api.get_opt(name)).await? {
        Some(secret) => secret,
        None => create(&api, name).await?,
    };
    let key = secret.data.as_ref().and_then(|data| data.get(KEY)).filter(|key| key.0.len() >= BYTES);
    let key = key.ok_or_else(|| {
        Error::Refused(format!("Secret {namespace}/{name} has no key {KEY:?} of {BYTES} bytes: delete the Secret, and the provider makes a new one"))
    })?;
    Ok(Keyring::of(&key.0))
}

async fn create(api: &Api<Secret>, name: &str) -> Result<Secret, Error> {
    let secret = Secret {
        metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() },
        data: Some(BTreeMap::from([(KEY.to_owned(), ByteString(random()?.to_vec()))])),
        ..Secret::default()
    };
    match call("create the installation's Secret", api.create(&PostParams::default(), &secret)).await {
        // Another replica was quicker.
        Err(error) if error.is_conflict() => call("get the installation's Secret", api.get(name)).await,
        made => made,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::testing::fake::Fake;
    use serde_json::json;

    #[test]
    fn a_digest_depends_on_the_key_the_owner_the_field_and_the_value() {
        let digest =
            |key: u8, owner, field, value: &str| Keyring::of(&[key; 32]).digest(owner, field, &value.into());
        let all = [
            digest(1, "o", "f", "v"),
            digest(2, "o", "f", "v"),
            digest(1, "p", "f", "v"),
            digest(1, "o", "g", "v"),
            digest(1, "o", "f", "w"),
            digest(1, "of", "", "v"),
        ];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(all[0], digest(1, "o", "f", "v"));
    }

    #[tokio::test]
    async fn the_key_is_made_once_and_by_chance() {
        let (fake, other) = (Fake::default(), Fake::default());
        let digest = |keyring: Keyring| keyring.digest("o", "f", &"v".into());
        let first = digest(load(&fake.client(), "s", "n").await.unwrap());
        assert_eq!(digest(load(&fake.client(), "s", "n").await.unwrap()), first);
        assert_ne!(digest(load(&other.client(), "s", "n").await.unwrap()), first);
        let writes = fake.calls().iter().filter(|call| !call.starts_with("GET")).count();
        assert_eq!(writes, 1);
    }

    #[tokio::test]
    async fn a_secret_without_a_key_is_not_used() {
        let fake = Fake::default();
        fake.put("/api/v1/namespaces/s/secrets/n", json!({"data": {"key": "YQ=="}}));
        let why = load(&fake.client(), "s", "n").await.err().unwrap().to_string();
        assert!(why.contains("delete the Secret"), "{why}");
    }
}
