//! What every component is: a Helm release, whose next step `release` says.

use super::{
    chart::{self, Chart, Probe},
    compared::found,
    details::details,
    parameters::{ComponentParameters, DataPolicy, DriftPolicy, FormerAccounts},
    renewal::{Server, account},
    service::SERVICE,
    tell::Tell,
    values::values,
};
use crate::{
    api::{condition::Condition, crd::Column},
    kind::{
        ConnectionDetails, Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Ready, Rights,
        Seen, Step,
        diff::Diff,
        flow::Flow,
        marker::METADATA_KEY,
        request::{Answer, Method, Read, Request},
        sealed::Desired,
    },
    release::{
        facts::{self, Facts},
        next::{Data, Drift, Next, Policy, next},
        ready,
        state::ReleaseState,
    },
};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::{collections::BTreeSet, marker::PhantomData};

/// A component, by its chart.
pub struct Component<C>(PhantomData<C>);

type Asked<'a, C> = Key<'a, ComponentParameters<<C as Chart>::Replicas>>;

impl<C: Chart> Kind for Component<C> {
    type Parameters = ComponentParameters<C::Replicas>;
    type Observation = ReleaseState;
    const INFO: Info = Info {
        service: &SERVICE,
        group: SERVICE.group,
        kind: C::FACTS.kind,
        plural: C::FACTS.plural,
        short: "",
        about: C::FACTS.about,
        docs: C::FACTS.docs,
        columns: &[
            Column { name: "RELEASE", field: "openstackRelease" },
            Column { name: "REVISION", field: "release.revision" },
            Column { name: "STATUS", field: "release.status" },
        ],
        microversion: None,
        external_name: "the name of the Helm release",
        connection: C::FACTS.connection,
        rights: Rights::Project,
        marker: MarkerPlace::NaturalKey,
        requires: C::FACTS.given.requires,
    };
    const OPTIONS: Options = C::FACTS.options();

    fn reads(key: &Asked<'_, C>) -> Vec<Read> {
        let (body, sealed) = wanted::<C>(key);
        vec![Read::Compare { path: path::<C>(key), with: Box::new(Desired { body, sealed }) }]
    }

    /// What changed something tells too little: the release is looked at again.
    fn parse(key: &Asked<'_, C>, answers: &[Answer]) -> Result<Found, KindError> {
        found(name::<C>(key), answers, "a release", marked)
    }

    fn step(
        goal: Goal,
        key: &Asked<'_, C>,
        seen: Option<&Seen<'_, Self>>,
        _: &Diff,
    ) -> Result<Step, KindError> {
        let step = match seen {
            Some(seen) => next(goal, &seen.state, &policy(key.params)),
            None if goal == Goal::Exist => {
                values::<C>(key).err().map_or(Next::Record, |problem| Next::Refuse(problem.to_string()))
            }
            None => Next::Done,
        };
        Ok(requested::<C>(key, seen.map(|seen| &seen.state), step))
    }

    fn drift(key: &Asked<'_, C>, seen: &Seen<'_, Self>) -> Vec<String> {
        match policy(key.params).drift {
            Drift::Off => ready::values_differ(&seen.state).into_iter().collect(),
            Drift::Correct | Drift::Warn => ready::drift(&seen.state),
        }
    }

    fn conditions(_: &Self::Parameters, seen: &Seen<'_, Self>) -> Vec<Condition> {
        ready::conditions(&seen.state)
    }

    fn ready(_: &Self::Parameters, seen: &Seen<'_, Self>) -> Ready {
        ready::ready(&seen.state)
    }

    fn chosen_name(key: &Asked<'_, C>) -> Option<String> {
        Some(name::<C>(key))
    }

    /// A release is this resource's if its record says so: what a person made is adopted by name, never by chance.
    fn recognises(key: &Asked<'_, C>, seen: &Seen<'_, Self>) -> bool {
        seen.any.marker.as_ref() == Some(key.any.meta.marker)
    }

    fn connection(
        key: &Asked<'_, C>,
        seen: &Seen<'_, Self>,
        _: &crate::kind::cloud::CloudInfo,
    ) -> ConnectionDetails {
        let mut all = details(&C::FACTS, key.params, key.any, &seen.any.sealed.0);
        C::connection(&mut all);
        all
    }
}

/// The record's labels are the marker.
fn marked(mut release: Value) -> Value {
    if let Some(marker) = release.pointer("/release/marker").filter(|marker| marker.is_string()).cloned()
        && let Value::Object(release) = &mut release
    {
        release.insert("metadata".to_owned(), json!({(METADATA_KEY): marker}));
    }
    release
}

/// Name of the release: as people name it, or as the chart, since many charts count on that.
fn name<C: Chart>(key: &Asked<'_, C>) -> String {
    let meta = &key.any.meta;
    meta.external_name.or(C::FACTS.chart).unwrap_or(meta.name).to_owned()
}

fn path<C: Chart>(key: &Asked<'_, C>) -> String {
    format!("/namespaces/{}/releases/{}", key.any.meta.namespace, name::<C>(key))
}

