use super::*;
use crate::profile::path;

const URL: &str = "https://profiles.example.org/base.yaml?signature=hunter2";
const SHOWN: &str = "https://profiles.example.org/base.yaml";

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else { panic!("{value} is no object") };
    object
}

fn digest(char: char) -> String {
    char.to_string().repeat(64)
}

fn from(url: &str, sha256: char) -> Map<String, Value> {
    object(json!({"from": url, "fromSha256": digest(sha256)}))
}

/// A RemoteProfile that read a file.
fn read(sha256: char, spec: Value, nulls: &[&str]) -> ComposedResource {
    let status = json!({"conditions": [{"type": "Ready", "status": "True"}],
        "atProvider": {"digest": digest(sha256), "spec": spec, "nulls": nulls}});
    ComposedResource { object: object(json!({"status": status})), details: BTreeMap::new() }
}

/// The one that is composed for an address.
fn key(spec: &Map<String, Value>) -> String {
    let line = follow(spec, "ns", &ComposedResources::new());
    line.resources.into_keys().next().unwrap()
}

fn why(line: &Line) -> String {
    let Next::Refused(refusal) = &line.next else { panic!("{:?}", line.next) };
    refusal.to_string()
}

#[test]
fn a_name_is_followed_no_further_and_needs_nothing() {
    for (spec, next) in [
        (json!({"nova": {}}), Next::Nothing),
        (json!({"from": "base.other"}), Next::Named("base.other".to_owned())),
    ] {
        let line = follow(&object(spec), "ns", &ComposedResources::new());
        assert_eq!((line.next, line.read.len(), line.resources.len()), (next, 0, 0));
    }
}

#[test]
fn what_lies_at_an_address_is_composed_and_waited_for() {
    let mut spec = from(URL, 'A');
    spec.insert("providerConfigRef".to_owned(), json!({"kind": "ProviderConfig", "name": "default"}));
    let line = follow(&spec, "ns", &ComposedResources::new());
    let (key, wanted) = line.resources.iter().next().unwrap();
    assert_eq!(
        wanted.object,
        json!({"apiVersion": "component.kupenstack.io/v1alpha1", "kind": "RemoteProfile",
            "metadata": {"namespace": "ns", "annotations": {"crossplane.io/external-name": key}},
            "spec": {"managementPolicies": ["Observe"], "forProvider": {"url": URL, "sha256": digest('a')},
                "providerConfigRef": {"kind": "ProviderConfig", "name": "default"}}})
    );
    assert!(!wanted.ready);
    assert_eq!(why(&line), format!("profile {SHOWN} is not fetched yet"));
    let other = follow(&from(URL, 'b'), "ns", &ComposedResources::new());
    assert!(!other.resources.contains_key(key), "another checksum is another resource");
}

#[test]
fn scenario_12_what_can_not_be_fetched_says_why_without_what_is_secret_in_the_address() {
    let spec = from(URL, 'a');
    let told = "source profiles.example.org has other data than wanted, nothing of them was kept: their sha256 is 00";
    let status = json!({"conditions": [{"type": "Synced", "status": "False", "message": told}]});
    let failed = ComposedResource { object: object(json!({"status": status})), details: BTreeMap::new() };
    let line = follow(&spec, "ns", &[(key(&spec), failed)].into());
    assert_eq!(why(&line), format!("profile {SHOWN} can't be used: {told}"));
    assert!(line.read.is_empty() && line.resources.len() == 1);
}

#[test]
fn what_was_read_is_a_layer_with_its_nulls_and_may_name_a_parent_in_turn() {
    let spec = from(URL, 'a');
    let told = json!({"from": "root", "nova": {"conf": {"nova": {"a": 1}}}, "crossplane": {}});
    let seen = read('a', told, &["/nova/conf/nova/b~1c", "/nova/values/storage", "/nova/conf/nova/a/x"]);
    let line = follow(&spec, "ns", &[(key(&spec), seen)].into());
    assert_eq!(line.next, Next::Named("root".to_owned()));
    let [RemoteParent { origin, profile }] = line.read.as_slice() else { panic!("{:?}", line.read) };
    assert_eq!((origin.as_str(), profile.refusals.len()), (SHOWN, 0));
    assert_eq!(json!(profile.layer.tree["nova"]["conf"]), json!({"nova": {"a": 1}}));
    let cleared: Vec<_> = profile.layer.cleared.iter().map(|at| path::text(at)).collect();
    assert_eq!(cleared, ["nova.conf.nova.b/c", "nova.values.storage"]);
    assert!(line.resources.values().all(|wanted| wanted.ready));
}

#[test]
fn a_file_that_was_read_stays_right_though_it_is_there_no_more() {
    let spec = from(URL, 'a');
    let mut seen = read('a', json!({"nova": {}}), &[]);
    seen.object["status"]["conditions"] =
        json!([{"type": "Synced", "status": "False", "message": "answered 404"}]);
    let line = follow(&spec, "ns", &[(key(&spec), seen)].into());
    assert_eq!((line.next, line.read.len()), (Next::Nothing, 1));
}

#[test]
fn addresses_in_a_row_are_followed_up_to_a_bound() {
    let url = |number: usize| format!("https://profiles.example.org/{number}.yaml");
    let spec = |number: usize| object(json!({"from": url(number), "fromSha256": digest('a')}));
    let seen: ComposedResources =
        (0..9).map(|number| (key(&spec(number)), read('a', Value::Object(spec(number + 1)), &[]))).collect();
    let line = follow(&spec(0), "ns", &seen);
    assert_eq!((line.read.len(), line.resources.len()), (8, 8));
    assert_eq!(why(&line), format!("more than 8 profiles build on each other, counted from {}", url(8)));
}

#[test]
fn scenario_12_a_parent_that_is_no_address_or_lacks_its_checksum_is_refused_by_name() {
    for (spec, told) in [
        (json!({"from": URL}), format!("from: {SHOWN}: fromSha256 has to be the SHA-256")),
        (
            json!({"from": URL, "fromSha256": "00"}),
            format!("from: {SHOWN}: fromSha256 has to be the SHA-256"),
        ),
        (
            json!({"from": "ftp://example.org/a.yaml", "fromSha256": digest('a')}),
            "from: ftp://example.org/a.yaml: a parent is".to_owned(),
        ),
        (json!({"from": "/base.yaml"}), "from: /base.yaml: a parent is".to_owned()),
        (json!({"from": 5}), "spec.from: must be text, is a number".to_owned()),
    ] {
        let line = follow(&object(spec), "ns", &ComposedResources::new());
        assert!(why(&line).starts_with(&told), "{}", why(&line));
        assert_eq!(line.resources.len(), 0);
    }
    let spec = from(URL, 'a');
    let line = follow(&spec, "ns", &[(key(&spec), read('a', json!({"from": ["x"]}), &[]))].into());
    assert_eq!(why(&line), format!("{SHOWN}: spec.from: must be text, is a list"));
}
