//! Entries: fields, certificates, endpoints, and what is missing.

use super::*;

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
