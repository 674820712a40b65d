//! All examples at once, and whatever may happen: deaths, broken connections, refusals and slow answers at any request, passes in
//! any order and beside each other, watches that lag behind. Afterwards the world must be as if nothing had happened.
//!
//! `KUPENSTACK_SEEDS=40 cargo test --lib chance` tries forty courses of events instead of two; `KUPENSTACK_SEED=7` just that one.

use super::{
    examples::{self, Example},
    lifecycle::STAYING,
    points::{Points, Trouble},
    testbed::Testbed,
};
use crate::{kind::MarkerPlace, kinds::KINDS, runtime::managed::reconcile::Reconciler};
use futures::future::join_all;
use parking_lot::Mutex;
use serde_json::json;
use std::{ops::Range, sync::Arc, time::Duration};

/// Courses of events that are tried unless somebody asks for more.
const USUAL: u64 = 2;
/// Lives that end in trouble, before the calm.
const LIVES: usize = 12;
/// Rounds in which everything settles.
const PATIENCE: usize = 120;
/// Refusals that mean: try again.
const REFUSALS: [u16; 5] = [409, 429, 500, 502, 503];

/// Kinds whose lost creates need a person, who is not simulated: what requests about them contain.
const SPARED: [(&str, &[&str]); 7] = [
    ("bgpvpn.BGPVPN", &["bgpvpns"]),
    ("compute.ServerGroup", &["servergroups", "os-server-groups"]),
    ("identity.Limit", &["/limits"]),
    ("network.AddressScope", &["addressscopes", "address-scopes"]),
    ("network.BGPPeer", &["bgppeers", "bgp-peers"]),
    ("network.BGPSpeaker", &["bgpspeakers", "bgp-speakers"]),
    ("network.MeteringLabelRule", &["meteringlabelrules", "metering-label-rules"]),
];

/// Cinder keeps the default volume type of a project that is gone, and takes no order about it.
const KEPT: &str = "default-types";

/// Chance, the same for the same seed: `SplitMix64`.
#[derive(Clone)]
struct Chance(Arc<Mutex<u64>>);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }

    fn below(&self, end: usize) -> usize {
        let mut state = self.0.lock();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }

    fn one_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn shuffled<T: Clone>(&self, items: &[T]) -> Vec<T> {
        let mut left = items.to_vec();
        let mut shuffled = vec![];
        while !left.is_empty() {
            shuffled.push(left.swap_remove(self.below(left.len())));
        }
        shuffled
    }

    /// What befalls an exchange.
    fn trouble(&self, line: &str) -> Option<Trouble> {
        let spared = SPARED.iter().flat_map(|(_, words)| *words).any(|word| line.contains(word));
        if spared || !self.one_in(8) {
            return None;
        }
        Some(match self.below(12) {
            0 => Trouble::DieBefore,
            1 => Trouble::DieUnanswered,
            2 => Trouble::DieAnswered,
            3 | 4 => Trouble::CutBefore,
            5 | 6 => Trouble::CutAfter,
            7 | 8 => Trouble::Refused(REFUSALS[self.below(REFUSALS.len())]),
            _ => Trouble::Slow(Duration::from_millis(100 * u64::try_from(self.below(40)).unwrap())),
        })
    }
}

fn seeds() -> Range<u64> {
    let given = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match given("KUPENSTACK_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..given("KUPENSTACK_SEEDS").unwrap_or(USUAL),
    }
}

/// A round: every resource gets a pass, up to three of them beside each other.
async fn round(testbed: &Testbed, program: &Reconciler, all: &[Example], chance: &Chance) {
    for few in chance.shuffled(all).chunks(1 + chance.below(3)) {
        // A watch may lag behind.
        if !chance.one_in(4) {
            testbed.tell(program, all);
        }
        join_all(few.iter().map(|example| program.reconcile(&example.key))).await;
    }
    tokio::time::sleep(Duration::from_secs(1 + u64::try_from(chance.below(20)).unwrap())).await;
}

/// Lives in trouble, then one without, until everything is as it should be.
async fn settle(
    testbed: &Testbed,
    all: &[Example],
    chance: &Chance,
    good: impl Fn(&Testbed, &Example) -> bool,
) {
    for _ in 0..LIVES {
        let fate = chance.clone();
        let points = Points::with(move |_, line| fate.trouble(line));
        let program = testbed.program(&points);
        let rounds = async {
            for _ in 0..10 {
                round(testbed, &program, all, chance).await;
            }
        };
        tokio::select! {
            biased;
            () = points.death() => {}
            () = rounds => {}
        }
    }
    let program = testbed.program(&Points::with(|_, _| None));
    for _ in 0..PATIENCE {
        round(testbed, &program, all, chance).await;
        if all.iter().all(|example| good(testbed, example)) {
            return;
        }
    }
    let bad: Vec<_> = all.iter().filter(|example| !good(testbed, example)).collect();
    let shown = bad.iter().map(|example| format!("{}: {:#?}", example.key, testbed.object(example)));
    panic!("these do not settle:\n{}", shown.collect::<Vec<_>>().join("\n"));
}

/// The world of all examples, without trouble: what every course of events must come to.
async fn course(all: &[Example], chance: &Chance) {
    let testbed = Testbed::new();
    let empty = testbed.census();
    for example in chance.shuffled(all) {
        testbed.server.put(&example.path, example.manifest.clone());
    }
    settle(&testbed, all, chance, |testbed, example| testbed.well(example).is_ok()).await;
    for (collection, objects) in testbed.census() {
        let twins =
            objects.iter().filter(|object| objects.iter().filter(|other| other == object).count() > 1);
        let twins: Vec<_> = twins.filter(|object| object.to_string().contains("[kupenstack:")).collect();
        assert!(twins.is_empty(), "two of one in {collection}: {twins:#?}");
    }
    for example in all {
        testbed.change(example, |object| {
            object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z");
        });
    }
    settle(&testbed, all, chance, |testbed, example| testbed.object(example).is_none()).await;
    let left = testbed.census();
    let stays = |place: &str| place == KEPT || STAYING.iter().any(|(_, staying)| *staying == place);
    let goes = |(collection, _): &(&String, _)| !stays(collection.as_str());
    for (collection, objects) in left.iter().filter(goes) {
        let before = empty.get(collection).map_or(0, Vec::len);
        assert_eq!(objects.len(), before, "{collection}: {objects:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_happens_the_world_becomes_what_the_examples_say_and_then_nothing() {
    let all = examples::all();
    for seed in seeds() {
        println!("seed {seed}");
        course(&all, &Chance::new(seed)).await;
    }
}

#[test]
fn only_creates_that_nothing_can_mark_are_spared() {
    let kinds = KINDS.iter().filter(|kind| kind.info().marker == MarkerPlace::None).map(|kind| kind.id());
    assert_eq!(SPARED.map(|(kind, _)| kind), kinds.collect::<Vec<_>>().as_slice());
}
