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
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::sleep;

/// Longest time for which a service may take no bytes.
const IDLE: Duration = Duration::from_secs(300);
/// Longest time from the last byte to the response: Glance stores the image meanwhile.
const STORING: Duration = Duration::from_secs(3600);

/// What is known of a body while it is sent.
#[derive(Default)]
struct BodyState {
    /// Bytes taken by the service so far, counted as the source sent them (packed).
    progress: Progress,
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
    let sent = Arc::new(BodyState::default());
    let body = reqwest::Body::wrap_stream(flow(download, sent.clone()));
    let response = tokio::select! {
        response = transport.stream(request, body) => response,
        () = watch(&sent, progress) => Err(Error::Broken {
            service: request.service.group,
            host: "its endpoint".to_owned(),
            detail: "it did not take the data in time".to_owned(),
        }),
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
        match download.next().await {
            Ok(Some((bytes, read))) => {
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

/// Passes progress on. Returns when the service has taken nothing for too long.
async fn watch(sent: &BodyState, progress: &Progress) {
    const LOOK: Duration = Duration::from_secs(1);
    let mut idle = Duration::ZERO;
    loop {
        sleep(LOOK).await;
        let more = sent.progress.done().saturating_sub(progress.done());
        progress.add(usize::try_from(more).unwrap_or(usize::MAX));
        idle = if more > 0 { Duration::ZERO } else { idle + LOOK };
        let most = if sent.complete.load(Ordering::Relaxed) { STORING } else { IDLE };
        if idle >= most {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
