//! A connection as the runtime sees it: reads and requests of `kind` in, answers and failures out.
//! May use [`crate::kind`], [`super::transport`], [`super::list_cache`] and `upload`.

use super::{
    error::Error,
    list_cache::{List, ListCache},
    transport::Transport,
    upload,
};
use crate::{
    kind::{
        cloud::{Cloud, CloudInfo, Place},
        failure::{Class, Failure},
        flow::{Flow, Progress},
        request::{Answer, Edit, Edited, Method, Microversion, Read, Request, service::Service},
        rest::listing::{Item, Look, Subscription},
    },
    source::Sources,
};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::{sync::Arc, task::Waker};
use tokio::time::Instant;

/// How often an edit is made anew because somebody else was faster, before the next pass tries.
const EDITS: usize = 3;

/// A live connection to one cloud, region and scope: this backend's [`Cloud`].
///
/// # Flow
/// A request goes from here through the [`Transport`]: endpoint of its service, token, throttle, HTTP, and a response, from
/// which errors are read by status and body. Reads of lists, and looks at objects of a collection that can be listed, go
/// through the [`ListCache`], which may answer many at once.
///
/// # Guarantees
/// - A change is sent at most once, but for a repeat after a token was not accepted, or in another form after there was no
///   address left: then the service has done nothing. An error of class `Unanswered` means that the change may have happened;
///   of any other class, that it has not.
/// - [`Answer::Gone`] means that the service itself said that the object does not exist; neither a proxy's 404 nor an
///   object hidden by policy counts.
/// - Errors have the same text as long as they have the same cause, and never hold a secret.
///
/// # Assumptions
/// - All users of a connection have equal credentials: what one may see, all may see.
///
/// # Caveats
/// - Dropping a future of [`Cloud::send`] leaves open whether the request was carried out.
pub struct Connection {
    transport: Arc<dyn Transport>,
    lists: Arc<ListCache>,
    sources: Sources,
    info: CloudInfo,
}

impl Connection {
    /// Over a transport.
    pub fn over(transport: Arc<dyn Transport>, sources: Sources, info: CloudInfo) -> Self {
        let lists = ListCache::new(transport.clone());
        Self { transport, lists, sources, info }
    }

    async fn exchange(&self, request: &Request) -> Result<Value, Error> {
        self.transport.send(request).await?.into_body(request.service, request.secrets.values())
    }

    /// Reads the object, and writes it if it is still as it was read; again while somebody else is faster.
    async fn edit(&self, request: &Request, edit: &Edit) -> Result<Value, Error> {
        let service = request.service;
        let mut left = EDITS;
        loop {
            let read = Request { method: Method::Get, edit: None, ..request.clone() };
            let told = self.exchange(&read).await.map_err(Error::unsent)?;
            let edited = edit.of(&told);
            let edited = edited.map_err(|detail| Error::Unsendable { service: service.group, detail })?;
            let Some(Edited { body, revision }) = edited else { return Ok(told) };
            let write = Request { body: Some(body), revision, edit: None, ..request.clone() };
            match self.exchange(&write).await {
                Err(error) if left > 0 && error.class() == Class::Conflict => left -= 1,
                done => return done,
            }
        }
    }

    /// What came of a request, or of those in its place.
    async fn or_instead(&self, request: &Request, sent: Result<Value, Error>) -> Result<Value, Error> {
        let mut sent = sent;
        for body in &request.instead {
            if !sent.as_ref().is_err_and(Error::has_no_address) {
                break;
            }
            let next = Request { body: Some(body.clone()), instead: vec![], ..request.clone() };
            sent = self.exchange(&next).await;
        }
        sent
    }

    async fn object(
        &self,
        service: &'static Service,
        path: &str,
        version: Option<Microversion>,
    ) -> Result<Answer, Error> {
        let mut request = Request::new(service, Method::Get, path, None);
        request.microversion = version;
        self.exchange(&request).await.map(Answer::Body)
    }
}

#[async_trait]
impl Cloud for Connection {
    async fn read(
        &self,
        service: &'static Service,
        read: &Read,
        microversion: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        let answer = match read {
            Read::Get { path } | Read::OtherService { path, .. } => {
                self.object(service, path, microversion).await
            }
            Read::List { path, query, items, keep } | Read::OthersList { path, query, items, keep, .. } => {
                let (path, query) = (path.clone(), query.clone());
                let list = List { service, microversion, path, query, items };
                self.lists.find(list, keep).await.map(Answer::Items)
            }
            Read::Compare { path, .. } => {
                let why = format!("OpenStack compares nothing with what is wanted: {path}");
                return Err(Failure::terminal("NoComparison", why));
            }
        };
        match answer {
            Err(error) if error.class() == Class::NotFound => Ok(Answer::Gone),
            outcome => outcome.map_err(Failure::from),
        }
    }

    async fn look(&self, item: &Item, after: Option<Instant>) -> Result<Answer, Failure> {
        let listed = self.lists.look(item, after).await.map_err(Failure::from)?;
        match listed {
            Some(body) => Ok(Answer::Body(body)),
            None => self.read(item.collection.service, &item.read(), item.collection.microversion).await,
        }
    }

    fn watch(&self, item: &Item, seen: Look, eager: bool, waker: Waker) -> Option<Box<dyn Subscription>> {
        Some(self.lists.watch(item, seen, eager, waker))
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        let done = match &request.edit {
            Some(edit) => self.edit(request, edit).await,
            None => self.or_instead(request, self.exchange(request).await).await,
        };
        done.map_err(Failure::from)
    }

    async fn place(&self, service: &'static Service) -> Result<Place, Failure> {
        self.transport.place(service).await.map_err(Failure::from)
    }

    async fn send_from(&self, place: &Place, request: &Request) -> Result<Value, Failure> {
        if request.edit.is_some() {
            return self.send(request).await;
        }
        let response = self.transport.send_from(place, request).await;
        let answer =
            response.and_then(|response| response.into_body(request.service, request.secrets.values()));
        self.or_instead(request, answer).await.map_err(Failure::from)
    }

    async fn flow(&self, flow: &Flow, progress: &Progress) -> Result<(), Failure> {
        let Some(source) = &flow.source else {
            return self.send(&flow.request).await.map(drop);
        };
        upload::upload(self.transport.as_ref(), &self.sources, source, &flow.request, progress).await
    }

    fn info(&self) -> &CloudInfo {
        &self.info
    }

    async fn describe(&self, services: &[&'static Service]) -> Result<Map<String, Value>, Failure> {
        let described = self.transport.describe(services).await.map_err(Failure::from)?;
        Ok(described.fields())
    }
}
