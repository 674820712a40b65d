//! Every way of writing an entry, and every way of getting it wrong.

use super::*;
use crate::kind::request::service::{IDENTITY, NETWORK};

const USER: &str = "auth_url: http://k:5000, username: u, password: 0123, user_domain_name: Default, project_name: p, project_domain_id: d";

fn read(yaml: &str) -> Result<CloudSettings, Error> {
    CloudSettings::read(&credentials(yaml))
}

fn credentials(yaml: &str) -> Credentials {
    Credentials { given: Given::Document(yaml.into()), ..Credentials::default() }
}

fn fields(all: &[(&str, &str)]) -> Result<CloudSettings, Error> {
    let all = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    CloudSettings::read(&Credentials { given: Given::Fields(all), ..Credentials::default() })
}

/// The only method of a login.
fn proof(settings: &CloudSettings) -> &Proof {
    let Login::Methods(proofs) = &settings.login else { panic!("{:?}", settings.login) };
    assert_eq!(proofs.len(), 1);
    &proofs[0]
}

fn entry(auth: &str, rest: &str) -> Result<CloudSettings, Error> {
    read(&format!("clouds: {{x: {{auth: {{{auth}}}, {rest}}}}}"))
}

fn complaint(result: Result<CloudSettings, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_password_entry_is_read_as_written_numbers_included() {
    let settings = entry(USER, "region_name: R, interface: internal").unwrap();
    assert_eq!(settings.auth_url.as_str(), "http://k:5000/v3");
    let Proof::Password { user, password } = proof(&settings) else { panic!("{:?}", settings.login) };
    assert_eq!(*user, Named::In("u".into(), DomainRef::Name("Default".into())));
    assert_eq!(password.expose_secret(), "0123");
    assert_eq!(settings.scope, Scope::Project(Named::In("p".into(), DomainRef::Id("d".into()))));
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
        assert!(format!("{:?}", proof(&settings)).starts_with(expected), "{kind}: {:?}", settings.login);
    }
    assert!(matches!(proof(&entry("auth_url: http://k, token: t", "").unwrap()), Proof::Token(_)));
    assert!(matches!(proof(&entry(&every, "").unwrap()), Proof::ApplicationCredential { .. }));
    assert_eq!(
        complaint(entry(USER, "auth_type: v3kerberos")),
        "clouds.yaml: auth_type \"v3kerberos\" is not supported (supported: password, token, v3applicationcredential, v3totp, v3multifactor, v3oidcaccesstoken, v3oidcclientcredentials) for cloud \"x\""
    );
}

