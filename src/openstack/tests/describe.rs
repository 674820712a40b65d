//! What a cloud says of a login and of its services, and versions.

use super::*;

#[tokio::test]
async fn a_cloud_tells_who_is_logged_in_and_what_it_offers() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let told = described(cloud.as_ref(), &[&NETWORK]).await;
    assert_eq!(told.auth_url, format!("{}/identity/v3", fake.base()));
    let user = told.user.unwrap();
    assert_eq!((user.name.as_str(), user.domain.as_deref()), ("ada", Some("Default")));
    assert_eq!((told.project.unwrap().id.as_str(), told.system), ("p1", None));
    assert_eq!(
        (told.roles, told.regions),
        (vec!["member".into(), "reader".to_owned()], vec!["R".to_owned()])
    );
    let entry = |kind: &str, path: &str, version: Option<&str>| CatalogEntry {
        r#type: kind.to_owned(),
        endpoint: format!("{}{path}", fake.base()),
        version: version.map(str::to_owned),
        ..CatalogEntry::default()
    };
    let offers = [entry("identity", "/identity/v3", None), entry("network", "/network", Some("v2.0"))];
    assert_eq!(told.services, offers);
    let asked = fake.state().seen.len();
    cloud.describe(&[&NETWORK]).await.unwrap();
    assert_eq!(fake.state().seen.len(), asked + 1, "versions are asked for once");
}

#[tokio::test]
async fn a_login_that_was_revoked_is_noticed_when_the_cloud_is_described() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    fake.revoke_tokens();
    cloud.describe(&[]).await.unwrap();
    assert_eq!(fake.state().logins.len(), 2, "a new login shows that the credentials are still good");
    fake.revoke_tokens();
    fake.state().refuse_logins = true;
    assert_eq!(cloud.describe(&[]).await.unwrap_err().class, Class::Unauthenticated);
}

#[tokio::test]
async fn a_service_whose_version_cannot_be_had_is_told_beside_the_others() {
    let fake = FakeCloud::start().await;
    let more = "identity_endpoint_override: 'http://127.0.0.1:1/elsewhere'";
    let cloud = login(&fake.credentials(more)).await.unwrap();
    let told = described(cloud.as_ref(), &[&NETWORK, &IDENTITY]).await;
    let [identity, network] = &told.services[..] else { panic!("{told:?}") };
    assert_eq!(identity.endpoint, "http://127.0.0.1:1/elsewhere");
    assert!(identity.problem.as_ref().unwrap().starts_with("identity API cannot be reached at 127.0.0.1:1"));
    assert_eq!(network.problem, None);
}

#[tokio::test]
async fn a_cloud_that_is_too_old_for_a_field_says_so_before_anything_is_sent() {
    let fake = FakeCloud::start().await;
    let more = format!("compute_endpoint_override: '{}/compute/v2.1'", fake.base());
    let cloud = login(&fake.credentials(&more)).await.unwrap();
    fake.script(
        "/compute/v2.1/servers",
        202,
        &[("content-type", "application/json")],
        "{\"server\": {\"id\": \"s\"}}",
    );
    let mut request = Request::new(&COMPUTE, Method::Post, "/servers", Some(json!({"server": {}})));
    request.microversion = Some(Microversion(2, 60));
    cloud.send(&request).await.unwrap();
    assert_eq!(fake.last().headers["openstack-api-version"], "compute 2.60");
    (request.microversion, request.because) = (Some(Microversion(2, 90)), Some("hostname".to_owned()));
    let asked = fake.state().seen.len();
    let failure = cloud.send(&request).await.unwrap_err();
    assert_eq!((failure.class, failure.reason), (Class::Terminal, "MicroversionNotOffered"));
    assert_eq!(
        failure.message,
        "compute API of this cloud speaks at most 2.60 (MicroversionNotOffered): 2.90 is needed for hostname"
    );
    assert_eq!(
        fake.state().seen.len(),
        asked,
        "the version document is asked for once, the service not at all"
    );
    let told = described(cloud.as_ref(), &[&COMPUTE]).await;
    assert_eq!(told.services.len(), 3, "one that only the override names is told, too: {told:?}");
    let nova = told.services.iter().find(|entry| entry.r#type == "compute").unwrap();
    assert_eq!(nova.max_microversion.as_deref(), Some("2.60"));
}

#[tokio::test]
async fn a_service_without_a_readable_version_document_is_asked_all_the_same() {
    let fake = FakeCloud::start().await;
    let more = format!("compute_endpoint_override: '{}/compute/v2'", fake.base());
    let cloud = login(&fake.credentials(&more)).await.unwrap();
    fake.script("/compute/v2/", 403, &[], "{\"error\": {\"message\": \"no\"}}");
    fake.script("/compute/v2/flavors", 200, &[("content-type", "application/json")], "{}");
    let mut request = Request::new(&COMPUTE, Method::Get, "/flavors", None);
    request.microversion = Some(Microversion(2, 90));
    cloud.send(&request).await.unwrap();
    cloud.send(&request).await.unwrap();
    let documents = fake.state().seen.iter().filter(|seen| seen.target == "/compute/v2/").count();
    assert_eq!(documents, 1);
}
