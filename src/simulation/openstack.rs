//! OpenStack, as the simulation has it.

use super::{
    examples::{self, IMAGE},
    points::{Instead, Lost, Points},
    testbed::{TestClock, World},
};
use crate::{
    kind::{
        cloud::{Backend, Cloud, CloudInfo, Credentials},
        failure::Failure,
        flow::{Flow, Progress},
        provider::Provider,
        request::{Answer, Microversion, Read, Request, service::Service},
        rest::listing::{Item, Look, Subscription},
    },
    kinds::provider::openstack,
    openstack::{
        cloud::Connection,
        testing::simulated::{Simulated, Unanswered, Wire},
    },
    runtime::testing::fake::Fake,
    source::Sources,
};
use async_trait::async_trait;
use axum::body::Bytes;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, LazyLock},
    task::Waker,
    time::Duration,
};
use tokio::time::Instant;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A cloud that outlives the program.
pub struct SimulatedOpenStack {
    /// The cloud.
    pub cloud: Arc<Mutex<simulator::Cloud>>,
}

impl World for SimulatedOpenStack {
    fn provider() -> Provider {
        openstack()
    }

    fn new(server: &Fake) -> Self {
        let secret = json!({"namespace": "s", "name": "c", "key": "k"});
        for (name, user) in [("default", "demo"), ("admin", "admin")] {
            server.put(
                &format!("/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/{name}"),
                json!({"spec": {"cloud": user, "credentials": {"source": "Secret", "secretRef": secret}}}),
            );
        }
        server.put("/api/v1/namespaces/s/secrets/c", json!({"data": {"k": "eA=="}}));
        examples::secrets().into_iter().for_each(|(path, secret)| server.put(&path, secret));
        // Small pages, so that every list has several.
        let cloud = simulator::Cloud::new("http://cloud", 1).with_pages_of(2);
        Self { cloud: Arc::new(Mutex::new(cloud)) }
    }

    fn copy(&self) -> Self {
        Self { cloud: Arc::new(Mutex::new(self.cloud.lock().clone())) }
    }

    fn backend(&self, points: &Arc<Points>, clock: TestClock) -> Arc<dyn Backend> {
        let cloud = SimulatedCloud { cloud: self.cloud.clone(), points: points.clone(), clock };
        Arc::new(SimulatedBackend { cloud, clouds: tokio::sync::Mutex::default() })
    }

    fn content(&self) -> BTreeMap<String, Vec<Value>> {
        self.cloud.lock().content()
    }

    /// Whatever the simulator did is said by an exchange, which the real services are asked as well.
    fn check(&self) {
        static KNOWN: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
            let mut cloud = simulator::Cloud::new("http://cloud", 1);
            simulator::exchanges::simulate(&mut cloud, simulator::exchanges::exchanges().unwrap().iter());
            cloud.behaviours().clone()
        });
        let cloud = self.cloud.lock();
        let unknown: Vec<_> = cloud.behaviours().difference(&KNOWN).collect();
        assert!(unknown.is_empty(), "no exchange in tests/simulator/src/exchanges says {unknown:#?}");
    }
}

/// The simulated cloud, and the way to it.
#[derive(Clone)]
struct SimulatedCloud {
    cloud: Arc<Mutex<simulator::Cloud>>,
    points: Arc<Points>,
    clock: TestClock,
}

impl SimulatedCloud {
    fn perform(&self, request: &::http::Request<Bytes>) -> ::http::Response<Bytes> {
        self.cloud.lock().answer(request, self.clock.seconds())
    }

    /// What comes instead of an answer, which is there if the request was performed.
    async fn instead(
        &self,
        comes: Instead,
        request: ::http::Request<Bytes>,
        answer: Option<::http::Response<Bytes>>,
    ) -> Result<::http::Response<Bytes>, Unanswered> {
        match comes {
            Instead::Answer(status, headers, body) => Ok(response(status, headers, body.into())),
            Instead::Half => {
                let (head, body) =
                    answer.filter(|it| !it.body().is_empty()).ok_or(Unanswered::Broken)?.into_parts();
                Ok(::http::Response::from_parts(head, body.slice(..body.len() / 2)))
            }
            Instead::Unreachable => Err(Unanswered::Unreachable),
            Instead::Silence(later) => {
                if let Some(later) = later {
                    let cloud = self.clone();
                    tokio::spawn(async move {
                        tokio::time::sleep(PATIENCE + later).await;
                        cloud.perform(&request);
                    });
                }
                tokio::time::sleep(PATIENCE).await;
                Err(Unanswered::TimedOut)
            }
        }
    }
}

