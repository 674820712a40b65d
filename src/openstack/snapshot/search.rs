//! Lists in which something is looked for, such as a create whose answer was lost: all who look at one moment share one.

use super::shelf::{LONG_WINDOW, WINDOW};
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
    /// Where it lives.
    pub service: &'static Service,
    /// The microversion to ask with.
    pub microversion: Option<Microversion>,
    /// Path of the list.
    pub path: String,
    /// Query parameters.
    pub query: Vec<(String, String)>,
    /// Key of the objects in it.
    pub items: &'static str,
}

/// Those who look for something in one list.
pub(super) struct Search {
    list: List,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Vec<Waiting>,
    gathering: bool,
}

struct Waiting {
    keep: Keep,
    found: Vec<Value>,
    tell: oneshot::Sender<Result<Vec<Value>, Error>>,
}

impl Search {
    pub(super) fn new(list: List) -> Self {
        Self { list, state: Mutex::default() }
    }

    /// What `keep` accepts of a list that is sent from now on.
    pub(super) async fn find(
        self: &Arc<Self>,
        transport: &Arc<dyn Transport>,
        keep: &Keep,
    ) -> Result<Vec<Value>, Error> {
        let found = {
            let mut state = self.state();
            let (tell, found) = oneshot::channel();
            state.waiting.push(Waiting { keep: keep.clone(), found: vec![], tell });
            if !std::mem::replace(&mut state.gathering, true) {
                tokio::spawn(self.clone().gather(transport.clone()));
            }
            found
        };
        let gone = |_| Error::Unsendable {
            service: self.list.service.group,
            detail: "the program is being stopped".to_owned(),
        };
        found.await.unwrap_or_else(|error| Err(gone(error)))
    }

    async fn gather(self: Arc<Self>, transport: Arc<dyn Transport>) {
        let mut window = WINDOW;
        loop {
            sleep(window).await;
            let mut waiting = std::mem::take(&mut self.state().waiting);
            waiting.retain(|waiting| !waiting.tell.is_closed());
            let sent = Instant::now();
            if !waiting.is_empty() {
                self.list(transport.as_ref(), waiting).await;
            }
            let mut state = self.state();
            if state.waiting.is_empty() {
                state.gathering = false;
                return;
            }
            window = (sent.elapsed() / 2).clamp(WINDOW, LONG_WINDOW);
        }
    }

    async fn list(&self, transport: &dyn Transport, mut waiting: Vec<Waiting>) {
        let List { service, microversion, path, query, items } = self.list.clone();
        let request = Request::new(service, Method::Get, path, None);
        let request = Request { query, microversion, ..request };
        let mut marked: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, waiting) in waiting.iter().enumerate() {
            if let Keep::Marked(marker) = &waiting.keep {
                marked.entry(marker.uid.clone()).or_default().push(at);
            }
        }
        let take = |page: Vec<Value>| page.iter().for_each(|item| sort(item, &marked, &mut waiting));
        let listed = page::each(transport, request, items, take).await;
        for Waiting { found, tell, .. } in waiting {
            // Who gave up waiting is not there to hear it.
            drop(tell.send(listed.clone().map(|_| found)));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

/// Gives an item to those who look for it; its marker is read once, however many they are.
fn sort(item: &Value, marked: &HashMap<String, Vec<usize>>, waiting: &mut [Waiting]) {
    let marker = if marked.is_empty() { None } else { marker::find(item) };
    let owners = marker.and_then(|marker| marked.get(&marker.uid)).into_iter().flatten();
    owners.for_each(|at| waiting.get_mut(*at).into_iter().for_each(|one| one.found.push(item.clone())));
    for one in waiting.iter_mut().filter(|one| matches!(one.keep, Keep::Equals(..)) && one.keep.accepts(item))
    {
        one.found.push(item.clone());
    }
}
