//! An identity provider's token, by the client credentials grant (<https://www.rfc-editor.org/rfc/rfc6749#section-4.4>), from an
//! endpoint that is given or discovered (<https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig>).

use crate::{
    kind::{redact::redact, request::service::Service},
    openstack::{
        Instruments,
        config::{BearerSource, TokenEndpoint},
        error::Error,
        http,
        response::RawResponse,
        text,
    },
};
use ::http::{HeaderValue, header};
use reqwest::{Client, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// Not a service of OpenStack, but its failures are reported as a service's are.
const PROVIDER: Service =
    Service { group: "identity provider", domain: "", types: &[], major: 1, project: "OpenID Connect" };

/// Returns the token that Keystone accepts.
pub(super) async fn bearer(
    bearer: &BearerSource,
    client: &Client,
    instruments: &Instruments,
) -> Result<SecretString, Error> {
    let (endpoint, id, secret, scope, field) = match bearer {
        BearerSource::Given(token) => return Ok(token.clone()),
        BearerSource::Client { endpoint, id, secret, scope, field } => (endpoint, id, secret, scope, field),
    };
    let endpoint = match endpoint {
        TokenEndpoint::At(url) => url.clone(),
        TokenEndpoint::SaidBy(document) => discover(document, client, instruments).await?,
    };
    let form = [("grant_type", "client_credentials"), ("scope", scope.as_str())];
    let request = client.post(endpoint).basic_auth(id, Some(secret.expose_secret())).form(&form);
    let answer = ask(request, client, instruments, &[secret]).await?;
    let token = answer.get(field.as_str()).and_then(Value::as_str);
    token.map(SecretString::from).ok_or_else(|| malformed(format!("it has no {field}")))
}

/// Adds the token to a request.
pub(super) fn authorised(request: RequestBuilder, token: &SecretString) -> Result<RequestBuilder, Error> {
    let value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()));
    let mut value = value.map_err(|_| malformed("a token that fits in no header".to_owned()))?;
    value.set_sensitive(true);
    Ok(request.header(header::AUTHORIZATION, value))
}

async fn discover(document: &Url, client: &Client, instruments: &Instruments) -> Result<Url, Error> {
    let answer = ask(client.get(document.clone()), client, instruments, &[]).await?;
    let said = answer.get("token_endpoint").and_then(Value::as_str).and_then(|said| Url::parse(said).ok());
    said.ok_or_else(|| malformed("it names no token_endpoint".to_owned()))
}

async fn ask(
    request: RequestBuilder,
    client: &Client,
    instruments: &Instruments,
    secrets: &[&SecretString],
) -> Result<Value, Error> {
    let request = request.header(header::ACCEPT, "application/json").build();
    let request = request.map_err(|_| Error::Config("no login can be built".to_owned()))?;
    let (response, _) = http::exchange(client, instruments, &PROVIDER, request, http::Room::Login).await?;
    match refusal(&response, secrets) {
        Some(refusal) => Err(refusal),
        None => response.into_body(&PROVIDER, secrets.iter().copied()),
    }
}

/// `{"error": "invalid_client", "error_description": …}` with 400 or 401: all of them mean that the credentials are wrong.
fn refusal(response: &RawResponse, secrets: &[&SecretString]) -> Option<Error> {
    if !matches!(response.status.as_u16(), 400 | 401 | 403) {
        return None;
    }
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    let code = body.get("error")?.as_str()?;
    let words = body.get("error_description").and_then(Value::as_str).unwrap_or_default();
    let message = text::clean(&redact(&format!("{code} {words}"), secrets));
    let code = Some(code.to_owned());
    Some(Error::Refused { service: PROVIDER.group, status: 401, code, retry_after: None, message })
}

fn malformed(detail: String) -> Error {
    Error::Malformed { service: PROVIDER.group, detail }
}
