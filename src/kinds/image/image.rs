//! Glance images: <https://docs.openstack.org/api-ref/image/v2/#images>
//!
//! First the record, then its data. Properties lie beside the other fields on the wire; updates are JSON patches.

mod data;
mod fields;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Goal, Info, Key, Kind, KindError, MarkerPlace, Ready, Seen, Statuses, Step,
        diff::Diff,
        plain_reads, plain_step,
        request::{Keep, Read, service::IMAGE},
        requests,
        rest::{
            Rest, Update, beside,
            fault::{Fault, text},
            listing::Listing,
        },
    },
};
use serde_json::{Map, Value, json};

/// What disks of servers are made from.
pub struct Image;

impl Kind for Image {
    type Parameters = ImageParameters;
    type Observation = ImageObservation;
    const INFO: Info = Info {
        kind: "Image",
        plural: "images",
        short: "osimg",
        about: "An Image is what OpenStack Glance keeps to make disks of servers from.",
        docs: "https://docs.openstack.org/api-ref/image/v2/#images",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "BYTES", field: "size" }],
        // A property would be inherited by every snapshot of a server that was made from the image.
        marker: MarkerPlace::Tags,
        ..Info::of(&IMAGE)
    };
    const REST: Option<Rest> = Some(Rest {
        // Only who asks for them gets images that are hidden, or of every visibility.
        asks: &["name", "os_hidden", "visibility"],
        update: Update::JsonPatch("application/openstack-images-v2.1-json-patch"),
        ..Rest::plain("images", "")
    });

    /// A plain list leaves hidden images out.
    const LISTING: Listing = Listing::None;
    const STATUSES: Option<Statuses> =
        Some(Statuses { gone: &["deleted", "pending_delete"], ..Statuses::of("image", &[]) });
    /// Of an image whose import failed, the last failed task says why.
    const FAULT: Option<Fault> = Some(FAULT);
    /// Lists leave hidden images out, where a lost create would then not be found: it is hidden once it is there.
    const NOT_IN_CREATE: &[&str] = &["os_glance_source", "os_hidden"];

    /// A cloud may have thousands of images; the marker's own text finds ours.
    fn reads(key: &Key<'_, ImageParameters>) -> Vec<Read> {
        let mut reads = plain_reads::<Self>(key);
        if let Some(Read::List { query, .. }) = reads.first_mut() {
            query.push(("tag".to_owned(), key.any.meta.marker.text()));
        }
        reads
    }

    /// Properties lie beside the other fields.
    fn complete_answer(key: &Key<'_, ImageParameters>, image: &mut Map<String, Value>) {
        let glances = |name: &str| FURTHER.contains(&name) || name.starts_with("os_glance_");
        beside::collect(image, "properties", key.any.shapes, glances);
    }

    fn complete(_: &ImageParameters, body: &mut Map<String, Value>) {
        if let Some(Value::Object(properties)) = body.get_mut("properties") {
            properties.retain(|_, value| value != "");
        }
        beside::spread(body, "properties");
    }

    /// Properties that are not named stay; an empty one goes.
    fn complete_update(_: &Key<'_, ImageParameters>, seen: &Seen<'_, Self>, image: &mut Map<String, Value>) {
        if let Some(Value::Object(properties)) = image.get_mut("properties") {
            let have = |name: &str| seen.params.properties.as_ref()?.get(name).map(String::as_str);
            properties.retain(|name, value| value.as_str().filter(|value| !value.is_empty()) != have(name));
            properties.values_mut().filter(|value| *value == "").for_each(|value| *value = Value::Null);
        }
        beside::spread(image, "properties");
    }

    fn step(
        goal: Goal,
        key: &Key<'_, ImageParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(match (goal, seen) {
            (Goal::Exist, Some(seen)) => data::step(key, seen),
            (Goal::Exist | Goal::Match | Goal::Vanish, _) => plain_step::<Self>(goal, key, seen, diff),
        })
    }

    fn before_delete(key: &Key<'_, ImageParameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        let why = "the image is protected: set spec.forProvider.protected to false to let it be deleted";
        (seen.params.protected == Some(true)).then(|| match key.params.protected {
            Some(false) => requests::<Self>(key).set("protected", json!(false)),
            Some(true) | None => Step::Refuse(why.to_owned()),
        })
    }

    fn ready(params: &ImageParameters, seen: &Seen<'_, Self>) -> Ready {
        let ImageObservation { status, fault, .. } = &seen.state;
        match status.as_str() {
            "active" => data::verdict(params.source.as_ref(), &seen.state),
            "queued" if !fault.is_empty() => Ready::Failed(format!("the image's import failed: {fault}")),
            "queued" if params.source.is_none() => {
                Ready::Not("image status is queued: it has no data until somebody uploads them".to_owned())
            }
            "killed" | "deactivated" => Ready::Failed(format!("image status is {status}")),
            _ => Ready::Not(format!("image status is {status}")),
        }
    }
}

/// Fields of the API that are no properties and that the kind does not have.
const FURTHER: [&str; 4] = ["direct_url", "file", "schema", "self"];

const FAULT: Fault = Fault {
    failed: |image| text(image, "status") == "queued" && !text(image, "os_glance_failed_import").is_empty(),
    field: "os_glance_fault",
    silence: Some("Glance does not say why"),
    ..Fault::of(failures, "message")
};

fn failures(image: &str) -> Read {
    let keep = Keep::Equals("status", "failure".to_owned());
    Read::List { path: format!("/images/{image}/tasks"), query: vec![], items: "tasks", keep }
}

#[cfg(test)]
mod tests;
