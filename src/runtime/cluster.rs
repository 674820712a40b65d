//! What the reconciler says to the API server about managed resources and ProviderConfigs: patches of just what
//! it owns, with just the rights that Crossplane grants a provider.

use super::{
    error::{Error, call},
    recent::Recent,
};
use crate::{
    api::{
        managed::{Managed, ProviderConfigReference},
        provider_config::{self, ProviderConfigSpec},
    },
    kind::{
        Info,
        cloud::{Credentials, Given},
    },
};
use k8s_openapi::{ByteString, api::core::v1::Secret};
use kube::{
    Api, Client, Resource,
    api::{DynamicObject, Patch, PatchParams},
    core::ApiResource,
};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

/// Field manager of resolved references, as crossplane-runtime names it (REF-7).
const RESOLVER: &str = "managed.crossplane.io/api-simple-reference-resolver";

/// The API resource of a kind.
pub fn api_resource(info: &Info) -> ApiResource {
    ApiResource {
        group: info.service.api_group(),
        version: crate::api::VERSION.to_owned(),
        api_version: info.api_version(),
        kind: info.kind.to_owned(),
        plural: info.plural.to_owned(),
    }
}

/// A managed resource as the API server sends it, without what nobody reads.
///
/// # Errors
/// The object has an unexpected form.
pub fn managed(mut object: DynamicObject) -> Result<Managed, serde_json::Error> {
    object.metadata.managed_fields = None;
    serde_json::from_value(serde_json::to_value(object)?)
}

fn requests(info: &Info, object: &Managed) -> kube::core::Request {
    let namespace = Some(object.metadata.namespace.as_str());
    kube::core::Request::new(DynamicObject::url_path(&api_resource(info), namespace))
}

/// The API server, seen from one managed resource.
#[derive(Clone)]
pub struct Cluster {
    client: Client,
    /// Credentials, by who asked for them from which namespace.
    recent: Recent<(ProviderConfigReference, String), Credentials>,
}

impl Cluster {
    /// Over a client.
    pub fn new(client: Client) -> Self {
        Self { client, recent: Recent::default() }
    }

    /// The client.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Merges into the metadata; with a resourceVersion in it, only if nobody changed the object since.
    ///
    /// # Errors
    /// The API server refuses or does not answer.
    pub async fn patch_metadata(
        &self,
        info: &Info,
        object: &Managed,
        metadata: Value,
    ) -> Result<Managed, Error> {
        let (params, patch) = (PatchParams::default(), Patch::Merge(json!({"metadata": metadata})));
        let request = requests(info, object).patch(&object.metadata.name, &params, &patch);
        self.write("update managed resource", request).await
    }

    /// Merges into the status.
    ///
    /// # Errors
    /// The API server refuses or does not answer.
    pub async fn patch_status(
        &self,
        info: &Info,
        object: &Managed,
        status: Map<String, Value>,
    ) -> Result<Managed, Error> {
        let (params, patch) = (PatchParams::default(), Patch::Merge(json!({"status": status})));
        let name = &object.metadata.name;
        let request = requests(info, object).patch_subresource("status", name, &params, &patch);
        self.write("update status of managed resource", request).await
    }

    /// Writes resolved references, by server-side apply of just these fields.
    ///
    /// # Errors
    /// The API server refuses or does not answer.
    pub async fn apply_references(
        &self,
        info: &Info,
        object: &Managed,
        spec: Map<String, Value>,
    ) -> Result<Managed, Error> {
        let Managed { metadata, .. } = object;
        let body = json!({"apiVersion": info.api_version(), "kind": info.kind, "spec": spec,
            "metadata": {"name": metadata.name, "namespace": metadata.namespace, "uid": metadata.uid}});
        let params = PatchParams::apply(RESOLVER).force();
        let request = requests(info, object).patch(&metadata.name, &params, &Patch::Apply(body));
        self.write("write resolved references", request).await
    }

    /// The answer is read as what it is at once: it comes with every step of every resource.
    async fn write(
        &self,
        action: &'static str,
        request: Result<http::Request<Vec<u8>>, kube::core::request::Error>,
    ) -> Result<Managed, Error> {
        let request = request.map_err(kube::Error::BuildRequest);
        call(action, async { self.client.request(request?).await }).await
    }

    /// What a ProviderConfig and its Secret say to a managed resource of a namespace, or said a moment ago (PC-3, PC-5, PC-9,
    /// PC-11).
    ///
    /// # Errors
    /// One of them is missing, incomplete, or can't be read; says which and what to do. Or it is not for this namespace.
    pub async fn credentials(
        &self,
        reference: &ProviderConfigReference,
        namespace: &str,
    ) -> Result<Credentials, Error> {
        let who = (reference.clone(), namespace.to_owned());
        if let Some(credentials) = self.recent.get(&who) {
            return Ok(credentials);
        }
        let spec = self.provider_config(reference, namespace).await?;
        let ProviderConfigReference { kind, name } = reference;
        if kind == "ClusterProviderConfig" && !spec.allows(namespace) {
            return Err(Error::Refused(format!(
                "{kind} {name:?} is not for every namespace: its administrator can add this one to spec.allowedNamespaces, or use a ProviderConfig of your own: namespace {namespace:?} is not allowed"
            )));
        }
        let credentials = self.given(reference, spec, namespace).await?;
        self.recent.keep(who, credentials.clone());
        Ok(credentials)
    }

