//! Parents at addresses: each is composed as a RemoteProfile, which fetches it, and read from that one's status. What lies at
//! an address may name a parent in turn; its checksum fixes all of it, so that no circle can lead through an address.

use super::{
    chain::RemoteParent, check::Type, cloud::WantedResource, composed_resource::ComposedResource,
    input::ComposedResources, occp, refusal::Refusal, xrd::NO_COMPONENTS,
};
use crate::{
    api::{DOMAIN, VERSION, meta},
    components::remote_profile::RemoteProfileObservation,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use url::Url;

/// Most addresses in a row.
const MOST: usize = 8;

/// The way from a profile to its first parent that has a name.
#[derive(Clone, Default)]
pub struct Line {
    /// Parents at addresses that were read, the nearest first.
    pub read: Vec<RemoteParent>,
    /// What is composed to read them.
    pub resources: BTreeMap<String, WantedResource>,
    /// Where it goes on.
    pub next: Next,
}

/// Where the way goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Next {
    /// Nowhere: there is no further parent.
    #[default]
    Nothing,
    /// To a parent of this name.
    Named(String),
    /// It can't be followed.
    Refused(Refusal),
}

/// What a profile says of its parent.
struct Reference {
    from: Option<String>,
    sha256: Option<String>,
}

/// A file at an address.
struct File {
    url: String,
    sha256: String,
    /// The address, without what may be secret in it.
    shown: String,
}

/// Entries of components in a profile's spec.
pub fn entries(mut spec: Map<String, Value>) -> Map<String, Value> {
    spec.retain(|field, _| !NO_COMPONENTS.contains(&field.as_str()));
    spec
}

/// Follows a profile's parents as long as they lie at addresses. `seen` is what was composed before.
pub fn follow(spec: &Map<String, Value>, namespace: &str, seen: &ComposedResources) -> Line {
    let mut line = Line::default();
    line.next = match walk(&mut line, spec, namespace, seen) {
        Ok(None) => Next::Nothing,
        Ok(Some(name)) => Next::Named(name),
        Err(refusal) => Next::Refused(refusal),
    };
    line
}

/// The first parent that has a name.
fn walk(
    line: &mut Line,
    spec: &Map<String, Value>,
    namespace: &str,
    seen: &ComposedResources,
) -> Result<Option<String>, Refusal> {
    let mut reference = Reference::of("spec", spec)?;
    loop {
        let Some(from) = reference.from else { return Ok(None) };
        if !from.contains("://") && !from.starts_with('/') {
            return Ok(Some(from));
        }
        let file = File::of(&from, reference.sha256)?;
        if line.resources.len() >= MOST {
            return Err(Refusal::TooDeep { name: file.shown, most: MOST });
        }
        let (key, object) = (file.key(), file.object(namespace, spec.get("providerConfigRef")));
        let resource = seen.get(&key);
        let ready = resource.is_some_and(ComposedResource::ready);
        line.resources.insert(key, WantedResource { object, ready });
        let (parent, next) = file.read(resource)?;
        line.read.push(parent);
        reference = next;
    }
}

impl Reference {
    /// Reads it; of what lies at an address no API server has checked the types.
    fn of(root: &str, spec: &Map<String, Value>) -> Result<Self, Refusal> {
        let text = |name: &str| -> Result<Option<String>, Refusal> {
            let Some(value) = spec.get(name) else { return Ok(None) };
            Type::Text.check(&format!("{root}.{name}"), value)?;
            Ok(value.as_str().map(str::to_owned))
        };
        Ok(Self { from: text("from")?, sha256: text("fromSha256")? })
    }
}

impl File {
    fn of(from: &str, sha256: Option<String>) -> Result<Self, Refusal> {
        let url = Url::parse(from).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some(url) = url else { return Err(Refusal::Url(from.to_owned())) };
        let mut shown = url.clone();
        shown.set_query(None);
        shown.set_fragment(None);
        // Neither fails where there is a host.
        let _ = shown.set_password(None);
        let _ = shown.set_username("");
        let shown = String::from(shown);
        let is_digest = |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match sha256.filter(is_digest) {
            Some(sha256) => Ok(Self { url: url.into(), sha256: sha256.to_lowercase(), shown }),
            None => Err(Refusal::NoDigest { url: shown }),
        }
    }

    /// Name of its composed resource: another file is another resource, so that what is read is never mixed up.
    fn key(&self) -> String {
        let digest = Sha256::digest(format!("{} {}", self.url, self.sha256));
        let digits: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("parent-{digits}")
    }

    /// It is only looked at, so nothing holds its deletion.
    fn object(&self, namespace: &str, config: Option<&Value>) -> Value {
        let mut spec = json!({
            "managementPolicies": ["Observe"],
            "forProvider": {"url": self.url, "sha256": self.sha256},
        });
        if let (Some(config), Value::Object(spec)) = (config, &mut spec) {
            spec.insert("providerConfigRef".to_owned(), config.clone());
        }
        json!({
            "apiVersion": format!("component.{DOMAIN}/{VERSION}"), "kind": "RemoteProfile",
            "metadata": {"namespace": namespace, "annotations": {(meta::EXTERNAL_NAME): self.key()}},
            "spec": spec,
        })
    }

    /// Its content, and what it says of its own parent.
    fn read(&self, resource: Option<&ComposedResource>) -> Result<(RemoteParent, Reference), Refusal> {
        let url = || self.shown.clone();
        let resource = resource.ok_or_else(|| Refusal::Unfetched { url: url() })?;
        let told: RemoteProfileObservation = resource.told();
        // What was read once stays right, even if it can't be fetched any more.
        if told.digest != self.sha256 {
            let refused = |why| Refusal::Remote { url: url(), why };
            return Err(resource.why().map_or_else(|| Refusal::Unfetched { url: url() }, refused));
        }
        let (root, spec) = (format!("{}: spec", self.shown), with_nulls(told.spec, &told.nulls));
        let reference = Reference::of(&root, &spec)?;
        let profile = occp::read(&root, &entries(spec));
        Ok((RemoteParent { origin: self.shown.clone(), profile }, reference))
    }
}

/// Puts the nulls back that a status can't keep.
fn with_nulls(mut spec: Map<String, Value>, nulls: &[String]) -> Map<String, Value> {
    'nulls: for pointer in nulls {
        let names: Vec<_> =
            pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
        let Some((last, above)) = names.split_last() else { continue };
        let mut here = &mut spec;
        for name in above {
            here = match here.entry(name.clone()).or_insert_with(|| Value::Object(Map::new())) {
                Value::Object(inner) => inner,
                _ => continue 'nulls,
            };
        }
        here.insert(last.clone(), Value::Null);
    }
    spec
}

#[cfg(test)]
mod tests;
