//! Images of Nova servers: <https://docs.openstack.org/api-ref/compute/#create-image-createimage-action>
//!
//! Nova makes them, and Glance has them: external-name is the image's id.

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Seen, Statuses, Step,
        diff::Diff,
        marker::METADATA_KEY,
        request::{
            Answer, Keep, Method, Microversion, Read, Request,
            service::{COMPUTE, IMAGE},
        },
        rest::{beside, fault::text},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A server as it was at a moment.
pub struct ServerSnapshot;

/// What can be wanted of a server's snapshot. What is to be changed about the image later, an Image with its id changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerSnapshotParameters {
    /// Id of the server. Of one that boots from a volume the image holds no data and names snapshots of its volumes,
    /// which stay when the image goes.
    #[schemars(extend("x-os" = {"ref": "compute.Server", "untilReady": true, "required": true, "createOnly": true, "immutable": true}))]
    pub server_id: Option<String>,
    /// Name of the image.
    #[schemars(extend("x-os" = {"immutable": true, "byProvider": true, "default": "the managed resource's name"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Properties of the image beside those that it has from the server's image.
    #[schemars(extend("x-os" = {"merge": true, "immutable": true, "byProvider": true}))]
    pub metadata: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of a server's snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerSnapshotObservation {
    /// Id of the image.
    pub id: String,
    /// Status of the image: queued, saving or active.
    pub status: String,
    /// Size in bytes.
    pub size: u64,
    /// Size in GiB of the smallest disk that it fits on.
    pub min_disk: u32,
    /// Memory in MiB that a server needs at least.
    pub min_ram: u32,
    /// Format of the disk.
    pub disk_format: String,
    /// Id of the project that owns it.
    #[schemars(extend("x-os" = {"wire": "owner"}))]
    pub project_id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for ServerSnapshot {
    type Parameters = ServerSnapshotParameters;
    type Observation = ServerSnapshotObservation;
    const INFO: Info = Info {
        kind: "ServerSnapshot",
        plural: "serversnapshots",
        short: "ossrvsn",
        about: "A ServerSnapshot is an image that OpenStack Nova makes of a server as it is.",
        docs: "https://docs.openstack.org/api-ref/compute/#create-image-createimage-action",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "BYTES", field: "size" }],
        // Tells the image's id.
        microversion: Some(Microversion(2, 45)),
        external_name: "the id of the image",
        marker: MarkerPlace::Metadata,
        ..Info::of(&COMPUTE)
    };
    const STATUSES: Option<Statuses> = Some(STATUSES);

    /// The marker alone is no proof: Nova copies it into every image of a server that was booted from the snapshot.
    fn reads(key: &Key<'_, Self::Parameters>) -> Vec<Read> {
        let marker = key.any.meta.marker.text();
        let own = vec![(METADATA_KEY, json!(marker)), ("name", json!(name(key)))];
        vec![match key.any.meta.external_name {
            Some(id) => Read::OtherService { service: &IMAGE, path: format!("/images/{id}") },
            None => Read::OthersList {
                service: &IMAGE,
                path: "/images".to_owned(),
                query: vec![(METADATA_KEY.to_owned(), marker)],
                items: "images",
                keep: Keep::Like(own),
            },
        }]
    }

    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        Ok(match answers.last() {
            Some(Answer::Items(items)) => match items.as_slice() {
                [] => Found::Absent,
                [one] => shown(key, one)?,
                [_, _, ..] => {
                    let ids = items.iter().filter_map(|item| item.get("id")?.as_str());
                    Found::Ambiguous(ids.map(str::to_owned).collect())
                }
            },
            Some(Answer::Body(body) | Answer::Compared { body, .. }) => match body.get("image_id") {
                Some(id) => Found::Named(id.as_str().unwrap_or_default().to_owned()),
                None => shown(key, body)?,
            },
            Some(Answer::Gone) | None => Found::Absent,
        })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(match (goal, seen) {
            (Goal::Exist, None) => {
                let ServerSnapshotParameters { server_id, metadata, .. } = key.params;
                let server = server_id.as_deref().ok_or(KindError::Missing("serverId"))?;
                let mut metadata = metadata.clone().unwrap_or_default();
                metadata.insert(METADATA_KEY.to_owned(), key.any.meta.marker.text());
                let body = json!({"createImage": {"name": name(key), "metadata": metadata}});
                let path = format!("/servers/{server}/action");
                let request = Request::new(&COMPUTE, Method::Post, path, Some(body));
                Step::Send(Request { microversion: Self::INFO.microversion, ..request })
            }
            (Goal::Vanish, Some(seen)) => {
                let path = format!("/images/{}", seen.state.id);
                Step::Send(Request::new(&IMAGE, Method::Delete, path, None))
            }
            (Goal::Match, Some(_)) if !diff.is_empty() => {
                Step::Refuse(format!("an Image changes {}", diff.fields.join(", ")))
            }
            (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
        })
    }
}

const STATUSES: Statuses =
    Statuses { gone: &["deleted", "pending_delete"], ..Statuses::of("image", &["active"]) };

/// What the image is called.
fn name<'a>(key: &Key<'a, ServerSnapshotParameters>) -> &'a str {
    key.params.name.as_deref().unwrap_or(key.any.meta.name)
}

/// An image, whose properties lie beside its fields.
fn shown(key: &Key<'_, ServerSnapshotParameters>, image: &Value) -> Result<Found, KindError> {
    let mut image = image.as_object().ok_or(KindError::Missing("an image"))?.clone();
    let glances = |name: &str| name.starts_with("os_glance_") || ["file", "schema", "self"].contains(&name);
    beside::collect(&mut image, "metadata", key.any.shapes, glances);
    let external_name = text(&image, "id").to_owned();
    let found = Found::One { external_name, body: Value::Object(image) };
    Ok(STATUSES.unless_gone(found))
}

#[cfg(test)]
mod tests;
