//! Long requests under way: each in a task of its own, outside any pass, which only looks how far it is. What a crash breaks
//! off is begun anew by the next pass, since the kind asks for it until it has had its effect. The job stands in the record
//! of its resource ([`super::tracked`]), and ends with it.

use crate::{
    kind::{
        cloud::Cloud,
        failure::{Class, Failure},
        flow::{Flow, Progress},
        request::Request,
        request_id::RequestIds,
    },
    runtime::{base::clock::Clock, plan::sent_changes::ChangeDigest},
};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};
use tokio::{sync::Semaphore, task::AbortHandle, time::Instant};
use tracing::Instrument as _;

/// Flows at once: what limits them is the network.
const AT_ONCE: usize = 12;
/// Flows of one connection at once: what limits them is the cloud's patience, and others must find a place.
const AT_ONCE_EACH: usize = 4;
/// Longest that a service keeps a connection whose other end is gone: Glance's own limit is 15 minutes.
const FORGOTTEN: Duration = Duration::from_secs(20 * 60);
/// How soon what failed, or was done without effect, is tried again.
struct Pauses {
    /// Where only a person can mend it.
    after_refusal: Duration,
    /// The first other one; doubled each time.
    first: Duration,
    longest: Duration,
}

/// A body from elsewhere may be large.
const WITH_SOURCE: Pauses = Pauses {
    after_refusal: Duration::from_secs(600),
    first: Duration::from_secs(15),
    longest: Duration::from_secs(600),
};
const WITHOUT_SOURCE: Pauses = Pauses {
    after_refusal: Duration::from_secs(60),
    first: Duration::from_secs(2),
    longest: Duration::from_secs(60),
};

/// Begins flows, few at once.
#[derive(Clone)]
pub struct Flows {
    places: Arc<Semaphore>,
    /// Places by connection, as long as a flow of it wants one.
    connections: Arc<Mutex<HashMap<usize, Weak<Semaphore>>>>,
}

impl Default for Flows {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), connections: Arc::default() }
    }
}

/// The flow of one resource. Dropping it breaks the flow off.
pub struct FlowJob {
    flow: Flow,
    state: FlowState,
}

enum FlowState {
    Running(RunningFlow),
    /// It ended, so many times in a row: with a failure, or without one and is asked for all the same.
    Ended {
        failure: Option<Failure>,
        times: u32,
        at: Instant,
    },
    /// The cloud takes a body that is not ours.
    Stuck {
        since: Instant,
    },
}

/// How a flow ended, and when.
type Ended = (Result<(), Failure>, Instant);

struct RunningFlow {
    progress: Arc<Progress>,
    /// Set by the task when it ends.
    ended: Arc<OnceLock<Ended>>,
    task: AbortHandle,
    /// How many times in a row it ended before.
    times: u32,
}

impl Drop for RunningFlow {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Where a flow stands.
#[derive(Debug)]
pub enum Advance {
    /// It is under way; says how far, in words that change seldom.
    Running(String),
    /// It failed, and is tried again later.
    Failed(Failure),
    /// The cloud must be freed from what nobody sends any more.
    Send(Request),
}

/// What a flow needs of the world.
pub struct FlowContext<'a, W> {
    /// Of the resource, for the log.
    pub uid: &'a str,
    /// Where it goes.
    pub cloud: Arc<dyn Cloud>,
    /// Time.
    pub clock: &'a Arc<dyn Clock>,
    /// Called when the flow has ended.
    pub wake: W,
}

