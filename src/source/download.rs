//! A source that is being read: checked and unpacked as it comes, in constant memory.

use super::{
    error::Error,
    guard::Refusal,
    unpack::{Unpacked, unpack},
    verify::Sum,
};
use crate::kind::flow::{Checksum, Packing, Source};
use futures::{StreamExt, TryStreamExt, future, stream, stream::BoxStream};
use reqwest::{Response, StatusCode};
use std::{
    error::Error as _,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{io::AsyncReadExt, time::timeout};
use tokio_util::io::StreamReader;

/// Longest silence, before the response and within it. The whole has no limit: images are large.
const SILENCE: Duration = Duration::from_secs(60);
/// Unpacked bytes that are passed on at once.
const PIECE: usize = 64 << 10;

/// A source that is being read.
pub struct Download {
    host: String,
    length: Option<u64>,
    data: Data,
}

enum Data {
    Plain(BoxStream<'static, Result<Vec<u8>, Error>>),
    /// How many bytes were read since the last piece is beside it.
    Packed(Packing, Unpacked, Arc<AtomicUsize>),
}

impl Download {
    /// Its host, for messages.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The source's size in bytes, as its response says.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Reads to the end what fits into memory.
    ///
    /// # Errors
    /// As [`Self::next`]; there are more than `most` bytes.
    pub async fn whole(mut self, most: usize) -> Result<Vec<u8>, Error> {
        let mut all = vec![];
        while let Some((bytes, _)) = self.next().await? {
            all.extend(bytes);
            if all.len() > most {
                return Err(Error::Large { host: self.host, most: most >> 20 });
            }
        }
        Ok(all)
    }

    /// Returns the next bytes to pass on, and how many were read for them. The last bytes are returned only when the checksum
    /// was found right.
    ///
    /// # Errors
    /// The source broke, or its bytes are not what they should be.
    pub async fn next(&mut self) -> Result<Option<(Vec<u8>, usize)>, Error> {
        match &mut self.data {
            Data::Plain(stream) => {
                let bytes = stream.next().await.transpose()?;
                Ok(bytes.map(|bytes| {
                    let read = bytes.len();
                    (bytes, read)
                }))
            }
            Data::Packed(packing, unpacked, read) => {
                let mut bytes = Vec::with_capacity(PIECE);
                let done = unpacked.read_buf(&mut bytes).await;
                done.map_err(|error| not_unpacked(&self.host, *packing, error))?;
                let read = read.swap(0, Ordering::Relaxed);
                Ok((!bytes.is_empty()).then_some((bytes, read)))
            }
        }
    }
}

/// The source's own error, if it was the source that failed.
fn not_unpacked(host: &str, packing: Packing, error: io::Error) -> Error {
    error.downcast().unwrap_or_else(|error| Error::Packed {
        host: host.to_owned(),
        packing: packing.name(),
        detail: error.to_string(),
    })
}

pub(super) fn download(response: Response, host: String, source: &Source) -> Result<Download, Error> {
    let status = response.status();
    // 206 would be a part of the file only.
    if status != StatusCode::OK {
        return Err(Error::Refused { host, status: status.as_u16() });
    }
    let length = response.content_length();
    let sum = source.checksum.clone().map(|wanted| (Sum::new(wanted.algorithm), wanted));
    let stream = verified(response, host.clone(), sum);
    let data = match source.packing {
        None => Data::Plain(stream),
        Some(packing) => {
            let read = Arc::new(AtomicUsize::new(0));
            let count = read.clone();
            let counted = stream.inspect_ok(move |bytes| {
                count.fetch_add(bytes.len(), Ordering::Relaxed);
            });
            let packed = StreamReader::new(counted.map_ok(io::Cursor::new).map_err(io::Error::other));
            Data::Packed(packing, unpack(packing, packed), read)
        }
    };
    Ok(Download { host, length, data })
}

/// The bytes of a response. It ends in an error if their checksum is not the wanted one.
fn verified(
    response: Response,
    host: String,
    sum: Option<(Sum, Checksum)>,
) -> BoxStream<'static, Result<Vec<u8>, Error>> {
    let chunks = stream::try_unfold((response, host, sum), async |(mut response, host, mut sum)| {
        if let Some(chunk) = within(&host, response.chunk()).await? {
            if let Some((sum, _)) = &mut sum {
                sum.add(&chunk);
            }
            return Ok(Some((Vec::from(chunk), (response, host, sum))));
        }
        match sum.and_then(|(sum, wanted)| sum.differs(&wanted)) {
            Some((algorithm, found)) => Err(Error::Mismatch { host, algorithm, found }),
            None => Ok(None),
        }
    });
    chunks.try_filter(|chunk| future::ready(!chunk.is_empty())).boxed()
}

/// Waits for what a source sends, but not for ever.
///
/// # Errors
/// It is silent for too long, or broke.
pub(super) async fn within<T>(
    host: &str,
    work: impl Future<Output = Result<T, reqwest::Error>>,
) -> Result<T, Error> {
    match timeout(SILENCE, work).await {
        Ok(done) => done.map_err(|error| cause(host, &error)),
        Err(_) => Err(Error::Stalled { host: host.to_owned(), seconds: SILENCE.as_secs() }),
    }
}

/// Its address must not be connected to.
pub(super) fn local(host: &str, Refusal { address, why, .. }: Refusal) -> Error {
    Error::Local { host: host.to_owned(), address, why }
}

/// The resolver's refusal, if there was one; else the innermost cause, which names no URL.
fn cause(host: &str, error: &reqwest::Error) -> Error {
    let mut inner: Option<&(dyn std::error::Error + 'static)> = error.source();
    let mut detail = "the request failed".to_owned();
    while let Some(error) = inner {
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            return local(host, refusal.clone());
        }
        detail = error.to_string();
        inner = error.source();
    }
    Error::Broken { host: host.to_owned(), detail }
}
