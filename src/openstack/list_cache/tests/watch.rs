//! Watched objects, and the lists that are sent for them.

use super::*;

#[tokio::test(start_paused = true)]
async fn watching_200_costs_pages_and_wakes_in_time_the_owners_of_what_changed_or_seems_gone() {
    let neutron = FakeNeutron::of(200);
    let cache = neutron.cache();
    let subscriptions = neutron.watch_all(&cache, false);
    pass(60).await;
    let lists = neutron.lists();
    assert!((5..=6).contains(&lists), "{lists} lists for 200 networks in a minute");
    assert_eq!(neutron.woken(), Vec::<String>::new());
    assert!(subscriptions.iter().all(|subscription| subscription.unchanged(None)));
    neutron.change("n7");
    neutron.state().networks.remove("n9");
    pass(12).await;
    assert_eq!(neutron.woken(), ["n7", "n9"]);
    assert_eq!(subscriptions.iter().filter(|subscription| !subscription.unchanged(None)).count(), 2);
    // What made the owner wake is there for it, without a request.
    let told = cache.look(&item("n7"), None).await.unwrap();
    assert_eq!(told.unwrap()["network"]["mtu"], 9000);
    pass(60).await;
    assert_eq!(neutron.woken(), Vec::<String>::new(), "once is enough");
}

#[tokio::test(start_paused = true)]
async fn lists_are_relied_on_only_while_they_keep_coming_and_never_for_a_younger_question() {
    let neutron = FakeNeutron::of(10);
    let cache = neutron.cache();
    let all = neutron.watch_all(&cache, false);
    assert!(!all[0].unchanged(None), "it is not known yet whether there will be lists");
    pass(2).await;
    assert!(all[0].unchanged(None) && !all[0].unchanged(Some(Instant::now())), "a change would be told");
    pass(15).await;
    assert!(all[0].unchanged(None) && !all[0].unchanged(Some(Instant::now())));
    neutron.state().refuses = Some(503);
    pass(30).await;
    assert!(all[0].unchanged(None), "one list that fails is no news");
    pass(60).await;
    assert!(!all[0].unchanged(None), "{} lists", neutron.lists());
}

#[tokio::test(start_paused = true)]
async fn where_a_change_is_expected_lists_come_fast() {
    let neutron = FakeNeutron::of(10);
    let cache = neutron.cache();
    let mut subscriptions = neutron.watch_all(&cache, false);
    subscriptions.push(neutron.watch(&cache, "n1", true));
    pass(60).await;
    let lists = neutron.lists();
    assert!((20..=30).contains(&lists), "{lists}");
    subscriptions.pop();
    pass(60).await;
    assert!(neutron.lists() <= 7);
}

#[tokio::test(start_paused = true)]
async fn slow_lists_take_a_twentieth_of_the_time() {
    let neutron = FakeNeutron::of(10);
    neutron.state().takes = Duration::from_secs(3);
    let cache = neutron.cache();
    let _subscriptions = neutron.watch_all(&cache, true);
    pass(60).await;
    assert_eq!(neutron.lists(), 3, "the first ones show that it is slow");
    pass(600).await;
    let lists = neutron.lists();
    assert!((9..=10).contains(&lists), "{lists}");
}

#[tokio::test(start_paused = true)]
async fn drift_of_one_object_among_thousands_is_seen_as_soon_as_that_of_all_of_them() {
    for (objects, watched) in [(1, 1), (5_000, 1), (5_000, 5_000)] {
        let neutron = FakeNeutron::of(objects);
        neutron.state().takes = Duration::from_millis(500);
        let cache = neutron.cache();
        let subscriptions: Vec<_> =
            (0..watched).map(|n| neutron.watch(&cache, &format!("n{n}"), false)).collect();
        pass(60).await;
        assert!((5..=7).contains(&neutron.lists()), "{watched} of {objects}");
        neutron.change("n0");
        pass(13).await;
        assert_eq!(neutron.woken(), ["n0"], "{watched} of {objects}");
        drop(subscriptions);
        neutron.lists();
        pass(60).await;
        assert_eq!(neutron.lists(), 0, "nobody watches");
    }
}

#[tokio::test(start_paused = true)]
async fn where_lists_are_slow_a_few_objects_are_looked_at_one_by_one() {
    let neutron = FakeNeutron::of(300);
    neutron.state().takes = Duration::from_secs(3);
    let cache = neutron.cache();
    let mut subscriptions: Vec<_> = (0..5).map(|n| neutron.watch(&cache, &format!("n{n}"), false)).collect();
    pass(300).await;
    assert_eq!(neutron.lists(), 3, "the first ones tell how long they take and how many others there are");
    assert!(!subscriptions[0].unchanged(None));
    subscriptions.extend((5..10).map(|n| neutron.watch(&cache, &format!("n{n}"), false)));
    pass(120).await;
    assert!(neutron.lists() >= 2, "they replace ten looks");
}

#[tokio::test(start_paused = true)]
async fn objects_that_no_list_shows_are_not_asked_for_after_every_list() {
    let neutron = FakeNeutron::of(10);
    let cache = neutron.cache();
    let mut subscriptions = neutron.watch_all(&cache, false);
    neutron.state().networks.remove("n3");
    pass(15).await;
    assert_eq!(neutron.woken(), ["n3"]);
    // Its owner looked, found it, and watches on.
    let seen = Look { fingerprint: 0, at: Instant::now() };
    let waker = OwnerWaker(neutron.clone(), "n3".to_owned());
    subscriptions[3] = cache.watch(&item("n3"), seen, false, Arc::new(waker).into());
    pass(60).await;
    assert_eq!(neutron.woken(), Vec::<String>::new());
    assert!(!subscriptions[3].unchanged(None));
}

#[tokio::test(start_paused = true)]
async fn lists_that_credentials_are_refused_to_get_rarer_and_go_on_when_they_are_accepted() {
    let neutron = FakeNeutron::of(10);
    let cache = neutron.cache();
    let _subscriptions = neutron.watch_all(&cache, true);
    neutron.state().refuses = Some(401);
    pass(60).await;
    let refused = neutron.lists();
    assert!((1..=4).contains(&refused), "{refused}");
    neutron.state().refuses = None;
    pass(300).await;
    assert!(neutron.lists() > refused + 10, "{}", neutron.lists());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_nobody_holds_is_not_listed() {
    let neutron = FakeNeutron::of(10);
    let cache = neutron.cache();
    let _subscriptions = neutron.watch_all(&cache, true);
    drop(cache);
    pass(60).await;
    assert_eq!(neutron.lists(), 0);
}