#[test]
fn scopes_are_read_and_two_are_refused() {
    let scoped = |more: &str| {
        entry(&format!("auth_url: http://k, user_id: u, password: p, {more}"), "").map(|s| s.scope)
    };
    assert_eq!(scoped("project_id: a").unwrap(), Scope::Project(Named::Id("a".into())));
    assert_eq!(scoped("domain_name: a").unwrap(), Scope::Domain(DomainRef::Name("a".into())));
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
    assert!(matches!(proof(&settings), Proof::UsersApplicationCredential { .. }));
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
        CloudSettings::read(&Credentials { cloud: Some(cloud.to_owned()), ..credentials(&yaml) })
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
    let settings = CloudSettings::read(&Credentials {
        region: Some("B".into()),
        interface: Some("admin".into()),
        ..credentials(&format!("clouds: {{x: {{auth: {{{USER}}}, region_name: A, interface: public}}}}"))
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

#[test]
fn one_time_passcodes_are_given_or_computed_alone_or_beside_other_methods() {
    let totp =
        |more: &str, rest: &str| entry(&format!("auth_url: http://k, user_id: u, password: p, {more}"), rest);
    let given = totp("passcode: 123456", "auth_type: v3totp").unwrap();
    assert!(matches!(proof(&given), Proof::Totp { passcode: Passcode::Given(_), .. }));
    let computed = totp("passcode: 123456, totp_seed: MFRGGZDF", "auth_type: v3totp").unwrap();
    assert!(matches!(proof(&computed), Proof::Totp { passcode: Passcode::Computed(_), .. }));
    for rest in [
        "auth_type: v3multifactor, auth_methods: [v3password, v3totp]",
        "auth_type: v3multifactor, auth_methods: 'password, totp'",
        "auth_methods: [v3password, v3totp]",
    ] {
        let Login::Methods(proofs) = totp("totp_seed: MFRGGZDF", rest).unwrap().login else {
            panic!("{rest}")
        };
        assert!(matches!(proofs[..], [Proof::Password { .. }, Proof::Totp { .. }]), "{rest}");
    }
    assert!(totp("auth_methods: [v3password]", "auth_type: v3multifactor").is_ok(), "below auth, as well");
    for (more, rest, missing) in [
        ("", "auth_type: v3totp", "auth.totp_seed or auth.passcode is missing"),
        ("totp_seed: 0189", "auth_type: v3totp", "auth.totp_seed is no base32"),
        ("", "auth_type: v3multifactor", "auth_methods is missing, such as [v3password, v3totp]"),
    ] {
        assert_eq!(complaint(totp(more, rest)), format!("clouds.yaml: {missing} for cloud \"x\""));
    }
    assert!(
        complaint(totp("", "auth_methods: [v3fido]")).contains("auth_methods \"v3fido\" is not supported")
    );
}

#[test]
fn a_federated_login_names_its_provider_and_keeps_the_scope() {
    let oidc = |more: &str, kind: &str| {
        let auth =
            format!("auth_url: http://k, identity_provider: idp, protocol: openid, project_id: p, {more}");
        entry(&auth, &format!("auth_type: {kind}"))
    };
    let settings = oidc("access_token: t", "v3oidcaccesstoken").unwrap();
    assert_eq!(settings.scope, Scope::Project(Named::Id("p".into())));
    let Login::Federated(login) = &settings.login else { panic!() };
    let Federated { identity_provider, protocol, bearer } = login.as_ref();
    assert_eq!((identity_provider.as_str(), protocol.as_str()), ("idp", "openid"));
    assert!(matches!(bearer, BearerSource::Given(_)));
    let client = "client_id: c, client_secret: s, discovery_endpoint: 'https://i/d'";
    let settings = oidc(client, "v3oidcclientcredentials").unwrap();
    let Login::Federated(login) = settings.login else { panic!() };
    let BearerSource::Client { endpoint, scope, field, .. } = &login.bearer else { panic!() };
    assert_eq!(*endpoint, TokenEndpoint::SaidBy(Url::parse("https://i/d").unwrap()));
    assert_eq!((scope.as_str(), field.as_str()), ("openid profile", "access_token"));
    let known = format!("{client}, access_token_endpoint: 'https://i/t', openid_scope: x");
    let known = oidc(&known, "v3oidcclientcredentials").unwrap();
    assert!(format!("{:?}", known.login).contains("At("), "{:?}", known.login);
    for (more, kind, missing) in [
        ("", "v3oidcaccesstoken", "auth.access_token is missing"),
        (
            "client_id: c",
            "v3oidcclientcredentials",
            "auth.discovery_endpoint or auth.access_token_endpoint is missing",
        ),
    ] {
        assert_eq!(complaint(oidc(more, kind)), format!("clouds.yaml: {missing} for cloud \"x\""));
    }
    let auth = "auth_url: http://k, identity_provider: a/b, protocol: openid, access_token: t";
    let odd = complaint(entry(auth, "auth_type: v3oidcaccesstoken"));
    assert!(odd.contains("auth.identity_provider is no name"), "{odd}");
}

#[test]
fn a_client_certificate_comes_with_its_key() {
    let cert = "cert: \"-----BEGIN CERTIFICATE-----\\nx\\n\"";
    let key = "key: \"-----BEGIN PRIVATE KEY-----\\nhunter2\\n\"";
    let settings = entry(USER, &format!("{cert}, {key}")).unwrap();
    let both = settings.client_certificate.as_ref().unwrap().expose_secret();
    assert!(both.contains("CERTIFICATE") && both.contains("hunter2"));
    assert!(!format!("{settings:?}").contains("hunter2"));
    for (rest, wrong) in [
        (cert, "key is missing"),
        (key, "cert is missing"),
        ("cert: /etc/c.pem, key: /etc/k.pem", "cert is a path"),
    ] {
        assert!(complaint(entry(USER, rest)).contains(wrong), "{rest}");
    }
    let locked = "key: \"-----BEGIN ENCRYPTED PRIVATE KEY-----\\nx\\n\"";
    assert!(complaint(entry(USER, &format!("{cert}, {locked}"))).contains("passphrase"));
}

#[test]
fn a_secret_may_hold_the_fields_themselves_as_in_an_openrc_file() {
    let plain =
        [("auth_url", "http://k:5000\n"), ("user_id", "u"), ("password", "p w\n"), ("project_id", "p")];
    let openrc = [
        ("OS_AUTH_URL", "http://k:5000"),
        ("OS_USER_ID", "u"),
        ("OS_PASSWORD", "p w"),
        ("OS_PROJECT_ID", "p"),
    ];
    for all in [plain, openrc] {
        let settings = fields(&all).unwrap();
        assert_eq!(settings.auth_url.as_str(), "http://k:5000/v3");
        assert_eq!(settings.scope, Scope::Project(Named::Id("p".into())));
        let Proof::Password { password, .. } = proof(&settings) else { panic!("{all:?}") };
        assert_eq!(password.expose_secret(), "p w");
    }
    let with = |more: &[(&'static str, &'static str)]| fields(&[&plain[..], more].concat());
    let odd = [
        ("region_name", "R"),
        ("interface", "internal"),
        ("verify", "False"),
        ("network_endpoint_override", "http://n"),
        ("OS_USER_DOMAIN_ID", ""),
    ];
    let settings = with(&odd).unwrap();
    assert_eq!(settings.filters, EndpointFilters::new([InterfaceType::Internal], "R"));
    assert!(!settings.verify && settings.endpoint_override(&NETWORK).is_some());
    assert!(!with(&[("insecure", "true")]).unwrap().verify);
    assert!(with(&[("insecure", "0")]).unwrap().verify);
    let missing = complaint(fields(&plain[..2]));
    assert_eq!(missing, "credentials Secret: password is missing");
    let twice = complaint(with(&[("tenant_id", "hunter2")]));
    assert!(twice.contains("given twice") && !twice.contains("hunter2"), "{twice}");
}
