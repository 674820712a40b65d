//! Connection details of components.

use super::{chart::Facts, parameters::ComponentParameters, renewal::of_generation, tell::Tell, wire::Use};
use crate::kind::{ConnectionDetails, any::AnyKey};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

/// What the facts say beside what the release tells.
pub fn details<R>(
    facts: &Facts,
    params: &ComponentParameters<R>,
    key: &AnyKey<'_>,
    told: &ConnectionDetails,
) -> ConnectionDetails {
    let mut all = told.clone();
    for tell in facts.tells {
        match tell {
            Tell::Secret { .. } => {}
            Tell::Fixed { detail, text } => {
                all.insert((*detail).to_owned(), (*text).into());
            }
            Tell::Given { from, key: name, detail } => {
                let document = key.secrets.get(from.wire());
                let generation = (*from == Use::Passwords).then(|| params.generation(name));
                let value = document.and_then(|document| field(document, name, generation));
                all.extend(value.map(|value| ((*detail).to_owned(), value)));
            }
            Tell::Url { service, port, path } => {
                let host = host(service, key);
                let place = if *port == 80 { host } else { format!("{host}:{port}") };
                all.insert("url".to_owned(), format!("http://{place}{path}").into());
            }
            Tell::Service { service, port } => {
                let host = host(service, key);
                all.insert("endpoint".to_owned(), host.into());
                all.insert("port".to_owned(), port.to_string().into());
            }
        }
    }
    all
}

fn host(service: &str, key: &AnyKey<'_>) -> String {
    format!("{service}.{}.svc.cluster.local", key.meta.namespace)
}

fn field(document: &SecretString, name: &str, generation: Option<u16>) -> Option<SecretString> {
    let document: Map<String, Value> = serde_json::from_str(document.expose_secret()).ok()?;
    let text = match generation {
        Some(generation) => of_generation(&document, name, generation)?,
        None => document.get(name)?.as_str()?,
    };
    Some(text.into())
}

/// Adds a `clouds.yaml` with one entry, `openstack`, which reaches the cloud from inside the cluster.
pub fn add_clouds_yaml(details: &mut ConnectionDetails) {
    let text = |name: &str| details.get(name).map(|value| value.expose_secret().to_owned());
    let (Some(url), Some(user), Some(password)) = (text("endpoint"), text("username"), text("password"))
    else {
        return;
    };
    let said = |entry: Value| -> Map<String, Value> {
        let entry = entry.as_object().cloned().unwrap_or_default();
        entry.into_iter().filter(|(_, value)| !value.is_null()).collect()
    };
    let auth = said(
        json!({"auth_url": url, "username": user, "password": password, "project_name": text("projectName"),
        "user_domain_name": text("userDomainName"), "project_domain_name": text("projectDomainName")}),
    );
    let entry = said(json!({"auth": auth, "region_name": text("region"), "interface": "internal",
        "identity_api_version": 3}));
    // JSON is YAML in which no reader takes a password for a number.
    let file = json!({"clouds": {"openstack": entry}}).to_string();
    details.insert("clouds.yaml".to_owned(), file.into());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        components::{chart::Chart, horizon::Horizon},
        kind::{Meta, any::Shapes, marker::Marker},
    };

    #[test]
    fn a_login_becomes_a_clouds_yaml_that_needs_nothing_else() {
        let told =
            [("endpoint", "http://k:5000/v3"), ("username", "admin"), ("password", "007"), ("region", "R")];
        let mut details: ConnectionDetails =
            told.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())).collect();
        add_clouds_yaml(&mut details);
        let file: Value = serde_saphyr::from_str(details["clouds.yaml"].expose_secret()).unwrap();
        let entry = &file["clouds"]["openstack"];
        assert_eq!((&entry["auth"]["password"], &entry["interface"]), (&json!("007"), &json!("internal")));
        assert_eq!(entry["region_name"], "R");
    }

    #[test]
    fn without_a_password_there_is_no_clouds_yaml() {
        let mut details = ConnectionDetails::from([("endpoint".to_owned(), "http://k:5000/v3".into())]);
        add_clouds_yaml(&mut details);
        assert!(!details.contains_key("clouds.yaml"));
    }

    #[test]
    fn a_dashboard_is_told_as_what_a_browser_opens() {
        let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
        let (untyped, shapes) = (Map::new(), Shapes::default());
        let meta = Meta { namespace: "ns", name: "n", external_name: None, marker: &marker, creating: false };
        let key = AnyKey::new(&untyped, meta, &shapes);
        let params = ComponentParameters::<()>::default();
        let told = details(&Horizon::FACTS, &params, &key, &ConnectionDetails::default());
        assert_eq!(told["url"].expose_secret(), "http://horizon-int.ns.svc.cluster.local/");
    }
}
