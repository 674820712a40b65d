use super::*;
use crate::runtime::{
    base::{
        clock::Fixed,
        keys::{ConfigKey, ObjectKey},
        queue::Queue,
    },
    testing::fake::Fake,
};
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

const SECRET: &str = "/api/v1/namespaces/a/secrets/s";

struct Bench {
    server: Fake,
    inputs: Inputs,
    queue: Arc<Queue<&'static str>>,
}

fn bench() -> Bench {
    let (server, clock) = (Fake::default(), Arc::new(Fixed::default()));
    Bench { inputs: Inputs::new(server.client(), clock.clone()), queue: Arc::new(Queue::new(clock)), server }
}

fn reader(name: &str) -> Reader {
    Reader::Resource(ObjectKey { kind: "network.Network", namespace: "a".into(), name: name.into() })
}

fn secret() -> Input {
    Input::secret("a", "s")
}

fn config() -> Input {
    Input::Config(ConfigKey { kind: "ProviderConfig".into(), namespace: "a".into(), name: "c".into() })
}

impl Bench {
    /// What the API server has now.
    fn version(&self) -> Version {
        self.server.get(SECRET).and_then(|object| {
            let meta = &object["metadata"];
            Some(format!("{}/{}", meta["uid"].as_str()?, meta["resourceVersion"].as_str()?))
        })
    }

    fn put(&self, text: &str) {
        self.server.put(SECRET, json!({"metadata": {"uid": "u"}, "data": {"k": text}}));
    }

    /// A pass reads these versions now, and is followed.
    fn follow(&self, name: &'static str, reads: &[(Input, Version)]) {
        let notes = Notes::default();
        reads.iter().for_each(|(input, version)| notes.read(input.clone(), version.clone(), Instant::now()));
        self.inputs.follow(&reader(name), notes.all(), || self.queue.waker(&name));
    }

    /// Who was woken within a second.
    async fn woken(&self) -> Vec<&'static str> {
        sleep(Duration::from_secs(1)).await;
        let mut woken = vec![];
        while self.queue.due() > 0 {
            let key = self.queue.next().await.unwrap();
            self.queue.done(&key);
            woken.push(key);
        }
        woken
    }

    fn watches(&self) -> usize {
        self.inputs.0.ledger.lock().watches()
    }
}

#[tokio::test(start_paused = true)]
async fn who_read_a_secret_is_woken_once_for_each_change_of_it_and_not_without_one() {
    let bench = bench();
    bench.follow("r", &[(secret(), None)]);
    assert_eq!(bench.woken().await, Vec::<&str>::new(), "it is missing, as it was read");
    assert!(bench.inputs.are_current(&reader("r")));
    bench.put("made");
    assert_eq!(bench.woken().await, ["r"]);
    assert!(!bench.inputs.are_current(&reader("r")), "until it is read anew");
    bench.follow("r", &[(secret(), bench.version())]);
    assert_eq!(bench.woken().await, Vec::<&str>::new());
    bench.put("changed");
    assert_eq!(bench.woken().await, ["r"]);
    bench.follow("r", &[(secret(), bench.version())]);
    bench.server.remove(SECRET);
    assert_eq!(bench.woken().await, ["r"]);
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_changed_while_a_pass_ran_wakes_it_at_its_end() {
    let bench = bench();
    bench.put("first");
    bench.follow("other", &[(secret(), bench.version())]);
    bench.woken().await;
    let notes = Notes::default();
    notes.read(secret(), bench.version(), Instant::now());
    sleep(Duration::from_millis(1)).await;
    bench.put("second");
    assert_eq!(bench.woken().await, ["other"]);
    assert!(bench.inputs.have_changed(&notes.all()), "what was kept of it is not to be believed");
    bench.inputs.follow(&reader("r"), notes.all(), || bench.queue.waker(&"r"));
    assert_eq!(bench.woken().await, ["r"]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_lags_behind_what_was_read_makes_nobody_run_in_circles() {
    let bench = bench();
    bench.inputs.is_now(&config(), Some("old".into()));
    sleep(Duration::from_secs(1)).await;
    for _ in 0..3 {
        bench.follow("r", &[(config(), Some("new".into()))]);
        assert_eq!(bench.woken().await, Vec::<&str>::new());
        assert!(!bench.inputs.are_current(&reader("r")));
    }
    bench.inputs.is_now(&config(), Some("new".into()));
    assert_eq!(bench.woken().await, Vec::<&str>::new());
    assert!(bench.inputs.are_current(&reader("r")));
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_watched_once_and_as_long_as_somebody_reads_it() {
    let bench = bench();
    bench.put("x");
    let read = [(secret(), bench.version()), (config(), None)];
    bench.follow("one", &read);
    bench.follow("two", &read);
    assert_eq!(bench.watches(), 1, "ProviderConfigs have a watch of their own");
    bench.follow("one", &[(config(), None)]);
    bench.put("y");
    assert_eq!(bench.woken().await, ["two"]);
    bench.inputs.forget(&reader("two"));
    assert_eq!(bench.watches(), 0);
    bench.inputs.forget(&reader("one"));
    bench.put("z");
    assert_eq!(bench.woken().await, Vec::<&str>::new());
    assert!(bench.inputs.0.ledger.lock().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_finds_no_place_among_the_watches_is_never_current_and_gets_the_next_one_that_is_free() {
    let bench = bench();
    let name = |number: usize| Input::secret("a", &format!("s{number}"));
    let all: Vec<_> = (0..WATCHES).map(|number| (name(number), None)).collect();
    bench.follow("many", &all);
    bench.follow("late", &[(secret(), None)]);
    assert_eq!(bench.watches(), WATCHES);
    bench.woken().await;
    assert!(bench.inputs.are_current(&reader("many")) && !bench.inputs.are_current(&reader("late")));
    bench.follow("many", &all[1..]);
    bench.woken().await;
    assert!(bench.inputs.are_current(&reader("late")));
}
