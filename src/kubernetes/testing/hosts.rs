//! OpenStack in memory, as far as it knows hosts: services of Nova and Cinder, agents of Neutron, providers of Placement, and servers
//! that can be moved. It refuses what the real services refuse.

use crate::{
    kind::{
        cloud::{Backend, Cloud, CloudInfo, Credentials},
        failure::{Class, Failure},
        request::{Answer, Method, Microversion, Read, Request, service::Service},
    },
    simulation::points::{Lost, Points},
};
use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// Where servers go that leave.
pub const ELSEWHERE: &str = "n2";

/// The cloud. Clones share it.
#[derive(Clone, Default)]
pub struct Hosts(Arc<Mutex<State>>, Arc<Points>);

#[derive(Default)]
struct State {
    /// Objects by service and collection: `compute/services`.
    all: BTreeMap<String, Vec<Value>>,
    calls: Vec<String>,
    /// Nobody listens at this host and port, where all services are.
    unreachable: Option<String>,
}

impl Hosts {
    /// The same cloud, on whose way every exchange passes these points.
    pub fn past(&self, points: &Arc<Points>) -> Self {
        Self(self.0.clone(), points.clone())
    }

    /// Another cloud with the same objects.
    pub fn copy(&self) -> Self {
        let all = self.0.lock().all.clone();
        Self(Arc::new(Mutex::new(State { all, ..State::default() })), Arc::default())
    }

    /// Adds an object.
    pub fn add(&self, collection: &str, object: Value) {
        self.0.lock().all.entry(collection.to_owned()).or_default().push(object);
    }

    /// All objects of a collection.
    pub fn list(&self, collection: &str) -> Vec<Value> {
        self.0.lock().all.get(collection).cloned().unwrap_or_default()
    }

    /// Changes all objects of a collection.
    pub fn change(&self, collection: &str, change: impl Fn(&mut Value)) {
        self.0.lock().all.entry(collection.to_owned()).or_default().iter_mut().for_each(change);
    }

    /// All objects, by collection.
    pub fn content(&self) -> BTreeMap<String, Vec<Value>> {
        self.0.lock().all.clone()
    }

    /// Nobody listens from now on at this host and port, where all services are.
    pub fn go_away(&self, host: &str) {
        self.0.lock().unreachable = Some(host.to_owned());
    }

    /// All services answer again.
    pub fn come_back(&self) {
        self.0.lock().unreachable = None;
    }

    /// The changes that were asked for since the last question.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().calls)
    }

    /// What goes on by itself: servers arrive.
    pub fn turn(&self) {
        let mut moved = vec![];
        self.change("compute/servers", |server| match server["status"].as_str() {
            Some("MIGRATING") => {
                (server["status"], server["OS-EXT-SRV-ATTR:host"]) = (json!("ACTIVE"), json!(ELSEWHERE));
            }
            Some("RESIZE") => {
                (server["status"], server["OS-EXT-SRV-ATTR:host"]) =
                    (json!("VERIFY_RESIZE"), json!(ELSEWHERE));
            }
            _ => {}
        });
        for server in self.list("compute/servers").iter().filter(|it| it["status"] == "VERIFY_RESIZE") {
            let known = self.list("compute/migrations").iter().any(|it| it["instance_uuid"] == server["id"]);
            moved.extend((!known).then(|| server["id"].clone()));
        }
        for id in moved {
            self.add(
                "compute/migrations",
                json!({"instance_uuid": id, "source_compute": "n1", "status": "finished", "migration_type": "migration"}),
            );
        }
    }
}

fn failure(class: Class, reason: &'static str) -> Failure {
    Failure::new(class, reason, format!("the cloud says {reason}"))
}

impl State {
    fn find(&mut self, collection: &str, field: &str, id: &str) -> Result<&mut Value, Failure> {
        let all = self.all.entry(collection.to_owned()).or_default();
        let found = all.iter_mut().find(|it| it[field] == id);
        found.ok_or_else(|| failure(Class::NotFound, "NotFound"))
    }

    fn delete(&mut self, collection: &str, field: &str, id: &str) -> Result<(), Failure> {
        self.find(collection, field, id)?;
        self.all.entry(collection.to_owned()).or_default().retain(|it| it[field] != id);
        Ok(())
    }

