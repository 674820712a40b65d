//! Brings parts up in the order of their needs, side by side where nothing stands between them, and takes them down again.

use crate::{
    ahead,
    daemon::{self, Network, POLL, Running},
    error::{Error, Result},
    part::{Context, Part, Readiness},
    progress::{Progress, Step},
};
use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

/// How long a daemon may take to end by itself.
pub const GRACE: Duration = Duration::from_secs(15);
/// A probe that hangs says no.
const PROBE: Duration = Duration::from_secs(10);

/// What came up, and in how many seconds.
pub type Seconds = BTreeMap<String, f64>;

/// The rounds in which parts can be started: each needs only parts of rounds before it.
pub fn rounds<'a>(needs: &[(&'a str, &[&'a str])]) -> Result<Vec<Vec<&'a str>>, String> {
    let known: BTreeSet<&str> = needs.iter().map(|(name, _)| *name).collect();
    if let Some((name, need)) =
        needs.iter().find_map(|(name, of)| Some((name, of.iter().find(|need| !known.contains(*need))?)))
    {
        return Err(format!("{name} needs {need}, which is not a part"));
    }
    let mut left: Vec<_> = needs.to_vec();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut rounds = Vec::new();
    while !left.is_empty() {
        let (now, later): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(_, of)| of.iter().all(|need| done.contains(need)));
        if now.is_empty() {
            let names: Vec<&str> = later.iter().map(|(name, _)| *name).collect();
            return Err(format!("these need each other: {}", names.join(", ")));
        }
        let names: Vec<&str> = now.iter().map(|(name, _)| *name).collect();
        done.extend(&names);
        rounds.push(names);
        left = later;
    }
    Ok(rounds)
}

fn rounds_of(parts: &[Box<dyn Part>]) -> Result<Vec<Vec<&'static str>>> {
    let needs: Vec<(&'static str, &'static [&'static str])> =
        parts.iter().map(|part| (part.name(), part.needs())).collect();
    rounds(&needs).map_err(|why| Error::Part {
        part: "the rig".to_owned(),
        why,
        log: None,
        help: "mend `needs` of the part that is named".to_owned(),
    })
}

/// Starts what does not run and waits until all parts are ready.
pub async fn up(cx: &Context, parts: &[Box<dyn Part>], progress: &Progress) -> Result<Seconds> {
    rounds_of(parts)?;
    let mut waiting: Vec<&dyn Part> = parts.iter().map(AsRef::as_ref).collect();
    let mut under_way = FuturesUnordered::new();
    let mut ready: BTreeSet<&str> = BTreeSet::new();
    let mut seconds = Seconds::new();
    loop {
        let (now, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|part| part.needs().iter().all(|need| ready.contains(need)));
        waiting = later;
        under_way.extend(now.into_iter().map(|part| bring_up(cx, part, progress)));
        let Some(done) = under_way.next().await else {
            return Ok(seconds);
        };
        let (name, took) = done?;
        ready.insert(name);
        seconds.insert(name.to_owned(), took.as_secs_f64());
    }
}

/// One part: its configuration, its daemons, its readiness, and what it does once ready.
pub async fn bring_up<'a>(
    cx: &Context,
    part: &'a dyn Part,
    progress: &Progress,
) -> Result<(&'a str, Duration)> {
    let name = part.name();
    let step = progress.step(&ahead::start(name), name);
    part.prepare(cx).await?;
    let mut running = Vec::new();
    for wanted in part.daemons(cx) {
        if daemon::find(&cx.paths, &wanted.name)?.is_some_and(|record| record.outdated(&wanted)) {
            daemon::stop(&cx.paths, &wanted.name, part.grace()).await?;
        }
        running.push(daemon::ensure(&cx.paths, &wanted, Network::Rig)?);
    }
    let running_new = running.iter().any(Running::is_new);
    // A part of pods has no daemons: what was there already takes no time.
    let new = |took: Duration| running_new || took > Duration::from_secs(2);
    await_ready(cx, part, running, &step).await?;
    part.settle(cx).await?;
    Ok((name, if new(step.elapsed()) { step.done() } else { step.done_before() }))
}

