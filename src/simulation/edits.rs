//! Lists that several write at once: nothing is lost of what others write.

use crate::{
    kind::{
        cloud::{Cloud as _, CloudInfo},
        failure::Class,
        request::{Edit, Method, Request, service::NETWORK},
    },
    openstack::{
        cloud::Connection,
        testing::simulated::{Simulated, Unanswered, Wire},
    },
    source::Sources,
};
use async_trait::async_trait;
use axum::body::Bytes;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;

/// The way to a cloud in which somebody else writes a route of his own whenever we are about to write.
#[derive(Clone)]
struct Racing {
    cloud: Arc<Mutex<simulator::Cloud>>,
    theirs: Arc<Mutex<Vec<Value>>>,
}

impl Racing {
    fn routes(&self) -> Vec<Value> {
        let subnets = self.cloud.lock().content().remove("subnets").unwrap();
        subnets[0]["host_routes"].as_array().unwrap().clone()
    }
}

#[async_trait]
impl Wire for Racing {
    async fn exchange(&self, request: ::http::Request<Bytes>) -> Result<::http::Response<Bytes>, Unanswered> {
        let theirs = if request.method() == "PUT" { self.theirs.lock().pop() } else { None };
        if let Some(route) = theirs {
            let (mut routes, left) = (self.routes(), self.theirs.lock().len());
            routes.push(route);
            let fields = json!({"host_routes": routes, "revision_number": 1000 - left});
            assert!(self.cloud.lock().overwrite("subnets", &fields));
        }
        Ok(self.cloud.lock().answer(&request, 0))
    }
}

fn route(to: usize) -> Value {
    json!({"destination": format!("198.51.{to}.0/24"), "nexthop": "10.20.0.9"})
}

/// A subnet, into which somebody writes so many routes; and what came of an edit.
async fn raced(theirs: usize, add: Vec<Value>, remove: Vec<Value>) -> (Racing, Result<Value, Class>) {
    let racing = Racing {
        cloud: Arc::new(Mutex::new(simulator::Cloud::new("http://cloud", 1))),
        theirs: Arc::default(),
    };
    let transport = Arc::new(Simulated::login(racing.clone(), "demo").await);
    let connection = Connection::over(transport, Sources::default(), CloudInfo::UNKNOWN);
    let post = |path: &str, body| Request::new(&NETWORK, Method::Post, path, Some(body));
    let network = connection.send(&post("/networks", json!({"network": {}}))).await.unwrap();
    let subnet = json!({"subnet": {"network_id": network["network"]["id"], "ip_version": 4, "cidr": "10.20.0.0/24",
        "host_routes": [route(0)]}});
    let subnet = connection.send(&post("/subnets", subnet)).await.unwrap();
    *racing.theirs.lock() = (1..=theirs).map(route).collect();
    let path = format!("/subnets/{}", subnet["subnet"]["id"].as_str().unwrap());
    let edit = Edit { object: "subnet", list: "host_routes", add, remove };
    let done = connection.send(&Request::edit(&NETWORK, path, edit)).await;
    (racing, done.map_err(|failure| failure.class))
}

#[tokio::test(start_paused = true)]
async fn what_others_write_into_a_list_meanwhile_stays_in_it() {
    let (racing, done) = raced(2, vec![route(9)], vec![route(0)]).await;
    assert_eq!(done.unwrap()["subnet"]["host_routes"], json!([route(2), route(1), route(9)]));
    assert_eq!(racing.routes(), [route(2), route(1), route(9)]);
}

#[tokio::test(start_paused = true)]
async fn who_is_always_too_late_has_written_nothing_and_tries_again_later() {
    let (racing, done) = raced(20, vec![route(99)], vec![]).await;
    assert_eq!(done, Err(Class::Conflict));
    assert!(!racing.routes().contains(&route(99)), "{:?}", racing.routes());
}

#[tokio::test(start_paused = true)]
async fn what_is_there_already_is_not_written_once_more() {
    let (racing, done) = raced(1, vec![route(0)], vec![route(7)]).await;
    assert_eq!(done.unwrap()["subnet"]["host_routes"], json!([route(0)]));
    assert_eq!(racing.theirs.lock().len(), 1, "nobody came to write");
}
