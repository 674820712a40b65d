use super::*;

const S: Duration = Duration::from_secs(1);

fn listed(took: Duration, objects: usize, pages: usize) -> (ListSchedule, Instant) {
    let (mut schedule, now) = (ListSchedule::default(), Instant::now());
    (0..SAMPLES).for_each(|_| schedule.listed(LastList { sent: now, took, objects, pages }, false, now));
    (schedule, now)
}

#[test]
fn a_list_is_worth_it_if_it_answers_enough_of_what_it_tells() {
    for (looks, objects, pages, worth) in [
        (3, 3, 1, false),
        (4, 4, 1, true),
        (4, 200, 1, true),
        (4, 201, 1, false),
        (200, 10_000, 10, true),
        (20, 900, 10, false),
    ] {
        let (schedule, now) = listed(S, objects, pages);
        assert_eq!(schedule.worth(looks, now), worth, "{looks} of {objects} on {pages}");
    }
    assert!(ListSchedule::default().worth(ENOUGH, Instant::now()), "the first list is tried");
}

#[test]
fn where_lists_are_quick_one_object_is_enough_and_where_they_are_slow_they_have_to_replace_looks() {
    for (took, objects, watched, worth) in [
        (S / 2, 10_000, 1, true),
        (S, 10_000, 1, true),
        (2 * S, 10_000, 1, false),
        (2 * S, 10_000, 199, false),
        (2 * S, 10_000, 200, true),
        (S / 2, 0, 0, false),
    ] {
        let (schedule, now) = listed(took, objects, 1);
        assert_eq!(schedule.worth_watching(watched, now), worth, "{watched} of {objects} in {took:?}");
        assert_eq!(schedule.will_list(watched, now), worth, "nothing else is relied on");
    }
    let (mut refused, now) = listed(S / 2, 1, 1);
    refused.refused(now);
    assert!(!refused.worth_watching(1, now));
}

#[test]
fn lists_come_often_where_a_change_is_expected_and_seldom_where_they_are_slow() {
    let interval = |took, eager, news| {
        let (mut schedule, now) = listed(took, 200, 1);
        schedule.listed(LastList { sent: now, took, objects: 200, pages: 1 }, news, now);
        (schedule.interval(eager, now), schedule.interval(eager, now + AFTER_CHANGE))
    };
    let took = Duration::from_millis(50);
    assert_eq!(interval(took, false, false), (USUAL, USUAL));
    assert_eq!(interval(took, true, false), (FAST, FAST));
    assert_eq!(interval(took, false, true), (FAST, USUAL), "somebody is at work");
    assert_eq!(interval(2 * S, true, true), (40 * S, 40 * S), "a twentieth of the time");
    let (odd, _) = interval(Duration::new(0, 50_000_999), false, false);
    assert!(odd < USUAL && odd > USUAL * 9 / 10, "{odd:?}");
}

#[test]
fn a_list_that_took_long_while_the_cloud_was_busy_does_not_stop_the_next_ones() {
    let (mut schedule, now) = (ListSchedule::default(), Instant::now());
    let mut list = |took| {
        schedule.listed(LastList { sent: now, took, objects: 200, pages: 1 }, false, now);
        schedule.interval(false, now)
    };
    assert_eq!([list(8 * S), list(8 * S)], [UNSURE, UNSURE], "it may have been a moment");
    assert_eq!(list(8 * S), 160 * S, "it is slow");
    assert_eq!([list(S / 10), list(8 * S)], [USUAL, USUAL]);
}

#[test]
fn drift_in_a_collection_of_200_is_seen_in_time() {
    let (schedule, now) = listed(Duration::from_millis(500), 200, 1);
    let due = schedule.due(now, false, now);
    assert!(due + Duration::from_millis(500) <= now + 11 * S);
}

#[test]
fn lists_that_fail_come_ever_more_slowly_until_one_succeeds() {
    let (mut schedule, now) = listed(S, 10, 1);
    let mut waits = vec![];
    for _ in 0..6 {
        schedule.failed(Duration::ZERO, now);
        waits.push(schedule.due(now, true, now).duration_since(now).as_secs());
    }
    assert_eq!(waits, [20, 40, 80, 160, 300, 300]);
    schedule.failed(900 * S, now);
    assert_eq!(schedule.due(now, true, now), now + 900 * S, "patience was asked for");
    schedule.listed(LastList { sent: now, took: S, objects: 10, pages: 1 }, false, now);
    assert_eq!(schedule.due(now, true, now), now + 20 * S);
}

#[test]
fn what_the_cloud_refuses_to_list_is_looked_at_one_by_one() {
    let (mut schedule, now) = listed(S, 10, 1);
    schedule.refused(now);
    assert!(!schedule.worth(100, now) && schedule.worth(100, now + REFUSED));
    assert!(!schedule.will_list(100, now) && schedule.will_list(100, now + REFUSED));
    let (mut schedule, now) = listed(S, 10, 1);
    schedule.failed(Duration::ZERO, now);
    assert!(!schedule.worth(100, now) && schedule.will_list(100, now));
}

#[test]
fn a_list_is_relied_on_for_a_few_will_list() {
    let (schedule, now) = listed(10 * S, 10_000, 10);
    assert!(schedule.is_fresh(now, false, now + 600 * S) && !schedule.is_fresh(now, false, now + 601 * S));
    assert!(!ListSchedule::default().is_fresh(now, false, now + 61 * S));
    assert!(schedule.is_fresh(now, true, now + 4 * S) && !schedule.is_fresh(now, true, now + 5 * S));
}
