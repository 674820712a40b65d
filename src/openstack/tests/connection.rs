//! One connection: requests, pages, sharing, and what it says of itself.

use super::*;

#[tokio::test]
async fn a_connection_creates_reads_and_deletes() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let mut request = create("web");
    request.microversion = Some(Microversion(2, 0));
    let created = cloud.send(&request).await.unwrap();
    assert_eq!(created["network"]["id"], "n0");
    let seen = fake.last();
    assert_eq!(
        (seen.target.as_str(), &seen.body["network"]["name"]),
        ("/network/v2.0/networks", &json!("web"))
    );
    assert_eq!(seen.headers["openstack-api-version"], "network 2.0");
    assert_eq!(seen.headers["user-agent"], concat!("kupenstack/", env!("CARGO_PKG_VERSION")));
    assert_eq!(get(&cloud, "/networks/n0").await, Ok(Answer::Body(created)));
    let delete = Request::new(&NETWORK, Method::Delete, "/networks/n0", None);
    assert_eq!(cloud.send(&delete).await, Ok(Value::Null));
    assert_eq!(get(&cloud, "/networks/n0").await, Ok(Answer::Gone));
    assert_eq!(cloud.send(&delete).await.unwrap_err().class, Class::NotFound);
    let discoveries = fake.state().seen.iter().filter(|seen| seen.target == "/network").count();
    assert_eq!((fake.state().logins.len(), discoveries), (1, 1));
}

#[tokio::test]
async fn a_connection_knows_its_facts() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let info = cloud.info();
    assert_eq!(info.auth_url, format!("{}/identity/v3", fake.base()));
    assert_eq!((info.region.as_deref(), info.project_id.as_deref()), (Some("R"), Some("p1")));
}

#[tokio::test]
async fn equal_credentials_share_a_connection_and_one_login() {
    let fake = FakeCloud::start().await;
    let backend = backend();
    let credentials = fake.credentials("");
    let clouds = join_all((0..20).map(|_| backend.connect(&credentials))).await;
    let clouds: Vec<_> = clouds.into_iter().map(Result::unwrap).collect();
    assert!(clouds.iter().all(|cloud| Arc::ptr_eq(cloud, &clouds[0])));
    assert_eq!(fake.state().logins.len(), 1);
    backend.connect(&fake.credentials("interface: public")).await.unwrap();
    assert_eq!(fake.state().logins.len(), 2);
}

#[tokio::test]
async fn a_list_has_every_page_and_only_what_matters() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    for number in 0..7 {
        let name = if number % 3 == 0 { "mine" } else { "other" };
        fake.state()
            .networks
            .insert(format!("id{number}"), json!({"id": format!("id{number}"), "name": name}));
    }
    let read = Read::List {
        path: "/networks".into(),
        query: vec![("fields".into(), "id".into())],
        items: "networks",
        keep: Keep::Equals("name", "mine".into()),
    };
    let Ok(Answer::Items(items)) = cloud.read(&NETWORK, &read, None).await else { panic!("no list") };
    assert_eq!(
        items.iter().map(|item| item["id"].as_str().unwrap()).collect::<Vec<_>>(),
        ["id0", "id3", "id6"]
    );
    let targets: Vec<_> = fake.state().seen.iter().map(|seen| seen.target.clone()).collect();
    assert_eq!(targets[2], "/network/v2.0/networks?fields=id&limit=1000");
    assert_eq!(targets[3], "/network/v2.0/networks?limit=2&marker=id1");
    assert_eq!(targets.len(), 2 + 4);
}

#[tokio::test]
async fn a_missing_service_names_what_is_there() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let failure = cloud.read(&COMPUTE, &Read::Get { path: "/servers/a".into() }, None).await.unwrap_err();
    assert_eq!((failure.class, failure.reason), (Class::Transient, "ServiceNotInCatalog"));
    assert_eq!(
        failure.message,
        "the cloud's catalog has no compute service (ServiceNotInCatalog): types compute on interface public in region R; it has: identity, network"
    );
}

#[tokio::test]
async fn a_service_that_is_installed_later_is_found_within_half_a_minute() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let look = async || cloud.read(&COMPUTE, &Read::Get { path: "/servers/a".into() }, None).await;
    assert_eq!(look().await.unwrap_err().reason, "ServiceNotInCatalog");
    fake.state().more_services = vec!["compute"];
    assert_eq!(look().await.unwrap_err().reason, "ServiceNotInCatalog");
    assert_eq!(fake.state().logins.len(), 1, "a catalog is not asked for with each request");
    pass(Duration::from_secs(31)).await;
    assert_ne!(look().await.err().map(|failure| failure.reason), Some("ServiceNotInCatalog"));
    assert_eq!(fake.state().logins.len(), 2);
}

#[tokio::test]
async fn the_crates_own_calls_work_over_our_plugin() {
    let fake = FakeCloud::start().await;
    let settings = crate::openstack::config::CloudSettings::read(&fake.credentials("")).unwrap();
    let client = crate::openstack::http::client(&settings, &Instruments::default()).unwrap();
    let keystone = crate::openstack::auth::Keystone::new(settings, client.clone(), Instruments::default());
    let mut session = ::openstack::session::Session::new_with_client(client, keystone).await.unwrap();
    session.endpoint_filters_mut().region = Some("R".into());
    let endpoint = session.client().get_endpoint("network", session.endpoint_filters()).await.unwrap();
    assert_eq!(endpoint.as_str(), format!("{}/network", fake.base()));
    session.refresh().await.unwrap();
    assert_eq!(fake.state().logins.len(), 2, "a forced refresh really refreshes");
}

#[tokio::test]
async fn a_body_is_read_up_to_the_size_that_its_kind_may_have() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let network =
        |mebibytes: usize| json!({"network": {"id": "a", "name": "x".repeat(mebibytes << 20)}}).to_string();
    fake.script("/network/v2.0/networks/a", 200, &[], &network(7));
    assert!(get(&cloud, "/networks/a").await.is_ok());
    fake.script("/network/v2.0/networks/a", 200, &[], &network(8));
    assert_eq!(get(&cloud, "/networks/a").await.unwrap_err().reason, "MalformedAnswer");
    fake.script("/network/v2.0/networks/a", 500, &[], &network(9));
    assert_eq!(get(&cloud, "/networks/a").await.unwrap_err().reason, "ServiceFailed", "a failure is cut");
    let read = Read::List {
        path: "/networks".into(),
        query: vec![],
        items: "networks",
        keep: Keep::Equals("id", "n7".into()),
    };
    let listed = |count: usize| {
        let all: Vec<_> =
            (0..count).map(|n| json!({"id": format!("n{n}"), "name": "x".repeat(1 << 20)})).collect();
        json!({"networks": all}).to_string()
    };
    fake.script("/network/v2.0/networks", 200, &[], &listed(20));
    assert!(matches!(cloud.read(&NETWORK, &read, None).await, Ok(Answer::Items(all)) if all.len() == 1));
    fake.script("/network/v2.0/networks", 200, &[], &listed(33));
    assert_eq!(cloud.read(&NETWORK, &read, None).await.unwrap_err().reason, "MalformedAnswer");
}
