use super::*;
use crate::release::{
    depends::{Dependency, Labels},
    view::{Container, Job, Pod, Slice, Termination, Workload},
};

fn labels(component: &str) -> Labels {
    Labels::from([("component".to_owned(), component.to_owned())])
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn pod(kind: &str, owner: &str, containers: (Vec<Container>, Vec<Container>)) -> Pod {
    let (init, containers) = containers;
    let owner = Some((text(kind), text(owner)));
    Pod {
        name: format!("{kind}-pod"),
        owner,
        phase: text("Pending"),
        init,
        containers,
        node: Some(text("n1")),
        ..Pod::default()
    }
}

fn waits(dependencies: Vec<Dependency>) -> (Vec<Container>, Vec<Container>) {
    let init =
        Container { name: text("init"), running: true, waits_for: dependencies, ..Container::default() };
    (vec![init], vec![waiting("PodInitializing", "")])
}

fn waiting(reason: &str, message: &str) -> Container {
    Container { name: text("main"), waiting: Some((text(reason), text(message))), ..Container::default() }
}

fn runs(container: Container) -> (Vec<Container>, Vec<Container>) {
    (vec![], vec![container])
}

fn deployment(name: &str) -> Workload {
    Workload { kind: text("Deployment"), name: text(name), desired: 1, ..Workload::default() }
}

fn job(name: &str) -> Job {
    Job { name: text(name), ..Job::default() }
}

fn service(name: &str) -> Dependency {
    Dependency::Service(text(name))
}

/// keystone-api, whose pod is this, in a namespace with these Jobs and further pods.
fn keystone(containers: (Vec<Container>, Vec<Container>), jobs: Vec<Job>, pods: Vec<Pod>) -> View {
    let own = pod("ReplicaSet", "keystone-api-6d9f", containers);
    let pods = std::iter::once(own).chain(pods).collect();
    View { workloads: vec![deployment("keystone-api")], jobs, pods, compute_nodes: true, ..View::default() }
}

fn why(view: &View) -> Option<Cause> {
    cause(&Open { workloads: &[(text("Deployment"), text("keystone-api"))], jobs: &[] }, view)
}

fn told(view: &View) -> String {
    why(view).unwrap().text
}

#[test]
fn a_chain_is_followed_from_the_workload_to_what_is_broken() {
    let sync = pod("Job", "keystone-db-sync", runs(waiting("ImagePullBackOff", "no such tag")));
    let view = keystone(
        waits(vec![Dependency::Job(text("keystone-db-sync"))]),
        vec![job("keystone-db-sync")],
        vec![sync],
    );
    assert_eq!(
        told(&view),
        "keystone-api waits for Job keystone-db-sync; its pod: ImagePullBackOff: no such tag"
    );
}

#[test]
fn a_chain_leads_across_releases() {
    let mut view = keystone(waits(vec![service("mariadb")]), vec![], vec![]);
    let database = waiting("CreateContainerConfigError", "secret \"x\" not found");
    view.pods
        .push(Pod { name: text("mariadb-server-0"), ..pod("StatefulSet", "mariadb-server", runs(database)) });
    view.slices =
        vec![Slice { service: text("mariadb"), pods: vec![(text("mariadb-server-0"), false)], ready: false }];
    let broken = "its pod: CreateContainerConfigError: secret \"x\" not found";
    assert_eq!(told(&view), format!("keystone-api waits for Service mariadb; {broken}"));
    view.slices.clear();
    let server = Workload {
        kind: text("StatefulSet"),
        name: text("mariadb-server"),
        desired: 1,
        ..Workload::default()
    };
    view.workloads
        .push(Workload { selector: Labels::from([(text("application"), text("mariadb"))]), ..server });
    view.pods[1].labels = Labels::from([(text("application"), text("mariadb"))]);
    assert_eq!(
        told(&view),
        format!("keystone-api waits for Service mariadb; {broken}"),
        "a pod without an address"
    );
    view.workloads.pop();
    assert_eq!(told(&view), "keystone-api waits for Service mariadb, which has no endpoints");
}

#[test]
fn several_links_are_one_sentence() {
    let sync = pod("Job", "keystone-db-sync", waits(vec![Dependency::Job(text("keystone-db-init"))]));
    let jobs = vec![job("keystone-db-sync"), Job { complete: true, ..job("done") }];
    let waits_for = vec![Dependency::Job(text("done")), Dependency::Job(text("keystone-db-sync"))];
    let view = keystone(waits(waits_for), jobs, vec![sync]);
    let want = "keystone-api waits for Job keystone-db-sync; \
        keystone-db-sync waits for Job keystone-db-init, which has not been made yet";
    assert_eq!(told(&view), want);
}

fn crash(message: &str) -> Container {
    let ended_before = Some(Termination { code: 1, reason: text("Error"), message: text(message) });
    Container { ended_before, restarts: 4, ..waiting("CrashLoopBackOff", "back-off 5m") }
}

#[test]
fn a_container_that_crashes_says_how_it_ended_and_whose_log_says_more() {
    let found = why(&keystone(runs(crash("")), vec![], vec![])).unwrap();
    assert_eq!(found.text, "keystone-api: CrashLoopBackOff: ended with exit code 1");
    assert_eq!(found.log, Some(LogOf { pod: text("ReplicaSet-pod"), container: text("main"), restarts: 4 }));
    let with = found.with_log("  Access denied for user\n");
    assert_eq!(with.text, "keystone-api: CrashLoopBackOff: ended with exit code 1: Access denied for user");
}

#[test]
fn no_credentials_of_an_address_reach_a_cause_and_none_is_long() {
    let line = "connect mysql+pymysql://root:hunter2@mariadb:3306/keystone failed";
    let found = why(&keystone(runs(crash(line)), vec![], vec![])).unwrap();
    assert!(found.text.ends_with("connect mysql+pymysql://…@mariadb:3306/keystone failed"), "{}", found.text);
    let long = found.clone().with_log(&"ä".repeat(500)).text;
    assert_eq!(long.chars().count(), found.text.chars().count() + 2 + 201);
}

#[test]
fn a_pod_that_no_node_takes_and_a_probe_that_fails_are_told() {
    let mut view = keystone(waits(vec![]), vec![], vec![]);
    view.pods[0].unschedulable = Some(text("0/1 nodes are available"));
    assert_eq!(told(&view), "keystone-api: no node takes it: 0/1 nodes are available");
    let unready = Container { name: text("main"), running: true, ..Container::default() };
    assert_eq!(
        told(&keystone(runs(unready), vec![], vec![])),
        "keystone-api: container main runs and is not ready"
    );
    let mut view = keystone(waits(vec![]), vec![], vec![]);
    assert_eq!(told(&view), "keystone-api: init container init runs and has not ended");
    view.pods.clear();
    assert_eq!(told(&view), "keystone-api: no pod has been made for it");
    view.workloads.clear();
    assert_eq!(why(&view), None);
}

#[test]
fn pods_on_the_same_node_are_told_from_others() {
    let wanted = Dependency::Pod { labels: labels("ovs-agent"), same_node: true };
    let agent = |node: &str, ready| Pod {
        labels: labels("ovs-agent"),
        node: Some(text(node)),
        ready,
        ..pod("DaemonSet", "ovs", runs(waiting("ErrImagePull", "no")))
    };
    let with = |agents: Vec<Pod>| keystone(waits(vec![wanted.clone()]), vec![], agents);
    let none = "keystone-api waits for a pod with component=ovs-agent on node n1, of which there is none";
    assert_eq!(told(&with(vec![agent("n2", true)])), none);
    let broken =
        "keystone-api waits for a pod with component=ovs-agent on node n1; its pod: ErrImagePull: no";
    assert_eq!(told(&with(vec![agent("n1", false)])), broken);
    assert_eq!(why(&with(vec![agent("n1", true)])), None, "it is about to go on");
    let mut view = with(vec![]);
    view.compute_nodes = false;
    assert_eq!(told(&view), format!("{none}, and no compute node"));
}

#[test]
fn a_circle_ends() {
    let mut view = keystone(waits(vec![service("nova-api")]), vec![], vec![]);
    view.workloads.push(deployment("nova-api"));
    view.pods.push(pod("ReplicaSet", "nova-api-1", waits(vec![service("keystone-api")])));
    let want =
        "keystone-api waits for Service nova-api; nova-api waits for Service keystone-api, in a circle";
    assert_eq!(told(&view), want);
}

#[test]
fn a_chain_is_followed_ten_links_deep() {
    let mut view = keystone(waits(vec![Dependency::Job(text("job0"))]), vec![], vec![]);
    for number in 0..20 {
        view.jobs.push(job(&format!("job{number}")));
        let next = Dependency::Job(format!("job{}", number + 1));
        view.pods.push(pod("Job", &format!("job{number}"), waits(vec![next])));
    }
    let told = told(&view);
    assert_eq!(told.matches("waits for").count(), 11, "{told}");
    assert!(told.ends_with("job9 waits for Job job10, and so on"), "{told}");
}

#[test]
fn what_is_broken_comes_before_what_takes_time() {
    let mut view = keystone(runs(waiting("ContainerCreating", "")), vec![job("sync")], vec![]);
    assert_eq!(told(&view), "keystone-api: it is starting");
    view.pods.push(pod("Job", "sync", runs(waiting("InvalidImageName", "x"))));
    let open = Open { workloads: &[(text("Deployment"), text("keystone-api"))], jobs: &[text("sync")] };
    assert_eq!(cause(&open, &view).unwrap().text, "sync: InvalidImageName: x");
    let mut second = pod("ReplicaSet", "keystone-api-6d9f", runs(waiting("ErrImagePull", "y")));
    second.name = text("second");
    view.pods.push(second);
    assert_eq!(cause(&open, &view).unwrap().text, "keystone-api: ErrImagePull: y", "of two pods as well");
}

#[test]
fn what_is_elsewhere_is_named() {
    let view = keystone(waits(vec![Dependency::Other(text("Grant keystone"))]), vec![], vec![]);
    assert_eq!(told(&view), "keystone-api waits for Grant keystone, which can't be followed from here");
    let set = keystone(waits(vec![Dependency::DaemonSet(text("ovs"))]), vec![], vec![]);
    assert_eq!(told(&set), "keystone-api waits for DaemonSet ovs, which has no pod on its node");
    let jobs = keystone(waits(vec![Dependency::Jobs(labels("db-sync"))]), vec![], vec![]);
    assert_eq!(
        told(&jobs),
        "keystone-api waits for Jobs with component=db-sync, which have not been made yet"
    );
}
