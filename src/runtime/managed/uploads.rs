//! Uploads under way: each in a task of its own, outside any pass, which only looks how far it is. What a crash breaks
//! off is begun anew by the next pass, since the kind asks for it until the cloud has the data. The job stands in the record
//! of its resource ([`super::tracked`]), and ends with it.

use crate::{
    kind::{
        cloud::Cloud,
        failure::{Class, Failure},
        request::Request,
        upload::{Progress, Upload},
    },
    runtime::base::clock::Clock,
};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{sync::Semaphore, task::AbortHandle, time::Instant};

/// Uploads at once: what limits them is the network, and the cloud's patience.
const AT_ONCE: usize = 4;
/// Longest that a service keeps a connection whose other end is gone: Glance's own limit is 15 minutes.
const FORGOTTEN: Duration = Duration::from_secs(20 * 60);
/// Between tries, where only a person can mend it. A file may be large.
const AFTER_REFUSAL: Duration = Duration::from_secs(600);
const FIRST_RETRY: Duration = Duration::from_secs(15);
const LONGEST_RETRY: Duration = Duration::from_secs(600);

/// Begins uploads, few at once.
#[derive(Clone)]
pub struct Uploads {
    places: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// The upload of one resource. Dropping it breaks the upload off.
pub struct UploadJob {
    upload: Upload,
    state: UploadState,
}

enum UploadState {
    Running(RunningUpload),
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

/// How an upload ended, and when.
type Ended = (Result<(), Failure>, Instant);

struct RunningUpload {
    progress: Arc<Progress>,
    /// Set by the task when it ends.
    ended: Arc<OnceLock<Ended>>,
    task: AbortHandle,
    tries: u32,
}

impl Drop for RunningUpload {
    fn drop(&mut self) {
        self.task.abort();
    }
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

/// What an upload needs of the world.
pub struct UploadContext<'a, W> {
    /// Of the resource, for the log.
    pub uid: &'a str,
    /// Where the data go.
    pub cloud: Arc<dyn Cloud>,
    /// Time.
    pub clock: &'a Arc<dyn Clock>,
    /// Called when the upload has ended.
    pub wake: W,
}

impl Uploads {
    /// Begins an upload unless it is under way, and says where it stands. Another upload than the job's breaks that off.
    pub fn advance<W: FnOnce() + Send + 'static>(
        &self,
        job: &mut Option<UploadJob>,
        upload: Upload,
        context: UploadContext<'_, W>,
    ) -> Advance {
        let now = context.clock.monotonic();
        let known = job.take().filter(|job| same(&job.upload, &upload)).and_then(|job| job.state.settle());
        let (state, answer) = match (known, &upload.stuck) {
            (Some(UploadState::Running(running)), _) => {
                let text = percentage(&running.progress);
                (UploadState::Running(running), Advance::Running(text))
            }
            (Some(UploadState::Failed { failure, tries, at }), _) if now < at + pause(&failure, tries) => {
                let told = Advance::Failed(failure.clone());
                (UploadState::Failed { failure, tries, at }, told)
            }
            (Some(UploadState::Stuck { since }), Some(free)) if now >= since + FORGOTTEN => {
                return Advance::Send(free.clone());
            }
            (Some(UploadState::Stuck { since }), Some(_)) => stuck(since),
            (Some(UploadState::Failed { .. }) | None, Some(_)) => stuck(now),
            (Some(UploadState::Failed { tries, .. }), None) => self.begin(&upload, tries, context),
            (Some(UploadState::Stuck { .. }) | None, None) => self.begin(&upload, 0, context),
        };
        *job = Some(UploadJob { upload, state });
        answer
    }

    fn begin<W: FnOnce() + Send + 'static>(
        &self,
        upload: &Upload,
        tries: u32,
        context: UploadContext<'_, W>,
    ) -> (UploadState, Advance) {
        let UploadContext { uid, cloud, clock, wake } = context;
        let (progress, ended) = (Arc::new(Progress::default()), Arc::new(OnceLock::new()));
        let (uid, places, clock, upload) =
            (uid.to_owned(), self.places.clone(), clock.clone(), upload.clone());
        let (mine, end) = (progress.clone(), ended.clone());
        let task = tokio::spawn(async move {
            // The semaphore is never closed.
            let place = places.acquire_owned().await.ok();
            tracing::info!(uid, path = upload.request.path, "upload begins");
            let done = cloud.upload(&upload, &mine).await;
            drop(place);
            let error = done.as_ref().err().map(tracing::field::display);
            tracing::info!(uid, bytes = mine.done(), error, "upload ended");
            // Set once: there is no other task for this cell.
            let _ = end.set((done, clock.monotonic()));
            wake();
        });
        let text = percentage(&progress);
        let running = RunningUpload { progress, ended, task: task.abort_handle(), tries };
        (UploadState::Running(running), Advance::Running(text))
    }
}

impl UploadState {
    /// The state after what its task has reported; none once the data are there.
    fn settle(self) -> Option<Self> {
        let Self::Running(running) = &self else { return Some(self) };
        match running.ended.get() {
            None => Some(self),
            Some((Ok(()), _)) => None,
            Some((Err(failure), at)) => {
                let tries = running.tries.saturating_add(1);
                Some(Self::Failed { failure: failure.clone(), tries, at: *at })
            }
        }
    }
}

fn same(one: &Upload, other: &Upload) -> bool {
    one.source == other.source && one.request.path == other.request.path
}

fn percentage(progress: &Progress) -> String {
    match progress.percent() {
        Some(percent) => format!("uploading: {percent} %"),
        None => "uploading".to_owned(),
    }
}

fn stuck(since: Instant) -> (UploadState, Advance) {
    let what = "waiting for the cloud to notice that an earlier upload broke off".to_owned();
    (UploadState::Stuck { since }, Advance::Running(what))
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
mod tests;
