use super::*;
use crate::kind::{
    Goal, Info, Kind, MarkerPlace, Meta, Statuses,
    any::{AnyKey, AnyKind, Erased, Observed},
    marker::Marker,
    request::{Request, service::COMPUTE},
    rest::Rest,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A kind with a row of every sort.
struct Thing;

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
struct Fields {
    name: Option<String>,
    alone: Option<bool>,
    size: Option<u32>,
    tags: Option<Vec<String>>,
    extra_specs: Option<BTreeMap<String, String>>,
    power: Option<String>,
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct State {
    status: String,
}

impl Kind for Thing {
    type Parameters = Fields;
    type Observation = State;
    const INFO: Info = Info {
        kind: "Thing",
        plural: "things",
        short: "osthg",
        marker: MarkerPlace::Tags,
        ..Info::of(&COMPUTE)
    };
    const REST: Option<Rest> = Some(Rest::plain("things", "thing"));
    const STATUSES: Option<Statuses> =
        Some(Statuses { busy: |status| status == "BUSY", ..Statuses::of("thing", &["IDLE"]) });
    const CHANGES: &'static [Change<Fields, State>] = &[
        Change::new(&["power"], By::Function(power)).at_once(),
        Change::new(&["size"], By::Action("grow", "to")).unless(shrinks),
        Change::new(&["alone"], By::Update),
        Change::new(&["tags"], By::SubResource("tags")),
        Change::new(&["extraSpecs"], By::SubKeys("os-specs")),
    ];
}

fn power(thing: &Requests<'_>, key: &Key<'_, Fields>, _: &TypedObserved<'_, Fields, State>) -> Option<Step> {
    let action = key.params.power.as_deref().filter(|power| *power != "nothing to do")?;
    Some(thing.act(action, Value::Null))
}

fn shrinks(key: &Key<'_, Fields>, seen: &TypedObserved<'_, Fields, State>) -> Option<Step> {
    (key.params.size < seen.params.size).then(|| Step::Refuse("it can't shrink".to_owned()))
}

fn next(wanted: &Value, have: &Value) -> String {
    let kind = Erased::<Thing>::new();
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "t", external_name: Some("i"), creating: false, marker: &marker };
    let params = serde_json::from_value(wanted.clone()).unwrap();
    let observed =
        Observed { at_provider: serde_json::from_value(have.clone()).unwrap(), ..Observed::default() };
    let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
    let diff = (&kind as &dyn AnyKind).diff(&params, &observed).unwrap();
    match kind.step(Goal::Match, &key, Some(&observed), &diff).unwrap() {
        Step::Send(Request { method, path, body: Some(body), .. }) => format!("{method} {path} {body}"),
        Step::Send(Request { method, path, .. }) => format!("{method} {path}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn an_update_that_must_come_alone_goes_first_then_the_plain_one_then_the_rows_in_their_order() {
    let wanted = json!({"name": "b", "alone": true, "size": 2, "tags": ["x"], "power": "stop"});
    let mut have = json!({"name": "a", "alone": false, "size": 1, "tags": [], "power": "start"});
    for (sent, field) in [
        (r#"PUT /things/i {"thing":{"alone":true}}"#, "alone"),
        (r#"PUT /things/i {"thing":{"name":"b"}}"#, "name"),
        (r#"POST /things/i/action {"stop":null}"#, "power"),
        (r#"POST /things/i/action {"grow":{"to":2}}"#, "size"),
        (r#"PUT /things/i/tags {"tags":["x","[kupenstack:u:o]"]}"#, "tags"),
    ] {
        assert_eq!(next(&wanted, &have), sent);
        have[field] = wanted[field].clone();
    }
    assert_eq!(next(&wanted, &have), "Done");
}

#[test]
fn a_row_waits_for_the_state_that_it_needs_and_holds_up_those_behind_it_but_not_the_update() {
    let wanted = json!({"name": "b", "size": 2, "tags": ["x"]});
    let have = |name: &str| json!({"name": name, "size": 1, "tags": [], "status": "BUSY"});
    assert_eq!(next(&wanted, &have("a")), r#"PUT /things/i {"thing":{"name":"b"}}"#);
    assert_eq!(next(&wanted, &have("b")), r#"Wait("the thing, which is BUSY")"#);
    let power = json!({"power": "stop", "size": 2});
    assert_eq!(next(&power, &have("b")), r#"POST /things/i/action {"stop":null}"#, "this row does not wait");
}

#[test]
fn a_function_that_has_nothing_to_do_does_not_hold_up_the_rows_behind_it() {
    let wanted = json!({"power": "nothing to do", "size": 2});
    assert_eq!(next(&wanted, &json!({"size": 1})), r#"POST /things/i/action {"grow":{"to":2}}"#);
    assert_eq!(next(&wanted, &json!({"size": 2})), "Done");
}

#[test]
fn a_row_that_refuses_does_not_hold_up_the_rows_behind_it_and_is_heard_in_the_end() {
    let wanted = json!({"size": 1, "tags": ["x"]});
    let tags = r#"PUT /things/i/tags {"tags":["x","[kupenstack:u:o]"]}"#;
    assert_eq!(next(&wanted, &json!({"size": 2, "tags": []})), tags);
    assert_eq!(next(&wanted, &json!({"size": 2, "tags": ["x"]})), r#"Refuse("it can't shrink")"#);
}

#[test]
fn keys_below_the_object_are_set_at_once_and_what_is_too_much_goes_one_by_one() {
    let next =
        |wanted: Value, have: Value| next(&json!({"extraSpecs": wanted}), &json!({"extraSpecs": have}));
    let have = json!({"keep": "1", "old": "1", "older": "1"});
    assert_eq!(
        next(json!({"keep": "2", "new": "1"}), have.clone()),
        r#"POST /things/i/os-specs {"extra_specs":{"keep":"2","new":"1"}}"#
    );
    assert_eq!(next(json!({"keep": "1"}), have), "DELETE /things/i/os-specs/old");
    assert_eq!(next(json!({"keep": "1"}), json!({"keep": "1"})), "Done");
}
