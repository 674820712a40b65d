use super::*;
use proptest::prelude::*;

fn release(text: &str) -> OpenStackRelease {
    text.parse().unwrap()
}

const STAGES: [Stage; 5] =
    [Stage::Passwords, Stage::Infrastructure, Stage::Identity, Stage::Placement, Stage::Compute];

/// A cloud of one part a stage that is all at a release.
fn cloud(at: &str, target: &str) -> Vec<Member> {
    let (at, target) = (Some(release(at)), Some(release(target)));
    let standing = Standing { exists: true, ready: true, asked: at, committed: at, running: at };
    let passwords = Standing { exists: true, ready: true, ..Standing::default() };
    let member = |stage: Stage| match stage {
        Stage::Passwords => Member { stage, target: None, follows: false, standing: passwords },
        _ => Member { stage, target, follows: false, standing },
    };
    STAGES.map(member).into()
}

fn shown(members: &[Member], paused: bool) -> Vec<String> {
    let show = |gate: Decision| match gate {
        Decision::Wait => "closed".to_owned(),
        Decision::Compose(None) => "open".to_owned(),
        Decision::Compose(Some(release)) => release.to_string(),
    };
    decide(members, paused).into_iter().map(show).collect()
}

#[test]
fn a_new_cloud_opens_stage_by_stage() {
    let mut members = cloud("2025.2", "2025.2");
    members.iter_mut().for_each(|member| member.standing = Standing::default());
    assert_eq!(shown(&members, false), ["open", "closed", "closed", "closed", "closed"]);
    members[0].standing = Standing { exists: true, ready: true, ..Standing::default() };
    assert_eq!(shown(&members, false), ["open", "2025.2", "closed", "closed", "closed"]);
    members[1].standing = Standing { exists: true, asked: members[1].target, ..Standing::default() };
    assert_eq!(shown(&members, false), ["open", "2025.2", "closed", "closed", "closed"], "not ready yet");
}

#[test]
fn an_upgrade_goes_stage_by_stage_and_what_has_not_begun_keeps_what_it_has() {
    let mut members = cloud("2025.1", "2025.2");
    assert_eq!(shown(&members, false), ["open", "2025.2", "2025.1", "2025.1", "2025.1"]);
    members[1].standing.running = members[1].target;
    assert_eq!(shown(&members, false), ["open", "2025.2", "2025.2", "2025.1", "2025.1"]);
}

#[test]
fn a_pause_holds_what_has_not_begun_and_lets_go_on_what_has() {
    let mut members = cloud("2025.1", "2025.2");
    assert_eq!(shown(&members, true), ["open", "2025.1", "2025.1", "2025.1", "2025.1"]);
    members[1].standing.committed = members[1].target;
    assert_eq!(shown(&members, true)[1], "2025.2");
}

#[test]
fn an_earlier_stage_that_becomes_unready_takes_nothing_back() {
    let mut members = cloud("2025.2", "2025.2");
    members[1].standing.ready = false;
    assert_eq!(shown(&members, false), ["open", "2025.2", "2025.2", "2025.2", "2025.2"]);
    let mut members = cloud("2025.1", "2025.2");
    members[1].standing.running = members[1].target;
    members[2].standing.asked = members[2].target;
    members[1].standing.ready = false;
    assert_eq!(shown(&members, false)[2], "2025.2", "what was asked for stays asked for");
    assert_eq!(shown(&members, false)[3], "2025.1");
}

#[test]
fn going_back_before_anything_began_gives_all_the_release_that_they_have() {
    let mut members = cloud("2025.1", "2025.1");
    members[1].standing.asked = Some(release("2025.2"));
    assert_eq!(shown(&members, false), ["open", "2025.1", "2025.1", "2025.1", "2025.1"]);
}

#[test]
fn a_component_that_is_turned_on_during_an_upgrade_waits_for_its_turn() {
    let mut members = cloud("2025.1", "2025.2");
    members[3].standing = Standing::default();
    assert_eq!(shown(&members, false)[3], "closed");
}