/// What is wanted of the release: what can be seen, and the values. If there can be no values, the reason takes their
/// place, and the release is looked at all the same.
fn wanted<C: Chart>(key: &Asked<'_, C>) -> (Value, SecretString) {
    let (params, facts) = (key.params, &C::FACTS);
    let mut chart = json!(params.chart);
    if let Value::Object(chart) = &mut chart {
        chart.retain(|_, value| !value.is_null());
        chart.entry("name").or_insert_with(|| json!(facts.chart.unwrap_or(key.any.meta.name)));
    }
    let facts = Facts {
        migrations: owned(facts.migrations),
        accounts: accounts(facts, params),
        awaits_nodes: owned(facts.awaits_nodes),
        scaled: facts.scale.map(|scaled| scaled.workload.to_owned()),
        probe: probe(C::probe(params)),
        tells: facts.tells.iter().filter_map(told).collect(),
        openstack_release: params.openstack_release.clone(),
        patience: params.policy.as_ref().and_then(|policy| policy.patience.clone()),
    };
    let body = |problem: Option<String>| {
        json!({"chart": chart, "suffix": params.cluster_scoped_suffix, "marker": key.any.meta.marker.text(),
            "problem": problem, "facts": facts, "policy": {"data": data(params)}})
    };
    match values::<C>(key) {
        Ok(values) => (body(None), values.to_text()),
        Err(problem) => (body(Some(problem.to_string())), SecretString::from("{}")),
    }
}

/// Where the chart makes accounts, and which of them are not used any more.
fn accounts<R>(facts: &chart::Facts, params: &ComponentParameters<R>) -> Vec<facts::Accounts> {
    let remove = params.former_accounts == Some(FormerAccounts::Remove);
    let of = |server: Server| {
        let all = facts.wires().filter_map(|wire| Some((wire.key, account(facts, wire)?)));
        let own: Vec<_> = all.filter(|(_, account)| account.server == server).collect();
        let former =
            own.iter().filter(|(_, account)| remove && account.is_own()).flat_map(|(key, account)| {
                (1..params.generation(key)).map(move |generation| account.user(generation))
            });
        let former: BTreeSet<_> = former.collect();
        let users: BTreeSet<_> = own.iter().map(|(_, account)| account.path()).collect();
        (!own.is_empty()).then(|| facts::Accounts {
            job: format!("{}-{}", facts.chart.unwrap_or_default(), server.job()),
            users: users.into_iter().collect(),
            former: former.into_iter().collect(),
        })
    };
    Server::ALL.into_iter().filter_map(of).collect()
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn probe(probe: Probe) -> Option<facts::Probe> {
    match probe {
        Probe::None => None,
        Probe::Http { service, port, path } => {
            Some(facts::Probe::Http { service: service.to_owned(), port, path: path.to_owned() })
        }
        Probe::Tcp { service, port } => Some(facts::Probe::Tcp { service: service.to_owned(), port }),
    }
}

/// What the backend reads from the release's Secrets.
fn told(tell: &Tell) -> Option<(String, String, String)> {
    match tell {
        Tell::Secret { secret, key, detail } => {
            Some(((*secret).to_owned(), (*key).to_owned(), (*detail).to_owned()))
        }
        Tell::Given { .. } | Tell::Fixed { .. } | Tell::Service { .. } | Tell::Url { .. } => None,
    }
}

fn data<R>(params: &ComponentParameters<R>) -> DataPolicy {
    params.policy.as_ref().and_then(|policy| policy.data).unwrap_or_default()
}

fn policy<R>(params: &ComponentParameters<R>) -> Policy {
    let drift = params.policy.as_ref().and_then(|policy| policy.drift).unwrap_or_default();
    Policy {
        drift: match drift {
            DriftPolicy::Correct => Drift::Correct,
            DriftPolicy::Warn => Drift::Warn,
            DriftPolicy::Off => Drift::Off,
        },
        data: match data(params) {
            DataPolicy::Retain => Data::Retain,
            DataPolicy::Delete => Data::Delete,
        },
    }
}

/// The request that a step is.
fn requested<C: Chart>(key: &Asked<'_, C>, state: Option<&ReleaseState>, step: Next) -> Step {
    let at = path::<C>(key);
    let request = |method, path: String, body| Request::new(&SERVICE, method, path, body);
    let recorded = state.is_some_and(|state| state.release.is_some());
    match step {
        Next::Record => {
            let (body, values) = wanted::<C>(key);
            let method = if recorded { Method::Put } else { Method::Post };
            Step::Send(with_values(request(method, at, Some(body)), values))
        }
        Next::Migrate => {
            let (body, values) = wanted::<C>(key);
            Step::Send(with_values(request(Method::Post, format!("{at}/migration"), Some(body)), values))
        }
        Next::Prepare(object) => Step::Send(request(Method::Post, format!("{at}/prepare/{object}"), None)),
        Next::Job(job) => Step::Send(request(Method::Post, format!("{at}/jobs/{job}"), None)),
        Next::Clear(job) => Step::Send(request(Method::Delete, format!("{at}/jobs/{job}"), None)),
        Next::Apply => {
            flow(request(Method::Post, format!("{at}/objects"), None), "applying the release's objects")
        }
        Next::Remove => {
            flow(request(Method::Delete, format!("{at}/objects"), None), "removing the release's objects")
        }
        Next::Settle => {
            let settled = json!({"status": "deployed", "max_history": history(key.params)});
            Step::Send(request(Method::Patch, at, Some(settled)))
        }
        Next::Sweep => Step::Send(request(Method::Delete, at, Some(json!({"data": data(key.params)})))),
        Next::Wait(what) => Step::Wait(what),
        Next::Refuse(why) => Step::Refuse(why),
        Next::Done => Step::Done,
    }
}

fn history<R>(params: &ComponentParameters<R>) -> i32 {
    params.policy.as_ref().and_then(|policy| policy.max_history).unwrap_or(5)
}

fn with_values(mut request: Request, values: SecretString) -> Request {
    request.secrets.insert("/values".to_owned(), values);
    request
}

fn flow(request: Request, what: &str) -> Step {
    Step::Flow(Box::new(Flow::new(request, what)))
}

#[cfg(test)]
mod tests;
