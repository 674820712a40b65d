//! Protocols of Keystone's federation: <https://docs.openstack.org/api-ref/identity/v3-ext/#protocols>
//!
//! They lie below their identity provider, and only the list tells all of one. Its external-name is
//! `<identityProviderId>/<protocolId>`.

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Rights, Seen, Step,
        diff::Diff,
        request::{Answer, Keep, Method, Read, Request, service::IDENTITY},
        rest::wire,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How users of an identity provider log in.
pub struct FederationProtocol;

/// What can be wanted of a protocol.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FederationProtocolParameters {
    /// Id of the identity provider.
    #[schemars(extend("x-os" = {"ref": "identity.IdentityProvider", "required": true, "immutable": true}))]
    pub identity_provider_id: Option<String>,
    /// Id of the protocol: what Keystone's configuration calls it, such as openid, saml2 or mapped.
    #[schemars(
        extend("x-os" = {"immutable": true, "default": "the managed resource's name"}),
        length(min = 1, max = 64),
        regex(pattern = r"^[^/?#%\\]+$")
    )]
    pub protocol_id: Option<String>,
    /// Id of the mapping that says who users are here.
    #[schemars(extend("x-os" = {"ref": "identity.FederationMapping", "required": true}))]
    pub mapping_id: Option<String>,
    /// Variable in which the web server tells which identity provider it was, such as HTTP_OIDC_ISS.
    #[schemars(extend("x-os" = {"default": "what Keystone's configuration says"}), length(max = 64))]
    pub remote_id_attribute: Option<String>,
}

/// What only the cloud says of a protocol.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FederationProtocolObservation {
    /// Id of the protocol, which several identity providers can have.
    pub id: String,
}

impl Kind for FederationProtocol {
    type Parameters = FederationProtocolParameters;
    type Observation = FederationProtocolObservation;
    const INFO: Info = Info {
        kind: "FederationProtocol",
        plural: "federationprotocols",
        short: "osfprot",
        about: "A FederationProtocol is a way in which users of an identity provider log in to OpenStack, and the mapping that says who they are there.",
        docs: "https://docs.openstack.org/api-ref/identity/v3-ext/#add-protocol-to-identity-provider",
        columns: &[Column { name: "MAPPING", field: "mappingId" }],
        external_name: "the ids of identity provider and protocol: <identity provider>/<protocol>",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IDENTITY)
    };

    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        names(key).map(|(provider, protocol)| format!("{provider}/{protocol}"))
    }

    fn recognises(key: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>) -> bool {
        super::shared::as_created::<Self>(key, seen)
    }

    fn reads(key: &Key<'_, Self::Parameters>) -> Vec<Read> {
        let one = names(key).map(|(provider, protocol)| Read::List {
            path: format!("/{PROVIDERS}/{provider}/protocols"),
            query: vec![],
            items: "protocols",
            keep: Keep::Equals("id", protocol.to_owned()),
        });
        one.into_iter().collect()
    }

    /// The answers to changes say less than the list.
    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let Some((provider, protocol)) = names(key) else { return Ok(Found::Absent) };
        let external_name = format!("{provider}/{protocol}");
        match answers.last() {
            Some(Answer::Items(items)) => Ok(items.first().map_or(Found::Absent, |one| {
                let of = |field: &str| one.get(field).cloned();
                let body = json!({"id": protocol, "identity_provider_id": provider, "protocol_id": protocol,
                    "mapping_id": of("mapping_id"), "remote_id_attribute": of("remote_id_attribute")});
                Found::One { external_name, body }
            })),
            Some(Answer::Body(body)) if body.get("protocol").is_some() => Ok(Found::Named(external_name)),
            Some(Answer::Gone) | None => Ok(Found::Absent),
            Some(Answer::Body(_) | Answer::Compared { .. }) => Err(KindError::Missing("protocol")),
        }
    }

    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let (provider, protocol) = names(key).ok_or(KindError::Missing("identityProviderId"))?;
        let send = |method, body| {
            let path = format!("/{PROVIDERS}/{provider}/protocols/{protocol}");
            Step::Send(Request::new(&IDENTITY, method, path, body))
        };
        Ok(match (goal, seen) {
            (Goal::Exist, None) => send(Method::Put, Some(body(key))),
            (Goal::Match, Some(_)) if !diff.is_empty() => send(Method::Patch, Some(body(key))),
            (Goal::Vanish, Some(_)) => send(Method::Delete, None),
            (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
        })
    }
}

const PROVIDERS: &str = "OS-FEDERATION/identity_providers";

/// What the address does not say. An update names the mapping as well.
fn body(key: &Key<'_, FederationProtocolParameters>) -> Value {
    let mut fields = wire::encode(&key.any.shapes.params, key.any.params);
    fields.retain(|name, _| !["identity_provider_id", "protocol_id"].contains(&name.as_str()));
    json!({ "protocol": fields })
}

/// Identity provider and protocol, by the external-name or else by the parameters.
fn names<'a>(key: &Key<'a, FederationProtocolParameters>) -> Option<(&'a str, &'a str)> {
    let meta = key.any.meta;
    match meta.external_name {
        Some(name) => name.split_once('/'),
        None => {
            let provider = key.params.identity_provider_id.as_deref().filter(|id| !id.is_empty())?;
            Some((provider, key.params.protocol_id.as_deref().unwrap_or(meta.name)))
        }
    }
}

#[cfg(test)]
mod tests;
