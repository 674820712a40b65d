//! The bad answers.

use super::Instead;
use std::time::Duration;

/// A bad answer.
pub struct Bad {
    /// What it is.
    pub what: &'static str,
    /// Was the request performed?
    pub performed: bool,
    /// What comes.
    pub comes: Instead,
    /// What a condition has to say, one of these.
    pub says: &'static [&'static str],
    /// May a person be called for it?
    pub stalls: bool,
}

impl Bad {
    /// Is it another answer to a request that changes nothing as well?
    pub fn fits_reads(&self) -> bool {
        let late = matches!(self.comes, Instead::Silence(Some(_)));
        self.comes == Instead::Half || (!self.performed && !late)
    }

    const fn new(what: &'static str, comes: Instead, says: &'static [&'static str]) -> Self {
        Self { what, performed: false, comes, says, stalls: false }
    }

    const fn performed(self) -> Self {
        Self { performed: true, ..self }
    }

    const fn stalls(self) -> Self {
        Self { stalls: true, ..self }
    }
}

type Headers = &'static [(&'static str, &'static str)];

const OWN: Headers = &[("content-type", "application/json"), ("x-openstack-request-id", "req-bad")];
const JSON: Headers = &[("content-type", "application/json")];
const HTML: Headers = &[("content-type", "text/html")];
const WAIT: Headers =
    &[("content-type", "application/json"), ("x-openstack-request-id", "req-bad"), ("retry-after", "20")];
const FAULT: &str = r#"{"error": {"code": 0, "title": "Bad", "message": "bad"}}"#;
const PAGE: &str = "<html><head><title>Bad</title></head><body>a gateway's page</body></html>";

const fn own(what: &'static str, status: u16, says: &'static [&'static str]) -> Bad {
    Bad::new(what, Instead::Answer(status, OWN, FAULT), says)
}

const fn wait(what: &'static str, status: u16, says: &'static [&'static str]) -> Bad {
    Bad::new(what, Instead::Answer(status, WAIT, FAULT), says)
}

const fn page(what: &'static str, status: u16, says: &'static [&'static str]) -> Bad {
    Bad::new(what, Instead::Answer(status, HTML, PAGE), says)
}

const MALFORMED: &[&str] = &["(MalformedAnswer)"];
/// A change whose answer is empty is taken for accepted, as most are; what is then waited for is told.
const EMPTY: &[&str] =
    &["(MalformedAnswer)", "waiting until the external resource is gone", "differs in", "(NoEffect)"];
const TEXT: Headers = &[("content-type", "text/plain")];
const LOST: &str =
    "upstream connect error or disconnect/reset before headers. reset reason: connection termination";
const REFUSED: &str = "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: 111";
const TIMED_OUT: &[&str] = &["(TimedOut)"];

/// All of them.
pub const BAD: [Bad; 27] = [
    Bad::new("401", Instead::Answer(401, JSON, FAULT), &["(401 TokenNotAccepted)", "(401 Unauthenticated)"]),
    own("403", 403, &["(403 Forbidden)"]).stalls(),
    page("a gateway's 404", 404, &["(404 ForeignAnswer)"]),
    Bad::new("a gateway's 404 in JSON", Instead::Answer(404, JSON, FAULT), &["(404 ForeignAnswer)"]),
    own("409", 409, &["(409 Conflict)"]),
    page("a gateway's 413", 413, &["(413 TooLarge)"]).stalls(),
    wait("413 with Retry-After", 413, &["(413 RateLimited)"]),
    own("429", 429, &["(429 RateLimited)"]),
    wait("429 with Retry-After", 429, &["(429 RateLimited)"]),
    own("500", 500, &["(500 ServiceFailed)"]),
    own("500 after it was done", 500, &["(500 ServiceFailed)"]).performed(),
    page("502 of a gateway, after it was done", 502, &["(502 ServiceFailed)"]).performed(),
    own("503", 503, &["(503 ServiceFailed)"]),
    page("503 of a gateway", 503, &["(503 ServiceFailed)"]),
    Bad::new("Envoy's 503 after it was done", Instead::Answer(503, TEXT, LOST), &["(503 ServiceFailed)"])
        .performed(),
    Bad::new(
        "Envoy's 503 of a refused connection",
        Instead::Answer(503, TEXT, REFUSED),
        &["(503 ServiceFailed)"],
    ),
    wait("503 with Retry-After", 503, &["(503 ServiceFailed)"]),
    Bad::new("half a body", Instead::Half, &["(MalformedAnswer)", "(ConnectionBroken)"]).performed(),
    page("HTML with 200", 200, MALFORMED),
    page("HTML with 200, after it was done", 200, MALFORMED).performed(),
    Bad::new("something else in JSON with 200", Instead::Answer(200, JSON, "{}"), EMPTY),
    Bad::new("nothing with 200", Instead::Answer(200, HTML, ""), EMPTY),
    Bad::new(
        "a redirect",
        Instead::Answer(302, &[("location", "https://login.example.org/")], ""),
        &["(302 Redirected)"],
    )
    .stalls(),
    Bad::new("a refused connection", Instead::Unreachable, &["(Unreachable)"]),
    Bad::new("silence", Instead::Silence(None), TIMED_OUT),
    Bad::new("silence, after it was done", Instead::Silence(None), TIMED_OUT).performed(),
    Bad::new("silence, and done at last", Instead::Silence(Some(Duration::from_secs(45))), TIMED_OUT),
];
