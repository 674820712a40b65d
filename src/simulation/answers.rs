//! Every answer that is none, for minutes, from every service of the registry and at every stage of a life. While it lasts,
//! the conditions say what is wrong, no name changes and nothing is let go that is there; once it is over, nobody is
//! needed, and the world is as after a calm life.
//!
//! Of each service the kind that needs the least stands for all; `KUPENSTACK_ALL_KINDS=1 cargo test --lib answers` takes every
//! kind.

mod table;

use super::{
    census::Census,
    examples::{self, Example},
    lifecycle::{Case, STAYING, cases, need, needs_a_person},
    points::{Instead, Points, Trouble},
    testbed::{Testbed, World},
};
use crate::{
    api::{condition::STALLED, managed::Managed, meta::EXTERNAL_NAME},
    kind::MarkerPlace,
    kinds::KINDS,
    runtime::plan::pass_result::Requeue,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};
use table::{BAD, Bad};
use tokio::time::Instant;

/// How long an answer stays bad: longer than a lost create is waited for.
const LASTS: Duration = Duration::from_secs(90);
/// More passes than any resource needs until it is settled.
const PATIENCE: usize = 300;

/// Which requests are answered badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hit {
    Reads,
    Writes,
    /// All reads, after the answer to the first write was lost.
    ReadsAfterALoss,
}

/// A stage of a life: where it begins, and which of its requests are hit.
struct Stage {
    name: &'static str,
    from: Testbed,
    hit: Hit,
}

/// What comes of a stage without trouble.
struct Calm {
    wanted: Census,
    /// There are never more than before and afterwards.
    most: Counts,
}

impl Stage {
    async fn calm(&self, life: &Life) -> Calm {
        let (calm, mut most) = (self.from.copy(), counts(self.from.world.content()));
        calm.live(&life.example, &life.all, None).await;
        for (collection, count) in counts(calm.world.content()) {
            let known = most.entry(collection).or_default();
            *known = count.max(*known);
        }
        Calm { wanted: calm.census(), most }
    }
}

/// One kind's example, and what it needs.
struct Life {
    example: Example,
    all: Vec<Example>,
    case: Case,
}

impl Life {
    fn of(id: &str) -> Self {
        let all = examples::all();
        let case = cases().into_iter().find(|case| case.kind == id).unwrap();
        Self { example: examples::of(&all, id).clone(), all, case }
    }

