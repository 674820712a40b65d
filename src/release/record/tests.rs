use super::*;
use proptest::prelude::*;

const MANIFEST: &str = r#"---
# Source: keystone/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata: {name: keystone-etc}
---
# Source: keystone/templates/job.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: keystone-db-sync
  annotations: {helm.sh/hook: "post-install,post-upgrade", helm.sh/hook-weight: "-4", helm.sh/hook-delete-policy: before-hook-creation}
"#;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn chart() -> Chart {
    let metadata =
        map(json!({"name": "keystone", "version": "2026.1.0", "appVersion": "29.0.0", "apiVersion": "v2"}));
    Chart::new(metadata, map(json!({"conf": {"a": null}})), "sha256:abc", Some("2025.2"))
}

fn pending(history: &[Record]) -> Record {
    let manifest = Manifest::parse(MANIFEST, "openstack").unwrap();
    let revision = Revision {
        name: "keystone",
        namespace: "openstack",
        chart: chart(),
        values: &map(json!({"conf": {"port": 5000, "ratio": 1.5, "gone": null}})),
        manifest: &manifest,
        digest: "d1",
        owner: &Owner { owner: "0123".to_owned(), uid: "u-1".to_owned() },
    };
    Record::pending(revision, history, time("2026-11-28T10:00:00Z"))
}

fn deployed_after(history: &[Record]) -> Record {
    pending(history).with_status(ReleaseStatus::Deployed, time("2026-11-28T10:05:00Z"))
}

fn unpacked(secret: &Value) -> Value {
    let inner = BASE64_STANDARD.decode(secret["data"]["release"].as_str().unwrap()).unwrap();
    let mut json = vec![];
    GzDecoder::new(&BASE64_STANDARD.decode(inner).unwrap()[..]).read_to_end(&mut json).unwrap();
    serde_json::from_slice(&json).unwrap()
}

#[test]
fn the_first_revision_is_the_secret_that_helm_would_write() {
    let secret = pending(&[]).to_secret().unwrap();
    let want = json!({"name": "sh.helm.release.v1.keystone.v1", "namespace": "openstack", "labels": {
        "name": "keystone", "owner": "helm", "status": "pending-install", "version": "1", "createdAt": "1795860000",
        "kupenstack.io/digest": "d1", "kupenstack.io/revision": "1", "kupenstack.io/owner": "0123",
        "kupenstack.io/uid": "u-1"}});
    assert_eq!((&secret["type"], &secret["metadata"]), (&json!("helm.sh/release.v1"), &want));
}

#[test]
fn what_is_within_has_the_names_of_helms_structures() {
    let release = unpacked(&pending(&[]).to_secret().unwrap());
    let hook = json!([{"name": "keystone-db-sync", "kind": "Job", "path": "keystone/templates/job.yaml",
        "manifest": release["hooks"][0]["manifest"], "events": ["post-install", "post-upgrade"], "weight": -4,
        "last_run": {"phase": ""}, "delete_policies": ["before-hook-creation"]}]);
    assert_eq!(release["hooks"], hook);
    let info = json!({"first_deployed": "2026-11-28T10:00:00Z", "last_deployed": "2026-11-28T10:00:00Z",
        "status": "pending-install", "description": "Initial install underway"});
    assert_eq!(release["info"], info);
    assert_eq!(release["config"], json!({"conf": {"port": 5000, "ratio": 1.5, "gone": null}}));
    assert_eq!((&release["apply_method"], &release["version"]), (&json!("ssa"), &json!(1)));
    assert_eq!(release["chart"]["templates"], json!([]));
    assert_eq!(release["chart"]["values"], json!({"conf": {"a": null}}));
    let text = release["manifest"].as_str().unwrap();
    assert!(
        text.contains("# Source: keystone/templates/secret.yaml") && !text.contains("kind: Job"),
        "{text}"
    );
}

#[test]
fn a_record_reads_back_as_it_was_written() {
    let record = deployed_after(&[]);
    let mut secret = record.to_secret().unwrap();
    secret["metadata"]["resourceVersion"] = json!("7");
    let read = Record::from_secret(&secret).unwrap();
    assert!(read.resource_version == "7" && read.release == record.release);
    assert_eq!((read.digest(), read.owner()), (Some("d1"), record.owner()));
    assert_eq!(read.to_secret().unwrap(), secret, "and again");
    assert_eq!(read.manifest().unwrap(), Manifest::parse(MANIFEST, "openstack").unwrap());
    assert_eq!(read.release.chart.seen().digest.as_deref(), Some("sha256:abc"));
    assert_eq!(read.release.chart.openstack_release().as_deref(), Some("2025.2"));
}

