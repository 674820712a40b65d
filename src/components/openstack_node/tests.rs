//! Which requests the steps are.

use super::*;
use crate::{
    kind::{
        Key, Meta, Secrets,
        any::{AnyKey, Shapes},
        marker::Marker,
    },
    node::next::Next,
};
use secrecy::ExposeSecret;
use serde_json::Map;

/// Asks something of a node with this spec, which has a login.
fn asked<T>(spec: &Value, ask: impl FnOnce(&Asked<'_>) -> T) -> T {
    let (untyped, shapes) = (Map::new(), Shapes::default());
    let marker =
        Marker { uid: "00000000-0000-4000-8000-000000000001".into(), owner: "0123456789abcdef0123".into() };
    let meta = Meta {
        namespace: "openstack",
        name: "c1-node12",
        external_name: Some("node12"),
        marker: &marker,
        creating: false,
    };
    let document = json!({"clouds.yaml": "clouds: {}", "password": "hunter2"}).to_string();
    let secrets = Secrets::from([("identity_connection".to_owned(), document.into())]);
    let params = serde_json::from_value(spec.clone()).unwrap();
    let mut any = AnyKey::new(&untyped, meta, &shapes);
    any.secrets = &secrets;
    ask(&Key { params: &params, any: &any })
}

fn request(step: Next) -> Request {
    let spec = json!({"roles": ["compute"]});
    match asked(&spec, |key| requested(key, step)) {
        Step::Send(request) => request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_look_has_the_login_sealed_and_the_wanted_labels_in_sight() {
    let spec = json!({"roles": ["control", "compute"], "maintenance": {"mode": "Drain"},
        "openstackCloudConfigurationProfileRef": {"name": "gpu"}});
    let reads = asked(&spec, OpenstackNode::reads);
    let [Read::Compare { path, with }] = reads.as_slice() else { panic!("{reads:?}") };
    assert_eq!(path, "/nodes/node12");
    assert_eq!(with.sealed.expose_secret(), "clouds: {}");
    assert_eq!(with.body["labels"]["openstack-profile-gpu"], "enabled");
    assert_eq!((&with.body["drain"], &with.body["namespace"]), (&json!(true), &json!("openstack")));
    assert!(!with.body.to_string().contains("hunter2"));
}

#[test]
fn what_is_said_to_openstack_carries_the_login_beside_its_body_and_what_is_said_to_kubernetes_does_not() {
    let disable = request(Next::Disable("s".into(), "kupenstack: x"));
    assert_eq!((disable.service.project, disable.path.as_str()), ("Nova", "/os-services/s"));
    assert_eq!(disable.secrets["/login"].expose_secret(), "clouds: {}");
    assert_eq!(disable.body, Some(json!({"status": "disabled", "disabled_reason": "kupenstack: x"})));
    let label = request(Next::Label);
    assert_eq!((label.service.project, label.path.as_str()), ("Kubernetes", "/nodes/node12/labels"));
    assert!(label.secrets.is_empty());
    let restart = request(Next::Restart("nova-compute".into(), "nova-compute-default-x".into()));
    let body = json!({"namespace": "openstack", "agent": "nova-compute", "pod": "nova-compute-default-x"});
    assert_eq!((restart.body, restart.secrets.is_empty()), (Some(body), true));
}

#[test]
fn agents_of_a_node_are_restarted_unless_it_is_disabled_or_drained() {
    for (more, works) in [
        (json!({}), true),
        (json!({"disabled": true}), false),
        (json!({"maintenance": {"mode": "Drain"}}), false),
    ] {
        let mut spec = json!({"roles": ["compute"]});
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(asked(&spec, wanted)["works"], works, "{more}");
    }
}

#[test]
fn every_step_is_one_request() {
    let id = || "i".to_owned();
    for (step, line) in [
        (Next::Label, "Kubernetes PUT /nodes/node12/labels"),
        (Next::Unlabel, "Kubernetes DELETE /nodes/node12/labels"),
        (Next::Release, "Kubernetes DELETE /nodes/node12"),
        (Next::Restart("nova-compute".into(), "x".into()), "Kubernetes POST /nodes/node12/restarts"),
        (Next::Enable(id()), "Nova PUT /os-services/i 2.53"),
        (Next::MoveLive(id()), "Nova POST /servers/i/action 2.53"),
        (Next::MoveCold(id()), "Nova POST /servers/i/action 2.53"),
        (Next::Offload(id()), "Nova POST /servers/i/action 2.53"),
        (Next::Confirm(id()), "Nova POST /servers/i/action 2.53"),
        (Next::DeleteService(id()), "Nova DELETE /os-services/i 2.53"),
        (Next::DeleteProvider(id()), "Placement DELETE /resource_providers/i 1.14"),
        (Next::DeleteAgent(id()), "Neutron DELETE /agents/i"),
        (
            Next::DisableVolumes("cinder-volume".into(), "n@lvm".into()),
            "Cinder PUT /os-services/disable-log-reason",
        ),
    ] {
        let Request { service, method, path, microversion, .. } = request(step);
        let version = microversion.map(|version| format!(" {version}")).unwrap_or_default();
        assert_eq!(format!("{} {method} {path}{version}", service.project), line);
    }
}

#[test]
fn a_node_is_made_by_its_name_and_known_by_its_owner() {
    let spec = json!({"roles": ["compute"]});
    let step = asked(&spec, |key| OpenstackNode::step(Goal::Exist, key, None, &Diff::default())).unwrap();
    let Step::Send(Request { method, path, .. }) = step else { panic!("{step:?}") };
    assert_eq!((method, path.as_str()), (Method::Post, "/nodes/node12"));
    let found = asked(&spec, |key| OpenstackNode::parse(key, &[Answer::Body(json!({}))])).unwrap();
    assert_eq!(found, Found::Named("node12".to_owned()));
}
