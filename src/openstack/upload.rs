//! A body that flows from a source into a service. It is sent in chunks without a length, so that a body that breaks off
//! can't be taken for a whole one. May use [`crate::kind`], [`crate::source`] and [`super::transport`].

use super::{error::Error, transport::Transport};
use crate::{
    kind::{
        failure::Failure,
        flow::{Progress, Source},
        request::Request,
    },
    source::{self, Download, Sources},
};
use futures::{Stream, stream};
use parking_lot::Mutex;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// Longest time for which a service may take no bytes.
const IDLE: Duration = Duration::from_secs(300);
/// Within this time a body has to move by so many bytes, 64 KiB a second: what drips would keep a place for days.
const WINDOW: Duration = Duration::from_secs(300);
const LEAST: u64 = 300 * (64 << 10);
/// Longest time from the last byte to the response: Glance stores the image meanwhile.
const STORING: Duration = Duration::from_secs(3600);

/// What is known of a body while it is sent.
#[derive(Default)]
struct BodyState {
    /// Bytes taken by the service so far, counted as the source sent them (packed).
    progress: Progress,
    /// Bytes handed to the service so far.
    moved: AtomicU64,
    /// Milliseconds for which the source was waited for.
    waited: AtomicU64,
    /// Whether the last byte was taken.
    complete: AtomicBool,
    /// Why the source broke off, if it did.
    failure: Mutex<Option<source::Error>>,
}

/// Uploads to the end. Dropping the future breaks the request off.
///
/// # Errors
/// The source or the service failed, or the service took no data for too long.
pub(super) async fn upload(
    transport: &dyn Transport,
    sources: &Sources,
    source: &Source,
    request: &Request,
    progress: &Progress,
) -> Result<(), Failure> {
    let download = sources.open(source).await?;
    if let Some(length) = download.length() {
        progress.expect(length);
    }
    let (sent, from) = (Arc::new(BodyState::default()), download.host().to_owned());
    let body = reqwest::Body::wrap_stream(flow(download, sent.clone()));
    let response = tokio::select! {
        response = transport.stream(request, body) => response,
        slow = watch(&sent, progress) => match slow {
            Slow::Source => return Err(source::Error::Slow { host: from }.into()),
            Slow::Service => Err(Error::Broken {
                service: request.service.group,
                host: "its endpoint".to_owned(),
                detail: "it did not take the data in time".to_owned(),
            }),
        },
    };
    // If the source broke off, the service's error is only the consequence.
    if let Some(error) = sent.failure.lock().take() {
        return Err(error.into());
    }
    response.and_then(|response| response.into_body(request.service, []))?;
    Ok(())
}

fn flow(download: Download, sent: Arc<BodyState>) -> impl Stream<Item = Result<Vec<u8>, source::Error>> {
    stream::try_unfold((download, sent), |(mut download, sent)| async move {
        let asked = Instant::now();
        let next = download.next().await;
        let waited = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
        sent.waited.fetch_add(waited, Ordering::Relaxed);
        match next {
            Ok(Some((bytes, read))) => {
                sent.moved.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                // Bytes unpacked from what was read before count as progress, too: else a well-packed image would seem stuck.
                sent.progress.add(read.max(1));
                Ok(Some((bytes, (download, sent))))
            }
            Ok(None) => {
                sent.complete.store(true, Ordering::Relaxed);
                Ok(None)
            }
            Err(error) => {
                *sent.failure.lock() = Some(error.clone());
                Err(error)
            }
        }
    })
}

/// Who kept a body from moving.
#[derive(Debug, PartialEq, Eq)]
enum Slow {
    Source,
    Service,
}

/// Passes progress on. Returns when the body stands still for too long, or moves too slowly.
async fn watch(sent: &BodyState, progress: &Progress) -> Slow {
    const LOOK: Duration = Duration::from_secs(1);
    let (mut idle, mut window) = (Duration::ZERO, Duration::ZERO);
    let (mut moved, mut waited) = (0, 0);
    loop {
        sleep(LOOK).await;
        let more = sent.progress.done().saturating_sub(progress.done());
        progress.add(usize::try_from(more).unwrap_or(usize::MAX));
        idle = if more > 0 { Duration::ZERO } else { idle + LOOK };
        let complete = sent.complete.load(Ordering::Relaxed);
        if idle >= if complete { STORING } else { IDLE } {
            return Slow::Service;
        }
        window += LOOK;
        if window < WINDOW {
            continue;
        }
        let (all, waits) = (sent.moved.load(Ordering::Relaxed), sent.waited.load(Ordering::Relaxed));
        if !complete && all.saturating_sub(moved) < LEAST {
            let longest = Duration::from_millis(waits.saturating_sub(waited));
            return if longest > WINDOW / 2 { Slow::Source } else { Slow::Service };
        }
        (moved, waited, window) = (all, waits, Duration::ZERO);
    }
}

#[cfg(test)]
mod tests;
