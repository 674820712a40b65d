//! Opens a source.

use super::{
    address::AllowedNetwork,
    download::{Download, download, local, within},
    error::Error,
    guard::Guard,
    proxy::Proxies,
};
use crate::kind::flow::{Login, Source};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    Client, Response, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect, tls,
};
use secrecy::ExposeSecret;
use std::{net::IpAddr, sync::Arc, time::Duration};
use tokio::time::timeout;

/// Timeout of a connect.
const CONNECT: Duration = Duration::from_secs(10);
/// Most redirects that are followed.
const REDIRECTS: usize = 5;

/// What may be fetched, and from where.
#[derive(Clone, Debug)]
pub struct Sources {
    guard: Guard,
    proxies: Proxies,
}

impl Default for Sources {
    fn default() -> Self {
        Self::allowing([])
    }
}

impl Sources {
    /// Refuses local addresses except these.
    pub fn allowing(networks: impl IntoIterator<Item = AllowedNetwork>) -> Self {
        Self { guard: Guard::Sources(networks.into_iter().collect()), proxies: Proxies::default() }
    }

    /// By way of these proxies. What they connect to is their duty; what is known here to be local they are not asked for.
    #[must_use]
    pub fn through(self, proxies: Proxies) -> Self {
        Self { proxies, ..self }
    }

    /// Requests the source and follows redirects. Every address on the way is checked.
    ///
    /// # Errors
    /// The source can't be read, or must not be.
    pub async fn open(&self, source: &Source) -> Result<Download, Error> {
        let headers = source.login.as_ref().and_then(authorization).into_iter().collect();
        let (response, host) = self.get(&source.url, headers, source.checksum.is_some()).await?;
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
            let host = self.check(&url).await?;
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

    /// Makes a client that connects only to checked addresses, since it resolves names through the [`Guard`], and to the
    /// proxies, which are the administrator's.
    fn client(&self) -> Result<Client, Error> {
        let builder = Client::builder()
            .user_agent(concat!("kupenstack/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .redirect(redirect::Policy::none())
            .min_tls_version(tls::Version::TLS_1_2)
            .no_gzip()
            .no_proxy()
            .dns_resolver(Arc::new(Names(self.clone())));
        let builder = self.proxies.iter().cloned().fold(builder, reqwest::ClientBuilder::proxy);
        builder.build().map_err(|error| Error::Address(format!("no TLS client: {error}")))
    }

    /// Checks scheme, credentials and literal addresses, and names too if a proxy may resolve them once more. Returns the host's
    /// name for messages.
    async fn check(&self, url: &Url) -> Result<String, Error> {
        let wrong = |why: &str| Err(Error::Address(why.to_owned()));
        if !matches!(url.scheme(), "http" | "https") {
            return wrong("only http and https are supported");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return wrong("it must not hold a user or password");
        }
        let Some(host) = url.host_str() else { return wrong("it has no host") };
        self.guard.judge_literal(url).map_err(|refusal| local(host, refusal))?;
        if self.proxies.any() {
            let judged = timeout(CONNECT, self.guard.judge_name(host)).await;
            judged.unwrap_or(Ok(())).map_err(|refusal| local(host, refusal))?;
        }
        Ok(name(url))
    }
}

/// Resolves names of sources through the guard. A source of a proxy's name was judged before it came here.
struct Names(Sources);

impl Resolve for Names {
    fn resolve(&self, asked: Name) -> Resolving {
        if !self.0.proxies.named(asked.as_str()) {
            return self.0.guard.resolve(asked);
        }
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((asked.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Base64 is always good as a header.
fn authorization(login: &Login) -> Option<(HeaderName, HeaderValue)> {
    let text = STANDARD.encode(format!("{}:{}", login.user, login.password.expose_secret()));
    let mut value = HeaderValue::from_str(&format!("Basic {text}")).ok()?;
    value.set_sensitive(true);
    Some((header::AUTHORIZATION, value))
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

#[cfg(test)]
mod tests;
