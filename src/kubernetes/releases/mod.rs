//! Releases of one namespace: seen, compared with what is wanted, and changed step by step. Each step looks at the cluster itself
//! before it does anything that must not be done twice, since what the plan saw may be old. May use its neighbours of the room.

mod compare;
mod found;
mod jobs;
mod objects;
mod records;
mod rendering;
mod verified;
mod wanted;

use super::{
    api::{Address, ApiServer, Propagation},
    backend::Tools,
    error::Error,
    probe::Probe,
    view::{Interest, View},
};
use crate::{
    kind::request::Request,
    release::{
        cause::LogOf,
        facts::Probe as ProbeSpec,
        record::{self, Record},
        state::{ChartSeen, ReleaseStatus},
    },
};
use jobs::Jobs;
use objects::Objects;
use parking_lot::Mutex;
use records::{Records, Revision};
use rendering::{Here, Rendering};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};
use verified::Verified;
use wanted::{Wanted, desired};

/// The releases of one namespace.
pub struct Releases {
    api: Arc<ApiServer>,
    tools: Arc<Tools>,
    view: Arc<View>,
    records: Records,
    namespace: String,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// What is remembered of one release. All of it can be found out again.
#[derive(Default)]
struct Slot {
    verified: Verified,
    /// The last rendering, or why there was none, by what was wanted.
    rendered: Mutex<Option<(u64, Result<Arc<Rendering>, String>)>>,
    /// What a change of would change the answer to a comparison.
    interest: Mutex<Interest>,
    probe: Mutex<Option<Arc<Probe>>>,
    /// Since when something is under way.
    since: Mutex<Option<jiff::Timestamp>>,
    /// The last line that was read of a log, and whose it is.
    line: Mutex<Option<(LogOf, String)>>,
    /// Held while objects are applied or removed: one at a time.
    busy: tokio::sync::Mutex<()>,
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

    fn slot(&self, name: &str) -> Arc<Slot> {
        self.slots.lock().entry(name.to_owned()).or_default().clone()
    }

    fn jobs(&self) -> Jobs<'_> {
        Jobs { api: &self.api, view: &self.view, namespace: &self.namespace }
    }

