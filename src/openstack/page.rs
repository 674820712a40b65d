//! All pages of a list, one after the other, so that only what matters is kept in memory. May use [`crate::kind`] and
//! [`super::transport`].
//!
//! Of a link to the next page only the query is used; the path stays the same. Services behind a proxy publish other hosts
//! and schemes in links, Glance leaves the prefix out, and a link must never lead the token to another host.

use super::{error::Error, transport::Transport};
use crate::kind::request::{Request, service::Service};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashSet;
use tokio::time::Instant;
use url::Url;

/// A million objects; a service that still links to a next page is broken.
const MOST_PAGES: usize = 1000;
/// Neutron links to a next page only if the request has a limit. A lower limit in its configuration takes precedence.
/// <https://docs.openstack.org/api-ref/network/v2/#pagination>
const NEUTRON_PAGE: &str = "1000";

/// What is known of a whole list beside its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Number of pages.
    pub pages: usize,
    /// When the service was asked for the first page, or a little earlier, by the service's clock. `None` if it does not tell the time.
    pub asked: Option<Timestamp>,
}

/// Passes the items of one page after the other to `take`, some at a time.
///
/// # Errors
/// Those of the requests; and a list that is incomplete, endless, or none at all. An incomplete list is never `Ok`: what is
/// not in it would be taken for deleted.
pub async fn each(
    transport: &dyn Transport,
    mut request: Request,
    items: &'static str,
    mut take: impl FnMut(Vec<Value>) + Send,
) -> Result<Listed, Error> {
    let service = request.service;
    if service.types.contains(&"network") && !request.query.iter().any(|(key, _)| key == "limit") {
        request.query.push(("limit".to_owned(), NEUTRON_PAGE.to_owned()));
    }
    let (mut asked, mut began) = (HashSet::new(), None);
    while asked.len() < MOST_PAGES {
        asked.insert(request.query.clone());
        let sent = Instant::now();
        let (response, hold) = transport.page(&request).await?;
        // The date is that of the answer: what changed while it was made may not be in it.
        began =
            began.or_else(|| Some(response.date().and_then(|date| date.checked_sub(sent.elapsed()).ok())));
        let page = response.into_page(service, request.secrets.values(), items, &mut take)?;
        drop(hold);
        let Some(page) = page else {
            return Err(malformed(service, format!("a list without {items}")));
        };
        let Some(next) = next(&page) else {
            // Keystone's list_limit cuts a list without a link to the rest.
            return match page.get("truncated") {
                Some(Value::Bool(true)) => Err(malformed(service, format!("only a part of the {items}"))),
                Some(_) | None => Ok(Listed { pages: asked.len(), asked: began.flatten() }),
            };
        };
        request.query = query(next);
        if asked.contains(&request.query) {
            return Err(malformed(service, format!("the pages of {items} go in circles")));
        }
    }
    Err(malformed(service, format!("more than {MOST_PAGES} pages of {items}")))
}

fn malformed(service: &Service, detail: String) -> Error {
    Error::Malformed { service: service.group, detail }
}

/// `<items>_links` (Nova, Neutron, Cinder, Octavia), of which Cinder sometimes says only one item's name (`group_links` of
/// `groups`), `links.next` (Keystone, Designate), `next` (Glance, Barbican, Ironic).
fn next(page: &Value) -> Option<&str> {
    let links = page.as_object()?.iter().filter(|(name, _)| name.ends_with("_links"));
    let mut links = links.filter_map(|(_, links)| links.as_array()).flatten();
    let next = links.find(|link| link.get("rel").and_then(Value::as_str) == Some("next"));
    let listed = next.and_then(|link| link.get("href")?.as_str());
    let linked = || page.get("links")?.get("next")?.as_str();
    listed.or_else(linked).or_else(|| page.get("next")?.as_str())
}

fn query(link: &str) -> Vec<(String, String)> {
    let text = link.split_once('?').map_or("", |(_, query)| query);
    let text = text.split_once('#').map_or(text, |(query, _)| query);
    let Ok(mut url) = Url::parse("http://next") else { return vec![] };
    url.set_query(Some(text));
    url.query_pairs().into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kind::request::{Method, service::IDENTITY},
        openstack::response::RawResponse,
    };
    use ::http::{HeaderMap, StatusCode};
    use async_trait::async_trait;
    use parking_lot::Mutex;
    use serde_json::json;

    /// Returns the given pages in turn, and records the queries.
    struct ScriptedPages(Mutex<Vec<Value>>, Mutex<Vec<Vec<(String, String)>>>);

    #[async_trait]
    impl Transport for ScriptedPages {
        async fn send(&self, request: &Request) -> Result<RawResponse, Error> {
            self.1.lock().push(request.query.clone());
            let mut pages = self.0.lock();
            let page = if pages.len() > 1 { pages.remove(0) } else { pages[0].clone() };
            Ok(RawResponse {
                status: StatusCode::OK,
                headers: HeaderMap::new(),
                body: page.to_string().into_bytes(),
            })
        }
    }

    async fn names(pages: Vec<Value>) -> (Result<usize, Error>, Vec<Vec<(String, String)>>) {
        let transport = ScriptedPages(Mutex::new(pages), Mutex::default());
        let request = Request::new(&IDENTITY, Method::Get, "/users", None);
        let mut users = 0;
        let pages = each(&transport, request, "users", |page| users += page.len()).await;
        (pages.map(|_| users), transport.1.into_inner())
    }

    #[tokio::test]
    async fn every_form_of_link_is_followed_by_its_query() {
        let user = |name: &str| json!({"name": name});
        let last = json!({"users": [user("a"), user("b")], "links": {"next": null}});
        for link in [
            json!({"users_links": [{"rel": "previous", "href": "x?y=z"}, {"rel": "next", "href": "https://elsewhere/users?marker=1&limit=2"}]}),
            json!({"user_links": [{"rel": "next", "href": "http://h/users?marker=1&limit=2"}]}),
            json!({"links": {"next": "http://h/v3/users?marker=1&limit=2"}}),
            json!({"next": "/v2/users?marker=1&limit=2#x"}),
        ] {
            let mut first = link;
            first["users"] = json!([user("a"), user("c")]);
            let (kept, asked) = names(vec![first, last.clone()]).await;
            assert_eq!(kept, Ok(4));
            assert_eq!(
                asked[1],
                [("marker".to_owned(), "1".to_owned()), ("limit".to_owned(), "2".to_owned())]
            );
        }
    }

    #[tokio::test]
    async fn pages_that_do_not_end_lists_cut_short_and_lists_that_are_none_are_errors() {
        let circle = json!({"users": [], "next": "/users?marker=1"});
        let cut = json!({"users": [], "truncated": true, "links": {"next": null}});
        assert!(names(vec![cut]).await.0.unwrap_err().to_string().contains("only a part of the users"));
        assert!(names(vec![circle]).await.0.unwrap_err().to_string().contains("go in circles"));
        assert!(
            names(vec![json!({"other": []})])
                .await
                .0
                .unwrap_err()
                .to_string()
                .contains("a list without users")
        );
    }
}
