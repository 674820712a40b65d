//! Waits until what a pod depends on is there: the init container of OpenStack-Helm's charts, with the variables of
//! [kubernetes-entrypoint](https://opendev.org/airship/kubernetes-entrypoint), written anew for the rig.
//!
//! `DEPENDENCY_SERVICE`, `_JOBS`, `_JOBS_JSON`, `_POD_JSON`, `_DAEMONSET`, `_CONTAINER`, `_CUSTOM_RESOURCE`, `_SOCKET` and
//! `_CONFIG` say what is waited for; `NAMESPACE` and `POD_NAME` where; `COMMAND` is what is done afterwards.
#![allow(
    clippy::disallowed_methods,
    reason = "the rule keeps time out of the provider's logic; this waits in real time"
)]

mod cluster;
mod command;
mod config;
mod dependency;
mod error;
mod met;

use cluster::{Api, Cluster};
use dependency::Dependency;
use error::Error;
use std::{env, process::ExitCode, time::Duration};

const PAUSE: Duration = Duration::from_secs(1);
/// A reason that stays the same is printed again after so many looks, so that the end of a log is never old.
const REMIND: u32 = 30;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let cluster = Cluster::connect(variable)?;
    for dependency in dependency::all(variable, &cluster.namespace)? {
        wait(&cluster, &dependency).await;
        println!("{dependency} is there");
    }
    if let Some(files) = variable("DEPENDENCY_CONFIG") {
        config::write(&files)?;
    }
    variable("COMMAND").map_or(Ok(()), |command| command::run(&command))
}

async fn wait(api: &impl Api, dependency: &Dependency) {
    let (mut said, mut looks) = (String::new(), 0);
    while let Err(why) = met::look(api, dependency).await {
        let why = why.to_string();
        if why != said || looks % REMIND == 0 {
            println!("waiting for {dependency}: {why}");
            said = why;
        }
        looks += 1;
        tokio::time::sleep(PAUSE).await;
    }
}
