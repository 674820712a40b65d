//! Leader election by a Lease (RT-6), with client-go's rules: a lease is stale if it did not change for as long as it
//! is meant to last, measured by our own clock since we first saw it so, so that no two clocks need to agree. Written by
//! hand, since the crates for it go by the holder's wall clock.

use super::error::{Error, call};
use crate::runtime::base::clock::Clock;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta},
};
use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{Instant, sleep, timeout_at},
};

const LASTS_SECONDS: i32 = 60;
const RENEW_EVERY: Duration = Duration::from_secs(10);
/// Who could not renew for so long stops, before others may take over.
const DEADLINE: Duration = Duration::from_secs(50);
const RETRY: Duration = Duration::from_secs(2);
/// How often others look whether the lease was given up.
const LOOK: Duration = Duration::from_secs(5);

/// A candidate.
#[derive(Clone)]
pub struct Candidate {
    client: Client,
    clock: Arc<dyn Clock>,
    namespace: String,
    name: String,
    me: String,
}

/// What a candidate saw last, and since when.
struct LastChange {
    version: Option<String>,
    since: Instant,
}

/// What a candidate does about a lease.
#[derive(Debug, PartialEq)]
enum Decision {
    Take(LeaseSpec),
    Wait(Duration),
}

impl Candidate {
    /// A candidate for the Lease of this name, known by the name of its pod and something random.
    pub fn new(client: Client, clock: Arc<dyn Clock>, namespace: &str, name: &str, pod: &str) -> Self {
        let random = (clock.jitter() * f64::from(u32::MAX)) as u32;
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        Self { client, clock, namespace, name, me: format!("{pod}_{random:08x}") }
    }

    /// Waits until it leads. Trouble with the API server is waited out.
    pub async fn acquire(&self) -> Leadership {
        let mut last_change = LastChange { version: None, since: self.clock.monotonic() };
        let mut told = false;
        loop {
            let began = self.clock.monotonic();
            let wait = match self.attempt(&mut last_change).await {
                Ok(None) => return self.lead(began),
                Ok(Some(wait)) => wait.min(LOOK),
                Err(error) => {
                    let first = error.is_forbidden() && !std::mem::replace(&mut told, true);
                    match first {
                        true => tracing::warn!(%error, "a right is missing; waiting until it is granted"),
                        false => tracing::debug!(%error, "leader election"),
                    }
                    RETRY
                }
            };
            sleep(wait.mul_f64(1.0 + 0.2 * self.clock.jitter())).await;
        }
    }

