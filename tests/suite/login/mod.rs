//! Every way to log in, against the real Keystone: methods, scopes, TLS, federation. The library is called directly, from
//! inside the rig's network; the users and projects that it needs are created through openstacksdk.

mod front;

use crate::world::{rig, truth::Truth};
use front::{Authority, identity_provider, tls, token};
use kupenstack::{
    kind::{
        cloud::{Backend, Credentials, Given},
        request::service::{BLOCK_STORAGE, COMPUTE, IDENTITY, NETWORK, Service},
    },
    openstack::{
        Instruments, OpenStack,
        description::{Description, Party},
    },
    runtime::base::clock::{Clock, System},
    source::CloudAddresses,
};
use prometheus_client::registry::Registry;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

const AUTH_URL: &str = "http://10.85.0.1:5000/v3";
const PASSWORD: &str = "rig-login";
const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const SERVICES: [&Service; 4] = [&IDENTITY, &NETWORK, &COMPUTE, &BLOCK_STORAGE];

/// Keystone as an administrator sees it.
static ADMIN: LazyLock<Mutex<Truth>> = LazyLock::new(|| Mutex::new(Truth::start(rig(), "rig")));

/// Has Keystone create something.
fn make(truth: &mut Truth, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = truth.ask("identity", method, path, &body);
    assert!(status < 300, "{method} {path}: {status} {answer}");
    answer
}

fn admin(method: &str, path: &str, body: Value) -> Value {
    make(&mut ADMIN.lock().unwrap_or_else(PoisonError::into_inner), method, path, body)
}

/// The id of the only object of a name.
fn id_of(list: &str, name: &str) -> String {
    let found = admin("GET", &format!("/{list}?name={name}"), Value::Null);
    found[list][0]["id"].as_str().unwrap_or_else(|| panic!("no {name} among {list}: {found}")).to_owned()
}

/// A user of one test: a member of the project demo, deleted with the test.
pub(in crate::suite) struct User {
    id: String,
}

impl User {
    pub(in crate::suite) fn new(name: &str, options: Value) -> Self {
        let name = format!("{name}-{}", std::process::id());
        let user = json!({"name": name, "domain_id": "default", "password": PASSWORD, "options": options});
        let id = admin("POST", "/users", json!({"user": user}))["user"]["id"].as_str().unwrap().to_owned();
        let (project, role) = (id_of("projects", "demo"), id_of("roles", "member"));
        admin("PUT", &format!("/projects/{project}/users/{id}/roles/{role}"), Value::Null);
        Self { id }
    }

    /// A file of clouds with which the provider logs in as this user.
    pub(in crate::suite) fn clouds(&self) -> String {
        clouds(demo(self), json!({}))
    }

    /// Ends all tokens: a password that is set does, also if it is the same.
    pub(in crate::suite) fn revoke(&self) {
        admin("PATCH", &format!("/users/{}", self.id), json!({"user": {"password": PASSWORD}}));
    }

    /// With a seed for passcodes.
    fn with_seed(self) -> Self {
        let credential = json!({"type": "totp", "blob": SEED, "user_id": self.id});
        admin("POST", "/credentials", json!({"credential": credential}));
        self
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let mut truth = ADMIN.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = truth.ask("identity", "DELETE", &format!("/users/{}", self.id), &Value::Null);
    }
}

fn backend() -> OpenStack {
    let instruments = Instruments::new(Arc::new(|| System.now()), &mut Registry::default());
    // What stands before the rig's Keystone is on this machine.
    OpenStack::new(instruments.reaching(CloudAddresses::Loopback))
}

/// A file with an entry that has these fields beside the address.
fn clouds(auth: Value, rest: Value) -> String {
    let (mut entry, mut whole) = (rest, json!({"auth_url": AUTH_URL}));
    whole.as_object_mut().unwrap().extend(auth.as_object().unwrap().clone());
    entry["auth"] = whole;
    entry["region_name"] = json!("RegionOne");
    json!({"clouds": {"x": entry}}).to_string()
}

/// Credentials of such an entry.
fn entry(auth: Value, rest: Value) -> Credentials {
    Credentials { given: Given::Document(clouds(auth, rest).into()), ..Credentials::default() }
}

