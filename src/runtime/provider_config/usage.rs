//! ProviderConfigUsages: who uses which ProviderConfig. Made when a managed resource connects, released after it is
//! gone, and never deleted by us, for which Crossplane grants no right (RBAC-1): the garbage collector does that.

use crate::{
    api::{managed::ProviderConfigReference, meta},
    kind::provider::ConfigFamily,
    runtime::apiserver::{
        error::{Error, call},
        names::named,
        objects::config_resource,
        owner::{FIELD_MANAGER, Owner},
    },
};
use kube::{
    Api, Client,
    api::{DynamicObject, ObjectMeta, Patch, PatchParams, PostParams},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Longest value of a label.
const LABEL: usize = 63;

/// How we patch.
pub(crate) fn patching() -> PatchParams {
    PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() }
}

fn creating() -> PostParams {
    PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() }
}

/// The kind.
pub(crate) const KIND: &str = "ProviderConfigUsage";

/// Labels by which usages of a ProviderConfig are found. A name that is too long for a label is left out.
pub fn labels(reference: &ProviderConfigReference) -> BTreeMap<String, String> {
    [(meta::LABEL_CONFIG, &reference.name), (meta::LABEL_CONFIG_KIND, &reference.kind)]
        .into_iter()
        .filter(|(_, value)| value.len() <= LABEL)
        .map(|(key, value)| (key.to_owned(), value.clone()))
        .collect()
}

/// The usage by which an owner says what it uses (PC-4).
///
/// Decision: it has its finalizer from the start (PC-6 adds it after a successful connect), which saves a write. Should
/// the owner vanish before it ever connected, the reaper of the ProviderConfig controller releases it.
pub fn build(
    family: &ConfigFamily,
    owner: &Owner,
    namespace: &str,
    reference: &ProviderConfigReference,
) -> DynamicObject {
    let mut object = DynamicObject::new(&owner.uid, &config_resource(family, KIND)).within(namespace).data(json!({
        "providerConfigRef": reference,
        "resourceRef": {"apiVersion": owner.api_version, "kind": owner.kind, "name": owner.name, "uid": owner.uid},
    }));
    object.metadata.labels = Some(labels(reference));
    object.metadata.finalizers = Some(vec![meta::USAGE_FINALIZER.to_owned()]);
    object.metadata.owner_references = serde_json::from_value(json!([owner.controlling()])).ok();
    object
}

/// The patch that makes an existing usage say what the owner uses, if it doesn't.
fn adjust(
    found: &DynamicObject,
    owner: &Owner,
    reference: &ProviderConfigReference,
) -> Result<Option<Value>, Error> {
    let (mut patch, mut metadata) = (Map::new(), Map::new());
    match controller(&found.metadata) {
        Some(uid) if uid != owner.uid => {
            let text = "cannot apply ProviderConfigUsage: existing object is not controlled by UID";
            return Err(Error::Refused(format!("{text} {:?}", owner.uid)));
        }
        Some(_) => {}
        None => {
            let mut owners = json!(found.metadata.owner_references.iter().flatten().collect::<Vec<_>>());
            if let Value::Array(owners) = &mut owners {
                owners.retain(|other| other.get("uid").and_then(Value::as_str) != Some(&owner.uid));
                owners.push(owner.controlling());
            }
            metadata.insert("ownerReferences".to_owned(), owners);
        }
    }
    let finalizers = found.metadata.finalizers.clone().unwrap_or_default();
    // What is being deleted may not get a finalizer any more.
    if found.metadata.deletion_timestamp.is_none() && !finalized(&found.metadata) {
        let mut finalizers = finalizers;
        finalizers.push(meta::USAGE_FINALIZER.to_owned());
        metadata.insert("finalizers".to_owned(), json!(finalizers));
    }
    if !metadata.is_empty() {
        // Lists are written whole: only if nobody else wrote meanwhile.
        metadata.insert("resourceVersion".to_owned(), json!(found.metadata.resource_version));
    }
    if reference_of(found).as_ref() != Some(reference) {
        patch.insert("providerConfigRef".to_owned(), json!(reference));
    }
    if !labelled(&found.metadata, reference) {
        let wanted = labels(reference);
        // One that is left out is removed.
        let labels =
            [meta::LABEL_CONFIG, meta::LABEL_CONFIG_KIND].map(|key| (key.to_owned(), json!(wanted.get(key))));
        metadata.insert("labels".to_owned(), Value::Object(labels.into_iter().collect()));
    }
    if !metadata.is_empty() {
        patch.insert("metadata".to_owned(), Value::Object(metadata));
    }
    Ok((!patch.is_empty()).then_some(Value::Object(patch)))
}