    fn any(&self, collection: &str, field: &str, value: &Value) -> bool {
        self.all.get(collection).into_iter().flatten().any(|it| it[field] == *value)
    }

    fn perform(&mut self, request: &Request) -> Result<Value, Failure> {
        self.calls.push(format!("{} {}", request.method, request.path));
        let body = request.body.clone().unwrap_or_default();
        let parts: Vec<_> = request.path.trim_start_matches('/').split('/').collect();
        match (request.method, parts.as_slice()) {
            (Method::Put, ["os-services", "disable-log-reason"]) => {
                let service = self.find("blockstorage/services", "host", body["host"].as_str().unwrap())?;
                service["status"] = json!("disabled");
            }
            (Method::Put, ["os-services", id]) => {
                let service = self.find("compute/services", "id", id)?;
                (service["status"], service["disabled_reason"]) =
                    (body["status"].clone(), body["disabled_reason"].clone());
            }
            (Method::Delete, ["os-services", id]) => {
                let host = self.find("compute/services", "id", id)?["host"].clone();
                if self.any("compute/servers", "OS-EXT-SRV-ATTR:host", &host)
                    || self.any("compute/migrations", "status", &json!("finished"))
                {
                    return Err(failure(Class::Conflict, "ServiceIsHosting"));
                }
                self.delete("compute/services", "id", id)?;
            }
            (Method::Delete, ["resource_providers", id]) => {
                if self.any("placement/resource_providers", "parent_provider_uuid", &json!(id)) {
                    return Err(failure(Class::Conflict, "HasChildren"));
                }
                self.delete("placement/resource_providers", "uuid", id)?;
            }
            (Method::Delete, ["agents", id]) => self.delete("network/agents", "id", id)?,
            (Method::Post, ["servers", id, "action"]) => self.act(id, &body)?,
            other => panic!("{other:?}"),
        }
        Ok(json!({}))
    }

    fn act(&mut self, id: &str, body: &Value) -> Result<(), Failure> {
        let action = body.as_object().unwrap().keys().next().unwrap().clone();
        let server = self.find("compute/servers", "id", id)?;
        let next = match (action.as_str(), server["status"].as_str().unwrap()) {
            ("os-migrateLive", "ACTIVE") => "MIGRATING",
            ("migrate", "SHUTOFF") => "RESIZE",
            ("confirmResize", "VERIFY_RESIZE") => "SHUTOFF",
            _ => return Err(failure(Class::Conflict, "WrongStatus")),
        };
        server["status"] = json!(next);
        if action == "confirmResize" {
            self.find("compute/migrations", "instance_uuid", id)?["status"] = json!("confirmed");
        }
        Ok(())
    }
}

#[async_trait]
impl Backend for Hosts {
    async fn connect(&self, _: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        Ok(Arc::new(self.clone()))
    }
}

#[async_trait]
impl Cloud for Hosts {
    async fn read(
        &self,
        service: &'static Service,
        read: &Read,
        _: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        let Read::List { path, items, keep, .. } = read else { panic!("{read:?}") };
        let unreachable = self.0.lock().unreachable.clone();
        if unreachable.is_some() {
            return Err(Failure { unreachable, ..failure(Class::Transient, "Unreachable") });
        }
        let line = format!("cloud GET {path}");
        let collection = format!("{}/{items}", service.group);
        let found = self.1.exchange(&line, || self.list(&collection)).await.map_err(lost)?;
        Ok(Answer::Items(found.into_iter().filter(|item| keep.accepts(item)).collect()))
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        assert!(request.secrets.is_empty(), "the login goes no further");
        let line = format!("cloud {} {}", request.method, request.path);
        self.1.exchange(&line, || self.0.lock().perform(request)).await.map_err(lost)?
    }

    fn info(&self) -> &CloudInfo {
        static UNKNOWN: CloudInfo = CloudInfo::UNKNOWN;
        &UNKNOWN
    }
}

fn lost(_: Lost) -> Failure {
    failure(Class::Unanswered, "ConnectionBroken")
}
