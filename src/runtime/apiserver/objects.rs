//! What the reconciler says to the API server about managed resources and ProviderConfigs: patches of just what
//! it owns, with just the rights that Crossplane grants a provider.

use super::error::{Error, call};
use crate::{
    api::{managed::Managed, provider_config},
    kind::{Info, provider::ConfigFamily},
};
use kube::{
    Api, Client, Resource,
    api::{DynamicObject, ListParams, Patch, PatchParams},
    core::ApiResource,
};
use serde_json::{Map, Value, json};

/// Field manager of resolved references, as crossplane-runtime names it (REF-7).
const RESOLVER: &str = "managed.crossplane.io/api-simple-reference-resolver";

/// The API resource of a kind.
pub fn api_resource(info: &Info) -> ApiResource {
    ApiResource {
        group: info.api_group(),
        version: crate::api::VERSION.to_owned(),
        api_version: info.api_version(),
        kind: info.kind.to_owned(),
        plural: info.plural.to_owned(),
    }
}

/// The API resource of a kind of a family of ProviderConfigs.
pub fn config_resource(family: &ConfigFamily, kind: &str) -> ApiResource {
    ApiResource {
        group: family.group().to_owned(),
        version: crate::api::VERSION.to_owned(),
        api_version: family.api_version(),
        kind: kind.to_owned(),
        plural: provider_config::plural(kind),
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
}

impl Cluster {
    /// Over a client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The client.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// All resources of a kind in a namespace; none where the kind is not there.
    ///
    /// # Errors
    /// The API server refuses or does not answer.
    pub async fn list(&self, info: &Info, namespace: &str) -> Result<Vec<Managed>, Error> {
        const ACTION: &str = "list managed resources";
        let api: Api<DynamicObject> =
            Api::namespaced_with(self.client.clone(), namespace, &api_resource(info));
        match call(ACTION, api.list(&ListParams::default())).await {
            Err(error) if error.is_not_found() => Ok(vec![]),
            listed => {
                let all: Result<_, _> = listed?.items.into_iter().map(managed).collect();
                all.map_err(|source| Error::Form { action: ACTION, source })
            }
        }
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
}
