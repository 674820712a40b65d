use super::*;
use crate::kind::{
    Meta,
    any::{AnyKey, Observed, Shapes},
    cloud::CloudInfo,
    marker::{METADATA_KEY, Marker},
    sealed::Sealed,
};
use secrecy::ExposeSecret;
use serde_json::Map;

const PATH: &str = "/namespaces/openstack/generatedsecrets/passwords-generated";

fn marker() -> Marker {
    Marker { uid: "00000000-0000-4000-8000-000000000001".into(), owner: "0123456789abcdef0123".into() }
}

/// Two texts, one of them hexadecimal.
fn params() -> GeneratedSecretParameters {
    serde_json::from_value(json!({"keys": [{"name": "a"}, {"name": "b", "format": "Hex", "length": 64}]}))
        .unwrap()
}

fn asked<T>(external_name: Option<&str>, ask: impl FnOnce(&Asked<'_>) -> T) -> T {
    asked_for(&params(), external_name, ask)
}

fn asked_for<T>(
    params: &GeneratedSecretParameters,
    external_name: Option<&str>,
    ask: impl FnOnce(&Asked<'_>) -> T,
) -> T {
    let (untyped, shapes, marker) = (Map::new(), Shapes::default(), marker());
    let meta =
        Meta { namespace: "openstack", name: "passwords", external_name, marker: &marker, creating: false };
    ask(&Key { params, any: &AnyKey::new(&untyped, meta, &shapes) })
}

/// Asks something of a Secret in which these were made, for the owner of this marker.
fn seen<T>(made: &[&str], owner: &str, ask: impl FnOnce(&Asked<'_>, &Seen<'_, GeneratedSecret>) -> T) -> T {
    let sealed = made.iter().map(|name| ((*name).to_owned(), "hunter2".into()));
    let observed = Observed { sealed: Sealed(sealed.collect()), ..Observed::default() };
    let made = made.iter().map(|name| (*name).to_owned()).collect();
    let state = GeneratedSecretObservation { made, owner: owner.to_owned(), ..Default::default() };
    asked(None, |key| ask(key, &Seen::<GeneratedSecret> { params: params(), state, any: &observed }))
}

fn line(step: &Step) -> String {
    match step {
        Step::Send(request) => {
            let keys = request.body.as_ref().map(|body| body["keys"].as_array().unwrap().len());
            format!(
                "{} {}{}",
                request.method,
                request.path,
                keys.map_or(String::new(), |n| format!(" {n} keys"))
            )
        }
        Step::Done => "done".to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn texts_are_made_added_and_deleted_and_never_made_again() {
    let step = |goal, made: &[&str]| {
        line(
            &seen(made, "", |key, seen| GeneratedSecret::step(goal, key, Some(seen), &Diff::default()))
                .unwrap(),
        )
    };
    let absent =
        |goal| line(&asked(None, |key| GeneratedSecret::step(goal, key, None, &Diff::default())).unwrap());
    assert_eq!(absent(Goal::Exist), format!("POST {PATH} 2 keys"));
    assert_eq!(absent(Goal::Vanish), "done");
    assert_eq!(step(Goal::Exist, &["a", "b"]), "done");
    assert_eq!(step(Goal::Match, &["a"]), format!("PUT {PATH} 2 keys"));
    assert_eq!(step(Goal::Match, &["a", "b", "c"]), "done", "what is no longer named stays");
    assert_eq!(step(Goal::Vanish, &["a"]), format!("DELETE {PATH}"));
}

#[test]
fn what_is_missing_is_drift_by_name() {
    assert_eq!(seen(&["a"], "", GeneratedSecret::drift), ["keys[b]"]);
    assert!(seen(&["a", "b"], "", GeneratedSecret::drift).is_empty());
}

/// What differs, and the step that is taken, where one text is wanted so and there in these generations.
fn renewed(wanted: &Value, newest: u16, oldest: u16) -> (Vec<String>, String) {
    let params: GeneratedSecretParameters = serde_json::from_value(json!({"keys": [wanted]})).unwrap();
    let of = |generation| BTreeMap::from([("a".to_owned(), generation)]);
    let mut state = GeneratedSecretObservation { made: vec!["a".to_owned()], ..Default::default() };
    if newest > 1 {
        (state.generations, state.oldest) = (of(newest), of(oldest));
    }
    let seen = Seen::<GeneratedSecret> { params: params.clone(), state, any: &Observed::default() };
    asked_for(&params, None, |key| {
        let step = GeneratedSecret::step(Goal::Match, key, Some(&seen), &Diff::default()).unwrap();
        (GeneratedSecret::drift(key, &seen), line(&step))
    })
}

#[test]
fn a_raised_generation_makes_a_text_anew_and_nothing_else_does() {
    let (put, done) = (format!("PUT {PATH} 1 keys"), "done".to_owned());
    for (wanted, there, differs) in [
        (json!({"name": "a"}), (1, 1), ""),
        (json!({"name": "a", "generation": 2}), (1, 1), "keys[a].generation"),
        (json!({"name": "a", "generation": 2}), (2, 1), ""),
        (json!({"name": "a", "generation": 5}), (2, 1), "keys[a].generation"),
        (json!({"name": "a", "generation": 1}), (2, 1), ""),
        (json!({"name": "a", "format": "Hex", "length": 8, "generation": 2}), (2, 1), ""),
        (json!({"name": "a", "generation": 2, "oldest": 2}), (2, 1), "keys[a].oldest"),
        (json!({"name": "a", "generation": 2, "oldest": 2}), (2, 2), ""),
        (json!({"name": "a", "generation": 2, "oldest": 9}), (2, 2), ""),
        (json!({"name": "a", "oldest": 9}), (1, 1), ""),
    ] {
        let (found, step) = renewed(&wanted, there.0, there.1);
        let differs: Vec<_> = Some(differs).filter(|differs| !differs.is_empty()).into_iter().collect();
        assert_eq!(found, differs, "{wanted} where there is {there:?}");
        assert_eq!(step, if differs.is_empty() { done.clone() } else { put.clone() }, "{wanted}");
    }
}

#[test]
fn a_text_that_is_named_as_a_generation_of_another_is_refused() {
    let params =
        serde_json::from_value(json!({"keys": [{"name": "a"}, {"name": "a.2"}, {"name": "a.b"}]})).unwrap();
    let step =
        asked_for(&params, None, |key| GeneratedSecret::step(Goal::Exist, key, None, &Diff::default()));
    let Step::Refuse(why) = step.unwrap() else { panic!() };
    assert_eq!(why, "keys[a.2] is named as a generation of a: choose another name");
}

#[test]
fn a_create_says_forms_lengths_and_whose_it_is() {
    let Step::Send(request) =
        asked(None, |key| GeneratedSecret::step(Goal::Exist, key, None, &Diff::default())).unwrap()
    else {
        panic!()
    };
    let wanted = json!({"marker": marker().text(), "keys": [
        {"name": "a", "format": "Alphanumeric", "length": 32, "generation": 1, "oldest": null},
        {"name": "b", "format": "Hex", "length": 64, "generation": 1, "oldest": null}]});
    assert_eq!(request.body, Some(wanted));
}

#[test]
fn the_secret_stands_beside_the_connection_secret_unless_people_name_it() {
    assert_eq!(asked(None, path), PATH);
    assert_eq!(asked(Some("theirs"), path), "/namespaces/openstack/generatedsecrets/theirs");
}

#[test]
fn only_the_own_secret_is_recognised() {
    let recognises = |owner: &str| seen(&["a"], owner, GeneratedSecret::recognises);
    assert!(recognises(&marker().text()));
    assert!(!recognises("") && !recognises(&marker().text().replace("0001:", "0002:")));
}

#[test]
fn values_reach_the_connection_secret_and_nothing_else() {
    let body =
        json!({"id": "passwords-generated", "made": ["a"], "metadata": {METADATA_KEY: marker().text()}});
    let answer =
        Answer::Compared { body: body.clone(), sealed: Sealed([("a".into(), "hunter2".into())].into()) };
    let Found::One { body: found, .. } = asked(None, |key| GeneratedSecret::parse(key, &[answer])).unwrap()
    else {
        panic!()
    };
    assert_eq!(found, body);
    let told = seen(&["a"], "", |key, seen| GeneratedSecret::connection(key, seen, &CloudInfo::UNKNOWN));
    assert_eq!(told["a"].expose_secret(), "hunter2");
    assert!(matches!(
        asked(None, |key| GeneratedSecret::parse(key, &[Answer::Gone])).unwrap(),
        Found::Absent
    ));
}
