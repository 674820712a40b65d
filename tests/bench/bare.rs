//! What the cloud can do: a plain client that sends the same creates, as many at once, and nothing else.

use futures::{StreamExt, stream};
use reqwest::Client;
use rig::handle::Rig;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A client with a token.
pub struct Bare {
    runtime: tokio::runtime::Runtime,
    client: Client,
    networks: String,
    token: String,
}

/// Networks that were created, and how long it took.
pub struct Made {
    pub ids: Vec<String>,
    pub took: Duration,
}

impl Bare {
    /// Logs in as a cloud of this `clouds.yaml`; the calling thread must be in the rig's namespace.
    pub fn login(clouds_yaml: &str, cloud: &str) -> Self {
        let clouds: Value = serde_saphyr::from_str(clouds_yaml).unwrap();
        let auth = &clouds["clouds"][cloud]["auth"];
        let domain = json!({"id": auth["user_domain_id"]});
        let user = json!({"name": auth["username"], "password": auth["password"], "domain": domain});
        let scope = json!({"project": {"name": auth["project_name"], "domain": domain}});
        let identity = json!({"methods": ["password"], "password": {"user": user}});
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let client = Client::new();
        let url = format!("{}/auth/tokens", auth["auth_url"].as_str().unwrap());
        let (token, catalog) = runtime.block_on(async {
            let body = json!({"auth": {"identity": identity, "scope": scope}});
            let answer = client.post(url).json(&body).send().await.unwrap().error_for_status().unwrap();
            let token = answer.headers()["x-subject-token"].to_str().unwrap().to_owned();
            (token, answer.json::<Value>().await.unwrap())
        });
        let networks = format!("{}/networks", endpoint(&catalog));
        Self { runtime, client, networks, token }
    }

    /// Creates `networks` networks, `at_once` at a time.
    pub fn create(&self, networks: usize, at_once: usize) -> Made {
        let began = Instant::now();
        let ids = self.runtime.block_on(async {
            let one = |n: usize| async move {
                let body = json!({"network": {"name": format!("bare-{n}"), "description": "x".repeat(70)}});
                let request =
                    self.client.post(&self.networks).header("x-auth-token", &self.token).json(&body);
                let answer = request.send().await.unwrap().error_for_status().unwrap();
                let network: Value = answer.json().await.unwrap();
                network["network"]["id"].as_str().unwrap().to_owned()
            };
            stream::iter(0..networks).map(one).buffer_unordered(at_once).collect::<Vec<_>>().await
        });
        Made { ids, took: began.elapsed() }
    }

    /// Deletes them again.
    pub fn delete(&self, made: &Made) {
        self.runtime.block_on(async {
            let one = |id: &String| {
                let request = self.client.delete(format!("{}/{id}", self.networks));
                let request = request.header("x-auth-token", &self.token);
                async move { request.send().await.unwrap().error_for_status().map(drop).unwrap() }
            };
            stream::iter(made.ids.iter().map(one).collect::<Vec<_>>())
                .buffer_unordered(20)
                .collect::<Vec<_>>()
                .await
        });
    }

    /// Ids of the networks with this prefix in their names.
    pub fn named(&self, prefix: &str) -> Vec<String> {
        let all = self.runtime.block_on(async {
            let request = self.client.get(&self.networks).header("x-auth-token", &self.token);
            request.send().await.unwrap().json::<Value>().await.unwrap()
        });
        let all = all["networks"].as_array().unwrap().iter();
        let ours = all.filter(|network| network["name"].as_str().unwrap().starts_with(prefix));
        ours.map(|network| network["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Changes a network behind the provider's back.
    pub fn change(&self, id: &str, fields: Value) {
        self.runtime.block_on(async {
            let request = self.client.put(format!("{}/{id}", self.networks));
            let request = request.header("x-auth-token", &self.token).json(&json!({"network": fields}));
            request.send().await.unwrap().error_for_status().map(drop).unwrap();
        });
    }

    /// A network.
    pub fn get(&self, id: &str) -> Value {
        self.runtime.block_on(async {
            let request = self.client.get(format!("{}/{id}", self.networks));
            let answer = request.header("x-auth-token", &self.token).send().await.unwrap();
            answer.error_for_status().unwrap().json::<Value>().await.unwrap()["network"].take()
        })
    }
}

fn endpoint(catalog: &Value) -> String {
    let services = catalog["token"]["catalog"].as_array().unwrap();
    let network = services.iter().find(|service| service["type"] == "network").unwrap();
    let endpoints = network["endpoints"].as_array().unwrap();
    let public = endpoints.iter().find(|endpoint| endpoint["interface"] == "public").unwrap();
    let url = public["url"].as_str().unwrap().trim_end_matches('/');
    if url.ends_with("/v2.0") { url.to_owned() } else { format!("{url}/v2.0") }
}

/// A client for a cloud of the rig; the calling thread must be in the rig's namespace.
pub fn on(rig: &Rig, cloud: &str) -> Bare {
    let clouds = std::fs::read_to_string(rig.clouds_yaml()).unwrap();
    Bare::login(&clouds, cloud)
}
