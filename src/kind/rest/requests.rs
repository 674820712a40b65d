//! The requests that a plain collection takes about one object.

use super::{Creation, Rest, Update, beside, hints, look, since, wire};
use crate::kind::{
    diff::Diff,
    info::{Info, MarkerPlace},
    key::AnyKey,
    marker::{self, Marker},
    request::{Method, Request},
    step::Step,
};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;
/// What a kind does with a body. Behind a pointer, so that what calls it is compiled once and not once a kind.
type Complete<'c> = &'c dyn Fn(&mut Object);

/// The requests about one object; each as the step that sends it.
#[derive(Clone, Copy, Debug)]
pub struct Requests<'a> {
    info: Info,
    rest: Rest,
    key: &'a AnyKey<'a>,
}

impl<'a> Requests<'a> {
    /// About the object of this key.
    pub const fn new(info: Info, rest: Rest, key: &'a AnyKey<'a>) -> Self {
        Self { info, rest, key }
    }

    fn request(&self, method: Method, path: String, body: Option<Value>) -> Request {
        let request = Request::new(self.info.service, method, path, body);
        Request { microversion: self.info.microversion, ..request }
    }

    fn path(&self) -> String {
        self.rest.item(self.key.meta.external_name.unwrap_or_default())
    }

    /// A request about what is `below` the object.
    pub fn below(&self, method: Method, below: &str, body: Option<Value>) -> Step {
        Step::Send(self.request(method, format!("{}/{below}", self.path()), body))
    }

    /// POST or PUT of all parameters, of the id that was chosen, and of the marker, where it can stand.
    pub fn create(&self, chosen: Option<&str>, complete: Complete<'_>) -> Step {
        let mut body = self.create_body();
        let has_id = self.key.shapes.params.fields.iter().any(|f| f.wire == "id");
        if let Some(chosen) = chosen.filter(|_| has_id) {
            body.insert("id".to_owned(), json!(chosen));
        }
        complete(&mut body);
        self.spread(&mut body, &Object::new());
        let hints = self.rest.hints.and_then(|beside| Some((beside.to_owned(), hints::take(&mut body)?)));
        let mut body = self.rest.new_body(body);
        if let Value::Object(body) = &mut body {
            body.extend(hints);
        }
        let mut request = match (self.rest.creation, chosen) {
            (Creation::Put, Some(chosen)) => self.request(Method::Put, self.rest.item(chosen), Some(body)),
            (Creation::Put, None) => return Step::Refuse("it has no name to create it by".to_owned()),
            (Creation::Post | Creation::PostList, _) => {
                let path = self.rest.collection(look::parent_of(&self.rest, self.key));
                self.request(Method::Post, path, Some(body))
            }
        };
        request.microversion = self.rest.create.or(request.microversion);
        let needed = since::newest(&self.key.shapes.params, self.key.params);
        if let Some((since, field)) = needed.filter(|(since, _)| Some(*since) >= request.microversion) {
            (request.microversion, request.because) = (Some(since), Some(field));
        }
        let fields = &self.key.shapes.params.fields;
        let sent = |wire: &str| fields.iter().any(|f| f.wire == wire && f.options.sent_secret());
        Step::Send(self.with_secrets(request, self.key.secrets.iter().filter(|(wire, _)| sent(wire))))
    }

    /// Tags that a create can't carry are part of it all the same, and no update.
    pub fn finish_create(&self, diff: &Diff) -> Step {
        if self.key.meta.creating && self.tags_differ(diff) { self.put_tags() } else { Step::Done }
    }

    /// One update of all that differs. Tags that are a resource of their own go first.
    pub fn update(&self, diff: &Diff, complete: Complete<'_>) -> Step {
        if self.tags_differ(diff) {
            return self.put_tags();
        }
        if diff.is_empty() {
            return Step::Done;
        }
        let mut fields = self.changed(diff);
        complete(&mut fields);
        let Some(request) = self.update_request(fields) else {
            return Step::unchangeable(diff);
        };
        let fields = &self.key.shapes.params.fields;
        let changed = |wire: &str| fields.iter().any(|f| f.wire == wire && diff.fields.contains(&f.name));
        Step::Send(self.with_secrets(request, self.key.secrets.iter().filter(|(wire, _)| changed(wire))))
    }

    /// Puts free fields beside the others. Those that were seen are sent with a null where they are to go: an update keeps what it
    /// leaves out.
    pub fn spread(&self, body: &mut Object, seen: &Object) {
        let Some(map) = self.rest.free else { return };
        if let (Some(Value::Object(free)), Some(Value::Object(seen))) = (body.get_mut(map), seen.get(map)) {
            for name in seen.keys() {
                free.entry(name).or_insert(Value::Null);
            }
        }
        beside::spread(body, map);
    }

    /// An update of just one field, by its name in the API.
    pub fn set(&self, field: &str, value: Value) -> Step {
        self.set_all([(field.to_owned(), value)].into_iter().collect())
    }

    /// An update of just these fields, by their names in the API.
    pub fn set_all(&self, fields: Object) -> Step {
        let names: Vec<_> = fields.keys().map(String::as_str).collect();
        let refused = Step::Refuse(format!("OpenStack can't change {}", names.join(", ")));
        self.update_request(fields).map_or(refused, Step::Send)
    }

    fn update_request(&self, fields: Object) -> Option<Request> {
        let send = |method, body| self.request(method, self.path(), Some(body));
        Some(match self.rest.update {
            Update::None => return None,
            Update::Put => send(Method::Put, self.rest.outer(fields)),
            Update::Patch => send(Method::Patch, self.rest.outer(fields)),
            Update::JsonPatch(content_type) => {
                Request { content_type, ..send(Method::Patch, self.json_patch(fields)) }
            }
        })
    }

