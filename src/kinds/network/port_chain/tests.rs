use crate::{kind::Goal, kinds::tests::asked::about};
use serde_json::json;

/// The groups that the next request says, or the step.
fn next(wanted: &[&str], have: &[&str]) -> String {
    let step = about("network.PortChain", json!({ "portPairGroupIds": wanted })).named("i");
    let step = step.next(Goal::Match, json!({ "portPairGroupIds": have }));
    let groups = step.strip_prefix(r#"PUT /sfc/port_chains/i {"port_chain":{"port_pair_groups":["#);
    groups
        .and_then(|groups| groups.strip_suffix("]}}"))
        .map_or(step.clone(), |groups| groups.replace('"', ""))
}

#[test]
fn groups_whose_place_changes_are_out_of_the_chain_for_a_moment() {
    for (have, wanted, first, then) in [
        (&["a"][..], &["a", "b"][..], "a,b", "Done"),
        (&["a", "b"], &["a"], "a", "Done"),
        (&["a", "b"], &["c", "d"], "c,d", "Done"),
        (&["a", "c"], &["a", "b", "c"], "a", "a,b,c"),
        (&["a", "b"], &["b"], "a", "b"),
        (&["a", "b", "c"], &["b", "d"], "a,c", "b,d"),
    ] {
        let sent = next(wanted, have);
        assert_eq!(sent, first, "{have:?}");
        assert_eq!(next(wanted, &sent.split(',').collect::<Vec<_>>()), then, "{have:?}");
    }
    let swapped = next(&["b", "a"], &["a", "b"]);
    assert!(swapped.starts_with("Refuse") && swapped.contains("order"), "{swapped}");
}
