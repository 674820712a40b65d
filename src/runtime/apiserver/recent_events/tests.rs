use super::*;

fn event(message: &str) -> Event {
    Event::warning("CannotCreateExternalResource", message)
}

#[test]
fn an_equal_event_bumps_the_count_and_another_or_late_one_is_new() {
    let (mut recent, start) = (RecentEvents::default(), Instant::now());
    let mut judge =
        |message, after| recent.judge("u1", "net", &event(message), "x", start + Duration::from_secs(after));
    assert_eq!(judge("quota", 0), EventWrite::Create { name: "net.x1".into() });
    assert_eq!(judge("quota", 599), EventWrite::Bump { name: "net.x1".into(), count: 2 });
    assert_eq!(judge("other", 600), EventWrite::Create { name: "net.x3".into() });
    assert_eq!(judge("quota", 1200), EventWrite::Create { name: "net.x4".into() });
}

#[test]
fn an_object_gets_25_events_at_once_and_then_one_in_five_minutes() {
    let (mut recent, start) = (RecentEvents::default(), Instant::now());
    let mut judge =
        |after| recent.judge("u1", "net", &event("quota"), "x", start + Duration::from_secs(after));
    assert!((0..25).all(|_| judge(0) != EventWrite::Drop));
    assert_eq!(judge(0), EventWrite::Drop);
    assert_eq!(judge(301), EventWrite::Bump { name: "net.x1".into(), count: 27 });
    assert_eq!(judge(302), EventWrite::Drop);
}

#[test]
fn what_is_remembered_is_bounded() {
    let (mut recent, start) = (RecentEvents::default(), Instant::now());
    for n in 0..OBJECTS + 10 {
        recent.judge(&n.to_string(), "net", &event("x"), "x", start + Duration::from_millis(n as u64));
    }
    assert_eq!(recent.objects.len(), OBJECTS);
    assert!(!recent.objects.contains_key("0"));
}
