use crate::{
    kind::{
        Found, Goal, Meta, Step,
        any::{AnyKey, AnyKind, Observed},
        cloud::CloudInfo,
        diff::Diff,
        marker::Marker,
        request::{Answer, Request},
    },
    kinds::{KINDS, tests::references},
};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

/// A resource called `n` of the UID `a-b`, asked about by the user `me` of the project `mine`.
pub(super) struct Asked {
    pub(super) kind: &'static str,
    pub(super) external_name: Option<&'static str>,
    pub(super) params: Value,
}

impl Asked {
    fn with<T>(&self, run: impl FnOnce(&'static dyn AnyKind, &AnyKey<'_>) -> T) -> T {
        let kind = KINDS.iter().find(|kind| kind.id() == self.kind).unwrap().as_ref();
        let marker = Marker { uid: "a-b".to_owned(), owner: "o".to_owned() };
        let external_name = self.external_name;
        let meta = Meta { namespace: "ns", name: "n", external_name, marker: &marker, creating: false };
        let params: Map<String, Value> = serde_json::from_value(self.params.clone()).unwrap();
        let own = |id: &str| Some(id.to_owned());
        let cloud = CloudInfo { user_id: own("me"), project_id: own("mine"), ..CloudInfo::UNKNOWN };
        let secrets = ["secret", "password"].map(|name| (name.to_owned(), SecretString::from("hush")));
        let secrets = secrets.into_iter().collect();
        let key = AnyKey {
            params: &params,
            meta,
            shapes: kind.shapes().unwrap(),
            secrets: &secrets,
            cloud: &cloud,
        };
        run(kind, &key)
    }

    /// What is looked at.
    pub(super) fn reads(&self) -> String {
        self.with(|kind, key| format!("{:?}", kind.reads(key).unwrap()))
    }

    pub(super) fn parse(&self, answer: Answer) -> Found {
        self.with(|kind, key| kind.parse(key, &[answer]).unwrap())
    }

    /// Is what the wire says what the create makes?
    fn recognises(&self, have: &Value) -> bool {
        self.with(|kind, key| kind.recognises(key, &kind.observe(have).unwrap()).unwrap())
    }

    /// The next step, for an object that is as the wire says.
    fn step(&self, goal: Goal, have: Option<Value>) -> Step {
        self.with(|kind, key| {
            let observed: Option<Observed> = have.map(|body| kind.observe(&body).unwrap());
            let diff = observed.as_ref().map(|observed| {
                let mut diff = kind.diff(key.params, observed).unwrap();
                diff.add(kind.drift(key, observed).unwrap());
                diff
            });
            kind.step(goal, key, observed.as_ref(), &diff.unwrap_or_default()).unwrap()
        })
    }

    /// The update of one field, such as a secret of which no look tells.
    pub(super) fn changed(&self, field: &str, have: Value) -> String {
        self.with(|kind, key| {
            let diff = Diff { fields: vec![field.to_owned()], immutable: vec![] };
            let observed = kind.observe(&have).unwrap();
            match kind.step(Goal::Match, key, Some(&observed), &diff).unwrap() {
                Step::Send(request) => said(&request),
                other => format!("{other:?}"),
            }
        })
    }

    /// The next step as a text, with secrets where they go.
    pub(super) fn said(&self, goal: Goal, have: Option<Value>) -> String {
        match self.step(goal, have) {
            Step::Send(request) => said(&request),
            other => format!("{other:?}"),
        }
    }
}

fn said(request: &Request) -> String {
    let body = request.body_with_secrets().unwrap().map(|body| format!(" {body}"));
    format!("{} {}{}", request.method, request.path, body.unwrap_or_default())
}

#[test]
fn what_is_made_by_a_list_is_sent_and_told_in_one() {
    let params = json!({"serviceId": "s", "resourceName": "r", "defaultLimit": 1, "description": "d"});
    let asked = Asked { kind: "identity.RegisteredLimit", external_name: None, params };
    assert_eq!(
        asked.said(Goal::Exist, None),
        r#"POST /registered_limits {"registered_limits":[{"default_limit":1,"description":"d [kupenstack:a-b:o]","resource_name":"r","service_id":"s"}]}"#
    );
    let one = json!({"id": "i", "default_limit": 1});
    let found = Found::One { external_name: "i".to_owned(), body: one.clone() };
    assert_eq!(asked.parse(Answer::Body(json!({"registered_limits": [one]}))), found);
    assert_eq!(asked.parse(Answer::Body(json!({"registered_limit": one}))), found);
}

#[test]
fn what_has_a_chosen_id_is_made_by_a_put_to_its_address() {
    let asked = |name: Option<&'static str>| Asked {
        kind: "identity.IdentityProvider",
        external_name: name,
        params: json!({"enabled": true}),
    };
    let path = "/OS-FEDERATION/identity_providers";
    let body = r#"{"identity_provider":{"enabled":true}}"#;
    assert_eq!(asked(None).said(Goal::Exist, None), format!("PUT {path}/n {body}"));
    let have = json!({"id": "x", "enabled": false});
    assert_eq!(asked(Some("x")).said(Goal::Match, Some(have)), format!("PATCH {path}/x {body}"));
}

