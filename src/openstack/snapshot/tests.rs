//! Lists, looks and watches over a cloud in memory, whose clock jumps.

use super::*;
use crate::{
    kind::{
        fingerprint,
        marker::Marker,
        request::{Method, Request, service::NETWORK},
    },
    openstack::answer::Reply,
};
use ::http::{HeaderMap, StatusCode};
use async_trait::async_trait;
use futures::future::join_all;
use parking_lot::MutexGuard;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    task::Wake,
};

/// Networks, and what was asked of them.
#[derive(Default)]
struct World {
    networks: BTreeMap<String, Value>,
    lists: usize,
    takes: Duration,
    refuses: Option<u16>,
    woken: BTreeSet<String>,
}

#[derive(Clone, Default)]
struct Town(Arc<Mutex<World>>);

impl Town {
    /// This many networks of ours, `n0` and so on.
    fn of(networks: usize) -> Self {
        let town = Self::default();
        let marker = "[kupenstack:u:o]";
        let network = |n| (format!("n{n}"), json!({"id": format!("n{n}"), "description": marker}));
        town.world().networks = (0..networks).map(network).collect();
        town.world().takes = Duration::from_millis(100);
        town
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock()
    }

    fn lists(&self) -> usize {
        std::mem::take(&mut self.world().lists)
    }

    fn change(&self, id: &str) {
        self.world().networks.get_mut(id).unwrap()["mtu"] = json!(9000);
    }

    fn woken(&self) -> Vec<String> {
        std::mem::take(&mut self.world().woken).into_iter().collect()
    }

    fn snapshots(&self) -> Arc<Snapshots> {
        Snapshots::new(Arc::new(self.clone()))
    }

    /// As if its owner had looked just now.
    fn watch(&self, snapshots: &Arc<Snapshots>, id: &str, eager: bool) -> Box<dyn Subscription> {
        let fingerprint = fingerprint::of(&self.world().networks[id]);
        let bell = Bell(self.clone(), id.to_owned());
        let seen = Look { fingerprint, at: Instant::now() };
        snapshots.watch(&item(id), seen, eager, Arc::new(bell).into())
    }

    fn watch_all(&self, snapshots: &Arc<Snapshots>, eager: bool) -> Vec<Box<dyn Subscription>> {
        let ids: Vec<_> = self.world().networks.keys().cloned().collect();
        ids.iter().map(|id| self.watch(snapshots, id, eager)).collect()
    }
}

struct Bell(Town, String);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.world().woken.insert(self.1.clone());
    }
}

#[async_trait]
impl Transport for Town {
    async fn send(&self, request: &Request) -> Result<Reply, Error> {
        assert_eq!((request.method, request.path.as_str()), (Method::Get, "/networks"));
        let takes = self.world().takes;
        // What is told is what there is in the middle of it.
        sleep(takes / 2).await;
        let (status, body) = {
            let mut world = self.world();
            world.lists += 1;
            let networks: Vec<_> = world.networks.values().cloned().collect();
            match world.refuses {
                Some(status) => (status, json!({"NeutronError": {"message": "no", "type": "No"}})),
                None => (200, json!({"networks": networks})),
            }
        };
        sleep(takes / 2).await;
        let (status, headers) = (StatusCode::from_u16(status).unwrap(), HeaderMap::new());
        Ok(Reply { status, headers, body: body.to_string().into_bytes() })
    }
}

fn item(id: &str) -> Item {
    let collection = Collection {
        service: &NETWORK,
        microversion: None,
        path: "/networks".to_owned(),
        query: &[],
        items: "networks",
        singular: "network",
    };
    Item { collection, path: format!("/networks/{id}"), id: id.to_owned() }
}

async fn look(snapshots: &Arc<Snapshots>, numbers: std::ops::Range<usize>) -> Vec<Option<Value>> {
    let looks = numbers.map(|n| async move { snapshots.look(&item(&format!("n{n}")), None).await });
    join_all(looks).await.into_iter().map(Result::unwrap).collect()
}

