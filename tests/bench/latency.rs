//! A cloud that does nothing but wait. The difference between a plain client's rate and ours is then our own.

use super::{
    bare::Bare,
    machine,
    ours::Ours,
    table::{Table, Target},
};
use crate::world::world;
use rig::{lifecycle::block_on, packages, paths::BRIDGE};
use serde_json::json;
use simulator::{Cloud, serve::Server};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

/// How long every answer takes: long compared with what Kubernetes needs for an object, on the same processors.
const LATENCY: Duration = Duration::from_secs(2);
const NAME: &str = "simulated";

/// Our share of the plain client's rate, with as many creates at once.
pub fn measure(networks: usize, at_once: usize, table: &mut Table) {
    let clouds = serve();
    let rig = &world().rig;
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "stringData": {"clouds.yaml": clouds},
        "metadata": {"name": NAME, "namespace": "crossplane-system"}});
    block_on(packages::apply(rig, NAME, &secret)).unwrap();
    let credentials = json!({"namespace": "crossplane-system", "name": NAME, "key": "clouds.yaml"});
    let config = json!({"apiVersion": "kupenstack.io/v1alpha1", "kind": "ClusterProviderConfig",
        "metadata": {"name": NAME}, "spec": {"credentials": {"source": "Secret", "secretRef": credentials}}});
    block_on(packages::apply(rig, &format!("{NAME}-config"), &config)).unwrap();
    // Ready means that the provider has logged in; the plain client's login is not counted either.
    let name = format!("clusterproviderconfig/{NAME}");
    world().kubectl(&["wait", "--for=condition=Ready", &name, "--timeout=60s"]);
    let bare = Bare::login(&clouds, "demo");
    let ours = Ours::with("latency", NAME);
    // The plain client needs no processor here, so work that earlier rows left behind would slow only ours.
    machine::calm();
    let plain = bare.create(networks, at_once).took;
    let own = ours.create(networks);
    let secs = LATENCY.as_secs();
    let what = format!("seconds until kubectl has written them all, answers taking {secs} s");
    table.row(&what, own.accepted.as_secs_f64(), Target::Told);
    let what = format!("the same share where every answer takes {secs} s and nothing else");
    table.row(&what, plain.as_secs_f64() / own.took.as_secs_f64(), Target::Least(0.95));
    ours.delete();
    world().kubectl(&["delete", &name]);
}

/// Serves as long as the program runs; returns its `clouds.yaml`.
fn serve() -> String {
    let (tell, base) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        block_on(async {
            let listener = TcpListener::bind((BRIDGE, 0)).await.unwrap();
            let base = format!("http://{}", listener.local_addr().unwrap());
            tell.send(base.clone()).unwrap();
            Server::new(Cloud::new(base, 1), LATENCY, now).run(listener).await.unwrap();
            Ok(())
        })
        .unwrap();
    });
    let base = base.recv().unwrap();
    format!(
        "clouds:\n  demo:\n    region_name: RegionOne\n    auth:\n      auth_url: {base}/identity/v3\n      \
         username: demo\n      password: simulated\n      project_name: demo\n      \
         user_domain_id: default\n      project_domain_id: default\n"
    )
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}
