//! Neutron quotas: <https://docs.openstack.org/api-ref/network/v2/#quotas-extension-quotas>
//!
//! Every project has limits, most of them the cloud's defaults. It is in the list of quotas once it has one of its own: that is
//! whether a NetworkQuota exists.

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Rights, Seen, Step,
        diff::Diff,
        request::{Answer, Keep, Method, Read, Request, service::NETWORK},
        rest::{listing::Listing, wire},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How much of the network a project may have.
pub struct NetworkQuota;

/// What can be wanted of a project's limits; -1 for none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkQuotaParameters {
    /// Id of the project.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "required": true, "immutable": true}))]
    pub project_id: Option<String>,
    /// Most networks.
    #[schemars(range(min = -1))]
    pub network: Option<i32>,
    /// Most subnets.
    #[schemars(range(min = -1))]
    pub subnet: Option<i32>,
    /// Most subnet pools.
    #[schemars(range(min = -1))]
    pub subnetpool: Option<i32>,
    /// Most ports.
    #[schemars(range(min = -1))]
    pub port: Option<i32>,
    /// Most routers.
    #[schemars(range(min = -1))]
    pub router: Option<i32>,
    /// Most floating IPs.
    #[schemars(range(min = -1))]
    pub floatingip: Option<i32>,
    /// Most security groups.
    #[schemars(range(min = -1))]
    pub security_group: Option<i32>,
    /// Most rules of security groups.
    #[schemars(range(min = -1))]
    pub security_group_rule: Option<i32>,
    /// Most RBAC policies.
    #[schemars(range(min = -1))]
    pub rbac_policy: Option<i32>,
    /// Most trunks.
    #[schemars(range(min = -1))]
    pub trunk: Option<i32>,
    /// Whether a limit below what the project has already is accepted, with which it can make nothing more. Older clouds accept it
    /// in any case.
    #[schemars(extend("x-os" = {"createOnly": true, "default": false}))]
    pub force: Option<bool>,
}

/// What only the cloud says of a project's limits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkQuotaObservation {
    /// Id of the project.
    pub id: String,
}

impl Kind for NetworkQuota {
    type Parameters = NetworkQuotaParameters;
    type Observation = NetworkQuotaObservation;
    const INFO: Info = Info {
        kind: "NetworkQuota",
        plural: "networkquotas",
        short: "osnetq",
        about: "A NetworkQuota says how much of the network a project of OpenStack may have. What it does not say stays as it is; deleting it resets all limits of the project, also those that others set.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#quotas-extension-quotas",
        columns: &[
            Column { name: "NETWORKS", field: "network" },
            Column { name: "PORTS", field: "port" },
            Column { name: "FLOATING-IPS", field: "floatingip" },
        ],
        external_name: "the id of the project",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        requires: &[&[
            "network",
            "subnet",
            "subnetpool",
            "port",
            "router",
            "floatingip",
            "securityGroup",
            "securityGroupRule",
            "rbacPolicy",
            "trunk",
        ]],
        ..Info::of(&NETWORK)
    };
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, NetworkQuotaParameters>) -> Option<String> {
        project(key).map(str::to_owned)
    }

    fn reads(key: &Key<'_, NetworkQuotaParameters>) -> Vec<Read> {
        let keep = project(key).map(|project| Keep::Equals("project_id", project.to_owned()));
        let list = |keep| Read::List { path: "/quotas".to_owned(), query: vec![], items: "quotas", keep };
        keep.map(list).into_iter().collect()
    }

    fn parse(key: &Key<'_, NetworkQuotaParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let quota = match answers.last() {
            Some(Answer::Items(items)) => items.first(),
            Some(Answer::Body(body)) => Some(body.get("quota").ok_or(KindError::Missing("quota"))?),
            Some(Answer::Compared { .. } | Answer::Gone) | None => None,
        };
        let Some((Value::Object(quota), project)) = quota.zip(project(key)) else { return Ok(Found::Absent) };
        let mut quota = quota.clone();
        quota.extend(["id", "project_id"].map(|name| (name.to_owned(), json!(project))));
        Ok(Found::One { external_name: project.to_owned(), body: Value::Object(quota) })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, NetworkQuotaParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let project = project(key).ok_or(KindError::Missing("projectId"))?;
        let send =
            |method, body| Step::Send(Request::new(&NETWORK, method, format!("/quotas/{project}"), body));
        let put = |wanted: &dyn Fn(&str) -> bool| {
            let mut limits = key.any.params.clone();
            limits.retain(|name, _| name != "projectId" && (name == "force" || wanted(name)));
            let limits: Map<_, _> = wire::encode(&key.any.shapes.params, &limits);
            send(Method::Put, Some(json!({ "quota": limits })))
        };
        Ok(match (goal, seen) {
            (Goal::Exist, None) => put(&|_| true),
            (Goal::Match, Some(_)) if !diff.is_empty() => {
                put(&|name| diff.fields.iter().any(|field| field == name))
            }
            (Goal::Vanish, Some(_)) => send(Method::Delete, None),
            (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
        })
    }
}

/// The external-name, or else what the parameters say.
fn project<'a>(key: &Key<'a, NetworkQuotaParameters>) -> Option<&'a str> {
    key.any.meta.external_name.or(key.params.project_id.as_deref())
}
