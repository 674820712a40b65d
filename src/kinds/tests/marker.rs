use crate::{
    kind::{
        Goal, MarkerPlace, Meta, Step,
        any::{AnyKey, Observed},
        marker::Marker,
    },
    kinds::KINDS,
};
use serde_json::{Map, Value, json};

#[test]
fn an_update_of_the_markers_place_alone_carries_our_marker_for_every_kind_whose_place_can_be_updated() {
    let mine = Marker { uid: "u".into(), owner: "mine".into() };
    let meta = Meta { namespace: "a", name: "n", external_name: Some("i"), marker: &mine, creating: false };
    let mut fixed = vec![];
    for kind in KINDS
        .iter()
        .filter(|kind| matches!(kind.info().marker, MarkerPlace::Description | MarkerPlace::Metadata))
    {
        let have = json!({"id": "i", "description": "d", "metadata": {"a": "b"}, "status": "available",
            "powerState": "active"});
        let have = serde_json::from_value::<Map<String, Value>>(have).unwrap();
        let known = &kind.shapes().unwrap();
        let known = |name: &String| known.params.field(name).or(known.state.field(name)).is_some();
        let at_provider: Map<_, _> = have.into_iter().filter(|(name, _)| known(name)).collect();
        let marker = Some(Marker { uid: "u".into(), owner: "theirs".into() });
        let observed = Observed { at_provider, marker, ..Observed::default() };
        let Some((params, diff)) = kind.remarking(&Map::new(), &observed).unwrap() else {
            fixed.push(kind.id());
            continue;
        };
        let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
        let step = kind.step(Goal::Match, &key, Some(&observed), &diff).unwrap();
        let Step::Send(request) = step else { panic!("{}: {step:?}", kind.id()) };
        assert!(request.body.unwrap().to_string().contains(&mine.text()), "{}", kind.id());
    }
    assert_eq!(
        fixed,
        [
            "blockstorage.VolumeGroupSnapshot",
            "compute.ServerSnapshot",
            "identity.ApplicationCredential",
            "identity.Trust",
            "network.DefaultSecurityGroupRule",
            "network.MeteringLabel",
            "network.SecurityGroupRule"
        ],
        "these can't be changed at all"
    );
}