pub(crate) fn controller(metadata: &ObjectMeta) -> Option<&str> {
    metadata.owner_references.iter().flatten().find(|o| o.controller == Some(true)).map(|o| o.uid.as_str())
}

pub(crate) fn finalized(metadata: &ObjectMeta) -> bool {
    metadata.finalizers.iter().flatten().any(|f| f == meta::USAGE_FINALIZER)
}

pub(crate) fn labelled(metadata: &ObjectMeta, reference: &ProviderConfigReference) -> bool {
    let have = |key| metadata.labels.as_ref().and_then(|labels| labels.get(key));
    let want = labels(reference);
    [meta::LABEL_CONFIG, meta::LABEL_CONFIG_KIND].into_iter().all(|key| have(key) == want.get(key))
}

pub(crate) fn reference_of(object: &DynamicObject) -> Option<ProviderConfigReference> {
    serde_json::from_value(object.data.get("providerConfigRef")?.clone()).ok()
}

/// Is it a reference that can be followed (PC-3)?
///
/// # Errors
/// It lacks something, or its kind is no ProviderConfig.
pub fn check(reference: &ProviderConfigReference) -> Result<(), Error> {
    let refused = |text: String| Err(Error::Refused(text));
    match (reference.kind.as_str(), reference.name.as_str()) {
        (_, "") => refused("managed resource does not reference a ProviderConfig".to_owned()),
        ("", _) => refused("managed resource ProviderConfig reference has no Kind".to_owned()),
        ("ProviderConfig" | "ClusterProviderConfig", name) => named(name).map(drop),
        (kind, _) => refused(format!(
            "unsupported provider config kind: use ProviderConfig or ClusterProviderConfig: {kind}"
        )),
    }
}

/// Keeps the usages of one family of ProviderConfigs.
#[derive(Clone)]
pub struct UsageTracker {
    client: Client,
    family: &'static ConfigFamily,
}

impl UsageTracker {
    /// Over a client.
    pub fn new(client: Client, family: &'static ConfigFamily) -> Self {
        Self { client, family }
    }

    /// Usages of a namespace.
    pub(crate) fn api(&self, namespace: &str) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), namespace, &config_resource(self.family, KIND))
    }

    /// Records what an owner uses. For an owner that is being deleted none is made any more (its usage may be gone
    /// already), but one that is there is kept right.
    ///
    /// # Errors
    /// The usage is somebody else's, or the API server refused or did not answer.
    pub async fn track(
        &self,
        owner: &Owner,
        namespace: &str,
        reference: &ProviderConfigReference,
        deleting: bool,
    ) -> Result<(), Error> {
        check(reference)?;
        let (api, action) = (self.api(namespace), "apply ProviderConfigUsage");
        if !deleting {
            let usage = build(self.family, owner, namespace, reference);
            match call(action, api.create(&creating(), &usage)).await {
                Err(error) if error.is_conflict() => {}
                done => return done.map(drop),
            }
        }
        let Some(found) = call(action, api.get_opt(&owner.uid)).await? else { return Ok(()) };
        let Some(patch) = adjust(&found, owner, reference)? else { return Ok(()) };
        call(action, api.patch(&owner.uid, &patching(), &Patch::Merge(patch))).await.map(drop)
    }

    /// Takes our finalizer off the usage of an owner that is gone (PC-7). No usage is fine.
    ///
    /// # Errors
    /// The API server refused or did not answer.
    pub async fn release(&self, namespace: &str, uid: &str) -> Result<(), Error> {
        // The garbage collector marks the usage as deleted at the very same moment.
        for _ in 0..3 {
            match self.take_off(namespace, uid).await {
                Err(error) if error.is_conflict() => {}
                done => return done,
            }
        }
        self.take_off(namespace, uid).await
    }

    async fn take_off(&self, namespace: &str, uid: &str) -> Result<(), Error> {
        let (api, action) = (self.api(namespace), "release ProviderConfigUsage");
        let Some(found) = call(action, api.get_metadata_opt(uid)).await? else { return Ok(()) };
        if !finalized(&found.metadata) {
            return Ok(());
        }
        let mut finalizers = found.metadata.finalizers.unwrap_or_default();
        finalizers.retain(|f| f != meta::USAGE_FINALIZER);
        let patch = json!({"metadata": {"finalizers": finalizers, "resourceVersion": found.metadata.resource_version}});
        match call(action, api.patch_metadata(uid, &patching(), &Patch::Merge(patch))).await {
            Err(error) if error.is_not_found() => Ok(()),
            done => done.map(drop),
        }
    }
}

#[cfg(test)]
mod tests;
