//! Nova key pairs: <https://docs.openstack.org/api-ref/compute/#keypairs-keypairs>

use crate::{
    api::crd::Column,
    kind::{
        ConnectionDetails, Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Seen, Step,
        cloud::CloudInfo,
        diff::Diff,
        plain_parse, plain_reads, plain_step,
        request::{Answer, Keep, Microversion, Read, service::COMPUTE},
        rest::{Rest, Update, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A key to log in to servers with.
pub struct KeyPair;

/// What can be wanted of a key pair. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-kubernetes-validations" = [{
    "rule": "!has(self.type) || self.type != 'x509' || has(self.publicKey)",
    "message": "a key pair of type x509 needs publicKey: the certificate"
}]))]
pub struct KeyPairParameters {
    /// Name in OpenStack, unique among the user's key pairs.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the managed resource's name"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Public key, as OpenSSH writes it, or certificate. Left out, the provider makes an Ed25519 key pair and publishes
    /// it in the connection secret, as `ssh-privatekey` and `ssh-publickey`.
    #[schemars(extend("x-os" = {"immutable": true, "mint": "sshKey", "normalise": "trimmed"}), length(min = 1, max = 16384))]
    pub public_key: Option<String>,
    /// What it is.
    #[schemars(extend("x-os" = {"immutable": true, "default": "ssh"}))]
    pub r#type: Option<KeyPairType>,
    /// Id of the user whose key pair it is. Others need administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.User", "immutable": true, "default": "the credentials' own"}))]
    pub user_id: Option<String>,
}

/// Kinds of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyPairType {
    /// An SSH key.
    Ssh,
    /// An X.509 certificate, for Windows.
    X509,
}

/// What only the cloud says of a key pair.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct KeyPairObservation {
    /// Name of the key pair, which identifies it.
    pub id: String,
    /// Fingerprint of the public key: MD5, of a certificate SHA-1.
    pub fingerprint: String,
}

impl Kind for KeyPair {
    type Parameters = KeyPairParameters;
    type Observation = KeyPairObservation;
    const INFO: Info = Info {
        kind: "KeyPair",
        plural: "keypairs",
        short: "oskey",
        about: "A KeyPair is a public key that OpenStack Nova puts into servers. It belongs to a user, not to a project.",
        docs: "https://docs.openstack.org/api-ref/compute/#keypairs-keypairs",
        columns: &[Column { name: "FINGERPRINT", field: "fingerprint" }],
        // Key pairs of other users.
        microversion: Some(Microversion(2, 10)),
        external_name: "its name",
        connection: &["ssh-privatekey", "ssh-publickey"],
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&COMPUTE)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "os-keypairs", update: Update::None, ..Rest::plain("keypairs", "keypair") });

    /// A list says the same, but wraps each of them by itself.
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, KeyPairParameters>) -> Option<String> {
        Some(key.params.name.clone().unwrap_or_else(|| key.any.meta.name.to_owned()))
    }

    /// Another user's are looked for in his list, which says whose it is by a query.
    fn reads(key: &Key<'_, KeyPairParameters>) -> Vec<Read> {
        let Some(user) = user(key) else { return plain_reads::<Self>(key) };
        let name = key.any.meta.external_name.map(str::to_owned).or_else(|| Self::chosen_name(key));
        vec![Read::List {
            path: "/os-keypairs".to_owned(),
            query: vec![("user_id".to_owned(), user)],
            items: "keypairs",
            keep: Keep::Equals("/keypair/name", name.unwrap_or_default()),
        }]
    }

    fn parse(key: &Key<'_, KeyPairParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let body = match answers.last() {
            Some(Answer::Items(items)) => items.first().cloned(),
            Some(Answer::Body(body) | Answer::Compared { body, .. }) => Some(body.clone()),
            Some(Answer::Gone) | None => None,
        };
        body.map_or(Ok(Found::Absent), |body| plain_parse::<Self>(key, &[Answer::Body(body)]))
    }

    /// The id of its own that Nova tells is a number that nothing takes.
    fn complete_answer(key: &Key<'_, KeyPairParameters>, pair: &mut Map<String, Value>) {
        let name = pair.get("name").cloned().unwrap_or_default();
        pair.insert("id".to_owned(), name);
        pair.entry("user_id").or_insert_with(|| json!(key.params.user_id));
    }

    fn step(
        goal: Goal,
        key: &Key<'_, KeyPairParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let mut step = plain_step::<Self>(goal, key, seen, diff);
        if let (Goal::Vanish, Step::Send(request)) = (goal, &mut step) {
            request.query.extend(user(key).map(|user| ("user_id".to_owned(), user)));
        }
        Ok(step)
    }

    fn recognises(key: &Key<'_, KeyPairParameters>, seen: &Seen<'_, Self>) -> bool {
        let trimmed = |key: &Option<String>| key.as_deref().map(|key| key.trim().to_owned());
        key.params.public_key.is_some() && trimmed(&key.params.public_key) == trimmed(&seen.params.public_key)
    }

    fn connection(_: &Key<'_, KeyPairParameters>, seen: &Seen<'_, Self>, _: &CloudInfo) -> ConnectionDetails {
        let public = seen.params.public_key.clone().filter(|_| seen.params.r#type != Some(KeyPairType::X509));
        public.map(|public| ("ssh-publickey".to_owned(), public.into())).into_iter().collect()
    }
}

fn user(key: &Key<'_, KeyPairParameters>) -> Option<String> {
    key.params.user_id.clone().filter(|id| !id.is_empty())
}
