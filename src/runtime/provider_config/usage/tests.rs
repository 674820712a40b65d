use super::*;
use crate::{kinds::provider::FAMILY, runtime::testing::fake::Fake};

fn tracker(fake: &Fake) -> UsageTracker {
    UsageTracker::new(fake.client(), &FAMILY)
}

#[tokio::test]
async fn a_release_that_meets_the_garbage_collector_is_tried_again() {
    let fake = Fake::default();
    fake.put(PATH, json!({"metadata": {"finalizers": [meta::USAGE_FINALIZER]}}));
    fake.fail("PATCH", 409);
    tracker(&fake).release("team", "u1").await.unwrap();
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
    tracker(fake).track(&owner(), "team", &cluster(name), deleting).await
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
    let mut usage = json!(build(&FAMILY, &owner(), "team", &cluster("old")));
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
    fake.put(PATH, json!(build(&FAMILY, &other, "team", &cluster("cloud"))));
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
            "ProviderConfig",
            "../../b/providerconfigs/cloud",
            "no object can have the name \"../../b/providerconfigs/cloud\": correct it",
        ),
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
    tracker(&fake).release("team", "u1").await.unwrap();
    let mut usage = json!(build(&FAMILY, &owner(), "team", &cluster("cloud")));
    usage["metadata"]["finalizers"] = json!([meta::USAGE_FINALIZER, "somebody/else"]);
    fake.put(PATH, usage);
    tracker(&fake).release("team", "u1").await.unwrap();
    assert_eq!(fake.get(PATH).unwrap()["metadata"]["finalizers"], json!(["somebody/else"]));
}
