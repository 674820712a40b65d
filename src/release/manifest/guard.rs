//! What is refused of a rendering before anything of it is applied.

use super::object::Object;
use crate::release::yaml::NotYaml;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use std::collections::BTreeSet;

/// A rendering is refused. Names objects, and nothing of what is in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// A document is no YAML.
    #[error("{template} renders to what is {place}")]
    Text {
        /// The template.
        template: String,
        /// Where it stops being YAML.
        place: NotYaml,
    },
    /// A document is no object.
    #[error("{template} renders to an object without {lacks}")]
    Form {
        /// The template.
        template: String,
        /// What it lacks.
        lacks: &'static str,
    },
    /// Go's words for a value that does not fit its format.
    #[error("{object} has %! in its text: the chart formats a value of the wrong type")]
    Misformatted {
        /// The object.
        object: String,
    },
    /// Two documents have one identity.
    #[error("{object} is rendered twice")]
    Twice {
        /// The object.
        object: String,
    },
    /// An object does not belong to the release's namespace.
    #[error("{object} is of namespace {namespace}: a release holds objects of its own namespace only")]
    Elsewhere {
        /// The object.
        object: String,
        /// Where it would lie.
        namespace: String,
    },
}

/// Checks all objects of a manifest for a release in this namespace.
pub(super) fn check<'a>(
    objects: impl Iterator<Item = &'a Object>,
    namespace: &str,
) -> Result<(), ManifestError> {
    let mut seen = BTreeSet::new();
    for object in objects {
        let identity = object.identity(namespace);
        let name = identity.to_string();
        if is_misformatted(object) {
            return Err(ManifestError::Misformatted { object: name });
        }
        if let Some(other) = identity.namespace.clone().filter(|other| other != namespace) {
            return Err(ManifestError::Elsewhere { object: name, namespace: other });
        }
        // One object can be said in several versions of its group.
        if !seen.insert((identity.group().to_owned(), identity.kind, identity.name)) {
            return Err(ManifestError::Twice { object: name });
        }
    }
    Ok(())
}

/// `%!`, in the text or within a Secret: what Helm 3.18.0 made of every number, and what any chart may.
fn is_misformatted(object: &Object) -> bool {
    let within = || {
        let data = object.value.get("data").and_then(Value::as_object).into_iter().flatten();
        let decoded = data.filter_map(|(_, value)| BASE64_STANDARD.decode(value.as_str()?).ok());
        decoded.into_iter().any(|bytes| bytes.windows(2).any(|two| two == b"%!"))
    };
    object.text.contains("%!") || (object.kind() == "Secret" && within())
}
