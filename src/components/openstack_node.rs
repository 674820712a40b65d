//! Nodes of a cloud: a Kubernetes Node, with the labels by which OpenStack-Helm's pods find it, and what OpenStack knows of it.

pub mod parameters;
mod requests;

use super::{compared::found, service::NODES};
use crate::{
    api::{condition::Condition, crd::Column},
    kind::{
        Found, Goal, Info, Kind, KindError, MarkerPlace, Options, Ready, Rights, Seen, Step,
        diff::Diff,
        request::{Answer, Method, Read, Request},
        sealed::Desired,
    },
    node::{health, next::next, state::NodeState},
};
use parameters::OpenstackNodeParameters;
use requests::{Asked, login, name, path, policy, profile, requested, wanted};
use serde_json::{Value, json};

/// A node of a cloud.
pub struct OpenstackNode;

impl Kind for OpenstackNode {
    type Parameters = OpenstackNodeParameters;
    type Observation = NodeState;
    const INFO: Info = Info {
        service: &NODES,
        group: NODES.group,
        kind: "OpenstackNode",
        plural: "openstacknodes",
        short: "osknode",
        about: "An OpenstackNode is a Kubernetes Node that belongs to an OpenStack cloud.",
        docs: "https://kubernetes.io/docs/concepts/architecture/nodes/",
        columns: &[
            Column { name: "STATUS", field: "status" },
            Column { name: "ROLES", field: "servesAs" },
            Column { name: "PROFILE", field: "profile" },
        ],
        microversion: None,
        external_name: "the name of the Node",
        connection: &[],
        rights: Rights::Project,
        marker: MarkerPlace::NaturalKey,
        requires: &[],
    };
    const OPTIONS: Options = Options {
        mirrors: false,
        calm: true,
        conditions: &[health::AGENTS_ALIVE],
        deletes_with_inputs: true,
        ..Options::USUAL
    };

    fn reads(key: &Asked<'_>) -> Vec<Read> {
        let sealed = login(key).unwrap_or_default();
        vec![Read::Compare { path: path(key), with: Box::new(Desired { body: wanted(key), sealed }) }]
    }

    fn parse(key: &Asked<'_>, answers: &[Answer]) -> Result<Found, KindError> {
        found(name(key).to_owned(), answers, "a node", |mut body| {
            if let (Value::Object(body), Some(profile)) = (&mut body, profile(key.params)) {
                body.insert("profile".to_owned(), json!(profile));
            }
            body
        })
    }

    fn step(goal: Goal, key: &Asked<'_>, seen: Option<&Seen<'_, Self>>, _: &Diff) -> Result<Step, KindError> {
        Ok(match seen {
            Some(seen) => requested(key, next(goal, &seen.state, &policy(key.params))),
            None if goal == Goal::Exist => {
                Step::Send(Request::new(&NODES, Method::Post, path(key), Some(wanted(key))))
            }
            None => Step::Done,
        })
    }

    fn drift(key: &Asked<'_>, seen: &Seen<'_, Self>) -> Vec<String> {
        health::drift(&seen.state, &policy(key.params))
    }

    fn conditions(_: &OpenstackNodeParameters, seen: &Seen<'_, Self>) -> Vec<Condition> {
        health::conditions(&seen.state)
    }

    fn ready(_: &OpenstackNodeParameters, seen: &Seen<'_, Self>) -> Ready {
        health::ready(&seen.state)
    }

    fn chosen_name(key: &Asked<'_>) -> Option<String> {
        Some(name(key).to_owned())
    }

    fn recognises(key: &Asked<'_>, seen: &Seen<'_, Self>) -> bool {
        seen.any.marker.as_ref() == Some(key.any.meta.marker)
    }
}

#[cfg(test)]
mod tests;