/// Logs in and describes the cloud, or says why not.
async fn login(credentials: &Credentials) -> Result<Description, String> {
    let cloud = backend().connect(credentials).await.map_err(|failure| failure.to_string())?;
    let described = cloud.describe(&SERVICES).await.map_err(|failure| failure.to_string())?;
    serde_json::from_value(Value::Object(described)).map_err(|error| error.to_string())
}

/// Runs a test inside the rig's network.
fn inside(test: impl Future<Output = ()> + Send) {
    let rig = rig();
    let work = move || {
        rig.enter().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(test);
    };
    std::thread::scope(|scope| scope.spawn(work).join()).unwrap();
}

fn name(party: Option<&Party>) -> &str {
    party.map(|party| party.name.as_str()).unwrap_or_default()
}

fn demo(user: &User) -> Value {
    json!({"user_id": user.id, "password": PASSWORD, "project_name": "demo", "project_domain_id": "default"})
}

fn with(mut value: Value, more: Value) -> Value {
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

#[test]
fn a_password_shows_the_cloud_with_its_versions() {
    let user = User::new("login-password", json!({}));
    inside(async {
        let told = login(&entry(demo(&user), json!({}))).await.unwrap();
        assert_eq!((name(told.project.as_ref()), told.auth_url.as_str()), ("demo", AUTH_URL));
        assert_eq!(
            (told.regions, told.roles),
            (vec!["RegionOne".to_owned()], vec!["member".to_owned(), "reader".to_owned()])
        );
        let offers: BTreeMap<_, _> =
            told.services.iter().map(|entry| (entry.r#type.as_str(), entry.clone())).collect();
        let max = |kind: &str| offers[kind].max_microversion.clone().unwrap_or_default();
        assert!(max("compute").starts_with("2.") && max("block-storage").starts_with("3."), "{offers:?}");
        assert_eq!(offers["network"].version.as_deref(), Some("v2.0"));
        assert!(offers["identity"].version.as_ref().unwrap().starts_with("v3."));
        assert!(offers.values().all(|entry| entry.problem.is_none()), "{offers:?}");
    });
}

#[test]
fn a_wrong_password_is_told_in_keystones_words() {
    let user = User::new("login-wrong", json!({}));
    inside(async {
        let wrong = with(demo(&user), json!({"password": "hunter2"}));
        assert_eq!(
            login(&entry(wrong, json!({}))).await.unwrap_err(),
            "identity API refused the credentials (401 Unauthenticated): The request you have made requires authentication."
        );
    });
}

#[test]
fn fields_of_a_secret_log_in_like_an_openrc_file() {
    let user = User::new("login-fields", json!({}));
    inside(async {
        let fields = [
            ("OS_AUTH_URL", AUTH_URL),
            ("OS_USER_ID", user.id.as_str()),
            ("OS_PASSWORD", PASSWORD),
            ("OS_PROJECT_NAME", "demo"),
            ("OS_PROJECT_DOMAIN_ID", "default"),
            ("OS_REGION_NAME", "RegionOne"),
            ("OS_IDENTITY_API_VERSION", "3"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.into())).into();
        let credentials = Credentials { given: Given::Fields(fields), ..Credentials::default() };
        assert_eq!(name(login(&credentials).await.unwrap().project.as_ref()), "demo");
    });
}

#[test]
fn a_passcode_alone_logs_in_where_keystone_lets_it() {
    let user = User::new("login-totp", json!({})).with_seed();
    inside(async {
        let auth = with(demo(&user), json!({"totp_seed": SEED}));
        let told = login(&entry(auth, json!({"auth_type": "v3totp"}))).await.unwrap();
        assert_eq!(told.user.unwrap().id, user.id);
        let auth = with(demo(&user), json!({"passcode": "000000"}));
        let refused = login(&entry(auth, json!({"auth_type": "v3totp"}))).await.unwrap_err();
        assert!(
            refused.starts_with("identity API refused the credentials (401 Unauthenticated)"),
            "{refused}"
        );
    });
}

#[test]
fn a_user_with_two_factors_needs_both_and_is_told_so() {
    let rules = json!({"multi_factor_auth_enabled": true, "multi_factor_auth_rules": [["password", "totp"]]});
    let user = User::new("login-factors", rules).with_seed();
    inside(async {
        let auth = with(demo(&user), json!({"totp_seed": SEED}));
        let one = login(&entry(auth.clone(), json!({"auth_type": "v3password"}))).await.unwrap_err();
        assert_eq!(
            one,
            "identity API refused the credentials (401 Unauthenticated): the user needs more methods: set auth_type v3multifactor and auth_methods [v3password, v3totp]"
        );
        let both = json!({"auth_type": "v3multifactor", "auth_methods": ["v3password", "v3totp"]});
        assert_eq!(login(&entry(auth, both)).await.unwrap().user.unwrap().id, user.id);
    });
}

#[test]
fn a_trust_gives_the_project_of_the_one_who_trusts() {
    let user = User::new("login-trust", json!({}));
    let mut trustor = Truth::start(rig(), "demo");
    let (demo_user, project) = (id_of("users", "demo"), id_of("projects", "demo"));
    let trust = json!({"trustor_user_id": demo_user, "trustee_user_id": user.id, "project_id": project,
        "impersonation": true, "roles": [{"name": "member"}]});
    let trust = make(&mut trustor, "POST", "/OS-TRUST/trusts", json!({"trust": trust}));
    let trust = trust["trust"]["id"].as_str().unwrap();
    inside(async {
        let auth = json!({"user_id": user.id, "password": PASSWORD, "trust_id": trust});
        let told = login(&entry(auth, json!({}))).await.unwrap();
        assert_eq!((name(told.user.as_ref()), name(told.project.as_ref())), ("demo", "demo"));
    });
}

#[test]
fn system_and_domain_scopes_are_for_the_whole_and_for_a_domain() {
    inside(async {
        let who = json!({"username": "admin", "password": "rig-admin", "user_domain_id": "default"});
        let system =
            login(&entry(with(who.clone(), json!({"system_scope": "all"})), json!({}))).await.unwrap();
        assert_eq!((system.system, &system.project), (Some(true), &None));
        assert!(!system.services.is_empty() && system.roles.contains(&"admin".to_owned()), "{system:?}");
    });
    let (user, role) = (id_of("users", "admin"), id_of("roles", "admin"));
    admin("PUT", &format!("/domains/default/users/{user}/roles/{role}"), Value::Null);
    inside(async {
        let auth = json!({"username": "admin", "password": "rig-admin", "user_domain_id": "default", "domain_id": "default"});
        assert_eq!(login(&entry(auth, json!({}))).await.unwrap().domain.unwrap().id, "default");
    });
}

#[test]
fn application_credentials_log_in_by_id_and_by_name() {
    let mut owner = Truth::start(rig(), "demo");
    let demo_user = id_of("users", "demo");
    let wanted = format!("login-{}", std::process::id());
    let body = json!({"application_credential": {"name": wanted, "secret": "rig-secret"}});
    let path = format!("/users/{demo_user}/application_credentials");
    let made = make(&mut owner, "POST", &path, body);
    let id = made["application_credential"]["id"].as_str().unwrap();
    inside(async {
        let secret = json!({"application_credential_secret": "rig-secret"});
        let by_id = with(secret.clone(), json!({"application_credential_id": id}));
        let by_name = with(secret, json!({"application_credential_name": wanted, "user_id": demo_user}));
        for auth in [by_id, by_name] {
            let told = login(&entry(auth, json!({"auth_type": "v3applicationcredential"}))).await.unwrap();
            assert_eq!(name(told.project.as_ref()), "demo");
        }
    });
    make(&mut owner, "DELETE", &format!("{path}/{id}"), Value::Null);
}

#[test]
fn tls_is_checked_against_the_bundle_and_only_insecure_lets_a_stranger_be() {
    let user = User::new("login-tls", json!({}));
    inside(async {
        let (authority, stranger) = (Authority::new("rig"), Authority::new("stranger"));
        let front = tls(&authority, None).await;
        let over = |rest: Value| {
            let own = json!({"identity_endpoint_override": format!("{front}/v3")});
            entry(with(demo(&user), json!({"auth_url": format!("{front}/v3")})), with(own, rest))
        };
        let told = login(&over(json!({"cacert": authority.pem}))).await.unwrap();
        assert!(told.auth_url.starts_with("https://127.0.0.1:"));
        let identity = told.services.iter().find(|entry| entry.r#type == "identity").unwrap();
        assert!(identity.endpoint.starts_with("https://") && identity.problem.is_none(), "{identity:?}");
        for rest in [json!({}), json!({"cacert": stranger.pem})] {
            let refused = login(&over(rest)).await.unwrap_err();
            assert!(refused.contains("cannot be reached") && refused.contains("certificate"), "{refused}");
        }
        assert!(login(&over(json!({"verify": false}))).await.is_ok());
        assert!(login(&over(json!({"insecure": true, "cacert": stranger.pem}))).await.is_ok());
    });
}

#[test]
fn a_front_that_asks_for_a_clients_certificate_gets_it() {
    let user = User::new("login-certificate", json!({}));
    inside(async {
        let (authority, clients) = (Authority::new("rig"), Authority::new("clients"));
        let front = tls(&authority, Some(&clients)).await;
        let over = |rest: Value| {
            let auth = with(demo(&user), json!({"auth_url": format!("{front}/v3")}));
            let own = json!({"identity_endpoint_override": format!("{front}/v3"), "cacert": authority.pem});
            entry(auth, with(own, rest))
        };
        let (cert, key) = clients.sign("robot");
        login(&over(json!({"cert": cert, "key": key}))).await.unwrap();
        login(&over(json!({"cert": format!("{cert}{key}")}))).await.unwrap();
        let (cert, key) = Authority::new("others").sign("robot");
        for rest in [json!({}), json!({"cert": cert, "key": key})] {
            assert!(login(&over(rest)).await.is_err());
        }
    });
}

/// Makes Keystone trust the identity provider `rig`.
fn federation() {
    let mut truth = ADMIN.lock().unwrap_or_else(PoisonError::into_inner);
    if truth.ask("identity", "GET", "/groups?name=federated", &Value::Null).1["groups"][0].is_object() {
        return;
    }
    let group = json!({"group": {"name": "federated", "domain_id": "default"}});
    let group = make(&mut truth, "POST", "/groups", group)["group"]["id"].as_str().unwrap().to_owned();
    drop(truth);
    let (project, role) = (id_of("projects", "demo"), id_of("roles", "member"));
    admin("PUT", &format!("/projects/{project}/groups/{group}/roles/{role}"), Value::Null);
    let rule = json!({"local": [{"user": {"name": "{0}"}, "group": {"id": group}}], "remote": [{"type": "OIDC-sub"}]});
    admin("PUT", "/OS-FEDERATION/mappings/rig", json!({"mapping": {"rules": [rule]}}));
    let provider = json!({"enabled": true, "remote_ids": ["https://idp.example.org"]});
    admin("PUT", "/OS-FEDERATION/identity_providers/rig", json!({"identity_provider": provider}));
    let path = "/OS-FEDERATION/identity_providers/rig/protocols/mapped";
    admin("PUT", path, json!({"protocol": {"mapping_id": "rig"}}));
}

#[test]
fn tokens_of_an_identity_provider_open_keystone_given_or_asked_for() {
    federation();
    let soon = System.now().as_second() + 600;
    inside(async {
        let document = identity_provider(soon).await;
        let whom = json!({"identity_provider": "rig", "protocol": "mapped", "project_name": "demo", "project_domain_id": "default"});
        let given = |token: String| {
            entry(
                with(whom.clone(), json!({"access_token": token})),
                json!({"auth_type": "v3oidcaccesstoken"}),
            )
        };
        let told = login(&given(token("ada", soon))).await.unwrap();
        assert_eq!((name(told.user.as_ref()), name(told.project.as_ref())), ("ada", "demo"));
        for bad in [token("ada", 1), token("ada", soon).replace('.', ".0")] {
            let refused = login(&given(bad)).await.unwrap_err();
            assert_eq!(refused, "identity API refused the credentials (401 Unauthenticated): Unauthorized");
        }
        let client = |secret: &str| {
            let own = json!({"client_id": "robot", "client_secret": secret, "discovery_endpoint": document});
            entry(with(whom.clone(), own), json!({"auth_type": "v3oidcclientcredentials"}))
        };
        assert_eq!(name(login(&client("rig-robot")).await.unwrap().user.as_ref()), "robot");
        assert_eq!(
            login(&client("hunter2")).await.unwrap_err(),
            "identity provider API refused the credentials (401 Unauthenticated): invalid_client unknown client"
        );
    });
}
