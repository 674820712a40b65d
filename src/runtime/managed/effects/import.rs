//! Looking for what a filter says.

use super::assess::Assessor;
use crate::{
    api::managed::Metadata,
    kind::{
        KindError, Meta,
        any::{AnyKey, AnyKind},
        cloud::CloudInfo,
        diff::words,
        failure::{Class, Failure},
        import::Match,
        marker::Marker,
        request::{Answer, Keep, Test},
    },
    runtime::{
        managed::{
            look::Looker,
            pass::{Pass, Question},
        },
        plan::{NAMED, state::Sought},
    },
};
use parking_lot::Mutex;
use serde_json::{Map, Value};
use std::{collections::BTreeSet, sync::Arc};

/// What is asked of each item of a list, without the pass, since a list is read for many.
struct Seeker {
    kind: &'static dyn AnyKind,
    filter: Map<String, Value>,
    asked: Map<String, Value>,
    marker: Marker,
    cloud: CloudInfo,
    metadata: Metadata,
    /// External-names of all that were found.
    found: Mutex<BTreeSet<String>>,
}

impl Seeker {
    fn sees(&self, item: &Value) -> Result<Option<Match>, KindError> {
        let Metadata { namespace, name, .. } = &self.metadata;
        let meta = Meta { namespace, name, external_name: None, marker: &self.marker, creating: false };
        let key = AnyKey { cloud: &self.cloud, ..AnyKey::new(&self.asked, meta, self.kind.shapes()?) };
        self.kind.matched(&key, &self.filter, item)
    }

    /// All are counted, and as many are kept as are named. What can't be read is nobody's.
    fn keeps(&self, item: &Value) -> bool {
        let Ok(Some(Match { external_name, .. })) = self.sees(item) else { return false };
        let mut found = self.found.lock();
        found.insert(external_name) && found.len() <= NAMED
    }
}

const UNLISTED: &str =
    "the filter says not in which list to look: give the id of what the object lies below, if it does";

/// The objects that are as the filter says.
pub(super) async fn look_for(
    looker: &Looker,
    pass: &Pass<'_>,
    assessor: &Assessor,
    filter: &Map<String, Value>,
) -> Result<Sought, Failure> {
    let about = Question { params: filter, creating: false, external_name: None };
    let Some(list) = pass.ask_about(&about, |key| pass.kind.search(key))? else {
        return Err(Failure::terminal("UnexpectedValue", UNLISTED));
    };
    let microversion = pass.ask_about(&about, |key| pass.kind.looks_with(key))?;
    let seeker = Arc::new(Seeker {
        kind: pass.kind,
        filter: filter.clone(),
        asked: list.asked.clone(),
        marker: pass.marker.clone(),
        cloud: pass.cloud()?.info().clone(),
        metadata: pass.object().metadata.clone(),
        found: Mutex::default(),
    });
    let test = seeker.clone();
    let keep = Keep::Passing(Test::new(move |item| test.keeps(item)));
    let answer = match looker.list(pass, &list.read(keep.clone(), true), microversion).await {
        // A service that does not take the filter is asked for all.
        Err(failure) if failure.class == Class::Terminal && list.is_narrowed() => {
            seeker.found.lock().clear();
            looker.list(pass, &list.read(keep, false), microversion).await?
        }
        answered => answered?,
    };
    let Answer::Items(items) = answer else { return Ok(Sought::None(said(filter))) };
    let matches: Vec<_> =
        items.iter().filter_map(|item| seeker.sees(item).transpose()).collect::<Result<_, _>>()?;
    let count = seeker.found.lock().len();
    Ok(match matches.as_slice() {
        [] => Sought::None(said(filter)),
        [Match { external_name, marker, .. }] if count == 1 => Sought::One {
            external_name: external_name.clone(),
            foreign: assessor.foreign(pass, external_name, marker.as_ref()),
        },
        several => Sought::Several { first: named(several), count },
    })
}

/// What was looked for, in words.
fn said(filter: &Map<String, Value>) -> String {
    filter
        .iter()
        .map(|(name, value)| format!("{name}: {}", words::short(value)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// In an order that is the same each time, whatever the service's is.
fn named(matches: &[Match]) -> Vec<String> {
    let one = |Match { external_name, name, .. }: &Match| match name.is_empty() || name == external_name {
        true => external_name.clone(),
        false => format!("{name} ({external_name})"),
    };
    let mut all: Vec<_> = matches.iter().map(one).collect();
    all.sort_unstable();
    all
}
