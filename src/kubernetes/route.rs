//! What a path stands for. Pure.

use super::error::Error;

/// What a request or a look is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'a> {
    /// A release, or a part of it.
    Release {
        /// Namespace.
        namespace: &'a str,
        /// Name of the release.
        name: &'a str,
        /// Which part.
        part: Part<'a>,
    },
    /// A generated secret.
    Generated {
        /// Namespace.
        namespace: &'a str,
        /// Name of the Secret.
        name: &'a str,
    },
    /// A document behind an address.
    Document {
        /// Namespace of who reads it.
        namespace: &'a str,
        /// Name that it has there.
        name: &'a str,
    },
    /// A Node of a cloud, or a part of it.
    Node {
        /// Name of the Node.
        name: &'a str,
        /// Which part.
        part: NodePart,
    },
    /// An object of the API server, by its own path.
    Plain(&'a str),
}

/// A part of a Node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodePart {
    /// All of it.
    Whole,
    /// Its labels.
    Labels,
    /// Pods on it that are made anew.
    Restarts,
}

/// A part of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Its record.
    Record,
    /// One of its Jobs.
    Job(&'a str),
    /// An object that is made before all others.
    Early {
        /// Its kind.
        kind: &'a str,
        /// Its name.
        object: &'a str,
    },
    /// The migrations of the wanted release.
    Migration,
    /// All objects.
    Objects,
}

impl<'a> Route<'a> {
    /// Reads a path.
    ///
    /// # Errors
    /// Nothing lies there.
    pub fn parse(path: &'a str) -> Result<Self, Error> {
        if path.starts_with("/api/") || path.starts_with("/apis/") {
            return Ok(Self::Plain(path));
        }
        let parts: Vec<_> = path.trim_start_matches('/').split('/').collect();
        let nowhere =
            || Error::Form { what: format!("the path {path}"), why: "nothing lies there".to_owned() };
        if !parts.iter().all(|part| is_name(part)) {
            return Err(nowhere());
        }
        let part = match parts.as_slice() {
            ["namespaces", namespace, "generatedsecrets", name] => {
                return Ok(Self::Generated { namespace, name });
            }
            ["namespaces", namespace, "documents", name] => {
                return Ok(Self::Document { namespace, name });
            }
            ["nodes", name] => return Ok(Self::Node { name, part: NodePart::Whole }),
            ["nodes", name, "labels"] => return Ok(Self::Node { name, part: NodePart::Labels }),
            ["nodes", name, "restarts"] => return Ok(Self::Node { name, part: NodePart::Restarts }),
            ["namespaces", _, "releases", _] => Part::Record,
            ["namespaces", _, "releases", _, "jobs", job] => Part::Job(job),
            ["namespaces", _, "releases", _, "prepare", kind, object] => Part::Early { kind, object },
            ["namespaces", _, "releases", _, "migration"] => Part::Migration,
            ["namespaces", _, "releases", _, "objects"] => Part::Objects,
            _ => return Err(nowhere()),
        };
        match parts.as_slice() {
            [_, namespace, _, name, ..] => Ok(Self::Release { namespace, name, part }),
            _ => Err(nowhere()),
        }
    }
}

/// Names of Kubernetes have nothing that means something in a path.
fn is_name(part: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    !part.is_empty() && part.chars().all(plain) && !part.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_a_release_is_read_and_no_other() {
        let part = |path: &'static str| match Route::parse(path) {
            Ok(Route::Release { namespace: "n", name: "r", part }) => Some(part),
            Ok(_) | Err(_) => None,
        };
        assert_eq!(part("/namespaces/n/releases/r"), Some(Part::Record));
        assert_eq!(part("/namespaces/n/releases/r/jobs/j"), Some(Part::Job("j")));
        let early = Part::Early { kind: "Secret", object: "keys" };
        assert_eq!(part("/namespaces/n/releases/r/prepare/Secret/keys"), Some(early));
        assert_eq!(part("/namespaces/n/releases/r/migration"), Some(Part::Migration));
        assert_eq!(part("/namespaces/n/releases/r/objects"), Some(Part::Objects));
        let generated = Route::Generated { namespace: "n", name: "s" };
        assert_eq!(Route::parse("/namespaces/n/generatedsecrets/s").unwrap(), generated);
        let document = Route::Document { namespace: "n", name: "d" };
        assert_eq!(Route::parse("/namespaces/n/documents/d").unwrap(), document);
        assert_eq!(Route::parse("/nodes/a.b").unwrap(), Route::Node { name: "a.b", part: NodePart::Whole });
        assert_eq!(
            Route::parse("/nodes/n/labels").unwrap(),
            Route::Node { name: "n", part: NodePart::Labels }
        );
        assert_eq!(
            Route::parse("/nodes/n/restarts").unwrap(),
            Route::Node { name: "n", part: NodePart::Restarts }
        );
        assert_eq!(Route::parse("/apis/apps/v1").unwrap(), Route::Plain("/apis/apps/v1"));
        for wrong in [
            "/namespaces/n/releases",
            "/releases/r",
            "/nodes",
            "/nodes/n/x",
            "/namespaces/n/releases/r/jobs",
            "/version",
            "/namespaces/n/releases/..",
            "/namespaces/n/releases/r?x",
        ] {
            assert!(Route::parse(wrong).is_err(), "{wrong}");
        }
    }
}