#[test]
fn another_object_under_a_chosen_id_is_not_taken_for_what_a_create_whose_answer_was_lost_made() {
    let rules = |names: &[&str]| json!([{"remote": [{"type": "x"}], "local": names.iter().map(|name| json!({"user": {"name": name}})).collect::<Vec<_>>()}]);
    for (kind, params, mine, other) in [
        (
            "identity.IdentityProvider",
            json!({"enabled": true, "remoteIds": ["a"]}),
            json!({"id": "n", "enabled": true, "remote_ids": ["a"], "domain_id": "made"}),
            json!({"id": "n", "enabled": true, "remote_ids": ["b"]}),
        ),
        (
            "identity.ServiceProvider",
            json!({"authUrl": "https://a/", "spUrl": "https://b/"}),
            json!({"id": "n", "auth_url": "https://a/", "sp_url": "https://b/", "enabled": false}),
            json!({"id": "n", "auth_url": "https://z/", "sp_url": "https://b/"}),
        ),
        (
            "identity.FederationMapping",
            json!({"rules": rules(&["{0}"])}),
            json!({"id": "n", "rules": rules(&["{0}"])}),
            json!({"id": "n", "rules": rules(&["{0}", "admin"])}),
        ),
        (
            "identity.FederationProtocol",
            json!({"identityProviderId": "i", "mappingId": "m"}),
            json!({"id": "n", "identity_provider_id": "i", "protocol_id": "n", "mapping_id": "m"}),
            json!({"id": "n", "identity_provider_id": "i", "protocol_id": "n", "mapping_id": "theirs"}),
        ),
    ] {
        let asked = Asked { kind, external_name: None, params };
        assert!(asked.recognises(&mine), "{kind}");
        assert!(!asked.recognises(&other), "{kind}");
    }
}

#[test]
fn a_limit_is_not_changed_to_what_keystone_ignores() {
    let asked = |params| Asked { kind: "identity.Limit", external_name: Some("l"), params };
    let have = || Some(json!({"id": "l", "resource_limit": 5, "description": "d"}));
    assert_eq!(
        asked(json!({"resourceLimit": -1})).said(Goal::Match, have()),
        r#"PATCH /limits/l {"limit":{"resource_limit":-1}}"#
    );
    for params in [json!({"resourceLimit": 0}), json!({"description": ""})] {
        let step = asked(params).said(Goal::Match, have());
        assert!(step.contains("Refuse") && step.contains("create it anew"), "{step}");
    }
}

#[test]
fn who_is_refused_what_is_there_already_is_told_its_name() {
    let name = |kind, params| {
        Asked { kind, external_name: None, params }.with(|kind, key| kind.chosen_name(key).unwrap())
    };
    assert_eq!(
        name("identity.ImpliedRole", json!({"priorRoleId": "p", "impliedRoleId": "i"})).as_deref(),
        Some("p/i")
    );
    assert_eq!(
        name("identity.ProjectEndpoint", json!({"projectId": "p", "endpointId": "e"})).as_deref(),
        Some("project/p/endpoint/e")
    );
    assert_eq!(name("identity.ImpliedRole", json!({})), None);
}

#[test]
fn a_group_of_endpoints_has_no_other_filter_than_is_wanted() {
    let params = json!({"filters": {"interface": "public"}});
    let asked = Asked { kind: "identity.EndpointGroup", external_name: Some("g"), params };
    let with = |filters| Some(json!({"id": "g", "filters": filters}));
    assert_eq!(asked.said(Goal::Match, with(json!({"interface": "public"}))), "Done");
    assert_eq!(
        asked.said(Goal::Match, with(json!({"interface": "public", "region_id": "r"}))),
        r#"PATCH /OS-EP-FILTER/endpoint_groups/g {"endpoint_group":{"filters":{"interface":"public"}}}"#
    );
}

#[test]
fn an_empty_id_is_no_filter_of_a_group_of_endpoints() {
    let params = || json!({"filters": {"interface": "public", "regionId": ""}});
    let asked = |external_name| Asked { kind: "identity.EndpointGroup", external_name, params: params() };
    let filters = r#""filters":{"interface":"public"}"#;
    let made = asked(None).said(Goal::Exist, None);
    assert!(made.contains(filters), "{made}");
    let with = |filters| Some(json!({"id": "g", "filters": filters}));
    assert_eq!(asked(Some("g")).said(Goal::Match, with(json!({"interface": "public"}))), "Done");
    let changed = asked(Some("g")).said(Goal::Match, with(json!({"interface": "public", "region_id": "r"})));
    assert!(changed.contains(filters), "{changed}");
}

/// Fields that hold ids of what is no kind yet: the kind.
const KIND_TO_COME: &[(&str, &str)] = &[];

/// Fields whose ids are nobody's external-name: why.
const NO_REFERENCE: &[(&str, &str)] = &[
    ("identity.Domain.explicitDomainId", "its own id"),
    ("identity.DomainConfiguration.ldap.groupMembersAreIds", "no id: a switch"),
    ("identity.FederationMapping.mappingId", "its own id"),
    (
        "identity.FederationMapping.rules.local.groupIds",
        "a text that stands for what the identity provider says",
    ),
    (
        "identity.FederationMapping.rules.local.user.userId",
        "a text that stands for what the identity provider says",
    ),
    ("identity.FederationProtocol.protocolId", "its own id"),
    ("identity.IdentityProvider.identityProviderId", "its own id"),
    ("identity.IdentityProvider.remoteIds", "how it calls itself"),
    ("identity.Region.regionId", "its own id"),
    ("identity.ServiceProvider.serviceProviderId", "its own id"),
    (
        "identity.User.federated.protocols.protocolId",
        "the second part of a FederationProtocol's external-name",
    ),
    ("identity.User.federated.protocols.uniqueId", "the identity provider's"),
];

#[test]
fn every_field_that_holds_an_id_can_be_given_by_reference_or_says_why_not() {
    references::check(&super::kinds(), KIND_TO_COME, NO_REFERENCE);
}
