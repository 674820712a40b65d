//! What was asked of the services, counted: tests see how many calls, and which writes, something took.
//!
//! Each API logs a request in one line once it is answered (`uwsgi.rs`); the line may come a moment after the
//! client has its answer.

use super::{site::CORE, uwsgi::access_log};
use crate::{error::Result, files::io, paths::Paths};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{ErrorKind, Read, Seek, SeekFrom},
    path::Path,
};

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The service's name, as `keystone`.
    pub service: &'static str,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path without its query, ids replaced: `/v2.1/servers/{id}/action`.
    pub route: String,
    /// The query, without its question mark.
    pub query: String,
    /// The answer's status.
    pub status: u16,
    /// How long the answer took.
    pub millis: u64,
    /// Who asked.
    pub agent: String,
}

impl Request {
    /// Whether it was meant to change something. Asking for a token changes nothing that lasts.
    pub fn writes(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS") && self.route != "/v3/auth/tokens"
    }
}

/// A place in the services' access logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark(BTreeMap<&'static str, u64>);

/// Now: what is asked from here on is counted by [`since`].
pub fn mark(paths: &Paths) -> Mark {
    let length = |name| std::fs::metadata(paths.logs().join(access_log(name))).map_or(0, |meta| meta.len());
    Mark(CORE.iter().map(|service| (service.name, length(service.name))).collect())
}

/// The requests since a mark, service by service in the order they were answered.
pub fn since(paths: &Paths, mark: &Mark) -> Result<Vec<Request>> {
    let mut requests = Vec::new();
    for service in CORE {
        let offset = mark.0.get(service.name).copied().unwrap_or(0);
        let text = read_from(&paths.logs().join(access_log(service.name)), offset)?;
        requests.extend(complete(&text).filter_map(|line| parse(service.name, line)));
    }
    Ok(requests)
}

/// How many by method and route, of those a caller picks (by agent, say).
pub fn by_route(requests: &[Request], pick: impl Fn(&Request) -> bool) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for request in requests.iter().filter(|request| pick(request)) {
        *counts
            .entry((request.method.clone(), format!("{}{}", request.service, request.route)))
            .or_insert(0) += 1;
    }
    counts
}

/// How many by user agent.
pub fn by_agent(requests: &[Request]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in requests {
        *counts.entry(request.agent.clone()).or_insert(0) += 1;
    }
    counts
}

fn read_from(path: &Path, offset: u64) -> Result<String> {
    let mut file = match File::open(path) {
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(String::new()),
        other => other.map_err(io(path))?,
    };
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(offset)).map_err(io(path))?;
    file.read_to_end(&mut bytes).map_err(io(path))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The lines that are written to their end.
fn complete(text: &str) -> impl Iterator<Item = &str> {
    text.rsplit_once('\n').map_or("", |(whole, _)| whole).lines()
}

/// Reads `METHOD URI STATUS MILLIS AGENT`; anything else in the file is nobody's request.
fn parse(service: &'static str, line: &str) -> Option<Request> {
    let mut words = line.splitn(5, ' ');
    let (method, uri) = (words.next()?, words.next()?);
    let (status, millis) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let agent = words.next().unwrap_or("-").to_owned();
    Some(Request {
        service,
        method: method.to_owned(),
        route: route(path),
        query: query.to_owned(),
        status,
        millis,
        agent,
    })
}

/// Collections whose members are addressed by a name of the user's.
const NAMED: [&str; 4] = ["os-keypairs", "tags", "os-extra_specs", "extra_specs"];

/// A path with ids replaced, so that requests of one kind are counted together.
fn route(path: &str) -> String {
    let mut before = "";
    let mut parts = Vec::new();
    for part in path.trim_end_matches('/').split('/') {
        let id = is_id(part) || NAMED.contains(&before);
        parts.push(if id { "{id}" } else { part });
        before = part;
    }
    parts.join("/")
}

/// UUIDs with or without dashes (Keystone's user ids have 64 digits), and numbers.
fn is_id(part: &str) -> bool {
    let digits = part.bytes().filter(|byte| *byte != b'-').count();
    let hex = part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    number || (hex && matches!(digits, 32 | 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6f70656e-7374-6163-6b00-000000000001";

    #[test]
    fn a_line_is_read_back_with_its_ids_replaced_and_its_agent_whole() {
        let line = format!("POST /v2.1/servers/{ID}/action?x=1 202 41 kupenstack/0.1.0 (a b)");
        let request = parse("nova", &line).unwrap();
        assert_eq!((request.method.as_str(), request.route.as_str()), ("POST", "/v2.1/servers/{id}/action"));
        assert_eq!((request.query.as_str(), request.status, request.millis), ("x=1", 202, 41));
        assert_eq!(request.agent, "kupenstack/0.1.0 (a b)");
        assert!(request.writes());
    }

    #[test]
    fn asking_for_a_token_is_no_write() {
        assert!(!parse("keystone", "POST /v3/auth/tokens 201 9 x").unwrap().writes());
        assert!(!parse("nova", "GET /v2.1/servers 200 9 x").unwrap().writes());
    }

    #[test]
    fn ids_are_uuids_in_any_form_numbers_and_members_of_named_collections() {
        let bare = ID.replace('-', "");
        assert_eq!(route(&format!("/v3/{bare}/volumes/{ID}")), "/v3/{id}/volumes/{id}");
        assert_eq!(route("/v2.1/os-keypairs/deploy"), "/v2.1/os-keypairs/{id}");
        assert_eq!(route("/v3/projects/default"), "/v3/projects/default");
        assert_eq!(route("/v2.0/networks/"), "/v2.0/networks");
        assert_eq!(route("/"), "");
    }

    #[test]
    fn what_is_no_request_and_a_line_half_written_are_left_out() {
        assert_eq!(parse("nova", "worker 1 buried"), None);
        assert_eq!(complete("GET / 200 1 a\nGET / 200 1 b").count(), 1);
        assert_eq!(complete("GET / 20").count(), 0);
    }

    #[test]
    fn requests_are_counted_by_method_and_route() {
        let lines =
            ["GET /v2.0/networks 200 5 a", "GET /v2.0/networks?x=1 200 5 a", "GET /v2.0/ports 200 5 b"];
        let requests: Vec<Request> = lines.iter().filter_map(|line| parse("neutron", line)).collect();
        let counts = by_route(&requests, |request| request.agent == "a");
        assert_eq!(counts, BTreeMap::from([(("GET".to_owned(), "neutron/v2.0/networks".to_owned()), 2)]));
        assert_eq!(by_agent(&requests), BTreeMap::from([("a".to_owned(), 2), ("b".to_owned(), 1)]));
    }
}
