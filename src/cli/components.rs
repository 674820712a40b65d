//! `kupenstack components`: the provider of components, over the cluster that it runs in.

use super::{command_result::CommandResult, provider};
use crate::{
    components::provider::components,
    kind::cloud::Backend,
    kubernetes::{
        backend::KubernetesBackend, charts::Charts, documents::Documents, helm::Program,
        probe::ClusterNetwork, tools::Tools,
    },
    runtime::base::clock::{Clock, System},
    source::Sources,
};
use clap::Args;
use std::{fs, path::PathBuf, sync::Arc};

/// Flags of every provider, and those of this one.
#[derive(Clone, Debug, Args)]
#[group(skip)]
pub struct Options {
    #[command(flatten)]
    provider: provider::Options,
    /// The helm that renders charts: 4.1.4 or a later 4.1.
    #[arg(long, env = "HELM", default_value = "/usr/local/bin/helm")]
    helm: PathBuf,
    /// A folder of packaged charts, NAME-VERSION.tgz.
    #[arg(long, env = "CHARTS")]
    charts: Option<PathBuf>,
}

pub(super) fn run(options: &Options) -> CommandResult {
    provider::start(&options.provider, components(), async |sources, registry| {
        let config = kube::Config::infer().await?;
        let openstack = provider::openstack_backend(&options.provider, sources.clone(), registry);
        let tools = tools(options, sources, openstack).await?;
        Ok(Arc::new(KubernetesBackend::new(config, tools)) as Arc<dyn Backend>)
    })
}

/// Helm, checked, and a place for charts; both in a folder that nobody else uses.
async fn tools(
    options: &Options,
    sources: Sources,
    openstack: Arc<dyn Backend>,
) -> Result<Tools, Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("kupenstack-{}", std::process::id()));
    let (home, kept) = (folder.join("helm"), folder.join("charts"));
    fs::create_dir_all(&home)?;
    let helm = Program::find(options.helm.clone(), std::env::current_exe()?, home).await?;
    let charts = Charts::new(sources.clone(), options.charts.clone(), kept);
    let documents = Documents::new(sources);
    let network = Arc::new(ClusterNetwork);
    Ok(Tools { helm: Arc::new(helm), charts, documents, network, openstack, now: Box::new(|| System.now()) })
}
