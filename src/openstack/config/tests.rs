//! Every way of writing an entry, and every way of getting it wrong.

use super::*;
use crate::kind::service::{IDENTITY, NETWORK};

const USER: &str = "auth_url: http://k:5000, username: u, password: 0123, user_domain_name: Default, project_name: p, project_domain_id: d";

fn read(yaml: &str) -> Result<Settings, Error> {
    Settings::read(&Credentials { clouds_yaml: yaml.to_owned().into(), ..Credentials::default() })
}

fn entry(auth: &str, rest: &str) -> Result<Settings, Error> {
    read(&format!("clouds: {{x: {{auth: {{{auth}}}, {rest}}}}}"))
}

fn complaint(result: Result<Settings, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_password_entry_is_read_as_written_numbers_included() {
    let settings = entry(USER, "region_name: R, interface: internal").unwrap();
    assert_eq!(settings.auth_url.as_str(), "http://k:5000/v3");
    let Login::Password { user, password } = &settings.login else { panic!("{:?}", settings.login) };
    assert_eq!(*user, Named::In("u".into(), Domain::Name("Default".into())));
    assert_eq!(password.expose_secret(), "0123");
    assert_eq!(settings.scope, Scope::Project(Named::In("p".into(), Domain::Id("d".into()))));
    assert_eq!(settings.filters, EndpointFilters::new([InterfaceType::Internal], "R"));
    assert!(settings.verify);
}

#[test]
fn auth_types_have_spellings_and_a_default() {
    let every = format!("{USER}, token: t, application_credential_id: i, application_credential_secret: s");
    for (kind, expected) in [
        ("password", "Password"),
        ("v3password", "Password"),
        ("token", "Token"),
        ("v3token", "Token"),
        ("v3applicationcredential", "ApplicationCredential"),
        ("applicationcredential", "ApplicationCredential"),
    ] {
        let settings = entry(&every, &format!("auth_type: {kind}")).unwrap();
        assert!(format!("{:?}", settings.login).starts_with(expected), "{kind}: {:?}", settings.login);
    }
    assert!(matches!(entry("auth_url: http://k, token: t", "").unwrap().login, Login::Token(_)));
    assert!(matches!(entry(&every, "").unwrap().login, Login::ApplicationCredential { .. }));
    assert_eq!(
        complaint(entry(USER, "auth_type: v3kerberos")),
        "clouds.yaml: auth_type \"v3kerberos\" is not supported (supported: password, token, v3applicationcredential) for cloud \"x\""
    );
}

#[test]
fn scopes_are_read_and_two_are_refused() {
    let scoped = |more: &str| {
        entry(&format!("auth_url: http://k, user_id: u, password: p, {more}"), "").map(|s| s.scope)
    };
    assert_eq!(scoped("project_id: a").unwrap(), Scope::Project(Named::Id("a".into())));
    assert_eq!(scoped("domain_name: a").unwrap(), Scope::Domain(Domain::Name("a".into())));
    assert_eq!(scoped("system_scope: all").unwrap(), Scope::System);
    assert_eq!(scoped("trust_id: t").unwrap(), Scope::Trust("t".into()));
    assert_eq!(scoped("tenant_id: a").unwrap(), Scope::Project(Named::Id("a".into())));
    assert!(scoped("project_id: a, domain_id: b").unwrap_err().to_string().contains("more than one scope"));
}

#[test]
fn an_application_credential_brings_its_own_scope() {
    let auth = format!("{USER}, application_credential_name: n, application_credential_secret: s");
    let settings = entry(&auth, "auth_type: v3applicationcredential").unwrap();
    assert_eq!(settings.scope, Scope::Implied);
    assert!(matches!(settings.login, Login::UsersApplicationCredential { .. }));
}

#[test]
fn what_is_missing_is_named() {
    for (auth, missing) in [
        ("username: u", "auth.auth_url is missing"),
        ("auth_url: http://k", "auth.username or auth.user_id is missing"),
        (
            "auth_url: http://k, username: u, password: p",
            "auth.user_domain_id or auth.user_domain_name is missing",
        ),
        ("auth_url: http://k, user_id: u", "auth.password is missing"),
        (
            "auth_url: http://k, user_id: u, password: p, project_name: p",
            "auth.project_domain_id or auth.project_domain_name is missing",
        ),
        (
            "auth_url: http://k, application_credential_secret: s",
            "auth.application_credential_id or auth.application_credential_name is missing",
        ),
        ("auth_url: ftp://k", "auth.auth_url is no http or https address"),
        ("auth_url: http://me:hunter2@k", "auth.auth_url holds a user or password"),
    ] {
        assert_eq!(complaint(entry(auth, "")), format!("clouds.yaml: {missing} for cloud \"x\""));
    }
}

#[test]
fn the_cloud_is_the_named_one_or_the_only_one() {
    let yaml = format!("clouds: {{a: {{auth: {{{USER}}}}}, b: {{auth: {{{USER}}}}}}}");
    assert_eq!(complaint(read(&yaml)), "clouds.yaml: several clouds, name one of: a, b");
    let named = |cloud: &str| {
        let cloud = Some(cloud.to_owned());
        Settings::read(&Credentials { clouds_yaml: yaml.clone().into(), cloud, ..Credentials::default() })
    };
    assert!(named("b").is_ok());
    assert_eq!(complaint(named("c")), "clouds.yaml: no cloud \"c\", there are: a, b");
    assert_eq!(complaint(read("clouds: {}")), "clouds.yaml: clouds is empty");
}

#[test]
fn a_file_that_cannot_be_read_is_not_quoted() {
    for yaml in [
        "clouds:\n  x:\n    auth: {password: [hunter2]}",
        "clouds: hunter2",
        "hunter2: [",
        "clouds: {x: {verify: hunter2}}",
    ] {
        let text = complaint(read(yaml));
        assert!(text.starts_with("clouds.yaml: not valid YAML") && !text.contains("hunter2"), "{text}");
    }
}

#[test]
fn what_the_provider_config_says_goes_first() {
    let settings = Settings::read(&Credentials {
        clouds_yaml: format!("clouds: {{x: {{auth: {{{USER}}}, region_name: A, interface: public}}}}").into(),
        region: Some("B".into()),
        interface: Some("admin".into()),
        ..Credentials::default()
    });
    assert_eq!(settings.unwrap().filters, EndpointFilters::new([InterfaceType::Admin], "B"));
}

#[test]
fn interfaces_may_be_several_in_order() {
    for rest in ["interface: [internal, public]", "endpoint_type: 'internalURL, publicURL'"] {
        let filters = entry(USER, rest).unwrap().filters;
        assert_eq!(*filters.interfaces, [InterfaceType::Internal, InterfaceType::Public]);
    }
    assert!(complaint(entry(USER, "interface: outer")).contains("interface must be"));
}

#[test]
fn a_certificate_is_given_by_value() {
    let pem = "-----BEGIN CERTIFICATE-----\\nx\\n-----END CERTIFICATE-----\\n";
    for key in ["cacert", "ca_cert"] {
        assert!(entry(USER, &format!("{key}: \"{pem}\"")).unwrap().ca_bundle.is_some());
        assert!(complaint(entry(USER, &format!("{key}: /etc/ssl/ca.pem"))).contains("cacert is a path"));
    }
    assert!(!entry(USER, "verify: false").unwrap().verify);
}

#[test]
fn endpoints_can_be_set_by_service_type() {
    let settings =
        entry(USER, "network_endpoint_override: 'http://n:9696/', compute_api_version: 2.1").unwrap();
    assert_eq!(settings.endpoint_override(&NETWORK).map(Url::as_str), Some("http://n:9696/"));
    assert_eq!(settings.endpoint_override(&IDENTITY), None);
}

#[test]
fn only_keystone_three_is_spoken() {
    assert!(entry(USER, "identity_api_version: 3").is_ok());
    assert!(complaint(entry(USER, "identity_api_version: 2.0")).contains("must be 3"));
}

#[test]
fn settings_do_not_show_their_secrets() {
    let auth = "auth_url: http://k, user_id: u, password: hunter2, token: hunter2, application_credential_secret: hunter2, application_credential_id: i";
    for kind in ["password", "token", "v3applicationcredential"] {
        let shown = format!("{:?}", entry(auth, &format!("auth_type: {kind}")).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