    /// Takes or renews the lease: `None` if we have it, else how long somebody else may keep it.
    async fn attempt(&self, last_change: &mut LastChange) -> Result<Option<Duration>, Error> {
        let api = self.api();
        let lease = call("get the Lease", api.get_opt(&self.name)).await?;
        let version = lease.as_ref().and_then(|lease| lease.metadata.resource_version.clone());
        let now = self.clock.monotonic();
        if version != last_change.version {
            *last_change = LastChange { version: version.clone(), since: now };
        }
        let spec = lease.as_ref().map(|lease| lease.spec.clone().unwrap_or_default());
        let unchanged = now.saturating_duration_since(last_change.since);
        match decide(spec.as_ref(), unchanged, MicroTime(self.clock.now()), &self.me) {
            Decision::Wait(wait) => Ok(Some(wait)),
            Decision::Take(spec) if lease.is_none() => {
                let metadata = ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() };
                let lease = Lease { metadata, spec: Some(spec) };
                call("create the Lease", api.create(&PostParams::default(), &lease)).await?;
                Ok(None)
            }
            Decision::Take(spec) => {
                // The version makes it fail if another candidate was quicker.
                let patch = Patch::Merge(json!({"metadata": {"resourceVersion": version}, "spec": spec}));
                call("renew the Lease", api.patch(&self.name, &PatchParams::default(), &patch)).await?;
                Ok(None)
            }
        }
    }

    fn lead(&self, confirmed: Instant) -> Leadership {
        let (tell, lost) = watch::channel(false);
        let candidate = self.clone();
        let renewing = tokio::spawn(async move {
            candidate.renew(confirmed).await;
            tell.send_replace(true);
        });
        tracing::info!(me = self.me, "leading");
        Leadership { candidate: self.clone(), lost, renewing: renewing.abort_handle() }
    }

    /// Renews until the lease is lost.
    async fn renew(&self, mut confirmed: Instant) {
        let mut wait = RENEW_EVERY;
        loop {
            sleep(wait).await;
            let began = self.clock.monotonic();
            let mut last_change = LastChange { version: None, since: began };
            match timeout_at(confirmed + DEADLINE, self.attempt(&mut last_change)).await {
                Ok(Ok(None)) => (confirmed, wait) = (began, RENEW_EVERY),
                Ok(Ok(Some(_))) => return tracing::warn!("somebody else took the lease"),
                Ok(Err(error)) => {
                    tracing::debug!(%error, "lease not renewed");
                    wait = RETRY;
                }
                Err(_) => return tracing::warn!("the lease could not be renewed in time"),
            }
        }
    }

    /// Gives the lease up if we have it.
    async fn release(&self) -> Result<(), Error> {
        let api = self.api();
        let Some(lease) = call("get the Lease", api.get_opt(&self.name)).await? else { return Ok(()) };
        let holder = lease.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref());
        if holder != Some(self.me.as_str()) {
            return Ok(());
        }
        let patch = Patch::Merge(json!({
            "metadata": {"resourceVersion": lease.metadata.resource_version},
            "spec": {"holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": MicroTime(self.clock.now())},
        }));
        call("release the Lease", api.patch(&self.name, &PatchParams::default(), &patch)).await.map(drop)
    }

    fn api(&self) -> Api<Lease> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }
}

/// What a candidate does about a lease that has not changed for so long.
fn decide(lease: Option<&LeaseSpec>, unchanged: Duration, now: MicroTime, me: &str) -> Decision {
    let nobody = LeaseSpec::default();
    let spec = lease.unwrap_or(&nobody);
    let holder = spec.holder_identity.as_deref().filter(|holder| !holder.is_empty());
    if holder.is_some_and(|holder| holder != me) {
        let lasts =
            spec.lease_duration_seconds.and_then(|s| u64::try_from(s).ok()).unwrap_or(LASTS_SECONDS as u64);
        let left = Duration::from_secs(lasts).saturating_sub(unchanged);
        if !left.is_zero() {
            return Decision::Wait(left);
        }
    }
    let mine = holder == Some(me);
    let transitions = spec.lease_transitions.unwrap_or(0);
    Decision::Take(LeaseSpec {
        holder_identity: Some(me.to_owned()),
        lease_duration_seconds: Some(LASTS_SECONDS),
        acquire_time: if mine { spec.acquire_time.clone() } else { Some(now.clone()) },
        renew_time: Some(now),
        lease_transitions: Some(if mine || lease.is_none() {
            transitions
        } else {
            transitions.saturating_add(1)
        }),
        ..LeaseSpec::default()
    })
}

/// The lease is ours, and renewed until this is dropped.
pub struct Leadership {
    candidate: Candidate,
    lost: watch::Receiver<bool>,
    renewing: AbortHandle,
}

impl Leadership {
    /// Waits until the lease is lost: whoever leads must stop at once.
    pub async fn lost(&self) {
        // An error means that nobody renews any more, which is the same.
        let _ = self.lost.clone().wait_for(|lost| *lost).await;
    }

    /// Gives the lease up, so that another candidate need not wait for its end.
    pub async fn release(self) {
        self.renewing.abort();
        // A renewal under way when it was aborted may still arrive, and then the version is another.
        for _ in 0..3 {
            match self.candidate.release().await {
                Err(error) if error.is_conflict() => {}
                Err(error) => return tracing::debug!(%error, "lease not released"),
                Ok(()) => return,
            }
        }
    }
}

impl Drop for Leadership {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

#[cfg(test)]
mod tests;
