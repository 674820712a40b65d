//! The headline, from nothing to a server in a cloud of one's own: what `cargo rig demo cloud` shows.

mod screen;

use crate::{
    cache::Cache,
    error::{Error, Result},
    handle::Rig,
    manifests, openstack,
    packages::{self, Profile},
    paths::Paths,
    progress::Progress,
    report,
};
use screen::{Moment, Screen};
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long the slowest machine of this kind may take for a whole cloud.
const PATIENCE: Duration = Duration::from_secs(1500);
const SECOND: Duration = Duration::from_secs(1);
/// What is asked of the new cloud by its own login.
const QUESTIONS: [&str; 3] = ["image list", "network list", "server list --long"];

/// Brings up Kubernetes and Crossplane, installs the packages, makes the cloud of `examples/cloud` and a server in it, and
/// a second cloud in another namespace by a claim; shows all of it.
///
/// # Errors
/// Something can't be built, is not ready in time, or does not answer.
pub async fn cloud(paths: &Paths, progress: &Progress) -> Result<()> {
    report::heading("bring up Kubernetes and Crossplane");
    let rig = Rig::up(&paths.checkout, &["--only", "kubernetes"]).await?;
    prepare(&rig, progress).await?;
    install(&rig, progress).await?;

    report::heading("kubectl apply -f examples/cloud/profile.yaml -f examples/cloud/cloud.yaml");
    let began = Instant::now();
    for file in ["profile", "cloud"] {
        manifests::apply(&rig, &manifests::example(&rig, file)?).await?;
    }
    watch(&rig, "c1", manifests::NAMESPACE, began).await?;
    report::heading("kubectl get osknode (the cloud names its node, and so the node has its labels)");
    print!("{}", rig.kubectl(&["get", "osknode", "-n", manifests::NAMESPACE]).await?);
    use_it(&rig, began).await?;
    second(&rig).await?;
    println!("{}", how_to_go_on());
    Ok(())
}

/// Images and charts. Called outside the rig's namespace.
///
/// # Errors
/// Something can't be built or pushed.
pub async fn prepare(rig: &Rig, progress: &Progress) -> Result<()> {
    report::heading("images of OpenStack's services, and charts");
    rig.cloud_images(openstack::RELEASE, progress).await?;
    rig.charts(progress).await.map(drop)
}

/// Packages and accounts, as `examples/cloud/install.yaml` has them. A second time when the packages' kinds are there.
///
/// # Errors
/// Something does not build, or Crossplane does not find it healthy in time.
pub async fn install(rig: &Rig, progress: &Progress) -> Result<()> {
    report::heading("packages and accounts: examples/cloud/install.yaml");
    let all = packages::all(&rig.paths.checkout)?;
    let (cache, output) = (Cache::new(&rig.paths.cache, progress), packages::target(&rig.paths.checkout));
    let origin = packages::on_the_rig();
    let files =
        packages::build(&all, &rig.paths.checkout, &cache, &output, &origin, Profile::Release, progress)
            .await?;
    manifests::install(rig, false).await?;
    for (package, file) in all.iter().zip(files) {
        println!("{} is healthy", packages::install(rig, package, &file).await?);
    }
    manifests::install(rig, true).await
}

/// Shows a cloud until it is Ready.
async fn watch(rig: &Rig, name: &str, namespace: &str, began: Instant) -> Result<()> {
    let mut screen = Screen::new();
    loop {
        let text = rig.kubectl(&["get", "openstackcloud", name, "-n", namespace, "-o", "json"]).await?;
        let cloud: Value = serde_json::from_str(&text).unwrap_or_default();
        screen.show(Moment::of(&cloud), began.elapsed());
        if ready(&cloud) {
            println!("cloud {name} is Ready after {} s", began.elapsed().as_secs());
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            let why = cloud.pointer("/status/stage/blockedBy").and_then(Value::as_str);
            return Err(Error::Command {
                what: format!("OpenStackCloud {name}"),
                why: format!("not Ready in time: {}", why.unwrap_or("its status does not say why")),
                log: None,
            });
        }
        tokio::time::sleep(SECOND).await;
    }
}

fn ready(cloud: &Value) -> bool {
    let conditions = cloud.pointer("/status/conditions").and_then(Value::as_array);
    let ready = |one: &Value| {
        one.get("type").is_some_and(|t| t == "Ready") && one.get("status").is_some_and(|s| s == "True")
    };
    conditions.is_some_and(|all| all.iter().any(ready))
}

/// An image, a network and a server through the ProviderConfig that was composed; what the cloud says of them.
async fn use_it(rig: &Rig, began: Instant) -> Result<()> {
    report::heading("kubectl apply -f examples/cloud/server.yaml");
    let objects = manifests::example(rig, "server")?;
    manifests::apply(rig, &objects).await?;
    for object in &objects {
        manifests::wait_ready(rig, object).await?;
    }
    println!("all Ready; from the cloud's manifest to the server took {} s", began.elapsed().as_secs());
    let clouds = manifests::secret(rig, manifests::NAMESPACE, "c1-keystone", "clouds.yaml").await?;
    for question in QUESTIONS {
        report::heading(&format!("openstack {question} (with the cloud's connection secret)"));
        print!("{}", rig.ask_cloud(&clouds, question).await?);
    }
    report::heading("crossplane resource trace openstackcloud c1");
    print!(
        "{}",
        rig.crossplane(&["resource", "trace", "openstackcloud", "c1", "-n", manifests::NAMESPACE]).await?
    );
    Ok(())
}

/// Keystone and Glance alone, beside the first.
async fn second(rig: &Rig) -> Result<()> {
    report::heading("kubectl apply -f examples/cloud/team.yaml -f examples/cloud/claim.yaml");
    let began = Instant::now();
    for file in ["team", "claim"] {
        manifests::apply(rig, &manifests::example(rig, file)?).await?;
    }
    let claim = manifests::example(rig, "claim")?;
    for object in &claim {
        manifests::wait_ready(rig, object).await?;
    }
    println!("the claim is Ready after {} s", began.elapsed().as_secs());
    let clouds = manifests::secret(rig, manifests::TEAM, "cloud", "clouds.yaml").await?;
    report::heading("openstack image list (with the claim's Secret)");
    print!("{}", rig.ask_cloud(&clouds, "image list").await?);
    Ok(())
}

fn how_to_go_on() -> &'static str {
    "\n== go on\n\
     cargo rig shell                                              a shell with kubectl, helm and crossplane\n\
     kubectl get openstackcloud -n openstack                      the cloud; -o wide says what blocks it\n\
     kubectl explain openstackcloud.spec.components.nova          what can be set\n\
     helm list -n openstack                                       the components as Helm sees them\n\
     kubectl scale keystone/NAME -n openstack --replicas=2        after `kubectl get keystone -n openstack`\n\
     kubectl delete openstackcloud c1 -n openstack                in reverse order; data stay\n\
     cargo rig down --purge                                       take everything away"
}
