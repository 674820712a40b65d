//! The releases of one namespace, and what is remembered of each.

use super::{
    jobs::Jobs,
    objects::Objects,
    records::Records,
    rendering::{Here, Rendering},
    verified::Verified,
    wanted::Wanted,
};
use crate::{
    kubernetes::{
        api::ApiServer,
        error::Error,
        probe::Probe,
        tools::Tools,
        view::{Interest, View},
    },
    release::{cause::LogOf, facts, state::ChartSeen},
};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};

/// The releases of one namespace.
pub struct Releases {
    pub(super) api: Arc<ApiServer>,
    pub(super) tools: Arc<Tools>,
    pub(super) view: Arc<View>,
    pub(super) records: Records,
    pub(super) namespace: String,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// Digest of what was wanted, and what it rendered to, or why it did not.
type Rendered = (u64, Result<Arc<Rendering>, String>);

/// What is remembered of one release. All of it can be found out again.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) verified: Verified,
    /// The last rendering, or why there was none, by what was wanted.
    pub(super) rendered: Mutex<Option<Rendered>>,
    /// What a change of would change the answer to a comparison.
    pub(super) interest: Mutex<Interest>,
    pub(super) probe: Mutex<Option<Arc<Probe>>>,
    /// Since when something is under way.
    pub(super) since: Mutex<Option<jiff::Timestamp>>,
    /// When its state becomes another by the clock alone.
    pub(super) expires: Mutex<Option<jiff::Timestamp>>,
    /// The last line that was read of a log, and whose it is.
    pub(super) line: Mutex<Option<(LogOf, String)>>,
    /// Held while objects are applied or removed: one at a time.
    pub(super) busy: tokio::sync::Mutex<()>,
}

impl Releases {
    /// Through this view.
    pub fn new(api: Arc<ApiServer>, tools: Arc<Tools>, view: Arc<View>, namespace: &str) -> Arc<Self> {
        let records = Records::new(api.clone(), view.clone(), namespace);
        let namespace = namespace.to_owned();
        Arc::new(Self { api, tools, view, records, namespace, slots: Mutex::default() })
    }

    /// What the watches of the namespace tell.
    pub fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// What a change of would change the answer to a comparison.
    pub fn interest(&self, name: &str) -> Interest {
        self.slot(name).interest.lock().clone()
    }

    /// Has the answer to the last comparison become another by the clock alone?
    pub fn has_expired(&self, name: &str) -> bool {
        let expires = self.slots.lock().get(name).and_then(|slot| *slot.expires.lock());
        expires.is_some_and(|at| at <= (self.tools.now)())
    }

    pub(super) fn slot(&self, name: &str) -> Arc<Slot> {
        self.slots.lock().entry(name.to_owned()).or_default().clone()
    }

    /// Forgets what is remembered of a release.
    pub(super) fn forget(&self, name: &str) {
        self.slots.lock().remove(name);
    }

    pub(super) fn jobs(&self) -> Jobs<'_> {
        Jobs { api: &self.api, view: &self.view, namespace: &self.namespace }
    }

    pub(super) fn objects<'a>(&'a self, name: &'a str, slot: &'a Slot) -> Objects<'a> {
        let (api, view, verified) = (&self.api, &self.view, &slot.verified);
        Objects { api, view, verified, namespace: &self.namespace, release: name }
    }

    /// The rendering of what is wanted, from memory if it is the one that was asked for last.
    pub(super) async fn render(
        &self,
        name: &str,
        wanted: &Wanted,
        digest: u64,
        used: Option<ChartSeen>,
    ) -> Result<Arc<Rendering>, Error> {
        if let Some(problem) = &wanted.problem {
            return Err(Error::Rendering(problem.clone()));
        }
        let slot = self.slot(name);
        if let Some((known, rendered)) = &*slot.rendered.lock()
            && *known == digest
        {
            return rendered.clone().map_err(Error::Rendering);
        }
        let version = self.api.version_once().await?;
        let here = Here { release: name, namespace: &self.namespace, kubernetes: &version };
        let rendered = wanted.render(&here, used, &self.tools).await.map(Arc::new);
        let kept = match &rendered {
            Ok(rendering) => Some(Ok(rendering.clone())),
            // What may pass by itself is tried again.
            Err(Error::Rendering(words)) => Some(Err(words.clone())),
            Err(_) => None,
        };
        *slot.rendered.lock() = kept.map(|kept| (digest, kept));
        rendered
    }

    /// The probe of a release, begun if there is none yet.
    pub(super) fn probe(self: &Arc<Self>, name: &str, spec: Option<&facts::Probe>) -> Option<Arc<Probe>> {
        let slot = self.slot(name);
        let mut kept = slot.probe.lock();
        let Some(spec) = spec else {
            *kept = None;
            return None;
        };
        if kept.as_ref().is_none_or(|probe| !probe.asks(spec)) {
            let (changes, tag) = (self.view.changes().clone(), ("probe".to_owned(), name.to_owned()));
            let flipped = move || changes.note(std::slice::from_ref(&tag));
            let (api, network) = (self.api.clone(), self.tools.network.clone());
            *kept = Some(Arc::new(Probe::begin(api, network, &self.namespace, spec.clone(), flipped)));
        }
        kept.clone()
    }
}
