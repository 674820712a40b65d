//! Looks that wait for a list.

use super::list_result::KeptList;
use crate::openstack::error::Error;
use serde_json::Value;
use std::collections::HashSet;
use tokio::{sync::oneshot, time::Instant};

/// The object as its own GET would return it; `None` if a GET is the better choice.
pub(super) type LookResult = Result<Option<Value>, Error>;

/// The looks at one collection that wait.
#[derive(Default)]
pub(super) struct PendingLooks {
    looks: Vec<PendingLook>,
    gathering: bool,
}

struct PendingLook {
    id: String,
    after: Option<Instant>,
    since: Instant,
    respond: oneshot::Sender<LookResult>,
}

impl PendingLook {
    /// Answers. A dropped receiver has given up waiting and needs no answer.
    fn respond(self, result: LookResult) {
        drop(self.respond.send(result));
    }
}

impl PendingLooks {
    /// Adds a look at an object, to be answered by a list sent after `after`. Returns where its result will come, and
    /// whether the caller is to start the task that gathers looks, since none runs.
    pub(super) fn add(&mut self, id: &str, after: Option<Instant>) -> (oneshot::Receiver<LookResult>, bool) {
        let (respond, result) = oneshot::channel();
        self.looks.push(PendingLook { id: id.to_owned(), after, since: Instant::now(), respond });
        (result, !std::mem::replace(&mut self.gathering, true))
    }

    /// Forgets looks that were given up. Returns whether any is left; if not, the task that gathers them is to end.
    pub(super) fn still_gathering(&mut self) -> bool {
        self.looks.retain(|look| !look.respond.is_closed());
        self.gathering = !self.looks.is_empty();
        self.gathering
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.looks.len()
    }

    /// The ids of the objects that are waited for.
    pub(super) fn ids(&self) -> HashSet<&str> {
        self.looks.iter().map(|look| look.id.as_str()).collect()
    }

    /// Sends all away, to GET their objects.
    pub(super) fn send_away(&mut self) {
        self.looks.drain(..).for_each(|look| look.respond(Ok(None)));
    }

    /// Passes an error on to all.
    pub(super) fn fail(&mut self, error: &Error) {
        self.looks.drain(..).for_each(|look| look.respond(Err(error.clone())));
    }

    /// Answers from a list that was sent at `sent`. A look that it can't answer is sent away; unless it came while the
    /// pages were read, when its page may have been dropped before: it waits for the next list.
    pub(super) fn answer(&mut self, kept: &KeptList, sent: Instant, singular: &str) {
        for look in std::mem::take(&mut self.looks) {
            match kept.answer(&look.id, look.after, singular) {
                Some(body) => look.respond(Ok(Some(body))),
                None if look.since > sent => self.looks.push(look),
                None => look.respond(Ok(None)),
            }
        }
    }
}
