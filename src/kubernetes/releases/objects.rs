//! Objects of a release: applied and removed as Helm does it, in its order and with its marks.

use super::{
    super::{
        api::{Address, ApiServer, Propagation},
        error::Error,
        view::{View, version},
    },
    records::Revision,
    verified::Verified,
};
use crate::release::{
    drift,
    manifest::{Identity, Manifest, Object},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

/// The objects of one release.
pub struct Objects<'a> {
    /// As whom.
    pub api: &'a Arc<ApiServer>,
    /// What is there.
    pub view: &'a Arc<View>,
    /// Which objects are as they should be.
    pub verified: &'a Verified,
    /// Namespace of the release.
    pub namespace: &'a str,
    /// Its name.
    pub release: &'a str,
}

impl Objects<'_> {
    fn address(&self, object: &Object) -> Address {
        Address::from_identity(&object.identity(self.namespace), self.namespace)
    }

    fn is_own(&self, live: &Value) -> bool {
        drift::owner(live) == Some((self.namespace, self.release))
    }

    /// Refuses a manifest with an object that another release owns. A CRD of another one that is the same is left to it.
    ///
    /// # Errors
    /// There is such an object; names it and its release.
    pub async fn refuse_foreign(&self, manifest: &Manifest) -> Result<(), Error> {
        for object in &manifest.objects {
            let Some(live) = self.api.get(&self.address(object)).await? else { continue };
            let Some((namespace, name)) = drift::owner(&live).filter(|_| !self.is_own(&live)) else {
                continue;
            };
            if !self.is_shared(object, &live).await? {
                return Err(Error::Refused(format!(
                    "{}/{} belongs to release {name} of namespace {namespace}: nothing was changed",
                    object.kind(),
                    object.name()
                )));
            }
        }
        Ok(())
    }

    /// Applies all objects of a revision, then removes what the one that was deployed before had more.
    ///
    /// # Errors
    /// The API server refused an object; those before it are applied.
    pub async fn apply(&self, revision: &Revision, before: Option<&Revision>) -> Result<(), Error> {
        let clients = before.is_some_and(|before| before.record.release.apply_method != "ssa");
        for object in &revision.manifest.objects {
            self.apply_one(object, clients).await?;
        }
        let Some(before) = before else { return Ok(()) };
        let wanted: BTreeSet<_> = revision.manifest.objects.iter().map(|object| self.key(object)).collect();
        let surplus =
            before.manifest.objects.iter().rev().filter(|object| !wanted.contains(&self.key(object)));
        for object in surplus.filter(|object| !object.is_kept()) {
            self.remove_one(object).await?;
        }
        Ok(())
    }

    /// What tells one object from another; one can be said in several versions of its group.
    fn key(&self, object: &Object) -> (String, String, Option<String>, String) {
        let Identity { kind, namespace, name, .. } = object.identity(self.namespace);
        let group = object.identity(self.namespace).group().to_owned();
        (group, kind, namespace, name)
    }

    async fn apply_one(&self, object: &Object, was_merged: bool) -> Result<(), Error> {
        let address = self.address(object);
        let live = self.api.get(&address).await?;
        if let Some(live) = &live {
            if drift::owner(live).is_some() && !self.is_own(live) && self.is_shared(object, live).await? {
                return Ok(());
            }
            if was_merged {
                self.rename_manager(&address, live).await?;
            }
        }
        let wanted = self.wanted(object, live.as_ref());
        let made = self.api.apply(&address, &wanted, false).await?;
        self.view.learn(&made);
        self.verified.found(&address, &version(&made), true);
        Ok(())
    }

    /// Helm without server-side apply has an entry among the managers that an apply would not replace: fields that the chart no
    /// longer has would stay for ever.
    async fn rename_manager(&self, address: &Address, live: &Value) -> Result<(), Error> {
        let mut managed = live.pointer("/metadata/managedFields").cloned().unwrap_or_default();
        let mut found = false;
        for entry in managed.as_array_mut().into_iter().flatten() {
            let is = |field: &str, text: &str| entry.get(field).and_then(Value::as_str) == Some(text);
            if is("manager", "helm") && is("operation", "Update") && entry.get("subresource").is_none() {
                found = true;
                if let Some(operation) = entry.get_mut("operation") {
                    *operation = json!("Apply");
                }
            }
        }
        if found {
            let version = live.pointer("/metadata/resourceVersion");
            let fields = json!({"metadata": {"managedFields": managed, "resourceVersion": version}});
            self.api.merge(address, &fields).await?;
        }
        Ok(())
    }

    /// Removes all objects of some revisions, in the reverse of Helm's order, but for those that it keeps.
    ///
    /// # Errors
    /// The API server refused one.
    pub async fn remove(&self, revisions: &[Revision]) -> Result<(), Error> {
        let mut seen = BTreeSet::new();
        for object in revisions.iter().flat_map(|revision| revision.manifest.objects.iter().rev()) {
            if !object.is_kept() && seen.insert(self.key(object)) {
                self.remove_one(object).await?;
            }
        }
        Ok(())
    }

    /// Removes an object unless it is another's, or was made anew by somebody.
    async fn remove_one(&self, object: &Object) -> Result<(), Error> {
        let address = self.address(object);
        let live = match self.api.get(&address).await {
            // A CRD may have gone before its objects.
            Err(Error::UnknownKind { .. }) => return Ok(()),
            found => found?,
        };
        let Some(live) = live.filter(|live| self.is_own(live)) else { return Ok(()) };
        let uid = live.pointer("/metadata/uid").and_then(Value::as_str);
        self.view.delete(&address, uid, Propagation::Background).await
    }

    /// What is applied of an object.
    fn wanted(&self, object: &Object, live: Option<&Value>) -> Value {
        let mut wanted = drift::wanted(object, self.release, self.namespace);
        if let Some(live) = live {
            drift::yield_fields(&mut wanted, live);
        }
        wanted
    }

    /// May several releases have this object? A CRD is one for the whole cluster, and charts bring it along.
    async fn is_shared(&self, object: &Object, live: &Value) -> Result<bool, Error> {
        if object.kind() != "CustomResourceDefinition" {
            return Ok(false);
        }
        let made = self.api.apply(&self.address(object), &self.wanted(object, None), true).await?;
        Ok(!drift::differences(live, &made).iter().any(|path| path.starts_with("/spec")))
    }

    /// Whether a live object is as it should be, by a dry run, unless this version of it was looked at before. A live object
    /// that can't be changed into what is wanted is not.
    ///
    /// # Errors
    /// The API server did not answer, or refused the account.
    pub async fn differs(&self, object: &Object, version_seen: &str) -> Result<bool, Error> {
        let address = self.address(object);
        if let Some(equal) = self.verified.known(&address, version_seen) {
            return Ok(!equal);
        }
        let Some(live) = self.api.get(&address).await? else { return Ok(true) };
        let foreign = drift::owner(&live).is_some() && !self.is_own(&live);
        let equal = if foreign {
            self.is_shared(object, &live).await?
        } else if object.kind() == "Job" {
            // Its template can't be changed, and a dry run would only say that.
            let one = Manifest { objects: vec![object.clone()], hooks: vec![] };
            drift::outdated_jobs(&one, |_| Some(&live)).is_empty()
        } else {
            match self.api.apply(&address, &self.wanted(object, Some(&live)), true).await {
                Ok(made) => drift::differences(&live, &made).is_empty(),
                Err(error) if error.code() == Some(422) => false,
                Err(error) => return Err(error),
            }
        };
        self.verified.found(&address, &version(&live), equal);
        Ok(!equal)
    }
}
