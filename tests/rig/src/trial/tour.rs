//! What is shown: everything becomes Ready, a change from elsewhere is taken back, a provider that dies makes nothing twice.

use super::{
    Trial,
    cluster::{condition, name, text},
    provider,
    screen::table,
};
use crate::error::{Error, Result};
use futures::future::try_join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// What is changed from elsewhere.
const CHANGED: &str = "changed behind the provider's back";
/// What is made while the provider dies.
const ONCE: &str = "made-once";
const CREATE: &str = "POST /network/v2.0/networks";

/// Shows it all.
pub(super) async fn show(trial: &Trial) -> Result<()> {
    let (configs, managed) = trial.stage.quickstart(&trial.paths.checkout, &trial.cloud.image())?;
    trial.screen.heading("apply examples/quickstart")?;
    let began = Instant::now();
    try_join_all(configs.iter().chain(&managed).map(|object| trial.cluster.apply(object))).await?;
    let count = managed.len();
    trial.screen.say(&format!("{count} managed resources at once; each waits for what it needs"))?;
    let ready = all_ready(trial, &managed).await?;
    trial.screen.say(&format!("all Ready after {:.1} s", began.elapsed().as_secs_f32()))?;
    trial.screen.heading("kubectl get openstack")?;
    trial.screen.say(&table(["NAME", "READY", "SYNCED", "EXTERNAL-NAME"], &rows(&ready)))?;
    repair(trial, &ready).await?;
    made_once(trial).await
}

fn external_name(object: &Value) -> &str {
    text(object, "/metadata/annotations/crossplane.io~1external-name")
}

fn rows(objects: &[Value]) -> Vec<[String; 4]> {
    let row = |object: &Value| {
        let group = text(object, "/apiVersion").split('/').next().unwrap_or_default();
        let name = text(object, "/metadata/name");
        [
            format!("{}.{group}/{name}", text(object, "/kind").to_lowercase()),
            condition(object, "Ready").0.to_owned(),
            condition(object, "Synced").0.to_owned(),
            external_name(object).to_owned(),
        ]
    };
    objects.iter().map(row).collect()
}

/// Waits until all are Ready and Synced, and returns them as they are then.
async fn all_ready(trial: &Trial, wanted: &[Value]) -> Result<Vec<Value>> {
    let mut ready = vec![];
    for object in wanted {
        ready.push(
            until(trial, object, "Ready", |now| {
                ["Ready", "Synced"].iter().all(|kind| condition(now, kind).0 == "True")
            })
            .await?,
        );
    }
    Ok(ready)
}

/// Waits until an object is as it should be.
async fn until(trial: &Trial, object: &Value, what: &str, good: impl Fn(&Value) -> bool) -> Result<Value> {
    let began = Instant::now();
    loop {
        let now = trial.cluster.get(object).await?.unwrap_or_default();
        if good(&now) {
            return Ok(now);
        }
        if began.elapsed() > PATIENCE {
            let why = ["Synced", "Ready"].map(|kind| condition(&now, kind).1).join(" ");
            let why = format!("it is not {what} after {} s. {}", PATIENCE.as_secs(), why.trim());
            return Err(Error::Part {
                part: name(object),
                why,
                log: Some(trial.paths.log(provider::NAME)),
                help: "its conditions say what it waits for".to_owned(),
            });
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Somebody changes a network in OpenStack.
async fn repair(trial: &Trial, ready: &[Value]) -> Result<()> {
    let network =
        ready.iter().find(|object| name(object) == "Network/quickstart").cloned().unwrap_or_default();
    let path = format!("/network/v2.0/networks/{}", external_name(&network));
    trial.screen.heading("somebody changes the network in OpenStack")?;
    let description = async || {
        let shown = trial.cloud.ask(Method::GET, &path, None).await?;
        Ok::<_, Error>(text(&shown, "/network/description").to_owned())
    };
    let before = description().await?;
    let change = json!({"network": {"description": CHANGED}});
    trial.cloud.ask(Method::PUT, &path, Some(change)).await?;
    trial.screen.say(&format!("its description is now: {}", description().await?))?;
    let began = Instant::now();
    while description().await? != before {
        if began.elapsed() > PATIENCE {
            return Err(broken("the repair", "the network is still as somebody left it"));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    let (took, poll) = (began.elapsed().as_secs_f32(), provider::POLL);
    trial.screen.say(&format!("repaired after {took:.1} s (here every resource is looked at every {poll})"))
}

/// The provider dies between what the cloud did and what it would have said.
async fn made_once(trial: &Trial) -> Result<()> {
    trial.screen.heading("the provider is killed while it creates a network")?;
    let before = trial.cloud.count(CREATE);
    trial.cloud.be_silent_once(CREATE);
    let network = json!({"apiVersion": "network.kupenstack.io/v1alpha1", "kind": "Network",
        "metadata": {"name": ONCE, "namespace": trial.stage.namespace}, "spec": {"forProvider": {}}});
    trial.cluster.apply(&network).await?;
    let began = Instant::now();
    while trial.cloud.count(CREATE) == before {
        if began.elapsed() > PATIENCE {
            return Err(broken("the create", "the provider does not ask for it"));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    provider::kill(&trial.paths).await?;
    trial.screen.say("the cloud has made it and did not answer yet: killed, and started again")?;
    let began = Instant::now();
    trial.start_provider()?;
    until(trial, &network, "Ready", |now| condition(now, "Ready").0 == "True").await?;
    let all = trial.cloud.ask(Method::GET, "/network/v2.0/networks", None).await?;
    let named = |network: &&Value| text(network, "/name") == ONCE;
    let count =
        all.pointer("/networks").and_then(Value::as_array).map_or(0, |all| all.iter().filter(named).count());
    let (took, asked) = (began.elapsed().as_secs_f32(), trial.cloud.count(CREATE) - before);
    trial.screen.say(&format!(
        "Ready after {took:.1} s; networks of that name: {count}; times it was asked for: {asked}"
    ))?;
    if (count, asked) == (1, 1) { Ok(()) } else { Err(broken("the tour", "there should be just one")) }
}

fn broken(what: &str, why: &str) -> Error {
    Error::Command { what: what.to_owned(), why: why.to_owned(), log: None }
}
