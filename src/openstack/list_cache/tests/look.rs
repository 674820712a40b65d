//! Looks answered by lists.

use super::*;

#[tokio::test(start_paused = true)]
async fn many_looks_are_one_list_and_few_looks_are_sent_away() {
    let neutron = FakeNeutron::of(200);
    let cache = neutron.cache();
    let told = look(&cache, 0..200).await;
    assert_eq!(neutron.lists(), 1);
    assert_eq!(told[7], Some(json!({"network": neutron.state().networks["n7"]})), "as its own GET would say");
    assert!(told.iter().all(Option::is_some));
    pass(60).await;
    assert_eq!(look(&cache, 0..3).await, [None, None, None]);
    assert_eq!(neutron.lists(), 0);
}

#[tokio::test(start_paused = true)]
async fn absence_from_a_list_is_no_answer() {
    let neutron = FakeNeutron::of(200);
    let told = look(&neutron.cache(), 190..210).await;
    assert_eq!(told.iter().map(Option::is_some).collect::<Vec<_>>(), [[true; 10], [false; 10]].concat());
}

#[tokio::test(start_paused = true)]
async fn a_look_during_a_list_or_a_moment_later_is_answered_by_it() {
    let neutron = FakeNeutron::of(100);
    let cache = neutron.cache();
    let first = tokio::spawn({
        let cache = cache.clone();
        async move { look(&cache, 0..10).await }
    });
    sleep(Duration::from_millis(80)).await;
    assert!(look(&cache, 10..11).await[0].is_some());
    first.await.unwrap();
    pass(5).await;
    assert!(look(&cache, 99..100).await[0].is_some());
    assert_eq!(neutron.lists(), 1);
    pass(10).await;
    assert_eq!(look(&cache, 99..100).await, [None], "not kept for ever");
}

#[tokio::test(start_paused = true)]
async fn a_list_answers_no_look_whose_last_write_is_younger() {
    let neutron = FakeNeutron::of(10);
    let cache = neutron.cache();
    look(&cache, 0..10).await;
    let written = Instant::now();
    neutron.change("n1");
    let told = cache.look(&item("n1"), Some(written)).await;
    assert_eq!(told, Ok(None), "the list that was sent before is not used");
    assert_eq!(neutron.lists(), 1);
    let looks = (0..10).map(|n| {
        let cache = cache.clone();
        async move { cache.look(&item(&format!("n{n}")), Some(written)).await.unwrap() }
    });
    let told = join_all(looks).await;
    assert_eq!(told[1].as_ref().unwrap()["network"]["mtu"], 9000);
    assert_eq!(neutron.lists(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_list_under_way_while_something_is_written_does_not_answer_for_it() {
    let neutron = FakeNeutron::of(10);
    let cache = neutron.cache();
    let storm = tokio::spawn({
        let cache = cache.clone();
        async move { look(&cache, 0..10).await }
    });
    // The list's answer is made, and not here yet.
    sleep(Duration::from_millis(80)).await;
    neutron.change("n1");
    let told = cache.look(&item("n1"), Some(Instant::now())).await;
    assert_eq!(told, Ok(None));
    storm.await.unwrap();
}

async fn look_one((n, cache): (usize, Arc<ListCache>)) -> Result<Option<Value>, Error> {
    cache.look(&item(&format!("n{n}")), None).await
}

#[tokio::test(start_paused = true)]
async fn looks_are_sent_away_where_lists_are_refused_and_fail_together_where_the_service_is_away() {
    let neutron = FakeNeutron::of(10);
    neutron.state().refuses = Some(503);
    let cache = neutron.cache();
    let looks = || join_all((0..10).map(|n| (n, cache.clone())).map(look_one));
    assert!(looks().await.iter().all(Result::is_err));
    assert_eq!(neutron.lists(), 1);
    pass(60).await;
    neutron.state().refuses = Some(403);
    assert!(looks().await.iter().all(|told| *told == Ok(None)));
    assert!(looks().await.iter().all(|told| *told == Ok(None)));
    assert_eq!(neutron.lists(), 1, "and nothing is listed for a while");
}
