//! One login: either Keystone's own methods in one request; or an identity provider's token, exchanged for an unscoped token
//! of Keystone's, and that for one with the wanted scope.

use super::{body, oidc, token::Token};
use crate::{
    kind::request::service::IDENTITY,
    openstack::{
        Instruments,
        config::{CloudSettings, Federated, Login, Proof, Scope},
        error::Error,
        http,
        response::RawResponse,
    },
};
use ::http::{Method, header};
use reqwest::{Client, RequestBuilder, Url};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeSet;
use tokio::time::Instant;

/// Logs in once. `generation` becomes the token's.
pub(super) async fn login(
    settings: &CloudSettings,
    client: &Client,
    instruments: &Instruments,
    generation: u64,
) -> Result<Token, Error> {
    let at = LoginClient { settings, client, instruments, generation };
    match &settings.login {
        Login::Methods(proofs) => at.tokens(proofs, &settings.scope).await,
        Login::Federated(federated) => {
            let unscoped = at.federation(federated).await?;
            match &settings.scope {
                Scope::Implied => Ok(unscoped),
                scope => {
                    let token = String::from_utf8_lossy(unscoped.header.as_bytes()).into_owned();
                    at.tokens(&[Proof::Token(token.into())], scope).await
                }
            }
        }
    }
}

struct LoginClient<'a> {
    settings: &'a CloudSettings,
    client: &'a Client,
    instruments: &'a Instruments,
    generation: u64,
}

impl LoginClient<'_> {
    fn post(&self, path: &str) -> RequestBuilder {
        let mut url = self.settings.auth_url.clone();
        url.set_path(&format!("{}{path}", url.path()));
        self.client.request(Method::POST, url).header(header::ACCEPT, "application/json")
    }

    async fn tokens(&self, proofs: &[Proof], scope: &Scope) -> Result<Token, Error> {
        let second = self.instruments.now().as_second();
        let request = self.post("/auth/tokens").json(&body::body(proofs, scope, second));
        self.token(request, &body::secrets(proofs)).await
    }

    async fn federation(&self, federated: &Federated) -> Result<Token, Error> {
        let bearer = oidc::bearer(&federated.bearer, self.client, self.instruments).await?;
        let Federated { identity_provider, protocol, .. } = federated;
        let path = format!("/OS-FEDERATION/identity_providers/{identity_provider}/protocols/{protocol}/auth");
        let request = oidc::authorised(self.post(&path), &bearer)?;
        self.token(request, &[&bearer]).await
    }

    async fn token(&self, request: RequestBuilder, secrets: &[&SecretString]) -> Result<Token, Error> {
        let asked = Instant::now();
        let mut request = request.build().map_err(|_| Error::Config("no login can be built".to_owned()))?;
        let global = http::identify(&mut request);
        let (response, _) =
            http::exchange(self.client, self.instruments, &IDENTITY, request, http::Room::Login).await?;
        log(&self.settings.auth_url, &response, asked, &global);
        if response.status.is_success() {
            return Token::read(&response, asked, self.generation);
        }
        Err(wants_more(&response).unwrap_or_else(|| response.error(&IDENTITY, secrets.iter().copied())))
    }
}

/// LoginClient accepted the methods so far and says which sets would be enough.
/// <https://docs.openstack.org/keystone/latest/admin/multi-factor-authentication.html>
fn wants_more(response: &RawResponse) -> Option<Error> {
    response.headers.get("openstack-auth-receipt")?;
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    let sets = body.get("required_auth_methods")?.as_array()?;
    let names = |set: &Value| {
        let names = set.as_array()?.iter().filter_map(Value::as_str);
        let names: BTreeSet<_> = names.map(|name| format!("v3{}", name.replace('_', ""))).collect();
        Some(names.into_iter().collect::<Vec<_>>().join(", "))
    };
    // Keystone's order changes from answer to answer, and a message must not.
    let sets: BTreeSet<_> = sets.iter().filter_map(names).map(|names| format!("[{names}]")).collect();
    let sets = sets.into_iter().collect::<Vec<_>>().join(" or ");
    let message = format!("the user needs more methods: set auth_type v3multifactor and auth_methods {sets}");
    let service = IDENTITY.group;
    Some(Error::Refused { service, status: 401, code: None, retry_after: None, message })
}

fn log(auth_url: &Url, response: &RawResponse, asked: Instant, global_request_id: &str) {
    let ms = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (status, request_id) = (response.status.as_u16(), response.request_id());
    tracing::info!(%auth_url, status, ms, request_id, global_request_id, "login");
}
