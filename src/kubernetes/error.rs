//! What can go wrong between a release and its cluster. Texts are one line, stable from try to try, without secrets.

use crate::{
    kind::{
        failure::{Class, Failure},
        kubernetes_error::{self, is_forbidden, said},
    },
    source,
};

/// An error of this layer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server refused, or did not answer.
    #[error("cannot {verb} {what} {}", said(source))]
    Api {
        /// Verb of the right that the request needs: `create`.
        verb: &'static str,
        /// Resource and object: `deployments keystone-api`.
        what: String,
        /// What came of it.
        source: Box<kube::Error>,
    },
    /// The ServiceAccount lacks a right.
    #[error("ServiceAccount {account} may not {verb} {what} {}", said(source))]
    Forbidden {
        /// `namespace/name`.
        account: String,
        /// The right's verb.
        verb: &'static str,
        /// Resource and object.
        what: String,
        /// The API server's words.
        source: Box<kube::Error>,
    },
    /// The API server took too long.
    #[error("cannot {verb} {what} (ApiServerTimeout): no answer in time")]
    Timeout {
        /// The right's verb.
        verb: &'static str,
        /// Resource and object.
        what: String,
    },
    /// The API server has no such kind.
    #[error("the API server knows no kind {kind} of {api_version} (UnknownKind)")]
    UnknownKind {
        /// `apiVersion`.
        api_version: String,
        /// `kind`.
        kind: String,
    },
    /// The credentials are of another kind than this backend takes.
    #[error(
        "the ProviderConfig names no ServiceAccount: set spec.serviceAccountRef to the one that components are installed as"
    )]
    NoAccount,
    /// The chart can't be had, or is not what it should be.
    #[error("chart {chart} (ChartUnusable): {why}")]
    Chart {
        /// As the spec names it.
        chart: String,
        /// Why.
        why: String,
    },
    /// A document behind an address is not what it should be.
    #[error("document of {host} (DocumentUnusable): {why}")]
    Document {
        /// The address's host.
        host: String,
        /// Why.
        why: String,
    },
    /// The source of a chart or a document failed.
    #[error("{what}: {source}")]
    Source {
        /// What was fetched, as the spec names it.
        what: String,
        /// Why.
        source: source::Error,
    },
    /// Helm is not there, is of another version, or did not run.
    #[error("helm (HelmUnusable): {0}")]
    Helm(String),
    /// The chart and the values don't render; Helm's words, or those of a guard.
    #[error("{0}")]
    Rendering(String),
    /// An object belongs to somebody else, or the step is not possible as things are.
    #[error("{0}")]
    Refused(String),
    /// Somebody was quicker; the next look shows what is so now.
    #[error("{0}")]
    Conflict(String),
    /// A record, an object or a request has an unexpected form.
    #[error("{what} has an unexpected form (UnexpectedForm): {why}")]
    Form {
        /// What was read.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// What was asked for does not exist.
    #[error("{0} does not exist (NotFound)")]
    Gone(String),
    /// Files of this program's temporary folder.
    #[error("cannot {action} (TemporaryFolderUnusable): {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Why not.
        source: std::io::Error,
    },
}

impl Error {
    /// An answer of the API server to a request that an account made.
    pub fn api(account: &str, verb: &'static str, what: &str, source: kube::Error) -> Self {
        let (what, source) = (what.to_owned(), Box::new(source));
        if is_forbidden(&source) {
            return Self::Forbidden { account: account.to_owned(), verb, what, source };
        }
        Self::Api { verb, what, source }
    }

    /// What it means for the next try.
    pub fn class(&self) -> Class {
        match self {
            Self::Api { source, .. } | Self::Forbidden { source, .. } => kubernetes_error::class(source),
            Self::Timeout { .. } => Class::Unanswered,
            // A CRD may be established a moment later.
            Self::UnknownKind { .. } | Self::Io { .. } => Class::Transient,
            Self::Source { source, .. } => source.class(),
            Self::Conflict(_) => Class::Conflict,
            Self::Gone(_) => Class::NotFound,
            Self::NoAccount
            | Self::Chart { .. }
            | Self::Document { .. }
            | Self::Helm(_)
            | Self::Rendering(_)
            | Self::Refused(_)
            | Self::Form { .. } => Class::Terminal,
        }
    }

    /// Stable name, for conditions, events and metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Api { source, .. } | Self::Forbidden { source, .. } => kubernetes_error::reason(source),
            Self::Timeout { .. } => "ApiServerTimeout",
            Self::UnknownKind { .. } => "UnknownKind",
            Self::NoAccount => "NoServiceAccount",
            Self::Chart { .. } => "ChartUnusable",
            Self::Document { .. } => "DocumentUnusable",
            Self::Source { source, .. } => source.reason(),
            Self::Helm(_) => "HelmUnusable",
            Self::Rendering(_) => "RenderingFailed",
            Self::Refused(_) => "Refused",
            Self::Conflict(_) => "Conflict",
            Self::Form { .. } => "UnexpectedForm",
            Self::Gone(_) => "NotFound",
            Self::Io { .. } => "TemporaryFolderUnusable",
        }
    }

    /// The status code that the API server answered with, but for a missing right.
    pub fn code(&self) -> Option<u16> {
        let Self::Api { source, .. } = self else { return None };
        if let kube::Error::Api(status) = &**source { Some(status.code) } else { None }
    }

    /// Does the API server already have an object of that name, or another version of it?
    pub fn is_conflict(&self) -> bool {
        self.class() == Class::Conflict
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.class(), error.reason(), error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::core::Status;

    fn refused(code: u16, message: &str) -> Error {
        let status = Status::failure(message, "").with_code(code).boxed();
        Error::api("openstack/deployer", "patch", "deployments keystone-api", kube::Error::Api(status))
    }

    #[test]
    fn a_missing_right_names_verb_resource_and_account() {
        let error = refused(403, "RBAC: no");
        assert_eq!(
            error.to_string(),
            "ServiceAccount openstack/deployer may not patch deployments keystone-api (403 Forbidden): RBAC: no"
        );
        assert_eq!((error.class(), error.reason()), (Class::Transient, "Forbidden"));
    }

    #[test]
    fn another_refusal_says_what_was_tried() {
        let error = refused(409, "it is there");
        assert_eq!(error.to_string(), "cannot patch deployments keystone-api (409 Conflict): it is there");
        assert!(error.is_conflict());
    }
}
