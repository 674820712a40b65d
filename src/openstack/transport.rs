//! From a neutral request to a response: the trait that everything above sends through, and its implementation for a real
//! cloud. Behind it the crate `openstack` could be replaced. May use [`crate::kind`] and the modules of this layer below it.

use super::{
    Instruments,
    auth::Token,
    config::CloudSettings,
    describe,
    description::Description,
    endpoints::Endpoints,
    error::Error,
    http::Room,
    http_request,
    memory::Hold,
    response::RawResponse,
    sender::{Call, Sender, Turn},
};
use crate::kind::{
    cloud::Place,
    request::{Request, service::Service},
};
use async_trait::async_trait;
use parking_lot::Mutex;
use std::sync::Arc;

/// Sends requests of `kind` and returns the response, whatever it is.
#[async_trait]
pub trait Transport: Send + Sync {
    /// One exchange. A response with an error status is a response, not an error.
    async fn send(&self, request: &Request) -> Result<RawResponse, Error>;

    /// Waits until a request to a service could be sent at once.
    async fn place(&self, _service: &'static Service) -> Result<Place, Error> {
        Ok(Place::default())
    }

    /// One exchange from a place, which is used up.
    async fn send_from(&self, _place: &Place, request: &Request) -> Result<RawResponse, Error> {
        self.send(request).await
    }

    /// The same for a page of a list, which may be larger. What it takes of the memory for lists is given back with the second
    /// value.
    async fn page(&self, request: &Request) -> Result<(RawResponse, Option<Hold>), Error> {
        Ok((self.send(request).await?, None))
    }

    /// The same with a body that flows, for as long as it takes. It is never repeated: what has flowed is gone.
    async fn stream(&self, request: &Request, _: reqwest::Body) -> Result<RawResponse, Error> {
        let detail = "this transport takes no body that flows".to_owned();
        Err(Error::Unsendable { service: request.service.group, detail })
    }

    /// What is known of the cloud and of the login, which is verified. Empty where there is no login.
    async fn describe(&self, _services: &[&'static Service]) -> Result<Description, Error> {
        Ok(Description::default())
    }
}

/// A [`Transport`] over the crate's session.
pub struct SessionTransport {
    sender: Sender,
    endpoints: Endpoints,
}

impl SessionTransport {
    /// Without a login yet: who needs one first logs in.
    pub async fn new(settings: CloudSettings, instruments: Instruments) -> Result<Self, Error> {
        let sender = Sender::new(&settings, instruments).await?;
        Ok(Self { sender, endpoints: Endpoints::new(settings) })
    }

    /// The token of the login.
    pub async fn token(&self) -> Result<Arc<Token>, Error> {
        self.sender.keystone().token().await
    }

    async fn exchange(
        &self,
        request: &Request,
        room: Room,
        turn: Option<Turn>,
    ) -> Result<(RawResponse, Hold), Error> {
        let service = request.service;
        let body = http_request::body(request);
        let body = body.map_err(|detail| Error::Unsendable { service: service.group, detail })?;
        if let Some(needed) = request.microversion {
            let version = self.endpoints.version(&self.sender, service).await.map_err(Error::unsent)?;
            version.offers(service, needed, request.because.clone())?;
        }
        self.sender.send(&self.call(request, body).await?, room, turn).await
    }

    async fn call<'a>(&self, request: &'a Request, body: Option<Vec<u8>>) -> Result<Call<'a>, Error> {
        let service = request.service;
        let url = http_request::below(
            self.endpoints.url(&self.sender, service).await.map_err(Error::unsent)?,
            request,
        );
        let url = url.map_err(|detail| Error::Unsendable { service: service.group, detail })?;
        Ok(Call {
            service,
            method: request.method,
            url,
            headers: http_request::headers(request),
            body,
            path: &request.path,
            secrets: request.secrets.values().collect(),
        })
    }
}

#[async_trait]
impl Transport for SessionTransport {
    async fn send(&self, request: &Request) -> Result<RawResponse, Error> {
        Ok(self.exchange(request, Room::Object, None).await?.0)
    }

    /// All that a request may have to wait for beside its own answer: a token, the endpoint, its turn.
    async fn place(&self, service: &'static Service) -> Result<Place, Error> {
        self.sender.keystone().token().await?;
        self.endpoints.url(&self.sender, service).await?;
        Ok(Place::new(Mutex::new(Some(self.sender.turn(service).await?))))
    }

    async fn send_from(&self, place: &Place, request: &Request) -> Result<RawResponse, Error> {
        let turn = place.held::<Mutex<Option<Turn>>>().and_then(|turn| turn.lock().take());
        Ok(self.exchange(request, Room::Object, turn).await?.0)
    }

    async fn page(&self, request: &Request) -> Result<(RawResponse, Option<Hold>), Error> {
        let (response, hold) = self.exchange(request, Room::Page, None).await?;
        Ok((response, Some(hold)))
    }

    async fn stream(&self, request: &Request, body: reqwest::Body) -> Result<RawResponse, Error> {
        let mut call = self.call(request, None).await?;
        call.headers = http_request::stream_headers(request);
        self.sender.stream(&call, body).await
    }

    async fn describe(&self, services: &[&'static Service]) -> Result<Description, Error> {
        describe::describe(&self.sender, &self.endpoints, services).await
    }
}
