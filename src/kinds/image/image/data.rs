//! How an image comes to its data, and whether they are the right ones.

use super::{
    ImageAlgorithm, ImageChecksum, ImageDecompress, ImageMethod, ImageObservation, ImageParameters,
    ImageSource,
};
use crate::kind::{
    Key, Ready, Step, TypedObserved,
    flow::{Algorithm, Checksum, Flow, Login, Packing, Source},
    request::{Method, Request, service::IMAGE},
};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

/// The next step on the way to the data.
///
/// Glance puts an image whose upload breaks off back to queued. One that stays in saving belongs to a process of Glance's
/// that died: its record can't be used again, and makes way for a new one.
pub(super) fn step(
    key: &Key<'_, ImageParameters>,
    seen: &TypedObserved<'_, ImageParameters, ImageObservation>,
) -> Step {
    // Of our making.
    let marked = seen.any.marker.is_some();
    let Some(source) = &key.params.source else { return Step::Done };
    let path = format!("/images/{}", key.any.meta.external_name.unwrap_or_default());
    let request = |method, below: &str, body: Option<Value>| {
        Request::new(&IMAGE, method, format!("{path}{below}"), body)
    };
    match (source.method.unwrap_or(ImageMethod::Upload), seen.state.status.as_str()) {
        (ImageMethod::WebDownload, "queued") if source.decompress.is_some() => {
            Step::Refuse("decompress needs the method upload: make a new resource".to_owned())
        }
        (ImageMethod::WebDownload, "queued") if key.params.source_credentials.is_some() => {
            Step::Refuse("sourceCredentials need the method upload: make a new resource".to_owned())
        }
        (ImageMethod::WebDownload, "queued") => {
            let import = json!({"method": {"name": "web-download", "uri": source.url}});
            Step::Send(request(Method::Post, "/import", Some(import)))
        }
        (ImageMethod::Upload, status @ ("queued" | "saving")) if status == "queued" || marked => {
            let body =
                Request { content_type: "application/octet-stream", ..request(Method::Put, "/file", None) };
            let stuck = (status == "saving").then(|| request(Method::Delete, "", None));
            let what = "uploading".to_owned();
            let flow = |login| Flow { request: body, what, source: Some(bytes(source, login)), stuck };
            login(key).map_or_else(|without| *without, |login| Step::Flow(Box::new(flow(login))))
        }
        (ImageMethod::Upload | ImageMethod::WebDownload, _) => Step::Done,
    }
}

/// Who reads the source.
///
/// # Errors
/// The Secret that tells it is not there, or does not.
fn login(key: &Key<'_, ImageParameters>) -> Result<Option<Login>, Box<Step>> {
    let Some(name) = &key.params.source_credentials else { return Ok(None) };
    let Some(document) = key.any.secrets.get("source_credentials") else {
        let what = "does not exist: create it, or correct the name";
        let what = format!("Secret {name:?} of spec.forProvider.sourceCredentials {what}");
        return Err(Box::new(Step::Wait(what)));
    };
    let texts: Map<String, Value> = serde_json::from_str(document.expose_secret()).unwrap_or_default();
    let text = |key: &str| texts.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (Some(user), Some(password)) = (text("username"), text("password")) else {
        let why = format!("Secret {name:?} of spec.forProvider.sourceCredentials lacks username or password");
        return Err(Box::new(Step::Refuse(format!("{why}: add them"))));
    };
    Ok(Some(Login { user: user.to_owned(), password: password.into() }))
}

fn bytes(source: &ImageSource, login: Option<Login>) -> Source {
    let checksum = source.checksum.as_ref().map(|ImageChecksum { algorithm, value }| Checksum {
        algorithm: match algorithm {
            ImageAlgorithm::Md5 => Algorithm::Md5,
            ImageAlgorithm::Sha256 => Algorithm::Sha256,
            ImageAlgorithm::Sha512 => Algorithm::Sha512,
        },
        value: value.clone(),
    });
    let packing = source.decompress.map(|packed| match packed {
        ImageDecompress::Gzip => Packing::Gzip,
        ImageDecompress::Bzip2 => Packing::Bzip2,
        ImageDecompress::Xz => Packing::Xz,
        ImageDecompress::Zstd => Packing::Zstd,
    });
    Source { url: source.url.clone(), checksum, packing, login }
}

/// Whether the data of an active image are the wanted ones, as far as Glance tells. An upload was checked on its way.
pub(super) fn verdict(source: Option<&ImageSource>, state: &ImageObservation) -> Ready {
    let Some(ImageSource { checksum: Some(wanted), method, decompress: None, .. }) = source else {
        return Ready::Yes;
    };
    let algorithm = match wanted.algorithm {
        ImageAlgorithm::Md5 => "md5",
        ImageAlgorithm::Sha256 => "sha256",
        ImageAlgorithm::Sha512 => "sha512",
    };
    let told = match wanted.algorithm {
        ImageAlgorithm::Md5 => Some(state.checksum.as_str()),
        ImageAlgorithm::Sha256 | ImageAlgorithm::Sha512 => {
            (state.os_hash_algo == algorithm).then_some(state.os_hash_value.as_str())
        }
    };
    match told.filter(|told| !told.is_empty()) {
        Some(told) if told.eq_ignore_ascii_case(&wanted.value) => Ready::Yes,
        Some(told) => Ready::Failed(format!(
            "the image's data are not those of source.checksum: make a new resource; their {algorithm} is {told}"
        )),
        None if *method == Some(ImageMethod::WebDownload) => Ready::Failed(format!(
            "source.checksum can't be compared, since this cloud tells {} and md5 only: make a new resource with one of these, or with the method upload",
            if state.os_hash_algo.is_empty() { "no other checksum" } else { &state.os_hash_algo }
        )),
        None => Ready::Yes,
    }
}
