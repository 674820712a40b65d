//! The main job, from nothing to a network in a real OpenStack: what `cargo rig quickstart` shows.

use crate::{
    cache::Cache,
    error::{Error, Result},
    go::{self, Scope},
    handle::Rig,
    lifecycle::{self, Report, Settings},
    packages::Profile,
    paths::Paths,
    progress::Progress,
    provider, report,
};
use std::{path::Path, time::Instant};

/// What becomes Ready; the rest of the folder says how to log in.
const MANAGED: [&str; 3] = ["cloud", "network", "server"];
/// Connection secrets that it writes.
const SECRETS: [&str; 2] = ["quickstart-key-pair", "quickstart-server"];

/// A line for every key and its value.
const OPENED: &str =
    r#"go-template={{range $key, $value := .data}}{{$key}}: {{$value | base64decode}}{{"\n"}}{{end}}"#;

/// Builds the provider, brings the rig up, installs, applies `examples/quickstart`, waits until all is Ready and shows it.
/// What only the last picture needs is built last.
pub fn run(paths: &Paths, progress: &Progress) -> Result<()> {
    report::heading("build the provider and its package");
    let package = lifecycle::block_on(provider::package(&paths.checkout, Profile::Quick))?;
    report::heading("bring up Kubernetes, Crossplane and OpenStack");
    let settings = Settings { programs: Scope::Lean, ..Settings::default() };
    let report = up(paths, &settings, progress)?;
    println!("{}", report::after_up(paths, &settings, &report, progress));
    let rig = Rig::attach(&paths.checkout)?;
    lifecycle::block_on(lifecycle::interruptible(async {
        install_and_show(&rig, &package).await?;
        trace(&rig, progress).await?;
        println!("{}", how_to_go_on());
        Ok(())
    }))
}

/// On a thread of its own: that one moves into the rig's namespace, from where no registry of Go modules is reached.
fn up(paths: &Paths, settings: &Settings, progress: &Progress) -> Result<Report> {
    std::thread::scope(|scope| {
        let inside = scope.spawn(|| lifecycle::up(paths, settings, progress));
        inside.join().unwrap_or(Err(Error::Interrupted))
    })
}

async fn install_and_show(rig: &Rig, package: &Path) -> Result<()> {
    report::heading("install it through Crossplane's package manager");
    let began = Instant::now();
    let reference = provider::install(rig, package).await?;
    println!("{reference} is healthy after {:.1} s", began.elapsed().as_secs_f32());

    report::heading("kubectl apply -f examples/quickstart/");
    provider::credentials(rig).await?;
    let folder = rig.paths.checkout.join("examples/quickstart").display().to_string();
    let began = Instant::now();
    print!("{}", rig.kubectl(&["apply", "-f", &folder]).await?);
    for file in MANAGED {
        let file = rig.paths.checkout.join(format!("examples/quickstart/{file}.yaml")).display().to_string();
        rig.kubectl(&["wait", "--for=condition=Ready", "--timeout=300s", "-f", &file]).await?;
    }
    println!("all Ready {:.1} s after the apply", began.elapsed().as_secs_f32());

    show(rig, "kubectl get managed -n default", "kubectl", &["get", "managed", "-n", "default"]).await?;
    let openstack = ["--os-cloud", "demo", "server", "list", "--name", "quickstart"];
    show(rig, "openstack server list (asked of Nova itself)", "openstack", &openstack).await?;
    for secret in SECRETS {
        let title = format!("connection secret {secret}");
        show(rig, &title, "kubectl", &["get", "secret", secret, "-n", "default", "-o", OPENED]).await?;
    }
    Ok(())
}

/// By Crossplane's own command, which takes minutes to build the first time.
async fn trace(rig: &Rig, progress: &Progress) -> Result<()> {
    let cache = Cache::new(&rig.paths.cache, progress);
    go::cli(&cache, &rig.paths.checkout, progress).await?;
    report::heading("crossplane resource trace server quickstart");
    let words = ["resource", "trace", "server.compute.kupenstack.io", "quickstart", "-n", "default"];
    print!("{}", rig.crossplane(&words).await?);
    Ok(())
}

async fn show(rig: &Rig, title: &str, program: &str, arguments: &[&str]) -> Result<()> {
    report::heading(title);
    print!("{}", rig.run(program, arguments).await?);
    Ok(())
}

fn how_to_go_on() -> &'static str {
    "\n== go on\n\
     cargo rig shell                              a shell with kubectl, crossplane and openstack\n\
     kubectl edit network quickstart              change something, and see Neutron follow\n\
     openstack --os-cloud demo network set …      change something behind its back, and see it repaired\n\
     openstack --os-cloud demo server delete …    take it away, and see it made anew\n\
     kubectl delete managed --all -n default      in whatever order: each waits for what uses it\n\
     cargo rig down --purge                       take everything away"
}
