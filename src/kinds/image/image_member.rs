//! Glance image members: <https://docs.openstack.org/api-ref/image/v2/#sharing>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Options, Statuses,
        request::service::IMAGE,
        rest::{Rest, Update, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A project with which an image is shared.
pub struct ImageMember;

/// What can be wanted of an image's member. Nothing of it can be changed by the image's owner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageMemberParameters {
    /// Id of the image. Its visibility must be shared: in any other the member looks as if it were gone, so delete the member
    /// before the visibility is changed.
    #[schemars(extend("x-os" = {"ref": "image.Image", "required": true, "immutable": true}))]
    pub image_id: Option<String>,
    /// Id of the project to share it with.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "required": true, "immutable": true}))]
    pub member_id: Option<String>,
}

/// What only the cloud says of an image's member.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageMemberObservation {
    /// Id of the project.
    pub id: String,
    /// pending, accepted or rejected. The project can use the image in each; its lists have it once it is accepted.
    pub status: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for ImageMember {
    type Parameters = ImageMemberParameters;
    type Observation = ImageMemberObservation;
    const INFO: Info = Info {
        kind: "ImageMember",
        plural: "imagemembers",
        short: "osimgm",
        about: "An ImageMember shares an image of OpenStack Glance with a project.",
        docs: "https://docs.openstack.org/api-ref/image/v2/#sharing",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "MEMBER", field: "memberId" }],
        external_name: "the ids of image and project: <image>/<project>",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IMAGE)
    };
    /// Its external-name is all that it could be told by.
    const OPTIONS: Options = Options { imports: false, ..Options::USUAL };
    const REST: Option<Rest> =
        Some(Rest { update: Update::None, ..Rest::plain("members", "") }.below("images", "image_id"));
    const LISTING: Listing = Listing::None;
    const STATUSES: Option<Statuses> = Some(Statuses::of("membership", &["pending", "accepted", "rejected"]));

    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        Some(format!("{}/{}", key.params.image_id.as_deref()?, key.params.member_id.as_deref()?))
    }

    fn complete(_: &Self::Parameters, member: &mut Map<String, Value>) {
        let project = member.remove("member_id");
        member.extend(project.map(|project| ("member".to_owned(), project)));
    }

    fn complete_answer(_: &Key<'_, Self::Parameters>, member: &mut Map<String, Value>) {
        let project = json!(member.get("member_id"));
        member.insert("id".to_owned(), project);
    }
}
