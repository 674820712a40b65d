//! Lists in which something is looked for, such as a create whose answer was lost. Searches of one moment share a list:
//! after an outage, hundreds of resources search one collection for their markers.

use super::schedule::{WINDOW, window_after};
use crate::{
    kind::{
        marker,
        request::{Keep, Method, Microversion, Request, service::Service},
    },
    openstack::{error::Error, page, transport::Transport},
};
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;
use std::{collections::HashMap, sync::Arc};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep},
};

/// What is listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List {
    /// Service of the list.
    pub service: &'static Service,
    /// Microversion of the request.
    pub microversion: Option<Microversion>,
    /// Path of the list.
    pub path: String,
    /// Query parameters.
    pub query: Vec<(String, String)>,
    /// Key of the objects in it.
    pub items: &'static str,
}

/// Searches in one list.
pub(super) struct Search {
    list: List,
    queue: Mutex<SearchQueue>,
}

#[derive(Default)]
struct SearchQueue {
    pending: Vec<PendingSearch>,
    /// Whether a task waits for searches to come together.
    gathering: bool,
}

struct PendingSearch {
    keep: Keep,
    found: Vec<Value>,
    respond: oneshot::Sender<Result<Vec<Value>, Error>>,
}

impl Search {
    pub(super) fn new(list: List) -> Self {
        Self { list, queue: Mutex::default() }
    }

    /// Returns what `keep` accepts of a list that is sent from now on. A list already under way does not count: it may
    /// miss what was created just before the search began.
    pub(super) async fn find(
        self: &Arc<Self>,
        transport: &Arc<dyn Transport>,
        keep: &Keep,
    ) -> Result<Vec<Value>, Error> {
        let response = {
            let mut queue = self.queue();
            let (respond, response) = oneshot::channel();
            queue.pending.push(PendingSearch { keep: keep.clone(), found: vec![], respond });
            if !std::mem::replace(&mut queue.gathering, true) {
                tokio::spawn(self.clone().gather(transport.clone()));
            }
            response
        };
        let stopped = |_| Error::Unsendable {
            service: self.list.service.group,
            detail: "the program is being stopped".to_owned(),
        };
        response.await.unwrap_or_else(|error| Err(stopped(error)))
    }

    /// Waits for searches to come together and lists for them, until none is left.
    async fn gather(self: Arc<Self>, transport: Arc<dyn Transport>) {
        let mut window = WINDOW;
        loop {
            sleep(window).await;
            let mut pending = std::mem::take(&mut self.queue().pending);
            pending.retain(|search| !search.respond.is_closed());
            let sent = Instant::now();
            if !pending.is_empty() {
                self.list(transport.as_ref(), pending).await;
            }
            let mut queue = self.queue();
            if queue.pending.is_empty() {
                queue.gathering = false;
                return;
            }
            window = window_after(sent.elapsed());
        }
    }

    async fn list(&self, transport: &dyn Transport, mut pending: Vec<PendingSearch>) {
        let List { service, microversion, path, query, items } = self.list.clone();
        let request = Request::new(service, Method::Get, path, None);
        let request = Request { query, microversion, ..request };
        let mut by_marker: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, search) in pending.iter().enumerate() {
            if let Keep::Marked(marker) = &search.keep {
                by_marker.entry(marker.uid.clone()).or_default().push(at);
            }
        }
        let take = |page: Vec<Value>| page.iter().for_each(|item| offer(item, &by_marker, &mut pending));
        let listed = page::each(transport, request, items, take).await;
        for PendingSearch { found, respond, .. } in pending {
            // A dropped receiver has given up waiting and needs no answer.
            drop(respond.send(listed.clone().map(|_| found)));
        }
    }

    fn queue(&self) -> MutexGuard<'_, SearchQueue> {
        self.queue.lock()
    }
}

/// Adds an item to the searches that accept it. Its marker is read once, however many searches there are.
fn offer(item: &Value, by_marker: &HashMap<String, Vec<usize>>, pending: &mut [PendingSearch]) {
    let marker = if by_marker.is_empty() { None } else { marker::find(item) };
    let owners = marker.and_then(|marker| by_marker.get(&marker.uid)).into_iter().flatten();
    owners.for_each(|at| pending.get_mut(*at).into_iter().for_each(|search| search.found.push(item.clone())));
    let equal =
        |search: &&mut PendingSearch| !matches!(search.keep, Keep::Marked(_)) && search.keep.accepts(item);
    pending.iter_mut().filter(equal).for_each(|search| search.found.push(item.clone()));
}
