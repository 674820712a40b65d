//! A member's answer to being offered a Glance image: <https://docs.openstack.org/api-ref/image/v2/#update-image-member>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Options, Seen, Step,
        request::service::IMAGE,
        requests,
        rest::{Rest, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Whether a project wants an image that is shared with it.
pub struct ImageMemberAcceptance;

/// What can be wanted of a membership by the member.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageMemberAcceptanceParameters {
    /// Id of the image.
    #[schemars(extend("x-os" = {"ref": "image.Image", "required": true, "immutable": true}))]
    pub image_id: Option<String>,
    /// Id of the project that it is shared with. Only administrators can answer for another than their own.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub member_id: Option<String>,
    /// What the project says to it.
    #[schemars(extend("x-os" = {"required": true}))]
    pub status: Option<ImageMemberStatus>,
}

/// What a project says to an image that is shared with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageMemberStatus {
    /// The project's lists of images have it.
    Accepted,
    /// They do not.
    Rejected,
    /// They do not, and nobody has decided.
    Pending,
}

/// What only the cloud says of a membership.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageMemberAcceptanceObservation {
    /// Id of the project.
    pub id: String,
    /// When the image was shared, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for ImageMemberAcceptance {
    type Parameters = ImageMemberAcceptanceParameters;
    type Observation = ImageMemberAcceptanceObservation;
    const INFO: Info = Info {
        kind: "ImageMemberAcceptance",
        plural: "imagememberacceptances",
        short: "osimgma",
        about: "An ImageMemberAcceptance is a project's answer to an image of OpenStack Glance that somebody shares with it. It waits until the image is shared; deleted, it leaves the answer open.",
        docs: "https://docs.openstack.org/api-ref/image/v2/#update-image-member",
        columns: &[Column { name: "STATUS", field: "status" }],
        external_name: "the ids of image and project: <image>/<project>",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IMAGE)
    };
    const OPTIONS: Options = Options { singleton: true, ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest::plain("members", "").below("images", "image_id"));
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        let own = key.any.cloud.project_id.as_deref();
        let member = key.params.member_id.as_deref().filter(|id| !id.is_empty()).or(own)?;
        Some(format!("{}/{member}", key.params.image_id.as_deref()?))
    }

    fn complete_answer(_: &Key<'_, Self::Parameters>, member: &mut Map<String, Value>) {
        let project = json!(member.get("member_id"));
        member.insert("id".to_owned(), project);
    }

    fn before_delete(key: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        let open = seen.params.status == Some(ImageMemberStatus::Pending);
        Some(if open { Step::Done } else { requests::<Self>(key).set("status", json!("pending")) })
    }
}

#[cfg(test)]
mod tests;
