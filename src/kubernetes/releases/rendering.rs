//! What is wanted of a release, rendered: once for each digest, and not at all where the newest record was made from the same.

use super::{
    super::{
        charts::{Chart, Used},
        error::Error,
        helm::Template,
        tools::Tools,
    },
    records::Revision,
    wanted::Wanted,
};
use crate::release::{
    accounts,
    manifest::Manifest,
    record,
    state::ChartSeen,
    values::{Place, digest},
};
use std::sync::Arc;

/// A rendering that passed the guards.
pub struct Rendering {
    /// Digest of all that it depends on.
    pub digest: String,
    /// The chart.
    pub chart: Arc<Chart>,
    /// What it renders to.
    pub manifest: Manifest,
}

/// Where a release is, for its digest and its rendering.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// Name of the release.
    pub release: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// The API server's version.
    pub kubernetes: &'a str,
}

impl Wanted {
    fn digest(&self, here: &Here<'_>, chart: &str, capabilities: bool, helm: &str) -> String {
        let minor = minor(here.kubernetes);
        let kubernetes = capabilities.then_some(minor.as_str());
        let Here { release, namespace, .. } = *here;
        let removed = &accounts::removed(&self.facts.accounts);
        let place = Place { release, namespace, suffix: &self.suffix, kubernetes, removed };
        digest(chart, &self.values, &place, helm)
    }

    /// Was the record made from what is wanted? Answered without the chart wherever the spec pins what the record has: by its version
    /// or a digest. So an idle component needs neither Helm nor a registry.
    pub fn is_of(&self, revision: &Revision, here: &Here<'_>, tools: &Tools) -> bool {
        let (record, chart) = (&revision.record, revision.record.release.chart.seen());
        let (Some(own), Some(recorded)) = (record.digest(), chart.digest) else { return false };
        let pinned = match (&self.chart.sha256, &self.chart.digest, &self.chart.version) {
            (Some(sha256), _, _) => format!("sha256:{sha256}") == recorded,
            (None, Some(wanted), _) => *wanted == recorded,
            (None, None, Some(version)) => *version == chart.version,
            (None, None, None) => false,
        };
        let same_name = self.chart.name.as_ref().is_none_or(|name| *name == chart.name);
        let made = |capabilities| self.digest(here, &recorded, capabilities, tools.helm.version()) == own;
        pinned && same_name && (made(false) || made(true))
    }

    /// Renders it, twice: what is not the same twice would make a new revision at every look.
    ///
    /// # Errors
    /// The chart can't be had, it does not render, or a guard refuses it.
    pub async fn render(
        &self,
        here: &Here<'_>,
        used: Option<ChartSeen>,
        tools: &Tools,
    ) -> Result<Rendering, Error> {
        let used = used.and_then(|chart| Some(Used { digest: chart.digest?, version: chart.version }));
        let chart = tools.charts.get(&self.chart, used.as_ref()).await?;
        let template = Template {
            release: here.release,
            namespace: here.namespace,
            chart: &chart.path,
            values: &self.text,
            kube_version: here.kubernetes,
        };
        let mut renders = vec![];
        for _ in 0..2 {
            let text = tools.helm.template(&template).await?;
            renders.push(Manifest::renamed(&text, here.namespace, &self.suffix)?);
        }
        let (Some(other), Some(mut manifest)) = (renders.pop(), renders.pop()) else {
            return Err(Error::Helm("it rendered nothing".to_owned()));
        };
        let differing = manifest.differing(&other);
        if !differing.is_empty() {
            return Err(Error::Rendering(format!(
                "two renders of the same values differ, so the chart makes random values that must be pinned: {}",
                differing.join(", ")
            )));
        }
        let removals = accounts::removals(&self.facts.accounts, &manifest);
        removals.into_iter().for_each(|job| manifest.add(job));
        let digest = self.digest(here, &chart.digest, chart.capabilities, tools.helm.version());
        Ok(Rendering { digest, chart, manifest })
    }

    /// The chart as a record holds it.
    pub fn chart_of(&self, chart: &Chart) -> record::Chart {
        let map = |value: &serde_json::Value| value.as_object().cloned().unwrap_or_default();
        let release = self.facts.openstack_release.as_deref();
        record::Chart::new(map(&chart.metadata), map(&chart.values), &chart.digest, release)
    }
}

/// `v1.36` of `v1.36.3`.
fn minor(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}