    /// A field of the schema is there and is replaced. Any other is added, which replaces one that is there, or removed.
    fn json_patch(&self, fields: Object) -> Value {
        let known = |name: &String| self.key.shapes.params.fields.iter().any(|f| f.wire == *name);
        let (known, free): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| known(name));
        let path = |name: &str| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let replaced = known
            .into_iter()
            .map(|(name, value)| json!({"op": "replace", "path": path(&name), "value": value}));
        let others = free.into_iter().map(|(name, value)| match value {
            Value::Null => json!({"op": "remove", "path": path(&name)}),
            value => json!({"op": "add", "path": path(&name), "value": value}),
        });
        replaced.chain(others).collect()
    }

    /// PUT of these fields to a resource of their own below the object.
    pub fn put(&self, below: &str, diff: &Diff) -> Step {
        self.below(Method::Put, below, Some(Value::Object(self.changed(diff))))
    }

    /// An action on the object.
    pub fn act(&self, action: &str, how: Value) -> Step {
        self.below(Method::Post, "action", Some(json!({ action: how })))
    }

    /// An action whose content is the secret of this name in the API.
    pub fn act_secretly(&self, action: &str, name: &str) -> Step {
        let path = format!("{}/action", self.path());
        let mut request = self.request(Method::Post, path, Some(json!({ action: {} })));
        let secret = self.key.secrets.get(name);
        request.secrets.extend(secret.map(|value| (format!("/{action}/{name}"), value.clone())));
        request.mute = true;
        Step::Send(request)
    }

    /// DELETE.
    pub fn delete(&self) -> Step {
        Step::Send(self.request(Method::Delete, self.path(), None))
    }

    /// DELETE, with a query of flags that say how.
    pub fn delete_by(&self, flags: &[&str]) -> Step {
        let query = flags.iter().map(|flag| ((*flag).to_owned(), "true".to_owned())).collect();
        Step::Send(Request { query, ..self.request(Method::Delete, self.path(), None) })
    }

    fn tags_differ(&self, diff: &Diff) -> bool {
        self.rest.tags && diff.fields.iter().any(|field| field == "tags")
    }

    fn put_tags(&self) -> Step {
        let body = Some(json!({"tags": self.key.params.get("tags")}));
        let Some(collection) = self.rest.tags_below else { return self.below(Method::Put, "tags", body) };
        let id = self.key.meta.external_name.unwrap_or_default();
        Step::Send(self.request(Method::Put, format!("/{collection}/{id}/tags"), body))
    }

    /// Secrets stand beside the body, each with the place in the object that the API has for it.
    fn with_secrets<'b>(
        &self,
        mut request: Request,
        secrets: impl Iterator<Item = (&'b String, &'b SecretString)>,
    ) -> Request {
        let singular = self.rest.singular;
        let within = |wire: &str| {
            let field = self.key.shapes.params.fields.iter().find(|f| f.wire == wire);
            field
                .and_then(|field| field.options.within.as_deref())
                .map_or(String::new(), |at| format!("{at}/"))
        };
        if request.body.as_ref().is_some_and(|body| body.get(singular).is_some()) {
            let placed =
                secrets.map(|(wire, value)| (format!("/{singular}/{}{wire}", within(wire)), value.clone()));
            request.secrets.extend(placed);
        }
        request
    }

    /// All parameters; the name is the managed resource's unless set; and the marker, where it can stand.
    fn create_body(&self) -> Object {
        let key = self.key;
        let mut body = wire::encode(&key.shapes.params, key.params);
        if self.rest.tags {
            body.remove("tags");
        }
        if let Some(above) = self.rest.parent {
            body.remove(above.field);
        }
        if key.shapes.params.field("name").is_some() {
            body.entry("name").or_insert_with(|| json!(key.meta.name));
        }
        match self.info.marker {
            MarkerPlace::Description => {
                let description = body.get("description").and_then(Value::as_str).unwrap_or_default();
                let marked = key.meta.marker.append_to(description);
                body.insert("description".to_owned(), json!(marked));
            }
            MarkerPlace::Metadata => mark_metadata(&mut body, key.meta.marker),
            MarkerPlace::Tags => mark_tags(&mut body, key.meta.marker),
            MarkerPlace::NaturalKey | MarkerPlace::None => {}
        }
        body
    }

    /// Just the fields that differ. Where one of them carries the marker, it is ours from now on: one that somebody
    /// wiped out is put back, an adopted object is marked.
    fn changed(&self, diff: &Diff) -> Object {
        let (key, marker) = (self.key, self.key.meta.marker);
        let mut changed = key.params.clone();
        changed.retain(|name, _| diff.fields.contains(name));
        let mut body = wire::encode(&key.shapes.params, &changed);
        match self.info.marker {
            MarkerPlace::Description => {
                if let Some(Value::String(text)) = body.get_mut("description") {
                    *text = marker.append_to(text);
                }
            }
            MarkerPlace::Metadata if body.contains_key("metadata") => mark_metadata(&mut body, marker),
            MarkerPlace::Tags if body.contains_key("tags") => mark_tags(&mut body, marker),
            MarkerPlace::Metadata | MarkerPlace::Tags | MarkerPlace::NaturalKey | MarkerPlace::None => {}
        }
        body
    }
}

fn mark_metadata(body: &mut Object, marker: &Marker) {
    let metadata = body.entry("metadata").or_insert_with(|| json!({}));
    if let Value::Object(metadata) = metadata {
        metadata.insert(marker::METADATA_KEY.to_owned(), json!(marker.text()));
    }
}

fn mark_tags(body: &mut Object, marker: &Marker) {
    if let Value::Array(tags) = body.entry("tags").or_insert_with(|| json!([])) {
        tags.push(json!(marker.text()));
    }
}