async fn await_ready(cx: &Context, part: &dyn Part, mut running: Vec<Running>, step: &Step) -> Result<()> {
    let end = Instant::now() + part.patience();
    let mut seen = "it was not asked yet".to_owned();
    loop {
        // Death first: a probe may be answered by somebody else, and no patience brings the dead back.
        let dead = running.iter_mut().find_map(|one| one.ended().map(|how| (one.record.name.clone(), how)));
        if let Some((daemon, how)) = dead {
            return Err(not_up(cx, part, &daemon, &how));
        }
        seen = match tokio::time::timeout(PROBE, part.ready(cx)).await {
            Ok(Ok(Readiness::Ready)) => return Ok(()),
            Ok(Ok(Readiness::Waiting(why))) => why,
            Ok(Err(why)) => why.to_string(),
            Err(_) => format!("its probe hung; before: {seen}"),
        };
        if Instant::now() > end {
            let daemon = running.first().map_or(part.name(), |one| &one.record.name);
            return Err(not_up(
                cx,
                part,
                daemon,
                &format!("not ready after {} s: {seen}", part.patience().as_secs()),
            ));
        }
        step.waiting(&seen);
        tokio::time::sleep(POLL).await;
    }
}

fn not_up(cx: &Context, part: &dyn Part, daemon: &str, why: &str) -> Error {
    Error::Part {
        part: part.name().to_owned(),
        why: if daemon == part.name() { why.to_owned() } else { format!("{daemon}: {why}") },
        log: Some(cx.paths.log(daemon)).filter(|log| log.exists()),
        help: part.help().to_owned(),
    }
}

/// Ends all daemons, those that need others first; recorded ones that no part claims any more before all.
pub async fn down(cx: &Context, parts: &[Box<dyn Part>], progress: &Progress) -> Result<()> {
    let daemons = |name: &&'static str| {
        let part = parts.iter().find(|part| part.name() == *name);
        part.into_iter().flat_map(|part| {
            let grace = part.grace();
            part.daemons(cx).into_iter().map(move |daemon| (daemon.name, grace))
        })
    };
    let rounds: Vec<Vec<(String, Duration)>> =
        rounds_of(parts)?.iter().map(|round| round.iter().flat_map(daemons).collect()).collect();
    let claimed: BTreeSet<&String> = rounds.iter().flatten().map(|(name, _)| name).collect();
    let recorded = daemon::Record::all(&cx.paths).into_iter().map(|record| (record.name, GRACE));
    let unclaimed: Vec<_> = recorded.filter(|(name, _)| !claimed.contains(name)).collect();
    for round in std::iter::once(&unclaimed).chain(rounds.iter().rev()) {
        let stops = round.iter().map(|(name, grace)| async move {
            if daemon::stop(&cx.paths, name, *grace).await? {
                progress.say(&format!("  ✓ {name} stopped"));
            }
            Ok(())
        });
        join_all(stops).await.into_iter().collect::<Result<Vec<()>>>()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_without_a_path_between_them_start_in_the_same_round() {
        let needs: &[(&str, &[&str])] =
            &[("pods", &["api", "cri"]), ("api", &["db"]), ("cri", &[]), ("db", &[])];
        assert_eq!(rounds(needs).unwrap(), vec![vec!["cri", "db"], vec!["api"], vec!["pods"]]);
    }

    #[test]
    fn parts_that_need_each_other_are_named() {
        let needs: &[(&str, &[&str])] = &[("a", &["b"]), ("b", &["a"]), ("c", &[])];
        assert_eq!(rounds(needs).unwrap_err(), "these need each other: a, b");
    }

    #[test]
    fn a_need_that_is_no_part_is_named() {
        assert_eq!(rounds(&[("a", &["x"])]).unwrap_err(), "a needs x, which is not a part");
    }
}
