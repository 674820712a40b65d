//! Glance images: <https://docs.openstack.org/api-ref/image/v2/#images>
//!
//! First the record, then its data. Properties lie beside the other fields on the wire; updates are JSON patches.

mod data;
mod fields;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, ID, Info, Key, Kind, KindError, MarkerPlace, Ready, Rights, Seen, Step,
        diff::Diff,
        plain_parse, plain_reads, plain_step,
        request::{Answer, Keep, Read, service::IMAGE},
        requests,
        rest::{Rest, Update, beside, listing::Listing},
    },
    kinds::fault::{Fault, text},
};
use serde_json::{Map, Value, json};

/// What disks of servers are made from.
pub struct Image;

impl Kind for Image {
    type Parameters = ImageParameters;
    type Observation = ImageObservation;
    const INFO: Info = Info {
        service: &IMAGE,
        kind: "Image",
        plural: "images",
        short: "osimg",
        about: "An Image is what OpenStack Glance keeps to make disks of servers from.",
        docs: "https://docs.openstack.org/api-ref/image/v2/#images",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "BYTES", field: "size" }],
        microversion: None,
        // A property would be inherited by every snapshot of a server that was made from the image.
        external_name: ID,
        connection: &[],
        rights: Rights::Project,
        marker: MarkerPlace::Tags,
        requires: &[],
    };
    const REST: Option<Rest> = Some(Rest {
        update: Update::JsonPatch("application/openstack-images-v2.1-json-patch"),
        ..Rest::plain("images", "")
    });

    /// A plain list leaves hidden images out.
    const LISTING: Listing = Listing::None;

    /// A cloud may have thousands of images; the marker's own text finds ours.
    fn reads(key: &Key<'_, ImageParameters>) -> Vec<Read> {
        let mut reads = plain_reads::<Self>(key);
        if let Some(Read::List { query, .. }) = reads.first_mut() {
            query.push(("tag".to_owned(), key.any.meta.marker.text()));
        }
        reads
    }

    /// Of an image whose import failed, the last failed task says why.
    fn parse(key: &Key<'_, ImageParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let found = FAULT.explain(answers, |answers| plain_parse::<Self>(key, answers))?;
        let gone = |image: &Value| {
            matches!(image.get("status").and_then(Value::as_str), Some("deleted" | "pending_delete"))
        };
        Ok(
            if let Found::One { body, .. } = &found
                && gone(body)
            {
                Found::Absent
            } else {
                found
            },
        )
    }

    /// Properties lie beside the other fields.
    fn complete_answer(key: &Key<'_, ImageParameters>, image: &mut Map<String, Value>) {
        let glances = |name: &str| FURTHER.contains(&name) || name.starts_with("os_glance_");
        beside::collect(image, "properties", key.any.shapes, glances);
    }

    /// Lists leave hidden images out, where a lost create would then not be found: it is hidden once it is there.
    fn complete(_: &ImageParameters, body: &mut Map<String, Value>) {
        for later in ["os_glance_source", "os_hidden"] {
            body.remove(later);
        }
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
        let protected = seen.is_some_and(|seen| seen.params.protected == Some(true));
        Ok(match (goal, seen) {
            (Goal::Exist, Some(seen)) => data::step(key, seen),
            (Goal::Vanish, _) if protected && key.params.protected == Some(false) => {
                requests::<Self>(key).set("protected", json!(false))
            }
            (Goal::Vanish, _) if protected => Step::Refuse(
                "the image is protected: set spec.forProvider.protected to false to let it be deleted"
                    .to_owned(),
            ),
            (Goal::Exist | Goal::Match | Goal::Vanish, _) => plain_step::<Self>(goal, key, seen, diff),
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
    list: failures,
    text: "message",
    field: "os_glance_fault",
    silence: Some("Glance does not say why"),
};

fn failures(image: &str) -> Read {
    let keep = Keep::Equals("status", "failure".to_owned());
    Read::List { path: format!("/images/{image}/tasks"), query: vec![], items: "tasks", keep }
}

#[cfg(test)]
mod tests;
