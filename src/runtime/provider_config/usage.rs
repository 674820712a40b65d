//! ProviderConfigUsages: who uses which ProviderConfig. Made when a managed resource connects, released after it is
//! gone, and never deleted by us, for which Crossplane grants no right (RBAC-1): the garbage collector does that.

use crate::{
    api::{DOMAIN, VERSION, managed::ProviderConfigReference, meta, provider_config::api_version},
    runtime::apiserver::{
        error::{Error, call},
        owner::{FIELD_MANAGER, Owner},
    },
};
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, ObjectMeta, Patch, PatchParams, PostParams},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Longest value of a label.
const LABEL: usize = 63;

/// A kind of the ProviderConfig family.
pub fn resource(kind: &str) -> ApiResource {
    ApiResource {
        group: DOMAIN.to_owned(),
        version: VERSION.to_owned(),
        api_version: api_version(),
        kind: kind.to_owned(),
        plural: format!("{}s", kind.to_lowercase()),
    }
}

/// How we patch.
pub(crate) fn patching() -> PatchParams {
    PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() }
}

fn creating() -> PostParams {
    PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() }
}

/// Usages of a namespace.
pub(crate) fn api(client: &Client, namespace: &str) -> Api<DynamicObject> {
    Api::namespaced_with(client.clone(), namespace, &resource("ProviderConfigUsage"))
}

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
pub fn build(owner: &Owner, namespace: &str, reference: &ProviderConfigReference) -> DynamicObject {
    let mut object = DynamicObject::new(&owner.uid, &resource("ProviderConfigUsage")).within(namespace).data(json!({
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
        ("ProviderConfig" | "ClusterProviderConfig", _) => Ok(()),
        (kind, _) => refused(format!(
            "unsupported provider config kind: use ProviderConfig or ClusterProviderConfig: {kind}"
        )),
    }
}

/// Records what an owner uses. For an owner that is being deleted none is made any more (its usage may be gone already),
/// but one that is there is kept right.
///
/// # Errors
/// The usage is somebody else's, or the API server refused or did not answer.
pub async fn track(
    client: &Client,
    owner: &Owner,
    namespace: &str,
    reference: &ProviderConfigReference,
    deleting: bool,
) -> Result<(), Error> {
    check(reference)?;
    let (api, action) = (api(client, namespace), "apply ProviderConfigUsage");
    if !deleting {
        match call(action, api.create(&creating(), &build(owner, namespace, reference))).await {
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
pub async fn release(client: &Client, namespace: &str, uid: &str) -> Result<(), Error> {
    // The garbage collector marks the usage as deleted at the very same moment.
    for _ in 0..3 {
        match take_off(client, namespace, uid).await {
            Err(error) if error.is_conflict() => {}
            done => return done,
        }
    }
    take_off(client, namespace, uid).await
}

async fn take_off(client: &Client, namespace: &str, uid: &str) -> Result<(), Error> {
    let (api, action) = (api(client, namespace), "release ProviderConfigUsage");
    let Some(found) = call(action, api.get_metadata_opt(uid)).await? else { return Ok(()) };
    if !finalized(&found.metadata) {
        return Ok(());
    }
    let mut finalizers = found.metadata.finalizers.unwrap_or_default();
    finalizers.retain(|f| f != meta::USAGE_FINALIZER);
    let patch =
        json!({"metadata": {"finalizers": finalizers, "resourceVersion": found.metadata.resource_version}});
    match call(action, api.patch_metadata(uid, &patching(), &Patch::Merge(patch))).await {
        Err(error) if error.is_not_found() => Ok(()),
        done => done.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::testing::fake::Fake;

    #[tokio::test]
    async fn a_release_that_meets_the_garbage_collector_is_tried_again() {
        let fake = Fake::default();
        fake.put(PATH, json!({"metadata": {"finalizers": [meta::USAGE_FINALIZER]}}));
        fake.fail("PATCH", 409);
        release(&fake.client(), "team", "u1").await.unwrap();
        assert_eq!(fake.get(PATH).unwrap()["metadata"]["finalizers"], json!([]));
    }

    const PATH: &str = "/apis/kupenstack.io/v1alpha1/namespaces/team/providerconfigusages/u1";

    fn owner() -> Owner {
        Owner {
            api_version: "network.kupenstack.io/v1alpha1".into(),
            kind: "Network".into(),
            name: "net".into(),
            uid: "u1".into(),
        }
    }

    fn cluster(name: &str) -> ProviderConfigReference {
        ProviderConfigReference { kind: "ClusterProviderConfig".into(), name: name.into() }
    }

    async fn tracked(fake: &Fake, name: &str, deleting: bool) -> Result<(), Error> {
        track(&fake.client(), &owner(), "team", &cluster(name), deleting).await
    }

    fn writes(fake: &Fake) -> usize {
        fake.calls().iter().filter(|call| !call.starts_with("GET")).count()
    }

    #[tokio::test]
    async fn pc_4_a_usage_is_named_by_uid_labelled_controlled_and_made_by_one_write() {
        let fake = Fake::default();
        tracked(&fake, "cloud", false).await.unwrap();
        assert_eq!(writes(&fake), 1);
        let usage = fake.get(PATH).unwrap();
        assert_eq!(usage["apiVersion"], "kupenstack.io/v1alpha1");
        assert_eq!(usage["kind"], "ProviderConfigUsage");
        assert_eq!(
            usage["metadata"]["labels"],
            json!({"crossplane.io/provider-config": "cloud", "crossplane.io/provider-config-kind": "ClusterProviderConfig"})
        );
        assert_eq!(usage["metadata"]["finalizers"], json!(["finalizer.providerconfigusage.crossplane.io"]));
        assert_eq!(usage["metadata"]["ownerReferences"], json!([owner().controlling()]));
        assert_eq!(usage["providerConfigRef"], json!({"kind": "ClusterProviderConfig", "name": "cloud"}));
        assert_eq!(usage["resourceRef"]["uid"], "u1");
    }

    #[tokio::test]
    async fn pc_4_another_reference_is_patched_and_other_finalizers_stay() {
        let fake = Fake::default();
        let mut usage = json!(build(&owner(), "team", &cluster("old")));
        usage["metadata"]["finalizers"] = json!(["somebody/else"]);
        fake.put(PATH, usage);
        tracked(&fake, "new", false).await.unwrap();
        let usage = fake.get(PATH).unwrap();
        assert_eq!(usage["providerConfigRef"]["name"], "new");
        assert_eq!(usage["metadata"]["labels"]["crossplane.io/provider-config"], "new");
        assert_eq!(usage["metadata"]["finalizers"], json!(["somebody/else", meta::USAGE_FINALIZER]));
        fake.calls();
        tracked(&fake, "new", false).await.unwrap();
        assert_eq!(writes(&fake), 1, "only the create that finds it there");
    }

    #[tokio::test]
    async fn pc_4_a_usage_that_another_uid_controls_is_refused() {
        let fake = Fake::default();
        let other = Owner { uid: "u2".into(), ..owner() };
        fake.put(PATH, json!(build(&other, "team", &cluster("cloud"))));
        let error = tracked(&fake, "cloud", false).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot apply ProviderConfigUsage: existing object is not controlled by UID \"u1\""
        );
    }

    #[test]
    fn pc_3_a_reference_that_cannot_be_followed_is_refused() {
        for (kind, name, text) in [
            ("ProviderConfig", "", "managed resource does not reference a ProviderConfig"),
            ("", "cloud", "managed resource ProviderConfig reference has no Kind"),
            (
                "OpenStackConfig",
                "cloud",
                "unsupported provider config kind: use ProviderConfig or ClusterProviderConfig: OpenStackConfig",
            ),
        ] {
            let reference = ProviderConfigReference { kind: kind.into(), name: name.into() };
            assert_eq!(check(&reference).unwrap_err().to_string(), text);
        }
        assert!(check(&cluster("cloud")).is_ok());
    }

    #[tokio::test]
    async fn a_usage_is_not_made_again_for_an_owner_that_is_being_deleted() {
        let fake = Fake::default();
        tracked(&fake, "cloud", true).await.unwrap();
        assert!(fake.get(PATH).is_none());
    }

    #[tokio::test]
    async fn pc_7_a_release_takes_only_our_finalizer_and_an_absent_usage_is_fine() {
        let fake = Fake::default();
        release(&fake.client(), "team", "u1").await.unwrap();
        let mut usage = json!(build(&owner(), "team", &cluster("cloud")));
        usage["metadata"]["finalizers"] = json!([meta::USAGE_FINALIZER, "somebody/else"]);
        fake.put(PATH, usage);
        release(&fake.client(), "team", "u1").await.unwrap();
        assert_eq!(fake.get(PATH).unwrap()["metadata"]["finalizers"], json!(["somebody/else"]));
    }
}
