//! The API server, asked as the pod's service account.

use crate::error::Error;
use reqwest::{Certificate, Client, StatusCode};
use serde_json::Value;
use std::{fs, path::Path, time::Duration};

const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
const TIMEOUT: Duration = Duration::from_secs(10);

/// Answers of the API server, and which pod asks.
pub trait Api {
    /// The object or list at a path; none where there is nothing.
    async fn get(&self, path: &str) -> Result<Option<Value>, Error>;
    /// The pod's own name; an error where `POD_NAME` is not set.
    fn pod(&self) -> Result<&str, Error>;
    /// The pod's own namespace.
    fn namespace(&self) -> &str;
}

/// The cluster that the pod is in.
pub struct Cluster {
    client: Client,
    address: String,
    pod: Option<String>,
    pub namespace: String,
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::File { path: path.to_path_buf(), source })
}

fn token() -> Result<String, Error> {
    read(&Path::new(ACCOUNT).join("token")).map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned())
}

impl Cluster {
    pub fn connect(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let needed = |name: &str| {
            let why = "not set: is this a pod?".to_owned();
            variable(name).ok_or_else(|| Error::Variable { variable: name.to_owned(), why })
        };
        let (host, port) = (needed("KUBERNETES_SERVICE_HOST")?, needed("KUBERNETES_SERVICE_PORT")?);
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        let authority = Certificate::from_pem(&read(&Path::new(ACCOUNT).join("ca.crt"))?)?;
        let client = Client::builder()
            .tls_built_in_root_certs(false)
            .add_root_certificate(authority)
            .no_proxy()
            .timeout(TIMEOUT)
            .build()?;
        let own = || -> Result<String, Error> {
            let bytes = read(&Path::new(ACCOUNT).join("namespace"))?;
            Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
        };
        let namespace = variable("NAMESPACE").map_or_else(own, Ok)?;
        Ok(Self { client, address: format!("https://{host}:{port}"), pod: variable("POD_NAME"), namespace })
    }
}

impl Api for Cluster {
    async fn get(&self, path: &str) -> Result<Option<Value>, Error> {
        // Read anew: it is replaced while one waits.
        let request = self.client.get(format!("{}{path}", self.address)).bearer_auth(token()?);
        let answer = request.send().await?;
        match answer.status() {
            StatusCode::OK => Ok(Some(answer.json().await?)),
            StatusCode::NOT_FOUND => Ok(None),
            status => {
                let body: Value = answer.json().await.unwrap_or_default();
                let why = body.get("message").and_then(Value::as_str).unwrap_or("no reason given").to_owned();
                Err(Error::Refused { path: path.to_owned(), status: status.as_u16(), why })
            }
        }
    }

    fn pod(&self) -> Result<&str, Error> {
        let unset = || Error::Variable { variable: "POD_NAME".to_owned(), why: "not set".to_owned() };
        self.pod.as_deref().ok_or_else(unset)
    }

    fn namespace(&self) -> &str {
        &self.namespace
    }
}
