//! What holds in every state.

use super::*;

#[test]
fn rec_2_ready_is_true_only_when_the_cloud_says_so() {
    let says = |case: &Case| match case.planned() {
        Finish(v) => v.conditions.iter().any(|c| c.r#type == "Ready" && c.status == "True"),
        Perform(_) => false,
    };
    assert!(says(&Case::new()));
    for case in [
        Case::fresh(),
        Case::new().absent(),
        Case::new().deleted(),
        Case::new().it(|it| it.ready = None),
        Case::new().it(|it| it.ready = Some(Ready::Not("BUILD".into()))),
        Case::new().know(|s| s.found = Some(Err(Failure::transient("R", "away")))),
        Case::new().know(|s| s.connection = Some(Err(Failure::transient("R", "away")))),
    ] {
        assert!(!says(&case));
    }
}

/// All sets × {there, not} × {deleted, live} × {as wanted, differing}: nothing outside the policies is ever done.
#[test]
fn no_state_leads_to_more_than_the_policies_allow() {
    let all = ["Observe", "Create", "Update", "Delete", "LateInitialize"];
    for bits in 0_u8..32 {
        let set: Vec<_> =
            all.iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0).map(|(_, p)| *p).collect();
        let has = |policy| set.contains(&policy);
        for (absent, deleted, differing) in (0..8).map(|n| (n & 1 != 0, n & 2 != 0, n & 4 != 0)) {
            let mut case = Case::new().policies(&serde_json::to_string(&set).unwrap());
            case = if absent { case.absent() } else { case };
            case = if deleted { case.deleted() } else { case };
            case = if differing { case.differs() } else { case };
            let Perform(effect) = case.planned() else { continue };
            match effect {
                Effect::BeginCreate | Effect::Pursue(Goal::Exist) => {
                    assert!(has("Create") && absent && !deleted);
                }
                Effect::Pursue(Goal::Match) => assert!(has("Update") && !absent && !deleted && differing),
                Effect::Pursue(Goal::Vanish) => assert!(has("Delete") && !absent && deleted),
                Effect::Release => assert!(deleted && (absent || !has("Delete")), "{set:?}"),
                _ => {}
            }
        }
    }
}
