//! What is there of the objects that a release's manifests name. May use `objects`.

use super::{
    namespace::{Releases, Slot},
    objects::Objects,
    records::Revision,
};
use crate::{
    kubernetes::{
        api::Address,
        error::Error,
        view::{KindId, Tag, version},
    },
    release::{
        drift,
        manifest::{Identity, Manifest, Object},
        migrate,
        picture::Live,
        state::ReleaseStatus,
    },
};
use futures::{FutureExt, StreamExt, stream};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Objects that are looked at together.
const TOGETHER: usize = 8;
/// Variable by which a chart tells its pods in which ConfigMap to write down how far they are, as OpenStack-Helm's MariaDB
/// does. No manifest has that ConfigMap.
const STATE: &str = "STATE_CONFIGMAP";

/// What is there of a release.
pub(super) struct Found {
    /// Objects, and whether they are as they should be.
    pub(super) live: BTreeMap<Identity, Live>,
    /// Plain Jobs that were made from another template.
    pub(super) clear: Vec<String>,
    /// PersistentVolumeClaims that StatefulSets made, and what pods wrote down of them.
    pub(super) claims: Vec<String>,
    /// What was made for migrations, and what pods wrote down of themselves.
    pub(super) copies: Vec<String>,
}

/// An object that is there.
struct Presence {
    /// Version of what is wanted of it.
    content: String,
    /// The release that it belongs to: namespace and name.
    owner: Option<Tag>,
    /// Is it being deleted?
    going: bool,
}

impl Releases {
    /// What is there of the objects that manifests name, the one to be judged first.
    pub(super) async fn found(
        &self,
        name: &str,
        slot: &Slot,
        revisions: &[Arc<Revision>],
        manifests: &[&Manifest],
    ) -> Result<Found, Error> {
        let mut found = Found { live: BTreeMap::new(), clear: vec![], claims: vec![], copies: vec![] };
        let removing = revisions
            .last()
            .is_some_and(|newest| newest.record.release.info.status == ReleaseStatus::Uninstalling);
        slot.verified.of_revision(revisions.last().map_or(0, |newest| newest.record.release.version));
        // What is another's stays when the release goes; hooks carry no marks.
        let own = (removing || revisions.is_empty()).then(|| (self.namespace.clone(), name.to_owned()));
        let mut looks = vec![];
        for (at, manifest) in manifests.iter().enumerate() {
            let judged = at == 0 && !revisions.is_empty() && !removing;
            let plain = manifest.objects.iter().map(|object| (judged, object, own.as_ref()));
            let hooks = manifest.hooks.iter().filter(|hook| !hook.is_job());
            looks.extend(plain.chain(hooks.map(|hook| (false, &hook.object, None))));
        }
        let objects = self.objects(name, slot);
        let looks: Vec<_> = looks
            .into_iter()
            .map(|(judged, object, own)| self.look(&objects, judged, object, own).boxed())
            .collect();
        let mut answers = stream::iter(looks).buffered(TOGETHER);
        while let Some(answer) = answers.next().await {
            let Some((judged, object, differs)) = answer? else { continue };
            if differs && object.kind() == "Job" {
                found.clear.push(object.name().to_owned());
            }
            let live = if differs { Live::Differs } else { Live::Same };
            let identity = object.identity(&self.namespace);
            if judged {
                found.live.insert(identity, live);
            } else {
                found.live.entry(identity).or_insert(live);
            }
        }
        found.claims = self.claims(manifests);
        found.copies = self.copies(name);
        // It tells of what is in the claims: without them it would mislead the next installation.
        let holder = if found.claims.is_empty() { &mut found.copies } else { &mut found.claims };
        holder.extend(self.states(manifests));
        Ok(found)
    }