/// What Helm 4 writes for a person, with what we have no use for.
fn a_persons() -> Value {
    let release = json!({"name": "keystone", "namespace": "openstack", "version": 3, "config": null,
        "info": {"first_deployed": "2026-11-28T09:00:00.123456789+01:00", "status": "deployed", "notes": "hello",
            "description": "Upgrade complete", "new_in_helm_5": {"a": 1}},
        "chart": {"metadata": {"name": "keystone", "version": "1"}, "lock": {"digest": "x"}, "values": {"a": 1},
            "templates": [{"name": "templates/a.yaml", "data": "eA=="}], "schema": null, "files": [],
            "schemamodtime": "0001-01-01T00:00:00Z"},
        "manifest": "---\n# Source: a\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n",
        "hooks": [{"name": "h", "kind": "Job", "path": "p", "events": ["test"], "last_run":
            {"phase": "Succeeded", "started_at": "t"}, "delete_policies": null, "manifest":
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: h, annotations: {helm.sh/hook: test}}"}],
        "more": true});
    let labels = json!({"name": "keystone", "owner": "helm", "status": "deployed", "version": "3", "team": "a",
        "modifiedAt": "1795860000"});
    json!({"metadata": {"name": "sh.helm.release.v1.keystone.v3", "namespace": "openstack", "labels": labels},
        "data": {"release": BASE64_STANDARD.encode(BASE64_STANDARD.encode(release.to_string()))}})
}

#[test]
fn what_we_do_not_know_of_a_persons_record_survives_a_rewrite() {
    let record = Record::from_secret(&a_persons()).unwrap();
    let later = record.with_status(ReleaseStatus::Superseded, time("2026-11-28T12:00:00Z"));
    let secret = later.to_secret().unwrap();
    let release = unpacked(&secret);
    assert_eq!(secret["metadata"]["labels"]["team"], "a");
    assert_eq!(secret["metadata"]["labels"]["status"], "superseded");
    assert_eq!(release["info"]["new_in_helm_5"], json!({"a": 1}));
    assert_eq!(release["info"]["notes"], "hello");
    assert_eq!(release["chart"]["templates"][0]["name"], "templates/a.yaml");
    assert_eq!(release["chart"]["lock"], json!({"digest": "x"}));
    assert_eq!(release["hooks"][0]["last_run"], json!({"phase": "Succeeded", "started_at": "t"}));
    assert_eq!((&release["more"], release.get("apply_method")), (&json!(true), None), "it stays csa");
}

#[test]
fn a_digest_counts_only_for_the_revision_that_it_was_written_for() {
    let ours = deployed_after(&[]);
    let mut persons = ours.clone();
    persons.release.version = 2;
    assert_eq!((ours.digest(), persons.digest()), (Some("d1"), None));
    assert_eq!(persons.owner(), ours.owner(), "the release is still ours");
    let foreign = Record::from_secret(&a_persons()).unwrap();
    assert_eq!((foreign.digest(), foreign.owner()), (None, None));
    let seen = |record: &Record| record.seen(time("2026-11-28T12:00:00Z")).marker;
    assert_eq!((seen(&foreign), seen(&ours)), (None, Some("[kupenstack:u-1:0123]".to_owned())));
}

#[test]
fn another_helm_is_at_work_while_its_pending_record_is_young() {
    let mut persons = pending(&[]);
    persons.release.version = 2;
    let at = |record: &Record, when: &str| record.seen(time(when)).busy;
    assert!(at(&persons, "2026-11-28T10:04:59Z"));
    assert!(!at(&persons, "2026-11-28T10:05:01Z"), "it is dead");
    assert!(!at(&pending(&[]), "2026-11-28T10:00:01Z"), "that is our own");
    let deployed = persons.with_status(ReleaseStatus::Deployed, time("2026-11-28T10:00:01Z"));
    assert!(!at(&deployed, "2026-11-28T10:00:02Z"));
}

#[test]
fn the_next_revision_counts_on_and_remembers_the_first_deployment() {
    let first = Record::from_secret(&a_persons()).unwrap();
    let next = pending(std::slice::from_ref(&first));
    assert_eq!((next.release.version, next.release.info.status), (4, ReleaseStatus::PendingUpgrade));
    assert_eq!(next.release.info.first_deployed, first.release.info.first_deployed);
    let labels = ["team", "modifiedAt"].map(|name| next.labels.get(name).map(String::as_str));
    assert_eq!(labels, [Some("a"), None], "people's labels are carried along");
    let done = next.with_status(ReleaseStatus::Deployed, time("2026-11-28T10:05:00Z"));
    assert_eq!(done.release.info.description, "Upgrade complete");
    assert_eq!(deployed_after(&[]).release.info.description, "Install complete");
}

#[test]
fn history_is_cut_from_its_oldest_end_and_what_is_deployed_stays() {
    let mut all: Vec<Record> = vec![];
    for version in 1..=5 {
        let mut record = pending(&all);
        if version == 1 {
            record = deployed_after(&all);
        }
        all.push(record);
    }
    assert_eq!((newest(&all).unwrap().release.version, deployed(&all).unwrap().release.version), (5, 1));
    let cut = |history| -> Vec<i64> {
        surplus(&all, history).iter().map(|record| record.release.version).collect()
    };
    assert_eq!((cut(3), cut(0), cut(9)), (vec![2, 3], vec![], vec![]));
}

#[test]
fn what_is_no_record_says_so_and_shows_nothing_of_it() {
    for (data, lacks) in [
        (json!({}), "it has no data release"),
        (json!({"release": "%"}), "its data is no base64"),
        (json!({"release": BASE64_STANDARD.encode("%")}), "its release is no base64"),
        (
            json!({"release": BASE64_STANDARD.encode(BASE64_STANDARD.encode("hunter2"))}),
            "its release is not in Helm's format",
        ),
    ] {
        let secret = json!({"metadata": {"name": "s"}, "data": data});
        let error = Record::from_secret(&secret).unwrap_err();
        assert_eq!(error.to_string(), format!("Secret s is no record of Helm: {lacks}"));
    }
    assert_eq!(format!("{:?}", pending(&[])), "sh.helm.release.v1.keystone.v1 pending-install");
}

fn free() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        "[ -~]{0,9}".prop_map(Value::from),
        Just(Value::Null)
    ];
    proptest::collection::btree_map("x[a-z]{1,5}", leaf, 0..5).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #[test]
    fn whatever_a_record_holds_is_there_after_a_round_trip(config in free(), other in free(), chart in free(), info in free()) {
        let mut record = pending(&[]);
        record.release.config = config;
        record.release.other = other;
        record.release.chart.other.extend(chart);
        record.release.info.other = info;
        let read = Record::from_secret(&record.to_secret().unwrap()).unwrap();
        prop_assert_eq!(read.release == record.release, true);
    }
}