impl Flows {
    /// Begins a flow unless it is under way, and says where it stands. Another flow than the job's breaks that off.
    pub fn advance<W: FnOnce() + Send + 'static>(
        &self,
        job: &mut Option<FlowJob>,
        flow: Flow,
        context: FlowContext<'_, W>,
    ) -> Advance {
        let now = context.clock.monotonic();
        let known = job.take().filter(|job| same(&job.flow, &flow)).map(|job| job.state.settle());
        let (state, answer) = match (known, &flow.stuck) {
            (Some(FlowState::Running(running)), _) => {
                let text = told(&flow, &running.progress);
                (FlowState::Running(running), Advance::Running(text))
            }
            (Some(FlowState::Ended { failure, times, at }), _)
                if now < at + pause(&flow, failure.as_ref(), times) =>
            {
                let answer = match &failure {
                    Some(failure) => Advance::Failed(failure.clone()),
                    None => Advance::Running(format!("{}: it is done, and has not shown yet", flow.what)),
                };
                (FlowState::Ended { failure, times, at }, answer)
            }
            (Some(FlowState::Stuck { since }), Some(free)) if now >= since + FORGOTTEN => {
                return Advance::Send(free.clone());
            }
            (Some(FlowState::Stuck { since }), Some(_)) => stuck(since),
            (Some(FlowState::Ended { .. }) | None, Some(_)) => stuck(now),
            (Some(FlowState::Ended { times, at, .. }), None) => {
                let in_a_row = if now < at + 2 * pauses(&flow).longest { times } else { 0 };
                self.begin(&flow, in_a_row, context)
            }
            (Some(FlowState::Stuck { .. }) | None, None) => self.begin(&flow, 0, context),
        };
        *job = Some(FlowJob { flow, state });
        answer
    }

    /// The places of a connection, which is told by its address in memory: a flow keeps it alive.
    fn of(&self, cloud: &Arc<dyn Cloud>) -> Arc<Semaphore> {
        let mut connections = self.connections.lock();
        connections.retain(|_, places| places.strong_count() > 0);
        let address = Arc::as_ptr(cloud).cast::<()>() as usize;
        connections.get(&address).and_then(Weak::upgrade).unwrap_or_else(|| {
            let places = Arc::new(Semaphore::new(AT_ONCE_EACH));
            connections.insert(address, Arc::downgrade(&places));
            places
        })
    }

    fn begin<W: FnOnce() + Send + 'static>(
        &self,
        flow: &Flow,
        times: u32,
        context: FlowContext<'_, W>,
    ) -> (FlowState, Advance) {
        let FlowContext { uid, cloud, clock, wake } = context;
        let (progress, ended) = (Arc::new(Progress::default()), Arc::new(OnceLock::new()));
        let text = told(flow, &progress);
        let (uid, clock, flow) = (uid.to_owned(), clock.clone(), flow.clone());
        let (own, all) = (self.of(&cloud), self.places.clone());
        let (mine, end) = (progress.clone(), ended.clone());
        let work = async move {
            // The semaphores are never closed.
            let place = (own.acquire_owned().await.ok(), all.acquire_owned().await.ok());
            tracing::info!(uid, path = flow.request.path, what = flow.what, "flow begins");
            let done = cloud.flow(&flow, &mine).await;
            drop(place);
            let error = done.as_ref().err().map(tracing::field::display);
            tracing::info!(uid, bytes = mine.done(), error, "flow ended");
            // Set once: there is no other task for this cell.
            let _ = end.set((done, clock.monotonic()));
            wake();
        };
        let task = tokio::spawn(RequestIds::new().cover(work).in_current_span());
        let running = RunningFlow { progress, ended, task: task.abort_handle(), times };
        (FlowState::Running(running), Advance::Running(text))
    }
}

impl FlowState {
    /// The state after what its task has reported.
    fn settle(self) -> Self {
        let Self::Running(running) = &self else { return self };
        match running.ended.get() {
            None => self,
            Some((done, at)) => {
                let failure = done.as_ref().err().cloned();
                Self::Ended { failure, times: running.times.saturating_add(1), at: *at }
            }
        }
    }
}

fn same(one: &Flow, other: &Flow) -> bool {
    one.source == other.source && ChangeDigest::of(&one.request) == ChangeDigest::of(&other.request)
}

fn told(flow: &Flow, progress: &Progress) -> String {
    match progress.percent() {
        Some(percent) => format!("{}: {percent} %", flow.what),
        None => flow.what.clone(),
    }
}

fn stuck(since: Instant) -> (FlowState, Advance) {
    let what = "waiting for the cloud to notice that an earlier request broke off".to_owned();
    (FlowState::Stuck { since }, Advance::Running(what))
}

fn pauses(flow: &Flow) -> &'static Pauses {
    if flow.source.is_some() { &WITH_SOURCE } else { &WITHOUT_SOURCE }
}

fn pause(flow: &Flow, failure: Option<&Failure>, times: u32) -> Duration {
    let pauses = pauses(flow);
    let doubled = pauses.first.saturating_mul(1 << times.saturating_sub(1).min(10)).min(pauses.longest);
    match failure.map(|failure| failure.class) {
        // The cloud may have lost what it took at first.
        None if times < 2 => Duration::ZERO,
        Some(Class::Terminal) => pauses.after_refusal,
        Some(Class::RateLimited(wait)) => wait.max(pauses.first),
        None
        | Some(
            Class::Transient | Class::Unanswered | Class::Conflict | Class::NotFound | Class::Unauthenticated,
        ) => doubled,
    }
}

#[cfg(test)]
mod tests;
