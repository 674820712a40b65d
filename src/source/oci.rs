//! Artifacts of OCI registries, by the distribution API (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md>):
//! anonymously, with a token if the registry asks for one. What is pulled is checked against its digest.

use super::{download::download, error::Error, fetch::Sources};
use crate::kind::flow::{Algorithm, Checksum, Source};
use data_encoding::HEXLOWER;
use reqwest::{
    Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::str::FromStr;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// Most bytes of a manifest or a token, as registries limit them.
const SMALL: usize = 4 << 20;

/// Where an artifact lies: `oci://registry.example.org/charts/keystone`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Host, and port if any.
    pub host: String,
    /// Path of the repository.
    pub repository: String,
}

/// What was pulled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Digest of the manifest: `sha256:…`, as `helm push` prints it.
    pub digest: String,
    /// The layer.
    pub bytes: Vec<u8>,
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Address(format!("{text:?} is not oci://HOST/PATH"));
        let (host, path) =
            text.strip_prefix("oci://").and_then(|rest| rest.split_once('/')).ok_or_else(wrong)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        let repository = path.trim_end_matches('/');
        if host.is_empty() || repository.is_empty() || !repository.chars().all(plain) || host.contains('@') {
            return Err(wrong());
        }
        Ok(Self { host: host.to_owned(), repository: repository.to_owned() })
    }
}

impl Sources {
    /// Pulls the layer of a media type; `tag` is a tag or a digest. Plain http is tried only where the administrator
    /// allowed every address of the host, and TLS is not spoken there.
    ///
    /// # Errors
    /// The registry can't be read, must not be, or has no such artifact.
    pub async fn pull(
        &self,
        from: &Reference,
        tag: &str,
        media: &str,
        most: usize,
    ) -> Result<Artifact, Error> {
        match self.pull_by("https", from, tag, media, most).await {
            Err(Error::Broken { .. }) if self.allows(&from.host).await => {
                self.pull_by("http", from, tag, media, most).await
            }
            done => done,
        }
    }

    async fn pull_by(
        &self,
        scheme: &str,
        from: &Reference,
        tag: &str,
        media: &str,
        most: usize,
    ) -> Result<Artifact, Error> {
        let base = format!("{scheme}://{}/v2/{}", from.host, from.repository);
        let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(MANIFEST))]);
        let manifest = format!("{base}/manifests/{tag}");
        let (mut response, host) = self.get(&manifest, headers.clone(), false).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            headers.insert(AUTHORIZATION, self.token(&host, &response).await?);
            response = self.get(&manifest, headers.clone(), false).await?.0;
        }
        let bytes = download(response, host.clone(), &Source::default())?.whole(SMALL).await?;
        let digest = format!("sha256:{}", HEXLOWER.encode(&Sha256::digest(&bytes)));
        let odd = |detail: &str| Error::Registry { host: host.clone(), detail: detail.to_owned() };
        if tag.starts_with("sha256:") && tag != digest {
            return Err(odd("has other data under this digest"));
        }
        let manifest: Value = serde_json::from_slice(&bytes).map_err(|_| odd("has no manifest there"))?;
        let layer = layer(&manifest, media).ok_or_else(|| odd(&format!("has no {media} there")))?;
        headers.remove(ACCEPT);
        let blob = format!("{base}/blobs/sha256:{layer}");
        let (response, host) = self.get(&blob, headers, true).await?;
        let checksum = Some(Checksum { algorithm: Algorithm::Sha256, value: layer.to_owned() });
        let source = Source { url: blob, checksum, ..Source::default() };
        let bytes = download(response, host, &source)?.whole(most).await?;
        Ok(Artifact { digest, bytes })
    }

    /// The token that a registry's 401 tells how to get.
    async fn token(&self, host: &str, refused: &Response) -> Result<HeaderValue, Error> {
        let odd = |detail: &str| Error::Registry { host: host.to_owned(), detail: detail.to_owned() };
        let challenge = refused.headers().get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
        let challenge = challenge.and_then(challenged).ok_or_else(|| odd("wants a login"))?;
        let (response, host) = self.get(&challenge, HeaderMap::new(), false).await?;
        let bytes = download(response, host, &Source::default())?.whole(SMALL).await?;
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let token = ["token", "access_token"].iter().find_map(|key| answer.get(key)).and_then(Value::as_str);
        let bearer = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
        let mut bearer = bearer.ok_or_else(|| odd("gives no token without a login"))?;
        bearer.set_sensitive(true);
        Ok(bearer)
    }
}

/// The address of a token, from `Bearer realm="…",service="…",scope="…"`.
fn challenged(challenge: &str) -> Option<String> {
    let fields = challenge.strip_prefix("Bearer ")?;
    let field = |name: &str| {
        let (_, rest) = fields.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let mut url = Url::parse(field("realm")?).ok()?;
    for name in ["service", "scope"] {
        if let Some(value) = field(name) {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    Some(url.into())
}

/// SHA-256 of the first layer of a media type.
fn layer<'a>(manifest: &'a Value, media: &str) -> Option<&'a str> {
    let layers = manifest.get("layers")?.as_array()?;
    let of = |layer: &&Value| layer.get("mediaType").and_then(Value::as_str) == Some(media);
    layers.iter().find(of)?.get("digest")?.as_str()?.strip_prefix("sha256:")
}

#[cfg(test)]
mod tests;
