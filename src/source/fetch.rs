//! Opens a source and reads it chunk by chunk, in constant memory.

use super::{
    address::AllowedNetwork,
    error::Error,
    guard::{Guard, Refusal},
    verify::{Sum, Unpack},
};
use crate::kind::flow::{Checksum, Source};
use reqwest::{Client, Response, StatusCode, Url, header, header::HeaderMap, redirect, tls};
use std::{error::Error as _, net::IpAddr, sync::Arc, time::Duration};
use tokio::time::timeout;

/// Timeout of a connect.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest silence, before the response and within it. The whole has no limit: images are large.
const SILENCE: Duration = Duration::from_secs(60);
/// Most redirects that are followed.
const REDIRECTS: usize = 5;

/// What may be fetched, and from where.
#[derive(Clone, Debug)]
pub struct Sources {
    guard: Guard,
}

/// A source that is being read.
pub struct Download {
    response: Response,
    host: String,
    sum: Option<(Sum, Checksum)>,
    unpack: Option<Unpack>,
    ended: bool,
}

impl Default for Sources {
    fn default() -> Self {
        Self::allowing([])
    }
}

impl Sources {
    /// Refuses local addresses except these.
    pub fn allowing(networks: impl IntoIterator<Item = AllowedNetwork>) -> Self {
        Self { guard: Guard::Sources(networks.into_iter().collect()) }
    }

    /// Requests the source and follows redirects. Every address on the way is checked.
    ///
    /// # Errors
    /// The source can't be read, or must not be.
    pub async fn open(&self, source: &Source) -> Result<Download, Error> {
        let (response, host) = self.get(&source.url, HeaderMap::new(), source.checksum.is_some()).await?;
        download(response, host, source)
    }

    /// Reads a source that fits into memory.
    ///
    /// # Errors
    /// The source can't be read, must not be, or has more than `most` bytes.
    pub async fn fetch(&self, source: &Source, most: usize) -> Result<Vec<u8>, Error> {
        self.open(source).await?.whole(most).await
    }

    /// Sends a GET and follows redirects; returns the response, whatever its status, and the name of its host. Headers go to the
    /// first host only: they may hold a token. `trusted` says that the data is verified, so that it may come without TLS.
    pub(super) async fn get(
        &self,
        url: &str,
        mut headers: HeaderMap,
        trusted: bool,
    ) -> Result<(Response, String), Error> {
        let client = self.client()?;
        let mut url = Url::parse(url).map_err(|error| Error::Address(error.to_string()))?;
        for _ in 0..=REDIRECTS {
            let host = self.check(&url)?;
            let asked = client.get(url.clone()).headers(headers.clone());
            let response = within(&host, asked.header(header::ACCEPT_ENCODING, "identity").send()).await?;
            let Some(next) = target(&url, &host, &response)? else { return Ok((response, host)) };
            if url.scheme() == "https" && next.scheme() == "http" && !trusted {
                let how = "from https to http: give a checksum, so that the data can be trusted".to_owned();
                return Err(Error::Redirect { host, how });
            }
            if url.origin() != next.origin() {
                headers.remove(header::AUTHORIZATION);
            }
            url = next;
        }
        Err(Error::Redirect { host: name(&url), how: format!("more than {REDIRECTS} times") })
    }

    /// Is every address of a host one that the administrator allowed? Then plain http is as good as the network.
    pub(super) async fn allows(&self, host: &str) -> bool {
        let bare = host.rsplit_once(':').map_or(host, |(bare, _)| bare);
        let found = tokio::net::lookup_host((bare.trim_start_matches('[').trim_end_matches(']'), 0)).await;
        let Guard::Sources(networks) = &self.guard else { return false };
        let allowed = |address: IpAddr| networks.iter().any(|network| network.contains(address));
        found.is_ok_and(|mut all| {
            let mut any = false;
            all.all(|address| {
                any = true;
                allowed(address.ip())
            }) && any
        })
    }

