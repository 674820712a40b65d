//! What the simulator claims, as exchanges: a request and what it is answered. Each is played against the simulator and, unless it
//! is marked as unverified, against the real services, by the same player.
//!
//! A method `PUT#7` is one that the object must have revision 7 for.
//! A line is `[?] who service[@microversion] METHOD path [body] => status [part of the answer] [name=/pointer …]`. With `?` it is not
//! verified; with `~>` the answer comes after a while; a name keeps a value for `{name}` in later lines. In the expected part
//! `null` may be absent, a text that ends in `*` begins so, the items of a list may be in any order, and `"..."` among them stands for any others.

mod script;

use crate::Cloud;
use bytes::Bytes;
use http::Request;
pub use script::{Asked, Exchange, exchanges};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// More questions than any change takes to be seen.
const PATIENCE: usize = 300;

/// Plays exchanges in their order, and says which were answered otherwise than they claim. `ask` asks a cloud; `wait` lets some time
/// pass.
pub fn play<'a>(
    exchanges: impl Iterator<Item = &'a Exchange>,
    ask: &mut dyn FnMut(&Asked) -> (u16, Value),
    wait: &mut dyn FnMut(),
) -> Vec<String> {
    let (mut names, mut wrong) = (BTreeMap::new(), vec![]);
    for exchange in exchanges {
        let asked = exchange.asked(&names);
        let mut left = if exchange.eventually { PATIENCE } else { 1 };
        let (status, body) = loop {
            let (status, body) = ask(&asked);
            left -= 1;
            if left == 0 || exchange.accepts(&names, status, &body) {
                break (status, body);
            }
            wait();
        };
        if !exchange.accepts(&names, status, &body) {
            wrong.push(format!("{}\n    was answered {status} {body}", exchange.line));
        }
        for (name, pointer) in &exchange.keep {
            let value = body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            names.insert(name.clone(), value.to_owned());
        }
    }
    wrong
}

/// Plays exchanges against a simulated cloud.
pub fn simulate<'a>(cloud: &mut Cloud, exchanges: impl Iterator<Item = &'a Exchange>) -> Vec<String> {
    let (clock, mut tokens) = (std::cell::Cell::new(0), BTreeMap::new());
    play(
        exchanges,
        &mut |asked| {
            let token = tokens.entry(asked.who.clone()).or_insert_with(|| login(cloud, &asked.who)).clone();
            send(cloud, asked, &token, clock.get())
        },
        &mut || clock.set(clock.get() + 1),
    )
}

fn login(cloud: &mut Cloud, who: &str) -> String {
    let domain = json!({"id": "default"});
    let identity = json!({"methods": ["password"],
        "password": {"user": {"name": who, "domain": domain, "password": "simulated"}}});
    let body = json!({"auth": {"identity": identity, "scope": {"project": {"name": who, "domain": domain}}}});
    let request = Request::post("http://cloud/identity/v3/auth/tokens").body(Bytes::from(body.to_string()));
    let answer = request.ok().map(|request| cloud.answer(&request, 0));
    let token =
        answer.and_then(|answer| answer.headers().get("x-subject-token")?.to_str().ok().map(str::to_owned));
    token.unwrap_or_default()
}

fn send(cloud: &mut Cloud, asked: &Asked, token: &str, now: i64) -> (u16, Value) {
    let (root, word) = match asked.service.as_str() {
        "identity" => ("identity/v3", "identity"),
        "network" => ("network/v2.0", "network"),
        "compute" => ("compute/v2.1", "compute"),
        "block_storage" => ("volume/v3", "volume"),
        "image" => ("image/v2", "image"),
        "placement" => ("placement", "placement"),
        other => return (0, json!(format!("no service {other}"))),
    };
    let (method, revision) = asked.method.split_once('#').unwrap_or((&asked.method, ""));
    let mut request = Request::builder().method(method);
    if !revision.is_empty() {
        request = request.header("if-match", format!("revision_number={revision}"));
    }
    request = request.uri(format!("http://cloud/{root}{}", asked.path)).header("x-auth-token", token);
    if let Some(version) = &asked.version {
        request = request.header("openstack-api-version", format!("{word} {version}"));
    }
    let body = if asked.body.is_null() { String::new() } else { asked.body.to_string() };
    let Ok(request) = request.body(Bytes::from(body)) else { return (0, json!("no request")) };
    let answer = cloud.answer(&request, now);
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
}