    fn objects<'a>(&'a self, name: &'a str, slot: &'a Slot) -> Objects<'a> {
        let (api, view, verified) = (&self.api, &self.view, &slot.verified);
        Objects { api, view, verified, namespace: &self.namespace, release: name }
    }

    /// Writes the record of the first revision.
    ///
    /// # Errors
    /// There is a record (a conflict), it does not render, or an object is another release's.
    pub async fn create(&self, name: &str, request: &Request) -> Result<(), Error> {
        let history = self.records.history(name).await?;
        if let Some(newest) = record::newest(&history) {
            let number = newest.release.version;
            return Err(Error::Conflict(format!("release {name} is there, in revision {number}")));
        }
        self.record(name, request, &history).await
    }

    /// Writes the record of a further revision.
    ///
    /// # Errors
    /// Somebody was quicker (a conflict), it does not render, or an object is another release's.
    pub async fn upgrade(&self, name: &str, request: &Request) -> Result<(), Error> {
        let history = self.records.history(name).await?;
        let now = (self.tools.now)();
        if let Some(newest) = record::newest(&history).filter(|newest| newest.seen(now).busy) {
            let number = newest.release.version;
            return Err(Error::Conflict(format!("Helm is at work on revision {number} of release {name}")));
        }
        self.record(name, request, &history).await
    }

    async fn record(&self, name: &str, request: &Request, history: &[Record]) -> Result<(), Error> {
        let (wanted, rendering) = self.rendered(name, request, history).await?;
        let slot = self.slot(name);
        self.objects(name, &slot).refuse_foreign(&rendering.manifest).await?;
        let revision = record::Revision {
            name,
            namespace: &self.namespace,
            chart: wanted.chart_of(&rendering.chart),
            values: wanted.values.as_map(),
            manifest: &rendering.manifest,
            digest: &rendering.digest,
            owner: &wanted.owner,
        };
        self.records.create(&Record::pending(revision, history, (self.tools.now)())).await
    }

    /// What a request wants, rendered.
    async fn rendered(
        &self,
        name: &str,
        request: &Request,
        history: &[Record],
    ) -> Result<(Wanted, Arc<Rendering>), Error> {
        let desired = desired(request)?;
        let wanted = Wanted::of(&desired)?;
        let used = record::newest(history).map(|record| record.release.chart.seen());
        let rendering = self.render(name, &wanted, desired.digest(), used).await?;
        Ok((wanted, rendering))
    }

    /// The rendering of what is wanted, from memory if it is the one that was asked for last.
    async fn render(
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

    /// Makes an object that comes before all others.
    ///
    /// # Errors
    /// The newest revision has no such object, or the API server refused.
    pub async fn prepare(&self, name: &str, kind: &str, object: &str) -> Result<(), Error> {
        self.jobs().prepare(&self.records.current(name).await?, kind, object).await
    }

    /// Makes a hook Job.
    ///
    /// # Errors
    /// The newest revision has no such Job, one made from other inputs is there, or the API server refused.
    pub async fn run(&self, name: &str, job: &str) -> Result<(), Error> {
        self.jobs().run(&self.records.latest(name).await?, job).await
    }

    /// Deletes a Job that is to be made anew.
    ///
    /// # Errors
    /// The API server refused.
    pub async fn clear(&self, name: &str, job: &str) -> Result<(), Error> {
        self.jobs().clear(&self.records.latest(name).await?.manifest, job).await
    }

    /// Starts the migrations of what is wanted, beside what runs.
    ///
    /// # Errors
    /// It does not render, nothing runs, or the API server refused.
    pub async fn migrate(&self, name: &str, request: &Request) -> Result<(), Error> {
        let history = self.records.history(name).await?;
        let (wanted, rendering) = self.rendered(name, request, &history).await?;
        let before =
            record::deployed(&history).ok_or_else(|| Error::Gone(format!("a deployed release {name}")))?;
        self.jobs().migrate(name, &before.manifest()?, &rendering.manifest, &wanted.facts.migrations).await
    }

    /// Applies all objects of the newest revision.
    ///
    /// # Errors
    /// The API server refused one.
    pub async fn apply(&self, name: &str) -> Result<(), Error> {
        let slot = self.slot(name);
        let _one = slot.busy.lock().await;
        let revision = self.records.current(name).await?;
        slot.verified.of_revision(revision.record.release.version);
        let history = self.records.history(name).await?;
        let before = record::deployed(&history).cloned();
        let before = before.filter(|record| record.release.version < revision.record.release.version);
        let before = match before {
            Some(record) => Some(Revision { manifest: record.manifest()?, record }),
            None => None,
        };
        self.objects(name, &slot).apply(&revision, before.as_ref()).await
    }

    /// Notes that the newest revision is deployed, that older ones are not, and forgets the oldest.
    ///
    /// # Errors
    /// Somebody was quicker (a conflict), or the API server refused.
    pub async fn settle(&self, name: &str, request: &Request) -> Result<(), Error> {
        let current = self.records.current(name).await?.record;
        let now = (self.tools.now)();
        if current.release.info.status.is_pending() {
            self.records.note(&current, ReleaseStatus::Deployed, now).await?;
        }
        let history = self.records.history(name).await?;
        let older = history.iter().filter(|record| record.release.version < current.release.version);
        for record in older {
            let status = record.release.info.status;
            if status == ReleaseStatus::Deployed || status.is_pending() {
                self.records.note(record, ReleaseStatus::Superseded, now).await?;
            }
        }
        let most = request.body.as_ref().and_then(|body| body.get("max_history")).and_then(Value::as_u64);
        let most = usize::try_from(most.unwrap_or(5)).unwrap_or(5);
        for record in record::surplus(&history, most) {
            self.records.delete(record).await?;
        }
        Ok(())
    }

    /// Removes all objects of the release. Its records stay, so that what is left is known.
    ///
    /// # Errors
    /// The API server refused one.
    pub async fn remove(&self, name: &str) -> Result<(), Error> {
        let slot = self.slot(name);
        let _one = slot.busy.lock().await;
        let history = self.records.history(name).await?;
        let now = (self.tools.now)();
        let newest = record::newest(&history)
            .filter(|record| record.release.info.status != ReleaseStatus::Uninstalling);
        if let Some(newest) = newest {
            self.records.note(newest, ReleaseStatus::Uninstalling, now).await?;
        }
        let mut revisions = vec![];
        for record in history.into_iter().rev() {
            revisions.push(Revision { manifest: record.manifest()?, record });
        }
        self.objects(name, &slot).remove(&revisions).await
    }

    /// Removes what deletions leave behind, data only if that is wanted, and the records last.
    ///
    /// # Errors
    /// The API server refused.
    pub async fn sweep(self: &Arc<Self>, name: &str, request: &Request) -> Result<(), Error> {
        let data = request.body.as_ref().and_then(|body| body.get("data")) == Some(&json!("Delete"));
        let state = self.left(name).await?;
        let rest = state.leftovers.iter().chain(state.data.iter().filter(|_| data));
        for object in rest {
            if let Some(address) = self.named(object) {
                self.api.delete(&address, None, Propagation::Background).await?;
            }
        }
        for record in self.records.history(name).await? {
            self.records.delete(&record).await?;
        }
        self.slots.lock().remove(name);
        Ok(())
    }

    /// The object that a state names as `Kind/name`: hook objects and data are of these kinds only.
    fn named(&self, text: &str) -> Option<Address> {
        let (kind, name) = text.split_once('/')?;
        Some(match kind {
            "Job" => Address::job(&self.namespace, name),
            _ => Address::core(kind, &self.namespace, name),
        })
    }

    /// The probe of a release, begun if there is none yet.
    fn probe(self: &Arc<Self>, name: &str, spec: Option<&ProbeSpec>) -> Option<Arc<Probe>> {
        let slot = self.slot(name);
        let mut kept = slot.probe.lock();
        let Some(spec) = spec else {
            *kept = None;
            return None;
        };
        if kept.as_ref().is_none_or(|probe| !probe.asks(spec)) {
            let (changes, tag) = (self.view.changes().clone(), ("probe".to_owned(), name.to_owned()));
            let flipped = move || changes.note(std::slice::from_ref(&tag));
            *kept = Some(Arc::new(Probe::begin(self.api.clone(), &self.namespace, spec.clone(), flipped)));
        }
        kept.clone()
    }
}
