//! Flows by themselves; [`passes`] drives them through whole passes.

mod passes;

use super::*;
use crate::{
    kind::{
        cloud::CloudInfo,
        flow::Source,
        request::{
            Answer, Method, Microversion, Read,
            service::{IMAGE, Service},
        },
    },
    runtime::base::clock::Fixed,
};
use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::sync::mpsc;

/// A cloud whose flows end when the test says how.
#[derive(Default)]
struct Slow {
    begun: AtomicUsize,
    running: Arc<AtomicUsize>,
    ends: Mutex<Vec<mpsc::UnboundedReceiver<Result<(), Failure>>>>,
}

struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Cloud for Slow {
    async fn read(&self, _: &'static Service, _: &Read, _: Option<Microversion>) -> Result<Answer, Failure> {
        panic!("nothing is read")
    }

    async fn send(&self, _: &Request) -> Result<Value, Failure> {
        panic!("nothing is sent")
    }

    async fn flow(&self, _: &Flow, progress: &Progress) -> Result<(), Failure> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.running.fetch_add(1, Ordering::SeqCst);
        let _counted = Counted(self.running.clone());
        progress.expect(100);
        progress.add(37);
        let end = self.ends.lock().pop();
        match end {
            Some(mut end) => end.recv().await.unwrap(),
            None => std::future::pending().await,
        }
    }

    fn info(&self) -> &CloudInfo {
        panic!("nobody asks")
    }
}

struct FlowScene {
    flows: Flows,
    jobs: Mutex<HashMap<String, Option<FlowJob>>>,
    cloud: Arc<Slow>,
    clock: Arc<dyn Clock>,
    woken: Arc<AtomicUsize>,
}

impl FlowScene {
    fn new() -> Self {
        let (flows, cloud, woken) = (Flows::default(), Arc::default(), Arc::default());
        Self { flows, jobs: Mutex::default(), cloud, clock: Arc::new(Fixed::default()), woken }
    }

    /// Makes the next flow end as the test says.
    fn ending(&self) -> mpsc::UnboundedSender<Result<(), Failure>> {
        let (end, receiver) = mpsc::unbounded_channel();
        self.cloud.ends.lock().push(receiver);
        end
    }

    async fn advance(&self, uid: &str, url: &str, stuck: bool) -> String {
        let request = |method| Request::new(&IMAGE, method, "/images/i/file", None);
        let source = Source { url: url.to_owned(), ..Source::default() };
        let stuck = stuck.then(|| request(Method::Delete));
        let (request, what) = (request(Method::Put), "uploading".to_owned());
        self.go(uid, Flow { request, what, source: Some(source), stuck }).await
    }

    async fn go(&self, uid: &str, flow: Flow) -> String {
        self.go_to(&self.cloud, uid, flow).await
    }

    async fn go_to(&self, cloud: &Arc<Slow>, uid: &str, flow: Flow) -> String {
        let woken = self.woken.clone();
        let wake = move || _ = woken.fetch_add(1, Ordering::SeqCst);
        let context = FlowContext { uid, cloud: cloud.clone(), clock: &self.clock, wake };
        let told = self.flows.advance(self.jobs.lock().entry(uid.to_owned()).or_default(), flow, context);
        settle().await;
        match told {
            Advance::Running(what) => what,
            Advance::Failed(failure) => format!("failed: {failure}"),
            Advance::Send(request) => request.method.to_string(),
        }
    }

    fn begun(&self) -> usize {
        self.cloud.begun.load(Ordering::SeqCst)
    }

    fn running(&self) -> usize {
        self.cloud.running.load(Ordering::SeqCst)
    }
}

