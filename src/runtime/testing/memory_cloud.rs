//! A backend in memory: collections of objects, which are as they were asked to be, at once.

use crate::kind::{
    cloud::{Backend, Cloud, CloudInfo, Credentials, Given},
    failure::Failure,
    request::{Answer, Method, Microversion, Read, Request, service::Service},
};
use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The backend. Clones share its objects.
#[derive(Clone, Default)]
pub struct MemoryCloud(Arc<Mutex<Content>>);

#[derive(Default)]
struct Content {
    /// Bodies, each with its object under one key, by path.
    objects: BTreeMap<String, Value>,
    /// Regions that connections were asked for.
    regions: Vec<String>,
    /// Accounts that connections were asked for: namespace and name.
    accounts: Vec<String>,
}

impl MemoryCloud {
    /// Paths of all objects.
    pub fn paths(&self) -> Vec<String> {
        self.0.lock().objects.keys().cloned().collect()
    }

    /// Regions that connections were asked for, each once.
    pub fn regions(&self) -> Vec<String> {
        once(&self.0.lock().regions)
    }

    /// Accounts that connections were asked for, each once: namespace and name.
    pub fn accounts(&self) -> Vec<String> {
        once(&self.0.lock().accounts)
    }
}

fn once(all: &[String]) -> Vec<String> {
    all.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

fn object(body: &mut Value) -> Option<&mut Map<String, Value>> {
    body.as_object_mut()?.values_mut().next()?.as_object_mut()
}

#[async_trait]
impl Backend for MemoryCloud {
    async fn connect(&self, credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        let mut content = self.0.lock();
        content.regions.push(credentials.region.clone().unwrap_or_default());
        if let Given::Account { namespace, name } = &credentials.given {
            content.accounts.push(format!("{namespace}/{name}"));
        }
        Ok(Arc::new(self.clone()))
    }
}

#[async_trait]
impl Cloud for MemoryCloud {
    async fn read(
        &self,
        _: &'static Service,
        read: &Read,
        _: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        let content = self.0.lock();
        Ok(match read {
            Read::Get { path } | Read::OtherService { path, .. } => {
                content.objects.get(path).cloned().map_or(Answer::Gone, Answer::Body)
            }
            Read::List { .. } | Read::OthersList { .. } => Answer::Items(vec![]),
            Read::Compare { path, .. } => panic!("{path}: nothing is compared"),
        })
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        let mut content = self.0.lock();
        match (request.method, request.body.clone()) {
            (Method::Post, Some(mut body)) => {
                let id = format!("i{}", content.objects.len());
                let fields = object(&mut body).unwrap();
                fields.insert("id".to_owned(), json!(id));
                fields.insert("status".to_owned(), json!("ACTIVE"));
                content.objects.insert(format!("{}/{id}", request.path), body.clone());
                Ok(body)
            }
            (Method::Delete, _) => Ok(content.objects.remove(&request.path).unwrap_or_default()),
            (method, _) => panic!("{method} {}: nothing is ever changed", request.path),
        }
    }

    fn info(&self) -> &CloudInfo {
        static UNKNOWN: CloudInfo = CloudInfo::UNKNOWN;
        &UNKNOWN
    }

    async fn describe(&self, _: &[&'static Service]) -> Result<Map<String, Value>, Failure> {
        Ok(Map::from_iter([("place".to_owned(), json!("memory"))]))
    }
}