    /// What a ProviderConfig and its Secret say to the one who looks after it.
    ///
    /// # Errors
    /// One of them is missing, incomplete, or can't be read; says which and what to do.
    pub async fn credentials_of(
        &self,
        config: &ProviderConfigReference,
        namespace: &str,
    ) -> Result<Credentials, Error> {
        let spec = self.provider_config(config, namespace).await?;
        self.given(config, spec, namespace).await
    }

    async fn given(
        &self,
        config: &ProviderConfigReference,
        spec: ProviderConfigSpec,
        namespace: &str,
    ) -> Result<Credentials, Error> {
        let who = format!("{} {:?}", config.kind, config.name);
        let secret = spec.credentials.secret_ref.ok_or_else(|| {
            Error::Refused(format!("cannot extract credentials: {who} has no credentials.secretRef"))
        })?;
        let home = secret.namespace.as_deref().unwrap_or(namespace);
        let api: Api<Secret> = Api::namespaced(self.client.clone(), home);
        let found = call("get credentials secret", api.get_opt(&secret.name)).await?.ok_or_else(|| {
            let (name, key) = (&secret.name, secret.key.as_ref());
            let what = key.map_or_else(
                || "the fields of a clouds.yaml entry as keys".to_owned(),
                |key| format!("a clouds.yaml under the key {key:?}"),
            );
            Error::Refused(format!(
                "cannot get credentials secret of {who}: create it, with {what}, or correct spec.credentials.secretRef: Secret {home}/{name} does not exist"
            ))
        })?;
        let given = parts(&who, &format!("Secret {home}/{}", secret.name), secret.key.as_ref(), found)?;
        let (cloud, region, interface) = (spec.cloud, spec.region, spec.interface);
        Ok(Credentials { given, cloud, region, interface, requests_per_second: spec.requests_per_second })
    }

    async fn provider_config(
        &self,
        reference: &ProviderConfigReference,
        namespace: &str,
    ) -> Result<ProviderConfigSpec, Error> {
        let ProviderConfigReference { kind, name } = reference;
        let resource = ApiResource {
            group: crate::api::DOMAIN.to_owned(),
            version: crate::api::VERSION.to_owned(),
            api_version: provider_config::api_version(),
            kind: kind.clone(),
            plural: format!("{}s", kind.to_lowercase()),
        };
        let api: Api<DynamicObject> = match kind.as_str() {
            "ProviderConfig" => Api::namespaced_with(self.client.clone(), namespace, &resource),
            "ClusterProviderConfig" => Api::all_with(self.client.clone(), &resource),
            other => {
                return Err(Error::Refused(format!(
                    "unsupported provider config kind: use ProviderConfig or ClusterProviderConfig: {other}"
                )));
            }
        };
        let found = call("get provider config", api.get_opt(name)).await?;
        let missing = || {
            Error::Refused(format!(
                "cannot get provider config: create it, or name another one in spec.providerConfigRef: {kind} {name:?} does not exist"
            ))
        };
        let spec = found.ok_or_else(missing)?.data.get("spec").cloned().unwrap_or_default();
        serde_json::from_value(spec)
            .map_err(|error| Error::Refused(format!("cannot read {kind} {name:?}: {error}")))
    }
}

/// What a Secret holds, under one key or all.
fn parts(who: &str, place: &str, key: Option<&String>, secret: Secret) -> Result<Given, Error> {
    let mut data = secret.data.unwrap_or_default();
    let text = |key: &str, bytes: ByteString| {
        let bytes = String::from_utf8(bytes.0).map(SecretString::from);
        bytes.map_err(|_| {
            Error::Refused(format!(
                "credentials secret of {who}: put text there: key {key:?} of {place} is not text"
            ))
        })
    };
    let Some(key) = key else {
        let fields = data.into_iter().map(|(key, bytes)| text(&key, bytes).map(|text| (key, text)));
        return Ok(Given::Fields(fields.collect::<Result<_, Error>>()?));
    };
    let bytes = data.remove(key).ok_or_else(|| {
        let keys = data.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        Error::Refused(format!(
            "credentials secret of {who}: put a clouds.yaml there, or correct spec.credentials.secretRef.key: {place} has no key {key:?}, but {}",
            if keys.is_empty() { "none at all" } else { &keys }
        ))
    })?;
    Ok(Given::CloudsYaml(text(key, bytes)?))
}
