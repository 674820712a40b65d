//! Methods and scopes.

use super::*;

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
