//! Uploads under way: each in a task of its own, outside any pass, which only looks how far it is. What a crash breaks
//! off is begun anew by the next pass, since the kind asks for it until the cloud has the data.

use crate::{
    kind::{
        cloud::Cloud,
        failure::{Class, Failure},
        request::Request,
        upload::{Progress, Upload},
    },
    runtime::base::clock::Clock,
};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::AbortHandle, time::Instant};

/// Uploads at once: what limits them is the network, and the cloud's patience.
const AT_ONCE: usize = 4;
/// Longest that a service keeps a connection whose other end is gone: Glance's own limit is 15 minutes.
const FORGOTTEN: Duration = Duration::from_secs(20 * 60);
/// Between tries, where only a person can mend it. A file may be large.
const AFTER_REFUSAL: Duration = Duration::from_secs(600);
const FIRST_RETRY: Duration = Duration::from_secs(15);
const LONGEST_RETRY: Duration = Duration::from_secs(600);

/// The uploads of this process, by the UID of their resource.
#[derive(Clone)]
pub struct Uploads {
    jobs: Arc<Mutex<HashMap<String, Job>>>,
    places: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { jobs: Arc::default(), places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

struct Job {
    upload: Upload,
    state: State,
}

enum State {
    Running {
        progress: Arc<Progress>,
        task: AbortHandle,
        tries: u32,
    },
    Failed {
        failure: Failure,
        tries: u32,
        at: Instant,
    },
    /// The cloud takes a body that is not ours.
    Stuck {
        since: Instant,
    },
}

/// Where an upload stands.
#[derive(Debug)]
pub enum Advance {
    /// It is under way; says how far, in words that change seldom.
    Running(String),
    /// It failed, and is tried again later.
    Failed(Failure),
    /// The cloud must be freed from what nobody sends any more.
    Send(Request),
}

impl Uploads {
    /// Begins an upload unless it is under way, and says where it stands. `wake` is called when that changes.
    pub fn advance(
        &self,
        uid: &str,
        upload: Upload,
        cloud: Arc<dyn Cloud>,
        clock: &Arc<dyn Clock>,
        wake: impl FnOnce() + Send + 'static,
    ) -> Advance {
        let now = clock.monotonic();
        let mut jobs = self.jobs.lock();
        let known = jobs.remove(uid).filter(|job| same(&job.upload, &upload) || job.abort());
        let (state, answer) = match (known.map(|job| job.state), &upload.stuck) {
            (Some(State::Running { progress, task, tries }), _) => {
                let text = running(&progress);
                (State::Running { progress, task, tries }, Advance::Running(text))
            }
            (Some(State::Failed { failure, tries, at }), _) if now < at + pause(&failure, tries) => {
                let told = Advance::Failed(failure.clone());
                (State::Failed { failure, tries, at }, told)
            }
            (Some(State::Stuck { since }), Some(free)) if now >= since + FORGOTTEN => {
                return Advance::Send(free.clone());
            }
            (Some(State::Stuck { since }), Some(_)) => stuck(since),
            (Some(State::Failed { .. }) | None, Some(_)) => stuck(now),
            (Some(State::Failed { tries, .. }), None) => self.begin(uid, &upload, cloud, tries, clock, wake),
            (Some(State::Stuck { .. }) | None, None) => self.begin(uid, &upload, cloud, 0, clock, wake),
        };
        jobs.insert(uid.to_owned(), Job { upload, state });
        answer
    }

    /// Breaks off what is under way for a resource.
    pub fn forget(&self, uid: &str) {
        self.jobs.lock().remove(uid).inspect(|job| _ = job.abort());
    }

    fn begin(
        &self,
        uid: &str,
        upload: &Upload,
        cloud: Arc<dyn Cloud>,
        tries: u32,
        clock: &Arc<dyn Clock>,
        wake: impl FnOnce() + Send + 'static,
    ) -> (State, Advance) {
        let progress = Arc::new(Progress::default());
        let (uploads, own, mine) = (self.clone(), uid.to_owned(), progress.clone());
        let (upload, clock) = (upload.clone(), clock.clone());
        let task = tokio::spawn(async move {
            // The semaphore is never closed.
            let place = uploads.places.clone().acquire_owned().await.ok();
            tracing::info!(uid = own, path = upload.request.path, "upload begins");
            let done = cloud.upload(&upload, &mine).await;
            drop(place);
            tracing::info!(
                uid = own,
                bytes = mine.done(),
                error = done.as_ref().err().map(tracing::field::display),
                "upload ended"
            );
            uploads.ended(&own, &mine, done, tries, clock.monotonic());
            wake();
        });
        let text = running(&progress);
        (State::Running { progress, task: task.abort_handle(), tries }, Advance::Running(text))
    }

    /// Another upload may run for the resource by now; then this one's end is nothing to it.
    fn ended(&self, uid: &str, mine: &Arc<Progress>, done: Result<(), Failure>, tries: u32, at: Instant) {
        let mut jobs = self.jobs.lock();
        let Some(job) = jobs.get_mut(uid) else { return };
        let State::Running { progress, .. } = &job.state else { return };
        if !Arc::ptr_eq(progress, mine) {
            return;
        }
        match done {
            Ok(()) => _ = jobs.remove(uid),
            Err(failure) => {
                job.state = State::Failed { failure, tries: tries.saturating_add(1), at };
            }
        }
    }
}

impl Job {
    /// False, for use as a filter.
    fn abort(&self) -> bool {
        if let State::Running { task, .. } = &self.state {
            task.abort();
        }
        false
    }
}

fn same(one: &Upload, other: &Upload) -> bool {
    one.source == other.source && one.request.path == other.request.path
}

fn running(progress: &Progress) -> String {
    match progress.percent() {
        Some(percent) => format!("uploading: {percent} %"),
        None => "uploading".to_owned(),
    }
}

fn stuck(since: Instant) -> (State, Advance) {
    let what = "waiting for the cloud to notice that an earlier upload broke off".to_owned();
    (State::Stuck { since }, Advance::Running(what))
}

fn pause(failure: &Failure, tries: u32) -> Duration {
    match failure.class {
        Class::Terminal => AFTER_REFUSAL,
        Class::RateLimited(wait) => wait.max(FIRST_RETRY),
        Class::Transient | Class::Unanswered | Class::Conflict | Class::NotFound | Class::Unauthenticated => {
            FIRST_RETRY.saturating_mul(1 << tries.saturating_sub(1).min(10)).min(LONGEST_RETRY)
        }
    }
}

#[cfg(test)]
mod passes_tests;
#[cfg(test)]
mod tests;
