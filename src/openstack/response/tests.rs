//! What services and what stands before them say, and what it means.

use super::*;
use crate::kind::{
    failure::{Class, Failure},
    request::service::NETWORK,
};
use serde_json::json;

const OTHER: Service = Service { group: "image", domain: "", types: &["image"], major: 2, project: "Glance" };
const SWIFT: Service = Service { group: "objectstorage", domain: "", types: &["object-store"], ..OTHER };

fn said(service: &'static Service, status: u16, headers: &[(&'static str, &str)], body: &str) -> Failure {
    let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
    let status = StatusCode::from_u16(status).unwrap();
    let response = RawResponse { status, headers: headers.collect(), body: body.as_bytes().to_vec() };
    response.into_body(service, []).unwrap_err().into()
}

fn network(status: u16, headers: &[(&'static str, &str)], body: &Value) -> (Class, &'static str, String) {
    let failure = said(&NETWORK, status, headers, body.as_str().unwrap_or(&body.to_string()));
    (failure.class, failure.reason, failure.message)
}

fn neutron(kind: &str, message: &str) -> Value {
    json!({"NeutronError": {"type": kind, "message": message, "detail": ""}})
}

#[test]
fn a_refusal_has_the_services_own_words() {
    let id = "req-0c1a2b3c-0000-4000-8000-00000000000f";
    for (status, body, class, reason, message) in [
        (
            409,
            neutron("NetworkInUse", "in use"),
            Class::Conflict,
            "Conflict",
            "refused the request (409): in use",
        ),
        (
            400,
            json!({"badRequest": {"code": 400, "message": format!("Bad (Request-ID: {id})")}}),
            Class::Terminal,
            "BadRequest",
            "refused the request (400): Bad",
        ),
        (
            403,
            json!({"error": {"code": 403, "message": "not you"}}),
            Class::Terminal,
            "Forbidden",
            "refused the request (403): not you",
        ),
        (
            405,
            json!(""),
            Class::Terminal,
            "MethodNotAllowed",
            "refused the request (405): Method Not Allowed",
        ),
        (
            401,
            json!({"error": {"message": "who"}}),
            Class::Unauthenticated,
            "Unauthenticated",
            "refused the credentials (401): who",
        ),
        (
            503,
            json!("<html><body>Service Unavailable</body></html>"),
            Class::Transient,
            "ServiceFailed",
            "failed (503): Service Unavailable",
        ),
        (500, neutron("X", "internal"), Class::Unanswered, "ServiceFailed", "failed (500): internal"),
    ] {
        let message = message.replace(&status.to_string(), &format!("{status} {reason}"));
        assert_eq!(network(status, &[], &body), (class, reason, format!("network API {message}")));
    }
}

#[test]
fn an_exhausted_quota_is_terminal_however_it_is_said() {
    let cinder = "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota 'volumes'.";
    for (status, body) in [
        (409, neutron("OverQuota", "Quota exceeded for resources: ['network'].")),
        (403, json!({"forbidden": {"code": 403, "message": "Quota exceeded for cores"}})),
        (403, json!({"faultcode": "Client", "faultstring": "Quota has been met for resources: pool"})),
        (413, json!({"overLimit": {"code": 413, "message": cinder}})),
        (413, json!({"code": 413, "type": "over_quota", "message": "Quota exceeded for zones"})),
    ] {
        for headers in [&[][..], &[("retry-after", "0")]] {
            let (class, reason, message) = network(status, headers, &body);
            assert_eq!((class, reason), (Class::Terminal, "QuotaExceeded"), "{message}");
        }
    }
}

#[test]
fn patience_is_as_long_as_asked_for() {
    let over = json!({"overLimit": {"code": 413, "message": "slow down"}});
    let dates = [("date", "Wed, 21 Oct 2015 07:28:00 GMT"), ("retry-after", "Wed, 21 Oct 2015 07:29:00 GMT")];
    for (status, headers, body, seconds) in [
        (429, &[("retry-after", "7")][..], json!(""), 7),
        (429, &[], json!(""), 10),
        (429, &[("retry-after", "0")], json!(""), 10),
        (429, &[("retry-after", "99999999")], json!(""), 3600),
        (429, &[("retry-after", "soon")], json!(""), 10),
        (429, &dates, json!(""), 60),
        (413, &[("retry-after", "7")], over.clone(), 7),
    ] {
        let (class, reason, _) = network(status, headers, &body);
        assert_eq!((class, reason), (Class::RateLimited(Duration::from_secs(seconds)), "RateLimited"));
    }
    let (class, reason, _) = network(413, &[], &over);
    assert_eq!((class, reason), (Class::Terminal, "TooLarge"));
}

#[test]
fn ext_6_a_404_that_is_not_about_the_object_does_not_mean_absence() {
    let page = "<html><head><title>404</title></head><body><h1>404 Not Found</h1><hr>nginx</body></html>";
    let webob = json!({"message": "It could not be found.<br /><br />\n\n\n", "code": "404 Not Found", "title": "Not Found"});
    let hidden = json!({"type": "HTTPNotFound", "message": "It could not be found.", "detail": ""});
    for body in
        [json!(page), json!("default backend - 404"), json!({"message": "no Route matched"}), json!({})]
    {
        let message = "network API: not the service's answer (404 ForeignAnswer): Not Found".to_owned();
        assert_eq!(network(404, &[], &body), (Class::Transient, "ForeignAnswer", message));
    }
    for body in [webob, hidden.clone(), json!({"NeutronError": hidden})] {
        let message =
            "network API hides it or does not know the path (404 NotVisible): It could not be found."
                .to_owned();
        assert_eq!(network(404, &[], &body), (Class::Terminal, "NotVisible", message));
    }
    let id = [("x-openstack-request-id", "req-1")];
    let (class, ..) = network(404, &id, &neutron("NetworkNotFound", "Network x could not be found."));
    assert_eq!(class, Class::NotFound);
    assert_eq!(
        said(&SWIFT, 404, &[("x-trans-id", "tx1")], "<html><h1>Not Found</h1></html>").class,
        Class::NotFound
    );
    assert_eq!(said(&SWIFT, 404, &[], "<html><h1>Not Found</h1></html>").class, Class::Transient);
    let gateway = json!({"error": {"code": 404, "message": "no route", "title": "Not Found"}});
    for service in [&NETWORK, &OTHER] {
        let told = said(service, 404, &[], &gateway.to_string());
        assert_eq!((told.class, told.reason), (Class::Transient, "ForeignAnswer"), "it has no request id");
    }
}

#[test]
fn every_services_form_of_absence_is_believed() {
    for body in [
        json!({"itemNotFound": {"code": 404, "message": "Instance x could not be found."}}),
        json!({"error": {"code": 404, "message": "Could not find user: x.", "title": "Not Found"}}),
        json!({"message": "No image found with ID x<br /><br />", "code": "404 Not Found", "title": "Not Found"}),
        json!({"faultcode": "Client", "faultstring": "Load Balancer x not found.", "debuginfo": null}),
        json!({"code": 404, "type": "zone_not_found", "message": "Could not find Zone"}),
        json!({"errors": [{"status": 404, "title": "Cluster x could not be found", "code": "client"}]}),
        json!({"error_message": "{\"faultstring\": \"Node x could not be found.\"}"}),
        json!({"explanation": "The resource could not be found.", "code": 404, "error": {"message": "The Stack (x) could not be found.", "type": "EntityNotFound"}}),
    ] {
        let id = [("x-openstack-request-id", "req-1")];
        assert_eq!(said(&OTHER, 404, &id, &body.to_string()).class, Class::NotFound, "{body}");
    }
}

#[test]
fn what_stands_before_a_service_is_told_from_it() {
    let redirect = network(302, &[("location", "https://h/")], &json!(""));
    let words = "network API: not the service's answer (302 Redirected): redirect to https://h/".to_owned();
    assert_eq!(redirect, (Class::Terminal, "Redirected", words));
    let page = network(200, &[], &json!("<html>hello</html>"));
    let words =
        "network API gave an answer that cannot be read (MalformedAnswer): no JSON at line 1 column 1"
            .to_owned();
    assert_eq!(page, (Class::Unanswered, "MalformedAnswer", words));
}
