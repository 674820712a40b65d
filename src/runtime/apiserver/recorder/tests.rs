use super::*;
use crate::runtime::{base::clock::Fixed, testing::fake::Fake};

const EVENTS_PATH: &str = "/api/v1/namespaces/team/events";

fn target() -> EventTarget {
    EventTarget { name: "net".into(), namespace: "team".into(), uid: "u1".into(), ..EventTarget::default() }
}

fn event(message: &str) -> Event {
    Event::warning("CannotCreateExternalResource", message)
}

#[tokio::test]
async fn events_are_core_v1_in_the_objects_namespace_and_repeats_are_counted() {
    let fake = Fake::default();
    let recorder = Recorder::new(fake.client(), Arc::new(Fixed::default()), "managed/x");
    recorder.record(&target(), event("quota").of(Some("id-1"))).await;
    recorder.record(&target(), event("quota").of(Some("id-1"))).await;
    let events = fake.list(EVENTS_PATH);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["count"], 2);
    assert_eq!(events[0]["type"], "Warning");
    assert_eq!(events[0]["source"]["component"], "managed/x");
    assert_eq!(events[0]["involvedObject"]["uid"], "u1");
    assert_eq!(events[0]["metadata"]["annotations"]["external-name"], "id-1");
    assert_eq!(events[0]["lastTimestamp"], "2026-11-21T06:00:00Z");
}

#[tokio::test]
async fn a_repeat_of_an_event_that_expired_is_created_anew() {
    let fake = Fake::default();
    let recorder = Recorder::new(fake.client(), Arc::new(Fixed::default()), "managed/x");
    recorder.record(&target(), event("quota")).await;
    let path = format!("{EVENTS_PATH}/{}", fake.list(EVENTS_PATH)[0]["metadata"]["name"].as_str().unwrap());
    fake.remove(&path);
    recorder.record(&target(), event("quota")).await;
    assert!(fake.get(&path).is_some());
}

#[tokio::test]
async fn an_event_that_could_not_be_told_is_told_the_next_time() {
    let fake = Fake::default();
    fake.fail("POST", 403);
    let recorder = Recorder::new(fake.client(), Arc::new(Fixed::default()), "managed/x");
    recorder.record(&target(), event("quota")).await;
    recorder.record(&target(), event("quota")).await;
    assert_eq!(fake.list(EVENTS_PATH).len(), 1);
}
