//! One pass over one resource: who it is about, and what is known.

use crate::{
    api::managed::Managed,
    kind::{
        KindError, MarkerPlace, Meta,
        any::{AnyKey, AnyKind},
        cloud::Cloud,
        failure::Failure,
        marker::Marker,
        request::{Microversion, Read},
    },
    runtime::{
        apiserver::{inputs::Notes, owner::Owner},
        base::keys::ObjectKey,
        plan::state::{Guard, Memory, PassState, SecretsProgress},
    },
};
use serde_json::{Map, Value};
use std::sync::Arc;

/// One pass over one resource. Effects read it; the loop alone changes the state, by what they return.
pub(crate) struct Pass<'a> {
    pub(crate) key: &'a ObjectKey,
    pub(crate) kind: &'static dyn AnyKind,
    /// What its creates carry.
    pub(crate) marker: Marker,
    pub(crate) state: PassState,
    /// What effects read beside the resource.
    pub(crate) notes: Notes,
}

impl<'a> Pass<'a> {
    pub(crate) fn new(
        key: &'a ObjectKey,
        kind: &'static dyn AnyKind,
        object: Managed,
        owner: String,
        memory: Memory,
    ) -> Self {
        let marker = Marker { uid: object.metadata.uid.clone(), owner };
        let (findable, progress) = (kind.info().marker != MarkerPlace::None, secrets_at_first(kind, &object));
        let mut state = PassState::new(object, findable, progress, memory);
        if looks_with_inputs(kind) {
            state.look_inputs = None;
            state.deletes_with_inputs = kind.options().deletes_with_inputs;
        }
        state.singleton = kind.options().singleton;
        if kind.options().guards {
            state.guard = Guard::Unknown;
        }
        Self { key, kind, marker, state, notes: Notes::default() }
    }

    /// The managed resource.
    pub(crate) fn object(&self) -> &Managed {
        &self.state.object
    }

    /// Its UID.
    pub(crate) fn uid(&self) -> &str {
        &self.state.object.metadata.uid
    }

    /// Its namespace.
    pub(crate) fn namespace(&self) -> &str {
        &self.state.object.metadata.namespace
    }

    /// This resource as an owner of others.
    pub(crate) fn owner(&self) -> Owner {
        let Managed { api_version, kind, metadata, .. } = self.object();
        let (name, uid) = (metadata.name.clone(), metadata.uid.clone());
        Owner { api_version: api_version.clone(), kind: kind.clone(), name, uid }
    }

    /// The live connection.
    pub(crate) fn cloud(&self) -> Result<&Arc<dyn Cloud>, Failure> {
        let connected = self.state.connection.as_ref().and_then(|connected| connected.as_ref().ok());
        connected.ok_or_else(|| Failure::transient("NotConnected", "not connected"))
    }

    /// The live connection, to change something: none while its ProviderConfig holds all changes, whatever was planned.
    pub(crate) fn changeable_cloud(&self) -> Result<&Arc<dyn Cloud>, Failure> {
        match &self.state.hold {
            Some(hold) => Err(hold.refusal()),
            None => self.cloud(),
        }
    }

    /// Asks the kind, with all that it may know.
    pub(crate) fn ask<T>(
        &self,
        question: impl FnOnce(&AnyKey<'_>) -> Result<T, KindError>,
    ) -> Result<T, Failure> {
        let object = self.object();
        let about = Question {
            params: &self.state.parameters(),
            creating: object.create_incomplete(),
            external_name: object.external_name(),
        };
        self.ask_about(&about, question)
    }

    /// What to look at, to compare with later: `initProvider` counts only until the creation is complete.
    pub(crate) fn reads(&self) -> Result<Vec<Read>, Failure> {
        self.ask_for_looks(|key| self.kind.reads(key))
    }

    /// The microversion to look with.
    pub(crate) fn looks_with(&self) -> Result<Option<Microversion>, Failure> {
        self.ask_for_looks(|key| self.kind.looks_with(key))
    }

    fn ask_for_looks<T>(
        &self,
        question: impl FnOnce(&AnyKey<'_>) -> Result<T, KindError>,
    ) -> Result<T, Failure> {
        let (object, creating) = (self.object(), self.object().create_incomplete());
        let params = self.state.wanted.parameters(creating);
        let about = Question { params: &params, creating, external_name: object.external_name() };
        self.ask_about(&about, question)
    }

    /// Is it judged by a comparison alone?
    pub(crate) fn compares(&self) -> Result<bool, Failure> {
        Ok(self.reads()?.iter().any(|read| matches!(read, Read::Compare { .. })))
    }

    /// The same about something else than what the pass is at.
    pub(crate) fn ask_about<T>(
        &self,
        about: &Question<'_>,
        question: impl FnOnce(&AnyKey<'_>) -> Result<T, KindError>,
    ) -> Result<T, Failure> {
        let metadata = &self.object().metadata;
        let meta = Meta {
            namespace: &metadata.namespace,
            name: &metadata.name,
            external_name: about.external_name,
            marker: &self.marker,
            creating: about.creating,
        };
        let key =
            AnyKey { secrets: &self.state.secrets, ..AnyKey::new(about.params, meta, self.kind.shapes()?) };
        let key = self.cloud().map_or(key, |cloud| AnyKey { cloud: cloud.info(), ..key });
        Ok(question(&key)?)
    }
}

/// What a kind is asked about.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) params: &'a Map<String, Value>,
    /// Whether the create is sent and not recorded as complete.
    pub(crate) creating: bool,
    pub(crate) external_name: Option<&'a str>,
}

/// Resources without secrets have them all.
fn secrets_at_first(kind: &dyn AnyKind, object: &Managed) -> SecretsProgress {
    let touched = |field: &crate::kind::shape::Field| {
        let (given, options) = (object.spec.for_provider.contains_key(&field.name), &field.options);
        (given && options.sent_secret()) || (!given && options.mint.is_some())
    };
    match kind.shapes() {
        Ok(shapes) if !shapes.params.fields.iter().any(touched) => SecretsProgress::Complete,
        Ok(_) | Err(_) => SecretsProgress::Unread,
    }
}

/// Can a look at this kind need documents or texts?
fn looks_with_inputs(kind: &dyn AnyKind) -> bool {
    let fields = kind.shapes().map(|shapes| shapes.params.fields.as_slice()).unwrap_or_default();
    fields.iter().any(|field| field.options.secret_for_looks())
}
