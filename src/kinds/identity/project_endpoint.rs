//! Endpoints of the catalogs of Keystone projects: <https://docs.openstack.org/api-ref/identity/v3-ext/#os-ep-filter-api>

use super::association::{self, Associates, Association, id};
use crate::kind::{
    Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Rights, Seen, Step,
    diff::Diff,
    request::{Answer, Read, service::IDENTITY},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An endpoint, or a group of them, in a project's catalog.
pub struct ProjectEndpoint;

/// What can be wanted of an endpoint of a project. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectEndpointParameters {
    /// Id of the project.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "required": true, "immutable": true}))]
    pub project_id: Option<String>,
    /// Id of the endpoint.
    #[schemars(extend("x-os" = {"ref": "identity.CatalogEndpoint", "immutable": true, "excludes": ["endpointGroupId"]}))]
    pub endpoint_id: Option<String>,
    /// Id of the group whose endpoints the project gets.
    #[schemars(extend("x-os" = {"ref": "identity.EndpointGroup", "immutable": true, "excludes": ["endpointId"]}))]
    pub endpoint_group_id: Option<String>,
}

/// What only the cloud says of an endpoint of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectEndpointObservation {
    /// The external-name: an association has no id of its own.
    pub id: String,
}

impl Kind for ProjectEndpoint {
    type Parameters = ProjectEndpointParameters;
    type Observation = ProjectEndpointObservation;
    const INFO: Info = Info {
        kind: "ProjectEndpoint",
        plural: "projectendpoints",
        short: "ospep",
        about: "A ProjectEndpoint puts an endpoint, or a group of endpoints, into the service catalog of a project of OpenStack. A project that has any sees no others there.",
        docs: "https://docs.openstack.org/api-ref/identity/v3-ext/#os-ep-filter-api",
        external_name: "project/<id>/endpoint/<id>, or project/<id>/endpointgroup/<id>",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        requires: &[&["endpointId", "endpointGroupId"]],
        ..Info::of(&IDENTITY)
    };

    fn chosen_name(key: &Key<'_, ProjectEndpointParameters>) -> Option<String> {
        association::chosen::<Self>(key)
    }

    fn reads(key: &Key<'_, ProjectEndpointParameters>) -> Vec<Read> {
        association::reads::<Self>(key)
    }

    fn parse(key: &Key<'_, ProjectEndpointParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        association::parse::<Self>(key, answers)
    }

    fn step(
        goal: Goal,
        key: &Key<'_, ProjectEndpointParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(association::step::<Self>(goal, key, seen, diff))
    }
}

impl Associates for ProjectEndpoint {
    const FORM: &str = Self::INFO.external_name;
    const ASKS: &str = "set projectId, and just one of endpointId and endpointGroupId";
    /// Only of a group it says more than that.
    const TOLD: fn(&Value) -> bool =
        |answer| answer.is_null() || answer.get("project_endpoint_group").is_some();

    fn named(name: &str) -> Option<Association> {
        match *name.split('/').collect::<Vec<_>>().as_slice() {
            ["project", project, kind @ (ENDPOINT | GROUP), id] => Some(association(project, kind, id)),
            _ => None,
        }
    }

    fn wanted(params: &ProjectEndpointParameters) -> Option<Association> {
        let (kind, part) = match (id(params.endpoint_id.as_ref()), id(params.endpoint_group_id.as_ref())) {
            (Some(endpoint), None) => (ENDPOINT, endpoint),
            (None, Some(group)) => (GROUP, group),
            _ => return None,
        };
        id(params.project_id.as_ref()).map(|project| association(project, kind, part))
    }
}

const ENDPOINT: &str = "endpoint";
const GROUP: &str = "endpointgroup";

/// Of what kind what is put into the catalog is, and its id.
fn association(project: &str, kind: &str, id: &str) -> Association {
    let path = if kind == GROUP {
        format!("/OS-EP-FILTER/endpoint_groups/{id}/projects/{project}")
    } else {
        format!("/OS-EP-FILTER/projects/{project}/endpoints/{id}")
    };
    let (name, of) = (format!("project/{project}/{kind}/{id}"), |wanted| (kind == wanted).then_some(id));
    let body = json!({"id": name, "project_id": project, "endpoint_id": of(ENDPOINT), "endpoint_group_id": of(GROUP)});
    Association { name, path, body }
}

#[cfg(test)]
mod tests;
