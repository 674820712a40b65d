//! Jobs of a release, and what is made before all other objects: made once, replaced only on purpose.

use super::{
    super::{
        api::{Address, ApiServer, Propagation},
        error::Error,
        view::View,
    },
    records::Revision,
};
use crate::release::{
    drift, jobs,
    manifest::{Event, Manifest, Object},
    migrate,
    trim::INPUTS,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// The Jobs of one release.
pub struct Jobs<'a> {
    /// As whom.
    pub api: &'a Arc<ApiServer>,
    /// What is there.
    pub view: &'a Arc<View>,
    /// Namespace of the release.
    pub namespace: &'a str,
}

fn inputs(job: &Value) -> Option<&str> {
    job.pointer("/metadata/annotations")?.get(INPUTS)?.as_str()
}

impl Jobs<'_> {
    fn address(&self, name: &str) -> Address {
        Address::job(self.namespace, name)
    }

    /// Makes a hook Job of a revision, unless it is there already.
    ///
    /// # Errors
    /// The revision has no such Job, one that was made from other inputs is there (a conflict), or the API server refused.
    pub async fn run(&self, revision: &Revision, name: &str) -> Result<(), Error> {
        let hook = revision
            .manifest
            .hook_job(name)
            .ok_or_else(|| Error::Gone(format!("Job {name} of the release")))?;
        let digest = jobs::inputs(&hook.object, &revision.manifest);
        self.make(name, jobs::stamped(&hook.object, &digest), &digest).await
    }

    async fn make(&self, name: &str, job: Value, digest: &str) -> Result<(), Error> {
        match self.api.create(&self.address(name), &self.placed(job)).await {
            Ok(made) => self.view.learn(&made),
            Err(error) if error.is_conflict() => {
                let live = self.api.get(&self.address(name)).await?;
                if live.as_ref().and_then(inputs) != Some(digest) {
                    return Err(Error::Conflict(format!("Job {name} is there, made from other inputs")));
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn placed(&self, mut object: Value) -> Value {
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("namespace".to_owned(), json!(self.namespace));
        }
        object
    }

    /// Makes an object that comes before all others, only if it is absent: to apply the empty Secrets of keys once more would
    /// empty them.
    ///
    /// # Errors
    /// The revision has no such object, or the API server refused.
    pub async fn prepare(&self, revision: &Revision, kind: &str, name: &str) -> Result<(), Error> {
        let hooks = revision.manifest.hooks.iter().filter(|hook| !hook.is_job());
        let mut early = hooks.filter(|hook| hook.runs_at(&[Event::PreInstall, Event::PreUpgrade]));
        let named = early.find(|hook| hook.object.name() == name && hook.object.kind() == kind);
        let object = &named.ok_or_else(|| Error::Gone(format!("{name} of the release")))?.object;
        self.make_absent(&object.value).await
    }

    async fn make_absent(&self, object: &Value) -> Result<(), Error> {
        match self.api.create(&Address::of(object, self.namespace), &self.placed(object.clone())).await {
            Ok(made) => self.view.learn(&made),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Deletes a Job in the foreground if it was made from other inputs than the revision has: what was seen may be old by now.
    ///
    /// # Errors
    /// The API server refused.
    pub async fn clear(&self, manifest: &Manifest, name: &str) -> Result<(), Error> {
        let Some(live) = self.api.get(&self.address(name)).await? else { return Ok(()) };
        let fresh = match manifest.hook_job(name) {
            Some(hook) => inputs(&live) == Some(&jobs::inputs(&hook.object, manifest)),
            None => !drift::outdated_jobs(manifest, |job| (job == name).then_some(&live))
                .iter()
                .any(|job| job == name),
        };
        if fresh {
            return Ok(());
        }
        let uid = live.pointer("/metadata/uid").and_then(Value::as_str);
        self.view.delete(&self.address(name), uid, Propagation::Foreground).await
    }

    /// Starts Jobs of a manifest beside a revision that goes on, such as migrations: copies of what they mount first.
    ///
    /// # Errors
    /// The API server refused.
    pub async fn migrate(&self, release: &str, wanted: &Manifest, due: &[&Object]) -> Result<(), Error> {
        for job in due {
            let migration = migrate::clone(job, wanted, release, self.namespace);
            for source in &migration.sources {
                self.make_absent(source).await?;
            }
            let digest = inputs(&migration.job).unwrap_or_default().to_owned();
            self.make(&migration.name, migration.job, &digest).await?;
        }
        Ok(())
    }
}