    /// All stages of it.
    async fn stages(&self) -> Vec<Stage> {
        let Self { example, all, case } = self;
        let wanted = Testbed::new();
        need(&wanted, example, all, case.beside).await;
        wanted.server.put(&example.path, example.manifest.clone());
        let made = wanted.copy();
        made.live(example, all, None).await;
        made.well(example).unwrap();
        let gone = made.copy();
        gone.change(example, |it| it["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
        let of = |name, from: &Testbed, hit| Stage { name, from: from.copy(), hit };
        let mut stages = vec![
            of("create", &wanted, Hit::Writes),
            of("look", &made, Hit::Reads),
            of("look before a delete", &gone, Hit::Reads),
        ];
        // What carries no marker is not looked for: a person is asked.
        if marker(case.kind) != MarkerPlace::None {
            stages.push(of("look for a lost create", &wanted, Hit::ReadsAfterALoss));
        }
        if !stays(case.kind) {
            stages.push(of("delete", &gone, Hit::Writes));
        }
        if let Some(change) = case.change.as_object().filter(|change| !change.is_empty()) {
            let changed = made.copy();
            changed.change(example, |it| {
                it["spec"]["forProvider"].as_object_mut().unwrap().extend(change.clone());
            });
            stages.push(of("update", &changed, Hit::Writes));
        }
        stages
    }

    /// One stage with one bad answer; what is wrong with what came of it.
    async fn outlast(&self, stage: &Stage, bad: &Bad, calm: &Calm) -> Result<usize, String> {
        let (Self { example, all, .. }, wanted) = (self, &calm.wanted);
        let (testbed, until) = (stage.from.copy(), Instant::now() + LASTS);
        let met = Arc::new(AtomicUsize::new(0));
        let points = Points::with(fate(stage.hit, bad, until, met.clone()));
        let program = testbed.program(&points);
        let mut told = 0;
        for _ in 0..PATIENCE {
            testbed.tell(&program, all);
            let Some(was) = testbed.object(example) else { break };
            let known = met.load(Ordering::SeqCst);
            let then = program.reconcile(&example.key).await;
            self.keeps(&testbed, &was, &calm.most, &calm.wanted)?;
            if met.load(Ordering::SeqCst) > known
                && let Some(is) = testbed.object(example)
            {
                says(&is, bad)?;
                told += 1;
            }
            let wait = match then {
                Requeue::Stop => break,
                Requeue::Poll if Instant::now() > until => break,
                Requeue::Poll => Duration::from_secs(60),
                Requeue::Soon | Requeue::Backoff => Duration::from_secs(20),
                Requeue::NotBefore(wait) => wait,
            };
            tokio::time::sleep(wait).await;
        }
        if ["create", "look for a lost create"].contains(&stage.name)
            && needs_a_person(&testbed, example, wanted)
        {
            return Ok(told);
        }
        match testbed.object(example) {
            Some(object) if object.deleting() => return Err(format!("it is still there: {object:#?}")),
            Some(_) => testbed.well(example)?,
            None => {}
        }
        if testbed.census() == *wanted {
            return Ok(told);
        }
        Err(format!("{:#?}\ninstead of {wanted:#?}", testbed.census()))
    }

    /// What is true after every pass.
    fn keeps(&self, testbed: &Testbed, was: &Managed, most: &Counts, wanted: &Census) -> Result<(), String> {
        for (collection, objects) in testbed.world.content() {
            if objects.len() > most.get(&collection).copied().unwrap_or_default() {
                return Err(format!("one too many in {collection}: {objects:#?}"));
            }
        }
        let Some(is) = testbed.object(&self.example) else {
            let gone = testbed.census() == *wanted;
            return if gone { Ok(()) } else { Err("its finalizer is gone, and it is not".to_owned()) };
        };
        let name = was.annotation(EXTERNAL_NAME);
        if name.is_some() && is.annotation(EXTERNAL_NAME) != name {
            return Err(format!("its external-name was {name:?}: {is:#?}"));
        }
        if was.finalized() && !is.finalized() {
            return Err(format!("it has no finalizer any more: {is:#?}"));
        }
        Ok(())
    }
}

/// How many there are, by collection.
type Counts = BTreeMap<String, usize>;

fn counts(content: BTreeMap<String, Vec<Value>>) -> Counts {
    content.into_iter().map(|(collection, objects)| (collection, objects.len())).collect()
}

/// Where the message leads somewhere: to the service, with status and reason; and a person is called only where one can help.
fn says(object: &Managed, bad: &Bad) -> Result<(), String> {
    let conditions = &object.status.conditions;
    let messages = || conditions.iter().filter_map(|condition| condition.message.as_ref());
    // What flows beside the passes is told by a later one, if it was not done.
    let flows = messages().any(|message| message.starts_with("uploading"));
    if !flows && !messages().any(|message| bad.says.iter().any(|says| message.contains(says))) {
        return Err(format!("no condition says {:?}: {conditions:#?}", bad.says));
    }
    let stalled = conditions.iter().any(|condition| condition.r#type == STALLED);
    if stalled && !bad.stalls {
        return Err(format!("it passes by itself, and nobody is needed: {conditions:#?}"));
    }
    Ok(())
}

fn fate(
    hit: Hit,
    bad: &Bad,
    until: Instant,
    met: Arc<AtomicUsize>,
) -> impl Fn(usize, &str) -> Option<Trouble> + Send + Sync + 'static {
    let Bad { performed, comes, .. } = *bad;
    let writes = AtomicUsize::new(0);
    move |_, line| {
        let read = line.strip_prefix("cloud ")?.starts_with("GET ");
        if !read && hit == Hit::ReadsAfterALoss && writes.fetch_add(1, Ordering::SeqCst) == 0 {
            return Some(Trouble::CutAfter);
        }
        (read != (hit == Hit::Writes) && Instant::now() < until).then(|| {
            met.fetch_add(1, Ordering::SeqCst);
            Trouble::Instead { performed, comes }
        })
    }
}

/// All bad answers at all stages of one kind's life: what went wrong.
async fn life(id: &str) -> Vec<String> {
    let (life, mut wrong) = (Life::of(id), vec![]);
    for stage in life.stages().await {
        let (calm, mut told) = (stage.calm(&life).await, 0);
        for bad in BAD.iter().filter(|bad| stage.hit == Hit::Writes || bad.fits_reads()) {
            let place = format!("{}: {}: {}", life.example.key, stage.name, bad.what);
            match life.outlast(&stage, bad, &calm).await {
                Ok(more) => told += more,
                Err(why) => wrong.push(format!("{place}: {why}")),
            }
        }
        if told == 0 {
            wrong.push(format!("{}: {}: no answer was bad", life.example.key, stage.name));
        }
    }
    wrong
}

fn marker(kind: &str) -> MarkerPlace {
    KINDS.iter().find(|one| one.id() == kind).unwrap().info().marker
}

/// Does a deletion send nothing?
fn stays(kind: &str) -> bool {
    STAYING.iter().any(|(staying, _)| *staying == kind)
}

/// Of each service, what can be changed and needs the least; or all kinds.
fn kinds() -> Vec<&'static str> {
    let (all, cases) = (examples::all(), cases());
    if std::env::var_os("KUPENSTACK_ALL_KINDS").is_some() {
        return KINDS.iter().map(|kind| kind.id()).collect();
    }
    let mut chosen = BTreeMap::<_, (bool, usize, &str)>::new();
    for kind in KINDS.iter().filter(|kind| !stays(kind.id())) {
        let case = cases.iter().find(|case| case.kind == kind.id()).unwrap();
        let fixed = case.change.as_object().is_none_or(serde_json::Map::is_empty);
        let needs = examples::references(examples::of(&all, kind.id())).len() + case.beside.len();
        let one = (fixed, needs, kind.id());
        chosen.entry(kind.info().service.group).and_modify(|best| *best = one.min(*best)).or_insert(one);
    }
    chosen.into_values().map(|(_, _, id)| id).collect()
}

#[test]
fn every_bad_answer_at_every_stage_is_told_while_it_lasts_and_leaves_nothing_behind() {
    let one = |id: &'static str| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(life(id))
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let lives: Vec<_> = kinds().into_iter().map(|id| scope.spawn(move || one(id))).collect();
        lives.into_iter().flat_map(|life| life.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
