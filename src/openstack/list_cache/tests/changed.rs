//! Lists of what changed, where lists of everything are slow.

use super::*;

/// So many networks that a list of them takes three seconds, at a service with this clock.
fn slow(networks: usize, clock: Option<(&str, bool)>) -> FakeNeutron {
    let neutron = FakeNeutron::of(networks);
    neutron.state().takes = Duration::from_secs(3);
    neutron.state().clock = clock.map(|(showed, dates)| {
        let showed = showed.parse().unwrap();
        ServiceClock { began: Instant::now(), showed, dates }
    });
    neutron
}

fn increments(neutron: &FakeNeutron) -> usize {
    std::mem::take(&mut neutron.state().increments)
}

const NOW: &str = "2026-11-29T00:00:00Z";

#[tokio::test(start_paused = true)]
async fn one_object_that_changes_among_thousands_is_seen_in_15_s_however_slow_their_list_is() {
    // A few of many, which are worth no list of all, and all of many.
    for watched in [5, 300] {
        let neutron = slow(300, Some((NOW, true)));
        let cache = neutron.cache();
        let all: Vec<_> = (0..watched).map(|n| neutron.watch(&cache, &format!("n{n}"), false)).collect();
        pass(300).await;
        let told = (neutron.lists(), increments(&neutron));
        assert!(told.0 <= 8 && (20..=30).contains(&told.1), "{told:?}");
        neutron.change("n4");
        pass(13).await;
        assert_eq!(neutron.woken(), ["n4"], "of {watched}");
        pass(50).await;
        assert_eq!(neutron.woken(), Vec::<String>::new(), "what is told twice is no news");
        assert_eq!(all[3].unchanged(None), watched == 300, "what they do not tell is not known");
    }
}

#[tokio::test(start_paused = true)]
async fn no_change_is_lost_whatever_the_clocks_of_the_service_show() {
    for (clock, dates, behind) in [
        ("2016-11-29T00:00:00Z", true, 0),
        ("2036-11-29T00:00:00Z", true, 0),
        (NOW, true, 45),
        (NOW, true, -45),
        // It does not tell the time but in its objects.
        (NOW, false, 0),
        (NOW, false, 45),
    ] {
        let neutron = slow(300, Some((clock, dates)));
        neutron.state().behind = SignedDuration::from_secs(behind);
        neutron.change("n200");
        let cache = neutron.cache();
        let _all = neutron.watch_all(&cache, false);
        pass(100).await;
        for n in 0..10 {
            neutron.change(&format!("n{n}"));
            pass(13).await;
            assert_eq!(neutron.woken(), [format!("n{n}")], "{clock} {dates} {behind}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_told_by_the_next_list_of_everything() {
    let neutron = slow(300, Some((NOW, true)));
    let cache = neutron.cache();
    let _all = neutron.watch_all(&cache, false);
    pass(300).await;
    neutron.state().networks.remove("n4");
    neutron.lists();
    pass(65).await;
    assert_eq!((neutron.woken(), neutron.lists()), (vec!["n4".to_owned()], 1));
}

#[tokio::test(start_paused = true)]
async fn who_is_woken_by_a_list_of_what_changed_looks_at_nothing_older() {
    let neutron = slow(300, Some((NOW, true)));
    let cache = neutron.cache();
    let _all = neutron.watch_all(&cache, true);
    pass(300).await;
    // A list keeps what its looks wait for, and bodies of ours.
    look(&cache, 0..100).await;
    assert!(cache.look(&item("n4"), None).await.unwrap().is_some());
    neutron.change("n4");
    while neutron.woken().is_empty() {
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(cache.look(&item("n4"), None).await, Ok(None), "it is asked for by itself");
}

#[tokio::test(start_paused = true)]
async fn nothing_incremental_is_asked_where_lists_are_quick_or_nobody_tells_the_time_or_watches() {
    for (takes, clock, watched) in
        [(100, Some((NOW, true)), 300), (3000, None, 300), (3000, Some((NOW, true)), 0)]
    {
        let neutron = slow(300, clock);
        neutron.state().takes = Duration::from_millis(takes);
        let cache = neutron.cache();
        let _all: Vec<_> = (0..watched).map(|n| neutron.watch(&cache, &format!("n{n}"), false)).collect();
        look(&cache, 0..100).await;
        pass(300).await;
        assert_eq!(increments(&neutron), 0, "{takes} {watched}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_refuses_them_is_not_asked_again_for_a_while_and_listed_as_before() {
    let neutron = slow(300, Some((NOW, true)));
    neutron.state().refuses_increments = Some(400);
    let cache = neutron.cache();
    let all = neutron.watch_all(&cache, false);
    pass(600).await;
    let told = (neutron.lists(), increments(&neutron));
    assert!((9..=13).contains(&told.0) && told.1 == 1, "{told:?}");
    assert!(all[0].unchanged(None));
}
