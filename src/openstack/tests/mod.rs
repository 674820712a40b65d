//! The layer as a whole against a cloud on a local port, by topic.

mod connection;
mod describe;
mod login;
mod outages;
mod reasons;
mod secrets;
mod tokens;

use super::{
    Instruments, OpenStack,
    description::{CatalogEntry, Description},
    testing::fake_cloud::{FakeCloud, PASSWORD, backend},
};
use crate::kind::{
    cloud::{Backend, Cloud, Credentials, Given},
    failure::{Class, Failure},
    request::{
        Answer, Keep, Method, Microversion, Read, Request,
        service::{COMPUTE, IDENTITY, NETWORK, Service},
    },
};
use crate::source::CloudAddresses;
use futures::future::join_all;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

async fn get(cloud: &Arc<dyn Cloud>, path: &str) -> Result<Answer, Failure> {
    cloud.read(&NETWORK, &Read::Get { path: path.to_owned() }, None).await
}

/// Moves the clock without letting it run away while sockets wait.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

fn fields(fake: &FakeCloud, more: &[(&str, &str)]) -> Credentials {
    let url = format!("{}/identity", fake.base());
    let own = [("auth_url", url.as_str()), ("region_name", "R"), ("project_id", "p1")];
    let all = own.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).into()));
    Credentials { given: Given::Fields(all.collect()), ..Credentials::default() }
}

async fn described(cloud: &dyn Cloud, services: &[&'static Service]) -> Description {
    serde_json::from_value(Value::Object(cloud.describe(services).await.unwrap())).unwrap()
}

async fn login(credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
    backend().connect(credentials).await
}

fn create(name: &str) -> Request {
    Request::new(&NETWORK, Method::Post, "/networks", Some(json!({"network": {"name": name}})))
}
