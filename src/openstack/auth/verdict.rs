//! What Keystone says about its own token. Only that decides whether a token is good: a single node of a service that lacks
//! Keystone's keys refuses every token.
//! <https://docs.openstack.org/api-ref/identity/v3/#validate-and-show-information-for-token>

use super::token::Token;
use crate::{
    kind::request::service::IDENTITY,
    openstack::{Instruments, config::CloudSettings, error::Error, http, throttle::Throttles},
};
use ::http::{Method, StatusCode, header};
use reqwest::Client;

/// Does Keystone know the token? Cheaper than a login.
pub(super) async fn knows(
    settings: &CloudSettings,
    client: &Client,
    instruments: &Instruments,
    throttles: &Throttles,
    token: &Token,
) -> Result<bool, Error> {
    let mut url = settings.auth_url.clone();
    url.set_path(&format!("{}/auth/tokens", url.path()));
    url.set_query(Some("nocatalog"));
    let request = client.request(Method::GET, url).header(header::ACCEPT, "application/json");
    let request = ["X-Auth-Token", "X-Subject-Token"]
        .into_iter()
        .fold(request, |request, name| request.header(name, token.header.clone()));
    let mut request = request.build().map_err(|_| Error::Config("no login can be checked".to_owned()))?;
    http::identify(&mut request);
    throttles.turn(IDENTITY.group).await?;
    let response = http::exchange(client, instruments, &IDENTITY, request, http::Room::Login).await;
    let verdict = response.and_then(|(response, _)| match response.status {
        StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => Ok(false),
        // Where policy forbids to ask about a token, Keystone had to accept the token first.
        status if status.is_success() || status == StatusCode::FORBIDDEN => Ok(true),
        _ => Err(response.error(&IDENTITY, [])),
    });
    let error = throttles.ended(IDENTITY.group, verdict.as_ref().err().cloned(), instruments.now());
    verdict.map_err(|own| error.unwrap_or(own).unsent())
}