    /// Whether an object is there, and differs from what is wanted if it is judged. `own` are the marks that it must have, if
    /// it must.
    async fn look<'o>(
        &self,
        objects: &Objects<'_>,
        judged: bool,
        object: &'o Object,
        own: Option<&Tag>,
    ) -> Result<Option<(bool, &'o Object, bool)>, Error> {
        let Some(there) = self.presence(object).await? else { return Ok(None) };
        if own.is_some() && (there.owner.as_ref() != own || there.going) {
            return Ok(None);
        }
        let differs = judged && objects.differs(object, &there.content).await?;
        Ok(Some((judged, object, differs)))
    }

    /// An object, if it is there.
    async fn presence(&self, object: &Object) -> Result<Option<Presence>, Error> {
        let (api_version, kind, name) = (object.api_version(), object.kind(), object.name());
        if self.view.watches(api_version, kind) {
            let kept = self.view.object(api_version, kind, name);
            return Ok(kept.map(|kept| Presence {
                content: kept.content,
                owner: kept.owner,
                going: kept.deleting,
            }));
        }
        let address = Address::from_identity(&object.identity(&self.namespace), &self.namespace);
        let live = match self.api.get(&address).await {
            Err(Error::UnknownKind { .. }) => None,
            found => found?,
        };
        Ok(live.map(|live| Presence {
            content: version(&live),
            owner: drift::owner(&live).map(|(namespace, name)| (namespace.to_owned(), name.to_owned())),
            going: live.pointer("/metadata/deletionTimestamp").is_some(),
        }))
    }

    /// PersistentVolumeClaims that StatefulSets made, which outlive them.
    fn claims(&self, manifests: &[&Manifest]) -> Vec<String> {
        let sets =
            manifests.iter().flat_map(|manifest| &manifest.objects).filter(|one| one.kind() == "StatefulSet");
        let stems: BTreeSet<String> = sets
            .flat_map(|set| {
                let templates = set.value.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array);
                let named =
                    |template: &Value| Some(format!("{}-{}", text(template, "/metadata/name")?, set.name()));
                templates.into_iter().flatten().filter_map(named).collect::<Vec<_>>()
            })
            .collect();
        let made = |name: &str| {
            name.rsplit_once('-').is_some_and(|(stem, ordinal)| {
                stems.contains(stem) && ordinal.chars().all(|digit| digit.is_ascii_digit())
            })
        };
        let mut all = self.view.objects("v1", "PersistentVolumeClaim");
        all.retain(|(_, kept)| !kept.deleting);
        all.iter()
            .filter(|(name, _)| made(name))
            .map(|(name, _)| format!("PersistentVolumeClaim/{name}"))
            .collect()
    }

    /// ConfigMaps that pods of StatefulSets wrote.
    fn states(&self, manifests: &[&Manifest]) -> BTreeSet<String> {
        let sets =
            manifests.iter().flat_map(|manifest| &manifest.objects).filter(|one| one.kind() == "StatefulSet");
        let containers =
            sets.filter_map(|set| set.value.pointer("/spec/template/spec/containers")?.as_array()).flatten();
        let variables = containers.filter_map(|container| container.get("env")?.as_array()).flatten();
        let named = variables.filter(|variable| text(variable, "/name") == Some(STATE));
        let there =
            |name: &&str| self.view.object("v1", "ConfigMap", name).is_some_and(|kept| !kept.deleting);
        named
            .filter_map(|variable| text(variable, "/value"))
            .filter(there)
            .map(|name| format!("ConfigMap/{name}"))
            .collect()
    }

    /// What was made for migrations of this release.
    fn copies(&self, release: &str) -> Vec<String> {
        let kinds = [("batch/v1", "Job"), ("v1", "ConfigMap"), ("v1", "Secret")];
        let all = kinds.into_iter().flat_map(|(api_version, kind)| {
            self.view.objects(api_version, kind).into_iter().map(move |(name, kept)| (kind, name, kept))
        });
        let own = all.filter(|(.., kept)| kept.labels.get(migrate::LABEL).is_some_and(|of| of == release));
        own.map(|(kind, name, _)| format!("{kind}/{name}")).collect()
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// Kinds that manifests name, and what their objects make that is to be known.
pub(super) fn kinds(manifests: &[&Manifest]) -> BTreeSet<KindId> {
    let all = manifests.iter().flat_map(|manifest| manifest.all());
    let mut kinds: BTreeSet<_> =
        all.map(|object| (object.api_version().to_owned(), object.kind().to_owned())).collect();
    for kind in ["ConfigMap", "PersistentVolumeClaim"] {
        kinds.insert(("v1".to_owned(), kind.to_owned()));
    }
    kinds
}

/// What a change of would change the answer.
pub(super) fn interest(name: &str, manifests: &[&Manifest]) -> BTreeSet<Tag> {
    let all = manifests.iter().flat_map(|manifest| manifest.all());
    let objects = all.map(|object| (object.kind().to_owned(), object.name().to_owned()));
    let own = ["release", "probe"].map(|what| (what.to_owned(), name.to_owned()));
    objects.chain(own).collect()
}
