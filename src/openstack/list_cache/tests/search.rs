//! Searches that share a list.

use super::*;

/// Looks for the network that this resource may have made.
async fn search(cache: Arc<ListCache>, uid: String) -> Result<Vec<Value>, Error> {
    let (service, microversion, path) = (&NETWORK, None, "/networks".to_owned());
    let list = List { service, microversion, path, query: vec![], items: "networks" };
    cache.find(list, &Keep::Marked(Marker { uid, owner: "o".into() })).await
}

#[tokio::test(start_paused = true)]
async fn searches_for_lost_creates_share_a_list_that_is_sent_after_all_of_them_began() {
    let neutron = FakeNeutron::of(0);
    let made = |n| json!({"id": format!("n{n}"), "description": format!("[kupenstack:u{n}:o]")});
    neutron.state().networks = (0..60).map(|n| (format!("n{n}"), made(n))).collect();
    let cache = neutron.cache();
    let searches = (0..120).map(|n| tokio::spawn(search(cache.clone(), format!("u{n}")))).collect::<Vec<_>>();
    sleep(Duration::from_millis(80)).await;
    // The list is under way: it does not count for who asks now.
    neutron.state().networks.insert("late".into(), made(200));
    assert_eq!(search(cache.clone(), "u200".into()).await.unwrap().len(), 1);
    for (n, found) in join_all(searches).await.into_iter().enumerate() {
        let wanted = if n < 60 { vec![made(n)] } else { vec![] };
        assert_eq!(found.unwrap().unwrap(), wanted);
    }
    assert_eq!(neutron.lists(), 2);
    neutron.state().refuses = Some(503);
    let failed = join_all((0..5).map(|n| search(cache.clone(), format!("u{n}")))).await;
    assert!(failed.iter().all(Result::is_err), "a list that failed is not an empty one");
    assert_eq!(neutron.lists(), 1);
}
