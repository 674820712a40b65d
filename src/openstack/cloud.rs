//! A connection as the runtime sees it: reads and requests of `kind` in, answers and failures out.
//! May use [`crate::kind`] and [`super::transport`].

use super::{
    error::Error,
    page,
    transport::{SessionTransport, Transport},
};
use crate::kind::{
    cloud::{Cloud, CloudFacts},
    failure::{Class, Failure},
    request::{Answer, Method, Microversion, Read, Request},
    service::Service,
};
use async_trait::async_trait;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};

/// A live connection to one cloud, region and scope.
pub struct Connection {
    transport: Box<dyn Transport>,
    facts: CloudFacts,
    rejected: AtomicBool,
}

impl Connection {
    /// Logs in.
    pub async fn new(settings: super::config::Settings) -> Result<Self, Error> {
        let mut facts = CloudFacts {
            auth_url: settings.auth_url.to_string(),
            region: settings.filters.region.clone(),
            project_id: None,
            user_id: None,
            ca_bundle: settings.ca_bundle.clone(),
        };
        let transport = SessionTransport::connect(settings).await?;
        let token = transport.keystone().token().await?;
        facts.project_id.clone_from(&token.project_id);
        facts.user_id.clone_from(&token.user_id);
        Ok(Self { transport: Box::new(transport), facts, rejected: AtomicBool::new(false) })
    }

    /// Were the credentials rejected even with a new token? Then another connection is due.
    pub fn is_rejected(&self) -> bool {
        self.rejected.load(Ordering::Relaxed)
    }

    async fn exchange(&self, request: &Request) -> Result<Value, Error> {
        self.transport.send(request).await?.into_body(request.service, request.secrets.values())
    }

    async fn answer(
        &self,
        service: &'static Service,
        read: &Read,
        version: Option<Microversion>,
    ) -> Result<Answer, Error> {
        match read {
            Read::Get { path } => {
                let mut request = Request::new(service, Method::Get, path.as_str(), None);
                request.microversion = version;
                self.exchange(&request).await.map(Answer::Body)
            }
            Read::List { path, query, items, keep } => {
                let mut request = Request::new(service, Method::Get, path.as_str(), None);
                request.microversion = version;
                request.query.clone_from(query);
                page::all(self.transport.as_ref(), request, items, keep).await.map(Answer::Items)
            }
        }
    }

    fn failure(&self, error: Error) -> Failure {
        if error.class() == Class::Unauthenticated {
            self.rejected.store(true, Ordering::Relaxed);
        }
        error.into()
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
        match self.answer(service, read, microversion).await {
            Err(error) if error.class() == Class::NotFound => Ok(Answer::Gone),
            outcome => outcome.map_err(|error| self.failure(error)),
        }
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        self.exchange(request).await.map_err(|error| self.failure(error))
    }

    fn facts(&self) -> &CloudFacts {
        &self.facts
    }
}
