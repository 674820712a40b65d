//! What an intruder tries, and what must come of it: the rows of the tables of attacks.

use crate::world::{cluster::Cluster, condition};
use serde_json::Value;

/// Where it happens.
pub trait Stage {
    /// The cluster, as an administrator sees it.
    fn cluster(&self) -> &Cluster;
    /// The same with the intruder's own token, which may say that it is somebody else.
    fn as_intruder(&self, impersonating: Option<&str>) -> Cluster;
    /// The intruder's namespace.
    fn home(&self) -> &str;
}

pub struct Attack<S> {
    pub name: &'static str,
    pub does: Deed,
    pub ends: Ends<S>,
}

/// What the intruder sends, with its own token.
pub enum Deed {
    /// `kubectl apply`.
    Apply(Vec<Value>),
    /// The same without a check for unknown fields.
    Loose(Value),
    /// A merge into something of its own.
    Patch { kind: &'static str, name: &'static str, change: Value },
    /// Any request.
    Ask { method: &'static str, path: String, body: Value },
    /// A request as somebody else.
    Impersonate(String),
}

/// What must come of it.
pub enum Ends<S> {
    /// It has no right to do so.
    Forbidden,
    /// Admission refuses it, in these words.
    Refused(&'static str),
    /// This resource of the intruder's is not carried out, in these words.
    Says(&'static str, &'static str, String),
    /// It is carried out, and does no harm.
    Harmless(fn(&S) -> Result<(), String>),
}

pub fn attack<S>(name: &'static str, does: Deed, ends: Ends<S>) -> Attack<S> {
    Attack { name, does, ends }
}

/// One object, and what it then says.
pub fn says<S>(
    name: &'static str,
    object: Value,
    kind: &'static str,
    of: &'static str,
    words: impl Into<String>,
) -> Attack<S> {
    attack(name, Deed::Apply(vec![object]), Ends::Says(kind, of, words.into()))
}

/// A request, for which there is no right.
pub fn forbidden<S>(name: &'static str, method: &'static str, path: String, body: Value) -> Attack<S> {
    attack(name, Deed::Ask { method, path, body }, Ends::Forbidden)
}

/// Tries all, and returns what went wrong.
pub fn tried<S: Stage>(stage: &S, all: &[Attack<S>]) -> Vec<String> {
    let came: Vec<_> = all.iter().map(|attack| done(stage, &attack.does)).collect();
    let mut failures = vec![];
    for (attack, came) in all.iter().zip(&came) {
        let wrong = wrong(stage, attack, came);
        match &wrong {
            None => println!("held: {}", attack.name),
            Some(why) => println!("BROKEN: {}: {why}", attack.name),
        }
        failures.extend(wrong.map(|why| format!("{}: {why}", attack.name)));
    }
    failures
}

/// What came of a deed: the resource that it made or changed, by kind and name.
fn done(stage: &impl Stage, deed: &Deed) -> Result<Value, (u16, String)> {
    let (cluster, home) = (stage.as_intruder(None), stage.home());
    let place = |object: &Value| stage.cluster().place_of(object, home);
    let answer = match deed {
        Deed::Apply(objects) => {
            objects.iter().try_fold(Value::Null, |_, object| cluster.apply(&place(object), object))
        }
        Deed::Loose(object) => cluster.ask("POST", place(object).all(), object),
        Deed::Patch { kind, name, change } => {
            cluster.patch(&stage.cluster().place(kind, home).at(name), change)
        }
        Deed::Ask { method, path, body } => cluster.ask(method, path, body),
        Deed::Impersonate(who) => {
            stage.as_intruder(Some(who)).ask("GET", "/api/v1/namespaces/default", &Value::Null)
        }
    };
    answer.map_err(|status| (status.code, status.message))
}

/// What is wrong with what came of it.
fn wrong<S: Stage>(stage: &S, attack: &Attack<S>, came: &Result<Value, (u16, String)>) -> Option<String> {
    match (&attack.ends, came) {
        (Ends::Forbidden, Err((403, _))) => None,
        (Ends::Refused(says), Err((_, why))) if why.contains(says) => None,
        (Ends::Says(kind, name, says), Ok(_)) => {
            let mut why = String::new();
            let place = stage.cluster().place(kind, stage.home());
            let synced = || {
                let object = stage.cluster().try_get(&place, name).unwrap();
                let synced = condition(&object, "Synced");
                why = synced["message"].as_str().unwrap_or_default().to_owned();
                synced["status"] == "False" && why.contains(says)
            };
            let said = soon(synced);
            (!said).then(|| format!("wanted {says:?}, got {why}"))
        }
        (Ends::Harmless(check), Ok(_)) => check(stage).err(),
        (_, came) => Some(format!("{came:?}")),
    }
}

/// Whether it comes to this within 40 seconds.
fn soon(mut good: impl FnMut() -> bool) -> bool {
    (0..80).any(|_| {
        let now = good();
        if !now {
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
        now
    })
}
