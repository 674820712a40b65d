//! What Nova's answers mean.

use super::{PowerState, ServerParameters, interfaces};
use crate::kind::{
    Found, Key, KindError,
    request::{Answer, Read},
};
use serde_json::{Value, json};

/// What was asked for behind a server's own answers.
#[derive(Clone, Copy, Default)]
pub(super) struct Behind<'a> {
    groups: Option<&'a Value>,
    interfaces: Option<&'a Value>,
    /// Is it for now that more is asked for? The answer to a create has to do by itself.
    asks: bool,
}

/// The server's own answers, and what is behind them.
pub(super) fn split<'a>(
    key: &Key<'_, ServerParameters>,
    answers: &'a [Answer],
) -> (&'a [Answer], Behind<'a>) {
    let (mut own, mut behind) = (answers, Behind::default());
    while let [more @ .., Answer::Body(body)] = own {
        match body {
            groups if groups.get("security_groups").is_some() => behind.groups = Some(groups),
            told if told.get("interfaceAttachments").is_some() => behind.interfaces = Some(told),
            _ => break,
        }
        own = more;
    }
    behind.asks = key.any.meta.external_name.is_some() || own.len() > 1;
    (own, behind)
}

/// A server in the words of the spec.
pub(super) fn shown(params: &ServerParameters, found: Found, behind: Behind<'_>) -> Result<Found, KindError> {
    let Found::One { external_name, body: Value::Object(mut body) } = found else { return Ok(found) };
    // Creates and updates are answered with a part of the server.
    if !body.contains_key("key_name") {
        return Ok(Found::Named(external_name));
    }
    let said = Value::Object(body.clone());
    let status = text(&said, "/status");
    let groups = behind.groups.map_or_else(|| security_groups(&said), |groups| spelt(params, groups));
    let more = further(params, &groups, behind);
    if !more.is_empty() {
        let below = |what| Read::Get { path: format!("/servers/{external_name}/{what}") };
        return Ok(Found::More(more.into_iter().map(below).collect()));
    }
    if let Some(wanted) = &params.interfaces {
        // What was not asked for is no difference.
        let unknown = || wanted.iter().map(interfaces::as_wanted).collect();
        let shown = behind.interfaces.map_or_else(unknown, |told| interfaces::shown(wanted, told));
        body.insert("interfaces".to_owned(), json!(shown));
    }
    let addresses = addresses(&said);
    let flavor = json!(text(&said, "/flavor/id"));
    let flavor_name = if status == "VERIFY_RESIZE" { "resized_to" } else { "flavorRef" };
    body.extend(
        [
            (flavor_name, flavor),
            ("imageRef", json!(image(params, &said))),
            ("OS-DCF:diskConfig", disk_config(params, &said)),
            ("availability_zone", zone(params, text(&said, "/OS-EXT-AZ:availability_zone"))),
            ("security_groups", json!(groups)),
            ("config_drive", json!(text(&said, "/config_drive") == "True")),
            ("power_state", json!(power_state(params, status))),
            ("fault", json!(text(&said, "/fault/message").trim())),
            ("address", json!(best(&said, &addresses))),
            ("addresses", json!(addresses)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    Ok(Found::One { external_name, body: Value::Object(body) })
}

/// What the server itself does not tell, and its spec is about.
fn further(params: &ServerParameters, groups: &[String], behind: Behind<'_>) -> Vec<&'static str> {
    let wanted = params.security_groups.as_deref().unwrap_or_default();
    let unlike = behind.groups.is_none() && wanted.iter().any(|group| !groups.contains(group));
    let unknown = behind.asks && behind.interfaces.is_none() && params.interfaces.is_some();
    let all = [(unlike, "os-security-groups"), (unknown, "os-interface")];
    all.into_iter().filter(|(asked, _)| *asked).map(|(_, what)| what).collect()
}

fn text<'a>(said: &'a Value, pointer: &str) -> &'a str {
    said.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Of a server that boots from a volume Nova does not tell the image; of one that comes back from its shelf, the shelf's.
fn image<'a>(params: &'a ServerParameters, said: &'a Value) -> Option<&'a str> {
    let told = Some(text(said, "/image/id")).filter(|told| !told.is_empty());
    let wanted = params.image_id.as_deref();
    if shelved(said) { wanted.or(told) } else { told.or(wanted) }
}

fn disk_config(params: &ServerParameters, said: &Value) -> Value {
    let wanted = params.disk_config.filter(|_| shelved(said));
    wanted.map_or_else(|| json!(said.get("OS-DCF:diskConfig")), |wanted| json!(wanted))
}

fn shelved(said: &Value) -> bool {
    text(said, "/status").starts_with("SHELVED")
}

/// Nova does not tell the host that administrators put behind the zone, and of a server without host no zone.
fn zone(params: &ServerParameters, told: &str) -> Value {
    let wanted = params.availability_zone.as_deref();
    let same = wanted.and_then(|wanted| wanted.split(':').next()) == Some(told);
    if same || told.is_empty() { json!(wanted) } else { json!(told) }
}

/// Each port's groups: names, several times over.
fn security_groups(said: &Value) -> Vec<String> {
    let groups = said.get("security_groups").and_then(Value::as_array).into_iter().flatten();
    let mut names: Vec<_> =
        groups.filter_map(|group| Some(group.get("name")?.as_str()?.to_owned())).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// By id where the spec says the id, else by name.
fn spelt(params: &ServerParameters, groups: &Value) -> Vec<String> {
    let wanted = params.security_groups.as_deref().unwrap_or_default();
    let groups = groups.get("security_groups").and_then(Value::as_array).into_iter().flatten();
    let mut spelt: Vec<_> = groups
        .map(|group| (text(group, "/id"), text(group, "/name")))
        .map(|(id, name)| if wanted.iter().any(|wanted| wanted == id) { id } else { name }.to_owned())
        .collect();
    spelt.sort_unstable();
    spelt.dedup();
    spelt
}

fn power_state(params: &ServerParameters, status: &str) -> Option<PowerState> {
    Some(match status {
        "ACTIVE" => PowerState::Active,
        "SHUTOFF" => PowerState::Shutoff,
        "PAUSED" => PowerState::Paused,
        "SUSPENDED" => PowerState::Suspended,
        // When it leaves its host is for the cloud to say, unless the spec does.
        "SHELVED_OFFLOADED" if params.power_state == Some(PowerState::ShelvedOffloaded) => {
            PowerState::ShelvedOffloaded
        }
        "SHELVED" | "SHELVED_OFFLOADED" => PowerState::Shelved,
        _ => return None,
    })
}

/// A flat list of what Nova gives by network; its keys are `ServerAddress`' names in the API's casing.
fn addresses(said: &Value) -> Vec<Value> {
    let networks = said.get("addresses").and_then(Value::as_object).into_iter().flatten();
    let each = networks.flat_map(|(network, list)| {
        list.as_array().into_iter().flatten().map(move |address| {
            json!({"network": network, "address": address.get("addr"), "version": address.get("version"),
                "type": address.get("OS-EXT-IPS:type"), "mac_address": address.get("OS-EXT-IPS-MAC:mac_addr")})
        })
    });
    each.collect()
}

/// The access address, or else a floating one, or else a fixed one.
fn best<'a>(said: &'a Value, addresses: &'a [Value]) -> &'a str {
    let access = ["/accessIPv4", "/accessIPv6"].map(|pointer| text(said, pointer));
    let of = |kind: &str| addresses.iter().find(|a| text(a, "/type") == kind).map(|a| text(a, "/address"));
    let given = access.into_iter().find(|address| !address.is_empty());
    given.or_else(|| of("floating")).or_else(|| of("fixed")).unwrap_or_default()
}