#[async_trait]
impl Wire for SimulatedCloud {
    async fn exchange(&self, request: ::http::Request<Bytes>) -> Result<::http::Response<Bytes>, Unanswered> {
        // A login is the transport's business, which this one does before the program begins.
        if request.uri().path().ends_with("/auth/tokens") {
            return Ok(self.perform(&request));
        }
        let target = request.uri().path_and_query().unwrap();
        let (line, mut answer) = (format!("cloud {} {target}", request.method()), None);
        let lost = match self.points.exchange(&line, || answer = Some(self.perform(&request))).await {
            Ok(()) => return answer.ok_or(Unanswered::Broken),
            Err(lost) => lost,
        };
        match lost {
            Lost::Cut => Err(Unanswered::Broken),
            Lost::Refused(status) => {
                let body = json!({"error": {"code": status, "message": "Injected", "title": "Injected"}});
                let headers = [("retry-after", "3"), ("x-openstack-request-id", "req-injected")];
                Ok(response(status, &headers, body.to_string().into()))
            }
            Lost::Instead(comes) => self.instead(comes, request, answer).await,
        }
    }
}

fn response(status: u16, headers: &[(&str, &str)], body: Bytes) -> ::http::Response<Bytes> {
    let bare = ::http::Response::builder().status(status);
    let response = headers.iter().fold(bare, |response, (name, value)| response.header(*name, *value));
    response.body(body).unwrap()
}

/// A backend whose credentials are a user's name.
struct SimulatedBackend {
    cloud: SimulatedCloud,
    clouds: tokio::sync::Mutex<HashMap<String, Arc<SimulatedConnection>>>,
}

/// The shipped connection; but what an upload would fetch elsewhere is at hand.
struct SimulatedConnection {
    connection: Connection,
    transport: Simulated<SimulatedCloud>,
}

#[async_trait]
impl Cloud for SimulatedConnection {
    async fn read(
        &self,
        service: &'static Service,
        read: &Read,
        microversion: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        self.connection.read(service, read, microversion).await
    }

    async fn look(&self, item: &Item, after: Option<Instant>) -> Result<Answer, Failure> {
        self.connection.look(item, after).await
    }

    fn watch(&self, item: &Item, seen: Look, eager: bool, waker: Waker) -> Option<Box<dyn Subscription>> {
        self.connection.watch(item, seen, eager, waker)
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        self.connection.send(request).await
    }

    async fn flow(&self, flow: &Flow, _: &Progress) -> Result<(), Failure> {
        let reply = self.transport.put(&flow.request, IMAGE).await;
        let done = reply.and_then(|reply| reply.into_body(flow.request.service, []));
        done.map(drop).map_err(Failure::from)
    }

    fn info(&self) -> &CloudInfo {
        self.connection.info()
    }
}

#[async_trait]
impl Backend for SimulatedBackend {
    async fn connect(&self, credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        let user = credentials.cloud.clone().unwrap();
        let mut clouds = self.clouds.lock().await;
        if !clouds.contains_key(&user) {
            let transport = Simulated::login(self.cloud.clone(), &user).await;
            let mut content = self.cloud.cloud.lock().content();
            // Both have one name.
            let mut own = |collection: &str| {
                let all = content.remove(collection).unwrap();
                let own = all.iter().find(|known| known["name"] == user.as_str()).unwrap();
                own["id"].as_str().map(str::to_owned)
            };
            let (user_id, project_id) = (own("users"), own("projects"));
            let info = CloudInfo { user_id, project_id, ..CloudInfo::UNKNOWN };
            let connection = Connection::over(Arc::new(transport.clone()), Sources::default(), info);
            clouds.insert(user.clone(), Arc::new(SimulatedConnection { connection, transport }));
        }
        Ok(clouds[&user].clone())
    }
}
