//! The steps of a release, each one request or one flow that can be repeated. May use its neighbours.

use super::{
    namespace::Releases,
    records::Revision,
    rendering::Rendering,
    wanted::{Wanted, desired},
};
use crate::{
    kind::request::Request,
    kubernetes::{
        api::{Address, Propagation},
        error::Error,
    },
    release::{
        accounts, migrate,
        record::{self, Record},
        state::ReleaseStatus,
    },
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Takes the steps of the releases of one namespace.
pub struct Steps(pub Arc<Releases>);

impl Steps {
    /// Writes the record of the first revision.
    ///
    /// # Errors
    /// There is a record (a conflict), it does not render, or an object is another release's.
    pub async fn create(&self, name: &str, request: &Request) -> Result<(), Error> {
        let history = self.0.records.history(name).await?;
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
        let history = self.0.records.history(name).await?;
        let now = (self.0.tools.now)();
        if let Some(newest) = record::newest(&history).filter(|newest| newest.seen(now).busy) {
            let number = newest.release.version;
            return Err(Error::Conflict(format!("Helm is at work on revision {number} of release {name}")));
        }
        self.record(name, request, &history).await
    }

    async fn record(&self, name: &str, request: &Request, history: &[Record]) -> Result<(), Error> {
        let (wanted, rendering) = self.rendered(name, request, history).await?;
        let slot = self.0.slot(name);
        self.0.objects(name, &slot).refuse_foreign(&rendering.manifest).await?;
        let revision = record::Revision {
            name,
            namespace: &self.0.namespace,
            chart: wanted.chart_of(&rendering.chart),
            values: wanted.values.as_map(),
            manifest: &rendering.manifest,
            digest: &rendering.digest,
            owner: &wanted.owner,
        };
        self.0.records.create(&Record::pending(revision, history, (self.0.tools.now)())).await
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
        let rendering = self.0.render(name, &wanted, desired.digest(), used).await?;
        Ok((wanted, rendering))
    }

    /// Makes an object that comes before all others.
    ///
    /// # Errors
    /// The newest revision has no such object, or the API server refused.
    pub async fn prepare(&self, name: &str, kind: &str, object: &str) -> Result<(), Error> {
        self.0.jobs().prepare(&self.0.records.current(name).await?, kind, object).await
    }

    /// Makes a hook Job.
    ///
    /// # Errors
    /// The newest revision has no such Job, one made from other inputs is there, or the API server refused.
    pub async fn run(&self, name: &str, job: &str) -> Result<(), Error> {
        self.0.jobs().run(&self.0.records.latest(name).await?, job).await
    }

    /// Deletes a Job that is to be made anew.
    ///
    /// # Errors
    /// The API server refused.
    pub async fn clear(&self, name: &str, job: &str) -> Result<(), Error> {
        self.0.jobs().clear(&self.0.records.latest(name).await?.manifest, job).await
    }

    /// Starts the migrations of what is wanted, beside what runs.
    ///
    /// # Errors
    /// It does not render, nothing runs, or the API server refused.
    pub async fn migrate(&self, name: &str, request: &Request) -> Result<(), Error> {
        let history = self.0.records.history(name).await?;
        let (wanted, rendering) = self.rendered(name, request, &history).await?;
        let before =
            record::deployed(&history).ok_or_else(|| Error::Gone(format!("a deployed release {name}")))?;
        let facts = &wanted.facts;
        let renewed = accounts::renewed(&facts.accounts, &before.release.config, wanted.values.as_map());
        let (before, after) = (before.manifest()?, &rendering.manifest);
        let due = migrate::due(&before, after, &facts.migrations, &renewed);
        self.0.jobs().migrate(name, after, &due).await
    }

    /// Applies all objects of the newest revision.
    ///
    /// # Errors
    /// The API server refused one.
    pub async fn apply(&self, name: &str) -> Result<(), Error> {
        let slot = self.0.slot(name);
        let _one = slot.busy.lock().await;
        let revision = self.0.records.current(name).await?;
        slot.verified.of_revision(revision.record.release.version);
        let history = self.0.records.history(name).await?;
        let before = record::deployed(&history).cloned();
        let before = before.filter(|record| record.release.version < revision.record.release.version);
        let before = match before {
            Some(record) => Some(Revision { manifest: record.manifest()?, record }),
            None => None,
        };
        self.0.objects(name, &slot).apply(&revision, before.as_ref()).await
    }

    /// Notes that the newest revision is deployed, that older ones are not, and forgets the oldest.
    ///
    /// # Errors
    /// Somebody was quicker (a conflict), or the API server refused.
    pub async fn settle(&self, name: &str, request: &Request) -> Result<(), Error> {
        let current = self.0.records.current(name).await?.record;
        let now = (self.0.tools.now)();
        let history = self.0.records.history(name).await?;
        let older = history.iter().filter(|record| record.release.version < current.release.version);
        for record in older {
            let status = record.release.info.status;
            if status == ReleaseStatus::Deployed || status.is_pending() {
                self.0.records.note(record, ReleaseStatus::Superseded, now).await?;
            }
        }
        let most = request.body.as_ref().and_then(|body| body.get("max_history")).and_then(Value::as_u64);
        let most = usize::try_from(most.unwrap_or(5)).unwrap_or(5);
        // The current one counts as deployed already, or it could be forgotten for an older one that still says so.
        let settled: Vec<_> = history
            .iter()
            .map(|record| {
                let is_current = record.release.version == current.release.version;
                if is_current { record.with_status(ReleaseStatus::Deployed, now) } else { record.clone() }
            })
            .collect();
        for record in record::surplus(&settled, most) {
            self.0.records.delete(record).await?;
        }
        // Last, as Helm does: nobody would settle a deployed revision again to finish what was broken off.
        if current.release.info.status.is_pending() {
            self.0.records.note(&current, ReleaseStatus::Deployed, now).await?;
        }
        Ok(())
    }

    /// Removes all objects of the release. Its records stay, so that what is left is known.
    ///
    /// # Errors
    /// The API server refused one.
    pub async fn remove(&self, name: &str) -> Result<(), Error> {
        let slot = self.0.slot(name);
        let _one = slot.busy.lock().await;
        let history = self.0.records.history(name).await?;
        let now = (self.0.tools.now)();
        if history.is_empty() {
            return Err(Error::Refused(format!(
                "release {name} has no record that says what belongs to it: delete by hand what carries its marks"
            )));
        }
        let newest = record::newest(&history)
            .filter(|record| record.release.info.status != ReleaseStatus::Uninstalling);
        if let Some(newest) = newest {
            self.0.records.note(newest, ReleaseStatus::Uninstalling, now).await?;
        }
        let mut revisions = vec![];
        for record in history.into_iter().rev() {
            revisions.push(Revision { manifest: record.manifest()?, record });
        }
        self.0.objects(name, &slot).remove(&revisions).await
    }

    /// Removes what deletions leave behind, data only if that is wanted, and the records last.
    ///
    /// # Errors
    /// The API server refused.
    pub async fn sweep(&self, name: &str, request: &Request) -> Result<(), Error> {
        let data = request.body.as_ref().and_then(|body| body.get("data")) == Some(&json!("Delete"));
        let state = self.0.left(name).await?;
        let rest = state.leftovers.iter().chain(state.data.iter().filter(|_| data));
        for object in rest {
            if let Some(address) = self.named(object) {
                self.0.view.delete(&address, None, Propagation::Background).await?;
            }
        }
        for record in self.0.records.history(name).await? {
            self.0.records.delete(&record).await?;
        }
        self.0.forget(name);
        Ok(())
    }

    /// The object that a state names as `Kind/name`: hook objects and data are of these kinds only.
    fn named(&self, text: &str) -> Option<Address> {
        let (kind, name) = text.split_once('/')?;
        Some(match kind {
            "Job" => Address::job(&self.0.namespace, name),
            _ => Address::core(kind, &self.0.namespace, name),
        })
    }
}