    /// Makes a client that connects only to checked addresses, since it resolves names through the [`Guard`]. Proxies are
    /// not used, since they resolve names themselves.
    fn client(&self) -> Result<Client, Error> {
        let builder = Client::builder()
            .user_agent(concat!("kupenstack/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .redirect(redirect::Policy::none())
            .min_tls_version(tls::Version::TLS_1_2)
            .no_gzip()
            .no_proxy()
            .dns_resolver(Arc::new(self.guard.clone()));
        builder.build().map_err(|error| Error::Address(format!("no TLS client: {error}")))
    }

    /// Checks what needs no resolver: scheme, credentials, and literal addresses. Returns the host's name for messages.
    fn check(&self, url: &Url) -> Result<String, Error> {
        let wrong = |why: &str| Err(Error::Address(why.to_owned()));
        if !matches!(url.scheme(), "http" | "https") {
            return wrong("only http and https are supported");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return wrong("it must not hold a user or password");
        }
        let Some(host) = url.host_str() else { return wrong("it has no host") };
        self.guard.judge_literal(url).map_err(|refusal| local(host, refusal))?;
        Ok(name(url))
    }
}

impl Download {
    /// Its host, for messages.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The source's size in bytes, as its response says.
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
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
        let mut read = 0;
        loop {
            if let Some(unpack) = &mut self.unpack
                && let Some(bytes) = unpack.next().map_err(|detail| packed(&self.host, detail))?
            {
                return Ok(Some((bytes, read)));
            }
            if self.ended {
                return Ok(None);
            }
            let Some(chunk) = within(&self.host, self.response.chunk()).await? else {
                let rest = self.end()?;
                return Ok((!rest.is_empty()).then_some((rest, read)));
            };
            let chunk = Vec::from(chunk);
            read += chunk.len();
            if let Some((sum, _)) = &mut self.sum {
                sum.add(&chunk);
            }
            match &mut self.unpack {
                Some(unpack) => unpack.feed(chunk),
                None if chunk.is_empty() => {}
                None => return Ok(Some((chunk, read))),
            }
        }
    }

    fn end(&mut self) -> Result<Vec<u8>, Error> {
        self.ended = true;
        if let Some((sum, wanted)) = self.sum.take()
            && let Some((algorithm, found)) = sum.differs(&wanted)
        {
            return Err(Error::Mismatch { host: self.host.clone(), algorithm, found });
        }
        match &mut self.unpack {
            Some(unpack) => unpack.finish().map_err(|detail| packed(&self.host, detail)),
            None => Ok(vec![]),
        }
    }
}

fn packed(host: &str, detail: String) -> Error {
    Error::Packed { host: host.to_owned(), detail }
}

pub(super) fn download(response: Response, host: String, source: &Source) -> Result<Download, Error> {
    let status = response.status();
    // 206 would be a part of the file only.
    if status != StatusCode::OK {
        return Err(Error::Refused { host, status: status.as_u16() });
    }
    let sum = source.checksum.clone().map(|wanted| (Sum::new(wanted.algorithm), wanted));
    Ok(Download { response, host, sum, unpack: source.gzip.then(Unpack::new), ended: false })
}

/// Where a response redirects to, if it does.
fn target(from: &Url, host: &str, response: &Response) -> Result<Option<Url>, Error> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let next = location.and_then(|location| from.join(location).ok());
    let nowhere = || Error::Redirect { host: host.to_owned(), how: "to no address".to_owned() };
    next.map(Some).ok_or_else(nowhere)
}

fn name(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

async fn within<T>(host: &str, work: impl Future<Output = Result<T, reqwest::Error>>) -> Result<T, Error> {
    match timeout(SILENCE, work).await {
        Ok(done) => done.map_err(|error| cause(host, &error)),
        Err(_) => Err(Error::Stalled { host: host.to_owned(), seconds: SILENCE.as_secs() }),
    }
}

fn local(host: &str, Refusal { address, why, .. }: Refusal) -> Error {
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

#[cfg(test)]
mod tests;