async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_runs_once_however_often_it_is_asked_for_and_wakes_its_resource_at_the_end() {
    let scene = FlowScene::new();
    let end = scene.ending();
    assert_eq!(scene.advance("u", "a", false).await, "uploading");
    for _ in 0..3 {
        // As the cloud says saving while our own data flow.
        assert_eq!(scene.advance("u", "a", true).await, "uploading: 30 %");
    }
    assert_eq!((scene.begun(), scene.woken.load(Ordering::SeqCst)), (1, 0));
    end.send(Ok(())).unwrap();
    settle().await;
    assert_eq!((scene.running(), scene.woken.load(Ordering::SeqCst)), (0, 1));
    scene.advance("u", "a", false).await;
    assert_eq!(scene.begun(), 2, "the cloud still has no data: it begins anew");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_until_it_is_time_for_another_try() {
    for (class, early, late) in [(Class::Transient, 14, 1), (Class::Terminal, 599, 1)] {
        let scene = FlowScene::new();
        let end = scene.ending();
        scene.advance("u", "a", false).await;
        end.send(Err(Failure::new(class, "R", "why"))).unwrap();
        settle().await;
        assert_eq!(scene.woken.load(Ordering::SeqCst), 1);
        for stuck in [false, true] {
            tokio::time::advance(Duration::from_secs(early / 2)).await;
            assert_eq!(scene.advance("u", "a", stuck).await, "failed: why", "{class:?}");
        }
        tokio::time::advance(Duration::from_secs(late + early % 2)).await;
        assert_eq!(scene.advance("u", "a", false).await, "uploading", "{class:?}");
        assert_eq!(scene.begun(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn another_source_breaks_the_upload_off_and_so_does_the_end_of_the_resource() {
    let scene = FlowScene::new();
    scene.advance("u", "a", false).await;
    scene.advance("u", "b", false).await;
    assert_eq!((scene.begun(), scene.running()), (2, 1));
    scene.jobs.lock().remove("u");
    settle().await;
    assert_eq!(scene.running(), 0);
}

#[tokio::test(start_paused = true)]
async fn few_flows_run_at_once() {
    let scene = FlowScene::new();
    for number in 0..10 {
        scene.advance(&number.to_string(), "a", false).await;
    }
    assert_eq!(scene.running(), AT_ONCE_EACH);
    scene.jobs.lock().remove("0");
    settle().await;
    assert_eq!((scene.begun(), scene.running()), (AT_ONCE_EACH + 1, AT_ONCE_EACH));
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_process_left_is_waited_for_and_freed_only_after_long() {
    let scene = FlowScene::new();
    let waiting = "waiting for the cloud to notice that an earlier request broke off";
    assert_eq!(scene.advance("u", "a", true).await, waiting);
    tokio::time::advance(FORGOTTEN - Duration::from_secs(1)).await;
    assert_eq!(scene.advance("u", "a", true).await, waiting);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(scene.advance("u", "a", true).await, "DELETE");
    assert_eq!(scene.begun(), 0);
    assert_eq!(scene.advance("v", "a", true).await, waiting);
    assert_eq!(scene.advance("v", "a", false).await, "uploading", "it noticed");
}

fn apply(method: Method, revision: u32) -> Flow {
    let body = Some(serde_json::json!({"revision": revision}));
    Flow::new(Request::new(&IMAGE, method, "/releases/r/objects", body), "applying")
}

#[tokio::test(start_paused = true)]
async fn a_flow_needs_no_source_and_another_method_or_body_is_another_flow() {
    let scene = FlowScene::new();
    for flow in [apply(Method::Post, 1), apply(Method::Post, 2), apply(Method::Delete, 2)] {
        assert_eq!(scene.go("u", flow.clone()).await, "applying");
        assert_eq!(scene.go("u", flow).await, "applying: 30 %");
        assert_eq!(scene.running(), 1, "the one before is broken off");
    }
    assert_eq!(scene.begun(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_succeeds_and_does_not_show_is_repeated_ever_more_slowly() {
    let (scene, mut begun) = (FlowScene::new(), vec![]);
    let start = Instant::now();
    while begun.len() < 9 {
        scene.ending().send(Ok(())).unwrap();
        let before = scene.begun();
        scene.go("u", apply(Method::Post, 1)).await;
        if scene.begun() > before {
            begun.push(start.elapsed().as_secs());
        } else {
            scene.cloud.ends.lock().clear();
            tokio::time::advance(Duration::from_secs(1)).await;
        }
    }
    let waits: Vec<_> = begun.iter().zip(&begun[1..]).map(|(one, next)| next - one).collect();
    assert_eq!(waits, [0, 4, 8, 16, 32, 60, 60, 60]);
    tokio::time::advance(2 * WITHOUT_SOURCE.longest).await;
    scene.go("u", apply(Method::Post, 1)).await;
    scene.go("u", apply(Method::Post, 1)).await;
    assert_eq!(scene.begun(), 10, "it runs; what was long ago counts no more");
}

#[tokio::test(start_paused = true)]
async fn what_has_no_source_is_tried_again_soon() {
    for (class, wait) in [(Class::Transient, 2), (Class::Terminal, 60)] {
        let scene = FlowScene::new();
        scene.ending().send(Err(Failure::new(class, "R", "why"))).unwrap();
        scene.go("u", apply(Method::Delete, 1)).await;
        tokio::time::advance(Duration::from_secs(wait - 1)).await;
        assert_eq!(scene.go("u", apply(Method::Delete, 1)).await, "failed: why", "{class:?}");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(scene.go("u", apply(Method::Delete, 1)).await, "applying", "{class:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn flows_of_one_connection_do_not_keep_another_from_beginning() {
    let scene = FlowScene::new();
    for number in 0..AT_ONCE_EACH {
        scene.advance(&format!("slow-{number}"), "http://drips/", false).await;
    }
    let other = Arc::<Slow>::default();
    let flow = Flow::new(Request::new(&IMAGE, Method::Put, "/images/j/file", None), "uploading");
    scene.go_to(&other, "quick", flow).await;
    assert_eq!(other.running.load(Ordering::SeqCst), 1);
}
