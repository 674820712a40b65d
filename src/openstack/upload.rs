//! A body that flows from a source into a service. BodyState in chunks without a length, so that a body that breaks off can't
//! be taken for a whole one. May use [`crate::kind`], [`crate::source`] and [`super::transport`].

use super::{error::Error, transport::Transport};
use crate::{
    kind::{
        failure::Failure,
        upload::{Progress, Upload},
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

/// Longest that a service may leave our bytes lying.
const IDLE: Duration = Duration::from_secs(300);
/// Longest that it may take to store what it has, once it has all.
const STORING: Duration = Duration::from_secs(3600);

/// What the sender of a body tells, beside the body.
#[derive(Default)]
struct BodyState {
    /// Bytes given away so far, counted by what the source had for them.
    progress: Progress,
    all: AtomicBool,
    broke: Mutex<Option<source::Error>>,
}

/// Lets an upload flow.
pub(super) async fn upload(
    transport: &dyn Transport,
    sources: &Sources,
    upload: &Upload,
    progress: &Progress,
) -> Result<(), UploadError> {
    let download = sources.open(&upload.source).await.map_err(|error| UploadError::Source(error.into()))?;
    if let Some(length) = download.length() {
        progress.expect(length);
    }
    let sent = Arc::new(BodyState::default());
    let body = reqwest::Body::wrap_stream(flow(download, sent.clone()));
    let response = tokio::select! {
        response = transport.stream(&upload.request, body) => response,
        () = watch(&sent, progress) => Err(Error::Broken {
            service: upload.request.service.group,
            host: "its endpoint".to_owned(),
            detail: "it did not take the data in time".to_owned(),
        }),
    };
    // What the source did is the cause of what the service then says.
    if let Some(error) = sent.broke.lock().take() {
        return Err(UploadError::Source(error.into()));
    }
    response
        .and_then(|response| response.into_body(upload.request.service, []))
        .map_err(UploadError::Service)?;
    Ok(())
}

/// Who failed.
pub(super) enum UploadError {
    Source(Failure),
    Service(Error),
}

fn flow(download: Download, sent: Arc<BodyState>) -> impl Stream<Item = Result<Vec<u8>, source::Error>> {
    stream::try_unfold((download, sent), |(mut download, sent)| async move {
        match download.next().await {
            Ok(Some((bytes, read))) => {
                // A piece that was unpacked from what was read before is a sign of life too.
                sent.progress.add(read.max(1));
                Ok(Some((bytes, (download, sent))))
            }
            Ok(None) => {
                sent.all.store(true, Ordering::Relaxed);
                Ok(None)
            }
            Err(error) => {
                *sent.broke.lock() = Some(error.clone());
                Err(error)
            }
        }
    })
}

/// Passes progress on, and ends when the service takes nothing for too long.
async fn watch(sent: &BodyState, progress: &Progress) {
    const LOOK: Duration = Duration::from_secs(1);
    let mut idle = Duration::ZERO;
    loop {
        sleep(LOOK).await;
        let more = sent.progress.done().saturating_sub(progress.done());
        progress.add(usize::try_from(more).unwrap_or(usize::MAX));
        idle = if more > 0 { Duration::ZERO } else { idle + LOOK };
        let most = if sent.all.load(Ordering::Relaxed) { STORING } else { IDLE };
        if idle >= most {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