async fn pass(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn looks_at_many_are_one_list_and_looks_at_few_are_left_alone() {
    let town = Town::of(200);
    let snapshots = town.snapshots();
    let told = look(&snapshots, 0..200).await;
    assert_eq!(town.lists(), 1);
    assert_eq!(told[7], Some(json!({"network": town.world().networks["n7"]})), "as its own GET would say");
    assert!(told.iter().all(Option::is_some));
    pass(60).await;
    assert_eq!(look(&snapshots, 0..3).await, [None, None, None]);
    assert_eq!(town.lists(), 0);
}

#[tokio::test(start_paused = true)]
async fn absence_from_a_list_is_no_answer() {
    let town = Town::of(200);
    let told = look(&town.snapshots(), 190..210).await;
    assert_eq!(told.iter().map(Option::is_some).collect::<Vec<_>>(), [[true; 10], [false; 10]].concat());
}

#[tokio::test(start_paused = true)]
async fn who_looks_while_a_list_is_under_way_or_a_moment_later_is_answered_by_it() {
    let town = Town::of(100);
    let snapshots = town.snapshots();
    let first = tokio::spawn({
        let snapshots = snapshots.clone();
        async move { look(&snapshots, 0..10).await }
    });
    sleep(Duration::from_millis(80)).await;
    assert!(look(&snapshots, 10..11).await[0].is_some());
    first.await.unwrap();
    pass(5).await;
    assert!(look(&snapshots, 99..100).await[0].is_some());
    assert_eq!(town.lists(), 1);
    pass(10).await;
    assert_eq!(look(&snapshots, 99..100).await, [None], "not kept for ever");
}

#[tokio::test(start_paused = true)]
async fn a_list_answers_only_for_whom_it_was_sent_after_the_last_write_of() {
    let town = Town::of(10);
    let snapshots = town.snapshots();
    look(&snapshots, 0..10).await;
    let written = Instant::now();
    town.change("n1");
    let told = snapshots.look(&item("n1"), Some(written)).await;
    assert_eq!(told, Ok(None), "the list that was sent before is not used");
    assert_eq!(town.lists(), 1);
    let looks = (0..10).map(|n| {
        let snapshots = snapshots.clone();
        async move { snapshots.look(&item(&format!("n{n}")), Some(written)).await.unwrap() }
    });
    let told = join_all(looks).await;
    assert_eq!(told[1].as_ref().unwrap()["network"]["mtu"], 9000);
    assert_eq!(town.lists(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_list_under_way_while_something_is_written_does_not_answer_for_it() {
    let town = Town::of(10);
    let snapshots = town.snapshots();
    let storm = tokio::spawn({
        let snapshots = snapshots.clone();
        async move { look(&snapshots, 0..10).await }
    });
    // The list's answer is made, and not here yet.
    sleep(Duration::from_millis(80)).await;
    town.change("n1");
    let told = snapshots.look(&item("n1"), Some(Instant::now())).await;
    assert_eq!(told, Ok(None));
    storm.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn watching_200_costs_pages_and_wakes_just_those_that_changed_or_seem_gone_in_time() {
    let town = Town::of(200);
    let snapshots = town.snapshots();
    let vigils = town.watch_all(&snapshots, false);
    pass(60).await;
    let lists = town.lists();
    assert!((5..=6).contains(&lists), "{lists} lists for 200 networks in a minute");
    assert_eq!(town.woken(), Vec::<String>::new());
    assert!(vigils.iter().all(|subscription| subscription.unchanged(None)));
    town.change("n7");
    town.world().networks.remove("n9");
    pass(12).await;
    assert_eq!(town.woken(), ["n7", "n9"]);
    assert_eq!(vigils.iter().filter(|subscription| !subscription.unchanged(None)).count(), 2);
    // What made the owner wake is there for it, without a request.
    let told = snapshots.look(&item("n7"), None).await.unwrap();
    assert_eq!(told.unwrap()["network"]["mtu"], 9000);
    pass(60).await;
    assert_eq!(town.woken(), Vec::<String>::new(), "once is enough");
}

#[tokio::test(start_paused = true)]
async fn what_lists_said_is_relied_on_only_while_lists_come_and_not_from_before_somebody_asked() {
    let town = Town::of(10);
    let snapshots = town.snapshots();
    let all = town.watch_all(&snapshots, false);
    assert!(!all[0].unchanged(None), "it is not known yet whether there will be lists");
    pass(2).await;
    assert!(all[0].unchanged(None) && !all[0].unchanged(Some(Instant::now())), "a change would be told");
    pass(15).await;
    assert!(all[0].unchanged(None) && !all[0].unchanged(Some(Instant::now())));
    town.world().refuses = Some(503);
    pass(30).await;
    assert!(all[0].unchanged(None), "one list that fails is no news");
    pass(60).await;
    assert!(!all[0].unchanged(None), "{} lists", town.lists());
}

#[tokio::test(start_paused = true)]
async fn where_a_change_is_expected_lists_come_fast() {
    let town = Town::of(10);
    let snapshots = town.snapshots();
    let mut vigils = town.watch_all(&snapshots, false);
    vigils.push(town.watch(&snapshots, "n1", true));
    pass(60).await;
    let lists = town.lists();
    assert!((20..=30).contains(&lists), "{lists}");
    vigils.pop();
    pass(60).await;
    assert!(town.lists() <= 7);
}

#[tokio::test(start_paused = true)]
async fn slow_lists_take_a_twentieth_of_the_time() {
    let town = Town::of(10);
    town.world().takes = Duration::from_secs(3);
    let snapshots = town.snapshots();
    let _vigils = town.watch_all(&snapshots, true);
    pass(60).await;
    assert_eq!(town.lists(), 3, "the first ones show that it is slow");
    pass(600).await;
    let lists = town.lists();
    assert!((9..=10).contains(&lists), "{lists}");
}

#[tokio::test(start_paused = true)]
async fn too_few_of_ours_are_not_worth_a_list_and_nobodys_none() {
    let town = Town::of(3);
    let snapshots = town.snapshots();
    let vigils = town.watch_all(&snapshots, true);
    pass(60).await;
    assert_eq!(town.lists(), 0);
    drop(vigils);
    let town = Town::of(300);
    let snapshots = town.snapshots();
    let mut vigils: Vec<_> = (0..5).map(|n| town.watch(&snapshots, &format!("n{n}"), false)).collect();
    pass(60).await;
    assert_eq!(town.lists(), 1, "the first list tells how many others there are");
    vigils.extend((5..10).map(|n| town.watch(&snapshots, &format!("n{n}"), false)));
    pass(60).await;
    assert!(town.lists() >= 5);
    vigils.clear();
    pass(60).await;
    assert_eq!(town.lists(), 0);
}

#[tokio::test(start_paused = true)]
async fn objects_that_no_list_tells_of_are_not_asked_for_at_every_beat() {
    let town = Town::of(10);
    let snapshots = town.snapshots();
    let mut vigils = town.watch_all(&snapshots, false);
    town.world().networks.remove("n3");
    pass(15).await;
    assert_eq!(town.woken(), ["n3"]);
    // Its owner looked, found it, and watches on.
    let seen = Look { fingerprint: 0, at: Instant::now() };
    let bell = Bell(town.clone(), "n3".to_owned());
    vigils[3] = snapshots.watch(&item("n3"), seen, false, Arc::new(bell).into());
    pass(60).await;
    assert_eq!(town.woken(), Vec::<String>::new());
    assert!(!vigils[3].unchanged(None));
}

#[tokio::test(start_paused = true)]
async fn where_lists_are_refused_all_look_by_themselves_and_a_service_that_is_away_is_asked_once() {
    let town = Town::of(10);
    town.world().refuses = Some(503);
    let snapshots = town.snapshots();
    let looks = || join_all((0..10).map(|n| (n, snapshots.clone())).map(look_one));
    assert!(looks().await.iter().all(Result::is_err));
    assert_eq!(town.lists(), 1);
    pass(60).await;
    town.world().refuses = Some(403);
    assert!(looks().await.iter().all(|told| *told == Ok(None)));
    assert!(looks().await.iter().all(|told| *told == Ok(None)));
    assert_eq!(town.lists(), 1, "and nothing is listed for a while");
}

/// Looks for the network that this resource may have made.
async fn search(snapshots: Arc<Snapshots>, uid: String) -> Result<Vec<Value>, Error> {
    let (service, microversion, path) = (&NETWORK, None, "/networks".to_owned());
    let list = List { service, microversion, path, query: vec![], items: "networks" };
    snapshots.find(list, &Keep::Marked(Marker { uid, owner: "o".into() })).await
}

#[tokio::test(start_paused = true)]
async fn all_who_look_for_a_lost_create_share_a_list_that_is_sent_after_they_asked() {
    let town = Town::of(0);
    let made = |n| json!({"id": format!("n{n}"), "description": format!("[kupenstack:u{n}:o]")});
    town.world().networks = (0..60).map(|n| (format!("n{n}"), made(n))).collect();
    let snapshots = town.snapshots();
    let searches =
        (0..120).map(|n| tokio::spawn(search(snapshots.clone(), format!("u{n}")))).collect::<Vec<_>>();
    sleep(Duration::from_millis(80)).await;
    // The list is under way: it does not count for who asks now.
    town.world().networks.insert("late".into(), made(200));
    assert_eq!(search(snapshots.clone(), "u200".into()).await.unwrap().len(), 1);
    for (n, found) in join_all(searches).await.into_iter().enumerate() {
        let wanted = if n < 60 { vec![made(n)] } else { vec![] };
        assert_eq!(found.unwrap().unwrap(), wanted);
    }
    assert_eq!(town.lists(), 2);
    town.world().refuses = Some(503);
    let failed = join_all((0..5).map(|n| search(snapshots.clone(), format!("u{n}")))).await;
    assert!(failed.iter().all(Result::is_err), "a list that failed is not an empty one");
    assert_eq!(town.lists(), 1);
}

async fn look_one((n, snapshots): (usize, Arc<Snapshots>)) -> Result<Option<Value>, Error> {
    snapshots.look(&item(&format!("n{n}")), None).await
}

#[tokio::test(start_paused = true)]
async fn rejected_credentials_end_the_beats_and_are_told() {
    let town = Town::of(10);
    let snapshots = town.snapshots();
    let _vigils = town.watch_all(&snapshots, true);
    town.world().refuses = Some(401);
    pass(60).await;
    assert!(snapshots.is_rejected());
    assert_eq!(town.lists(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_nobody_holds_is_not_listed() {
    let town = Town::of(10);
    let snapshots = town.snapshots();
    let _vigils = town.watch_all(&snapshots, true);
    drop(snapshots);
    pass(60).await;
    assert_eq!(town.lists(), 0);
}
