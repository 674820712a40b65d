//! Which installation of the provider this is: the part of a marker that tells it from others. Kept in a ConfigMap
//! of the provider's namespace, so that it survives the pod, and a backup brings it back.

use super::error::{Error, call};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, Client, ResourceExt,
    api::{Patch, PatchParams, PostParams},
    core::ObjectMeta,
};
use serde_json::json;

const KEY: &str = "id";

/// The id in the ConfigMap of this name; made on the first start.
///
/// # Errors
/// The API server refuses or does not answer.
pub(crate) async fn id(client: &Client, namespace: &str, name: &str) -> Result<String, Error> {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let map = match call("get the installation's ConfigMap", api.get_opt(name)).await? {
        Some(map) => map,
        None => create(&api, name).await?,
    };
    if let Some(id) = map.data.as_ref().and_then(|data| data.get(KEY)) {
        return Ok(id.clone());
    }
    // The API server's UID of the first ConfigMap is as unique as anything; a restored one keeps the value.
    let id = map.uid().unwrap_or_default();
    let patch =
        Patch::Merge(json!({"metadata": {"resourceVersion": map.resource_version()}, "data": {KEY: id}}));
    call("write the installation's ConfigMap", api.patch(name, &PatchParams::default(), &patch)).await?;
    Ok(id)
}

async fn create(api: &Api<ConfigMap>, name: &str) -> Result<ConfigMap, Error> {
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    let map = ConfigMap { metadata, ..ConfigMap::default() };
    match call("create the installation's ConfigMap", api.create(&PostParams::default(), &map)).await {
        // Another replica was quicker.
        Err(error) if error.is_conflict() => call("get the installation's ConfigMap", api.get(name)).await,
        made => made,
    }
}