#[test]
fn what_needs_another_of_its_stage_comes_up_beside_it_and_is_upgraded_after_it() {
    let mut members = cloud("2025.1", "2025.2");
    for member in &mut members[..4] {
        member.standing.running = member.target;
    }
    members.push(Member { follows: true, ..members[4] });
    assert_eq!(shown(&members, false)[4..], ["2025.2", "2025.1"]);
    members[4].standing.running = members[4].target;
    assert_eq!(shown(&members, false)[5], "2025.2");
    members[4..].iter_mut().for_each(|member| member.standing = Standing::default());
    assert_eq!(shown(&members, false)[4..], ["2025.2", "2025.2"]);
}

/// What can happen to one part between two looks.
#[derive(Clone, Copy, Debug)]
enum Event {
    Ready(bool),
    Begin,
    Finish,
    Look,
    LoseStatus,
}

fn event() -> impl Strategy<Value = (usize, Event)> {
    let what = prop_oneof![
        any::<bool>().prop_map(Event::Ready),
        Just(Event::Begin),
        Just(Event::Finish),
        Just(Event::Look),
        Just(Event::LoseStatus),
    ];
    (0..STAGES.len(), what)
}

/// Carries out what the gates said, and something that happens.
fn advance(members: &mut [Member], said: &[Decision], (at, event): (usize, Event)) {
    for (member, gate) in members.iter_mut().zip(said) {
        if let Decision::Compose(asked) = gate {
            member.standing.exists = true;
            member.standing.asked = *asked;
        }
    }
    let standing = &mut members[at].standing;
    match event {
        _ if !standing.exists => {}
        Event::Ready(ready) => standing.ready = ready,
        Event::Begin => standing.committed = standing.asked,
        Event::Finish => {
            (standing.committed, standing.running, standing.ready) = (standing.asked, standing.asked, true);
        }
        Event::LoseStatus => (standing.committed, standing.running, standing.ready) = (None, None, false),
        Event::Look => {}
    }
}

proptest! {
    #[test]
    fn nothing_is_ever_taken_back_whatever_happens(
        new in any::<bool>(), history in proptest::collection::vec((event(), any::<bool>()), 1..60)
    ) {
        let mut members = cloud("2025.1", "2025.2");
        if new {
            members.iter_mut().for_each(|member| member.standing = Standing::default());
        }
        let mut before = decide(&members, false);
        for (event, paused) in history {
            advance(&mut members, &before, event);
            let now = decide(&members, paused);
            for (before, now) in before.iter().zip(&now) {
                match (before, now) {
                    (Decision::Compose(before), Decision::Compose(now)) => prop_assert!(now >= before, "{before:?} → {now:?}"),
                    (Decision::Compose(_), Decision::Wait) => prop_assert!(false, "a gate was closed"),
                    (Decision::Wait, _) => {}
                }
            }
            before = now;
        }
    }

    #[test]
    fn no_stage_gets_the_target_before_all_earlier_ones_have_it(
        history in proptest::collection::vec(event(), 1..60)
    ) {
        let mut members = cloud("2025.1", "2025.2");
        let mut reached = vec![false; members.len()];
        for event in history {
            let said = decide(&members, false);
            for (at, gate) in said.iter().enumerate() {
                let asks = members[at].target.is_some() && *gate == Decision::Compose(members[at].target);
                let earlier = members.iter().filter(|other| other.stage < members[at].stage);
                if asks && !reached[at] {
                    prop_assert!(earlier.clone().all(|other| other.standing.done(other.target)));
                }
                reached[at] |= asks;
            }
            advance(&mut members, &said, event);
        }
    }

    #[test]
    fn a_cloud_whose_parts_all_finish_reaches_its_target(order in proptest::collection::vec(0..STAGES.len(), 40..60)) {
        let mut members = cloud("2025.1", "2025.2");
        for at in order.into_iter().chain(0..STAGES.len()) {
            let said = decide(&members, false);
            advance(&mut members, &said, (at, Event::Finish));
        }
        prop_assert_eq!(current(&members), None);
    }
}
