//! What a kind says when it is asked, for tests of single kinds.

use crate::{
    kind::{
        Found, Goal, Meta, Step,
        any::{AnyKey, AnyKind, Observed},
        cloud::CloudInfo,
        diff::Diff,
        marker::Marker,
        request::{Answer, Read},
    },
    kinds::KINDS,
};
use serde_json::Value;

/// A kind, a spec, and what is known of the resource.
pub struct Asked {
    kind: &'static dyn AnyKind,
    params: Value,
    name: Option<&'static str>,
    creating: bool,
}

/// Of a resource without external-name.
pub fn about(id: &str, params: Value) -> Asked {
    let kind = KINDS.iter().find(|kind| kind.id() == id).unwrap();
    Asked { kind: kind.as_ref(), params, name: None, creating: false }
}

impl Asked {
    /// With an external-name.
    pub fn named(self, name: &'static str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// While its creation is not recorded as complete.
    pub fn creating(self) -> Self {
        Self { creating: true, ..self }
    }

    fn ask<T>(&self, question: impl FnOnce(&AnyKey<'_>) -> T) -> T {
        let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
        let (external_name, creating) = (self.name, self.creating);
        let meta = Meta { namespace: "n", name: "m", external_name, marker: &marker, creating };
        let cloud = CloudInfo { project_id: Some("own".to_owned()), ..CloudInfo::UNKNOWN };
        let params = serde_json::from_value(self.params.clone()).unwrap();
        let key = AnyKey::new(&params, meta, self.kind.shapes().unwrap());
        question(&AnyKey { cloud: &cloud, ..key })
    }

    /// What is to be read.
    pub fn reads(&self) -> Vec<Read> {
        self.ask(|key| self.kind.reads(key).unwrap())
    }

    /// What answers mean.
    pub fn found(&self, answers: &[Answer]) -> Found {
        self.ask(|key| self.kind.parse(key, answers).unwrap())
    }

    /// Is an object whose status is this what a create made whose answer was lost?
    pub fn recognises(&self, at_provider: Value) -> bool {
        let at_provider = serde_json::from_value(at_provider).unwrap();
        let observed = Observed { at_provider, ..Observed::default() };
        self.ask(|key| self.kind.recognises(key, &observed).unwrap())
    }

    /// The next step from nothing.
    pub fn creates(&self) -> String {
        self.ask(|key| said(self.kind.step(Goal::Exist, key, None, &Diff::default()).unwrap()))
    }

    /// The next step from an object whose status is this.
    pub fn next(&self, goal: Goal, at_provider: Value) -> String {
        let at_provider = serde_json::from_value(at_provider).unwrap();
        let observed = Observed { at_provider, ..Observed::default() };
        self.ask(|key| {
            let diff = self.kind.diff(key.params, &observed).unwrap();
            said(self.kind.step(goal, key, Some(&observed), &diff).unwrap())
        })
    }
}

fn said(step: Step) -> String {
    match step {
        Step::Send(request) => {
            let body = request.body.map_or(String::new(), |body| format!(" {body}"));
            format!("{} {}{body}", request.method, request.path)
        }
        other => format!("{other:?}"),
    }
}
