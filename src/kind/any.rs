//! The object-safe view of a kind: values are JSON, so that the runtime is compiled once and not once a kind.

pub use super::key::{AnyKey, Observed, Shapes};

use super::{
    ConnectionDetails, Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Params, Ready, Seen,
    Step,
    awaited::Awaited,
    cloud::CloudInfo,
    diff::{self, Diff, words},
    import::{self, Match, SearchList},
    marker,
    request::{Answer, Microversion, Read},
    rest::{
        listing::{self, Item},
        wire,
    },
    rival::Rival,
    sealed::Sealed,
    shape::Shape,
};
use crate::api::{
    condition::{self, Condition},
    crd::ManagedCrd,
    schema,
};
use serde_json::{Map, Value, json};
use std::{marker::PhantomData, sync::OnceLock};

/// Parameters, and what of them an update is to change.
pub type Update = (Map<String, Value>, Diff);

/// A kind behind a pointer.
pub trait AnyKind: Send + Sync {
    /// The fixed facts.
    fn info(&self) -> &Info;
    /// What it does otherwise than most.
    fn options(&self) -> Options;
    /// `service.Kind`: how references, logs and messages name it.
    fn id(&self) -> &str;
    /// The compiled schemas.
    ///
    /// # Errors
    /// An annotation in the kind's file can't be read.
    fn shapes(&self) -> Result<&Shapes, KindError>;
    /// Annotated schema of the parameters, see [`schema::of`].
    fn parameters(&self) -> Value;
    /// The CustomResourceDefinition.
    ///
    /// # Errors
    /// An annotation in the kind's file can't be read.
    fn crd(&self) -> Result<Value, KindError>;
    /// See [`Kind::reads`].
    ///
    /// # Errors
    /// The parameters have an unexpected form.
    fn reads(&self, key: &AnyKey<'_>) -> Result<Vec<Read>, KindError>;
    /// See [`Kind::awaits`].
    ///
    /// # Errors
    /// The parameters have an unexpected form.
    fn awaits(&self, params: &Map<String, Value>) -> Result<Vec<Awaited>, KindError>;
    /// See [`Kind::rivals`].
    ///
    /// # Errors
    /// The parameters have an unexpected form.
    fn rivals(&self, params: &Map<String, Value>) -> Result<Vec<Rival>, KindError>;
    /// See [`Kind::looks_with`].
    ///
    /// # Errors
    /// The parameters have an unexpected form.
    fn looks_with(&self, key: &AnyKey<'_>) -> Result<Option<Microversion>, KindError>;
    /// The object of a read with this microversion, where a list of its collection tells as much; see [`Kind::LISTING`].
    fn listed(&self, read: &Read, microversion: Option<Microversion>) -> Option<Item>;
    /// Can its objects be found by a filter?
    fn imports(&self) -> bool;
    /// The list in which a filter, which is the key's parameters, looks for an object; none where there is no such list.
    ///
    /// # Errors
    /// The filter has an unexpected form.
    fn search(&self, key: &AnyKey<'_>) -> Result<Option<SearchList>, KindError>;
    /// The object that an item of such a list tells: external-name and body. None for one that is on its way out.
    ///
    /// # Errors
    /// The parameters or the item have an unexpected form.
    fn listed_as(&self, key: &AnyKey<'_>, item: &Value) -> Result<Option<(String, Value)>, KindError>;
    /// Key of one object in an answer: `network`. None for a kind that is no plain collection.
    fn singular(&self) -> Option<&'static str>;
    /// See [`Kind::parse`].
    ///
    /// # Errors
    /// The parameters or an answer have an unexpected form.
    fn parse(&self, key: &AnyKey<'_>, answers: &[Answer]) -> Result<Found, KindError>;
    /// See [`Kind::step`].
    ///
    /// # Errors
    /// The parameters or the observation have an unexpected form.
    fn step(
        &self,
        goal: Goal,
        key: &AnyKey<'_>,
        observed: Option<&Observed>,
        diff: &Diff,
    ) -> Result<Step, KindError>;
    /// See [`Kind::ready`].
    ///
    /// # Errors
    /// The parameters or the observation have an unexpected form.
    fn ready(&self, params: &Map<String, Value>, observed: &Observed) -> Result<Ready, KindError>;
    /// See [`Kind::drift`].
    ///
    /// # Errors
    /// The parameters or the observation have an unexpected form.
    fn drift(&self, key: &AnyKey<'_>, observed: &Observed) -> Result<Vec<String>, KindError>;
    /// See [`Kind::left_to_others`].
    ///
    /// # Errors
    /// The observation has an unexpected form.
    fn left_to_others(&self, observed: &Observed) -> Result<&'static [&'static str], KindError>;
    /// See [`Kind::conditions`].
    ///
    /// # Errors
    /// The parameters or the observation have an unexpected form, or a condition is none of the kind's own.
    fn conditions(
        &self,
        params: &Map<String, Value>,
        observed: &Observed,
    ) -> Result<Vec<Condition>, KindError>;
    /// See [`Kind::connection`].
    ///
    /// # Errors
    /// The parameters or the observation have an unexpected form.
    fn connection(
        &self,
        key: &AnyKey<'_>,
        observed: &Observed,
        info: &CloudInfo,
    ) -> Result<ConnectionDetails, KindError>;
    /// See [`Kind::chosen_name`].
    ///
    /// # Errors
    /// The parameters have an unexpected form.
    fn chosen_name(&self, key: &AnyKey<'_>) -> Result<Option<String>, KindError>;
    /// See [`Kind::recognises`].
    ///
    /// # Errors
    /// The parameters or the observation have an unexpected form.
    fn recognises(&self, key: &AnyKey<'_>, observed: &Observed) -> Result<bool, KindError>;
    /// See [`Kind::inherited`].
    ///
    /// # Errors
    /// The parameters or the observation have an unexpected form.
    fn inherited(&self, key: &AnyKey<'_>, observed: &Observed) -> Result<bool, KindError>;
}

impl dyn AnyKind {
    /// An object as the API says it, as Kubernetes shows it.
    ///
    /// # Errors
    /// An annotation in the kind's file can't be read.
    pub fn observe(&self, body: &Value) -> Result<Observed, KindError> {
        let shapes = self.shapes()?;
        let mut body = body.as_object().ok_or(KindError::Missing("an object"))?.clone();
        let marker = marker::take(&mut body);
        let mut at_provider = Map::new();
        if self.options().mirrors {
            at_provider = wire::decode(&shapes.params, &body);
        }
        at_provider.extend(wire::decode(&shapes.state, &body));
        Ok(Observed { at_provider, marker, sealed: Sealed::of(&body, self.options().seals) })
    }

    /// The object of an item, if it is as a filter says.
    ///
    /// # Errors
    /// The parameters or the item have an unexpected form.
    pub fn matched(
        &self,
        key: &AnyKey<'_>,
        filter: &Map<String, Value>,
        item: &Value,
    ) -> Result<Option<Match>, KindError> {
        let Some((external_name, body)) = self.listed_as(key, item)? else { return Ok(None) };
        let Observed { at_provider, marker, .. } = self.observe(&body)?;
        let name = at_provider.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let agrees = import::agrees(self.shapes()?, filter, &at_provider);
        Ok(agrees.then_some(Match { external_name, name, marker }))
    }

    /// Parameters and difference of an update that writes our marker and changes nothing else; `None` where the
    /// marker's place can't be updated.
    ///
    /// # Errors
    /// An annotation in the kind's file can't be read.
    pub fn remarking(
        &self,
        wanted: &Map<String, Value>,
        observed: &Observed,
    ) -> Result<Option<Update>, KindError> {
        let (place, empty) = match self.info().marker {
            MarkerPlace::Description => ("description", json!("")),
            MarkerPlace::Metadata => ("metadata", json!({})),
            MarkerPlace::Tags => ("tags", json!([])),
            MarkerPlace::NaturalKey | MarkerPlace::None => return Ok(None),
        };
        if self.shapes()?.params.field(place).is_none_or(|field| field.options.immutable) {
            return Ok(None);
        }
        let mut params = wanted.clone();
        let have = observed.at_provider.get(place).cloned().unwrap_or(empty);
        params.entry(place).or_insert(have);
        Ok(Some((params, Diff { fields: vec![place.to_owned()], immutable: vec![] })))
    }

    /// What differs between a spec and what was observed.
    ///
    /// # Errors
    /// An annotation in the kind's file can't be read.
    pub fn diff(&self, wanted: &Map<String, Value>, observed: &Observed) -> Result<Diff, KindError> {
        if !self.options().mirrors {
            return Ok(Diff::default());
        }
        let diff = diff::diff(&self.shapes()?.params, wanted, &observed.at_provider);
        Ok(diff.split(self.left_to_others(observed)?).0)
    }

    /// The same in words.
    ///
    /// # Errors
    /// An annotation in the kind's file can't be read.
    pub fn differences(
        &self,
        diff: &Diff,
        wanted: &Map<String, Value>,
        observed: &Observed,
    ) -> Result<String, KindError> {
        Ok(words::of(diff, &self.shapes()?.params, wanted, &observed.at_provider))
    }
}

/// A kind as a value of the registry.
pub struct Erased<K> {
    info: Info,
    id: OnceLock<String>,
    shapes: OnceLock<Shapes>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Erased<K> {
    /// The kind's entry in the registry.
    #[allow(clippy::new_without_default, reason = "a default kind means nothing")]
    pub const fn new() -> Self {
        Self { info: K::INFO, id: OnceLock::new(), shapes: OnceLock::new(), kind: PhantomData }
    }
}

fn typed<T: Params>(place: &'static str, fields: &Map<String, Value>) -> Result<T, KindError> {
    // Null for a field is absence, and unknown fields (references) are not a kind's business.
    T::deserialize(fields).map_err(|source| KindError::Value { place, source })
}

fn seen<K: Kind>(any: &Observed) -> Result<Seen<'_, K>, KindError> {
    let params = typed("the observed object", &any.at_provider)?;
    Ok(Seen::<K> { params, state: typed("the observed object", &any.at_provider)?, any })
}

/// Why nothing is made of a spec that holds a marker.
const MARKED: &str = "a text of the spec ends like the provider's marker, which tells whose an object is: leave out what begins with [kupenstack:";

/// An annotation of a field that is none.
pub fn annotated(source: serde_json::Error) -> KindError {
    KindError::Value { place: "an x-os annotation", source }
}

impl<K: Kind> AnyKind for Erased<K> {
    fn info(&self) -> &Info {
        &self.info
    }

    fn options(&self) -> Options {
        K::OPTIONS
    }

    fn id(&self) -> &str {
        self.id.get_or_init(|| format!("{}.{}", self.info.group, self.info.kind))
    }

    fn shapes(&self) -> Result<&Shapes, KindError> {
        if let Some(shapes) = self.shapes.get() {
            return Ok(shapes);
        }
        let params = Shape::of(&self.parameters()).map_err(annotated)?;
        let state = Shape::of(&schema::of::<K::Observation>()).map_err(annotated)?;
        Ok(self.shapes.get_or_init(|| Shapes { params, state }))
    }

    fn parameters(&self) -> Value {
        let mut schema = schema::of::<K::Parameters>();
        schema::remove(&mut schema, K::OPTIONS.without);
        schema
    }

    fn crd(&self) -> Result<Value, KindError> {
        let crd = ManagedCrd {
            group: self.info.api_group(),
            service: self.info.group,
            kind: self.info.kind,
            plural: self.info.plural,
            short: self.info.short,
            about: &self.info.explained(),
            parameters: &self.parameters(),
            mirrors: K::OPTIONS.mirrors,
            observation: &schema::of::<K::Observation>(),
            columns: self.info.columns,
            requires: self.info.requires,
            imports: self.imports(),
            scale: K::OPTIONS.scale,
            tells_once: K::OPTIONS.tells_once,
        };
        crd.build().map_err(annotated)
    }

    fn reads(&self, key: &AnyKey<'_>) -> Result<Vec<Read>, KindError> {
        let params = typed("spec", key.params)?;
        Ok(K::reads(&Key { params: &params, any: key }))
    }

    fn awaits(&self, params: &Map<String, Value>) -> Result<Vec<Awaited>, KindError> {
        Ok(K::awaits(&typed("spec", params)?))
    }

    fn rivals(&self, params: &Map<String, Value>) -> Result<Vec<Rival>, KindError> {
        Ok(K::rivals(&typed("spec", params)?))
    }

    fn looks_with(&self, key: &AnyKey<'_>) -> Result<Option<Microversion>, KindError> {
        let params = typed("spec", key.params)?;
        Ok(K::looks_with(&Key { params: &params, any: key }))
    }

    fn listed(&self, read: &Read, microversion: Option<Microversion>) -> Option<Item> {
        listing::item(&self.info, K::REST.as_ref(), K::LISTING, read, microversion)
    }

    fn imports(&self) -> bool {
        import::is_possible(&K::OPTIONS, K::REST.as_ref(), K::LISTING)
    }

    fn search(&self, key: &AnyKey<'_>) -> Result<Option<SearchList>, KindError> {
        let Some(rest) = K::REST.filter(|_| self.imports()) else { return Ok(None) };
        let params = typed("spec.import.filter", key.params)?;
        let reads = K::reads(&Key { params: &params, any: key });
        Ok(SearchList::of(&rest, K::LISTING, &reads, key))
    }

    fn listed_as(&self, key: &AnyKey<'_>, item: &Value) -> Result<Option<(String, Value)>, KindError> {
        let Some(rest) = K::REST else { return Ok(None) };
        let params = typed("spec.import.filter", key.params)?;
        let key = Key { params: &params, any: key };
        let mut answers = vec![Answer::Body(import::as_answer(&rest, item))];
        let mut found = K::parse(&key, &answers)?;
        if let Found::More(reads) = &found {
            answers.extend(reads.iter().map(import::unread));
            found = K::parse(&key, &answers)?;
        }
        match found {
            Found::One { external_name, body } => Ok(Some((external_name, body))),
            Found::Absent | Found::Named(_) | Found::More(_) | Found::Ambiguous(_) => Ok(None),
        }
    }

    fn singular(&self) -> Option<&'static str> {
        K::REST.map(|rest| rest.singular)
    }

    fn parse(&self, key: &AnyKey<'_>, answers: &[Answer]) -> Result<Found, KindError> {
        let params = typed("spec", key.params)?;
        K::parse(&Key { params: &params, any: key }, answers)
    }

    fn step(
        &self,
        goal: Goal,
        key: &AnyKey<'_>,
        observed: Option<&Observed>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        if goal != Goal::Vanish && marker::is_among(key.params) {
            return Ok(Step::Refuse(MARKED.to_owned()));
        }
        let params = typed("spec", key.params)?;
        let seen = observed.map(seen::<K>).transpose()?;
        K::step(goal, &Key { params: &params, any: key }, seen.as_ref(), diff)
    }

    fn ready(&self, params: &Map<String, Value>, observed: &Observed) -> Result<Ready, KindError> {
        Ok(K::ready(&typed("spec", params)?, &seen::<K>(observed)?))
    }

    fn drift(&self, key: &AnyKey<'_>, observed: &Observed) -> Result<Vec<String>, KindError> {
        let params = typed("spec", key.params)?;
        Ok(K::drift(&Key { params: &params, any: key }, &seen::<K>(observed)?))
    }

    fn left_to_others(&self, observed: &Observed) -> Result<&'static [&'static str], KindError> {
        Ok(K::left_to_others(&seen::<K>(observed)?))
    }

    fn conditions(
        &self,
        params: &Map<String, Value>,
        observed: &Observed,
    ) -> Result<Vec<Condition>, KindError> {
        let all = K::conditions(&typed("spec", params)?, &seen::<K>(observed)?);
        let own =
            |r#type: &str| K::OPTIONS.conditions.contains(&r#type) && !condition::RESERVED.contains(&r#type);
        match all.iter().find(|condition| !own(&condition.r#type)) {
            Some(other) => Err(KindError::Condition(other.r#type.clone())),
            None => Ok(all),
        }
    }

    fn connection(
        &self,
        key: &AnyKey<'_>,
        observed: &Observed,
        info: &CloudInfo,
    ) -> Result<ConnectionDetails, KindError> {
        let params = typed("spec", key.params)?;
        Ok(K::connection(&Key { params: &params, any: key }, &seen::<K>(observed)?, info))
    }

    fn chosen_name(&self, key: &AnyKey<'_>) -> Result<Option<String>, KindError> {
        let params = typed("spec", key.params)?;
        Ok(K::chosen_name(&Key { params: &params, any: key }))
    }

    fn recognises(&self, key: &AnyKey<'_>, observed: &Observed) -> Result<bool, KindError> {
        let params = typed("spec", key.params)?;
        Ok(K::recognises(&Key { params: &params, any: key }, &seen::<K>(observed)?))
    }

    fn inherited(&self, key: &AnyKey<'_>, observed: &Observed) -> Result<bool, KindError> {
        let params = typed("spec", key.params)?;
        Ok(K::inherited(&Key { params: &params, any: key }, &seen::<K>(observed)?))
    }
}
