//! What can go wrong with a source. The text names the host only: the rest of a URL may hold a signature.

use crate::kind::failure::{Class, Failure};
use std::net::IpAddr;

/// An error of this layer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The URL can't be used at all.
    #[error("the source's address can't be used (SourceAddressUnusable): {0}")]
    Address(String),
    /// The host has an address of this machine or its surroundings.
    #[error(
        "source {host} has the address {address}, which is {why} (SourceNotAllowed): nothing is fetched from there unless the provider's administrator allows it (flag --allow-image-sources)"
    )]
    Local {
        /// Host of the URL.
        host: String,
        /// Its address.
        address: IpAddr,
        /// What is special about the address.
        why: &'static str,
    },
    /// The source refused, or failed.
    #[error("source {host} gave no file ({status} SourceRefused)")]
    Refused {
        /// Host and port.
        host: String,
        /// HTTP status.
        status: u16,
    },
    /// A redirect that is not followed.
    #[error("source {host} redirects {how} (SourceRedirects)")]
    Redirect {
        /// Host and port.
        host: String,
        /// Where to, or how often.
        how: String,
    },
    /// No connection, an unknown host, or a connection that broke.
    #[error("source {host} can't be read (SourceUnreadable): {detail}")]
    Broken {
        /// Host and port.
        host: String,
        /// The innermost cause.
        detail: String,
    },
    /// No data for too long.
    #[error("source {host} sent nothing for {seconds} s (SourceStalled)")]
    Stalled {
        /// Host and port.
        host: String,
        /// How long.
        seconds: u64,
    },
    /// Data come, but hardly any.
    #[error("source {host} sends less than 64 KiB a second (SourceSlow)")]
    Slow {
        /// Host and port.
        host: String,
    },
    /// The data has another checksum than it should.
    #[error(
        "source {host} has other data than wanted (ChecksumMismatch), nothing of them was kept: their {algorithm} is {found}; correct the file there, or make a new resource with the right checksum"
    )]
    Mismatch {
        /// Host and port.
        host: String,
        /// The checksum's algorithm.
        algorithm: &'static str,
        /// The data's checksum, hex.
        found: String,
    },
    /// There is more data than can be taken.
    #[error("source {host} has more than {most} MiB (SourceTooLarge)")]
    Large {
        /// Host and port.
        host: String,
        /// MiB.
        most: usize,
    },
    /// An OCI registry answered something else than it should.
    #[error("registry {host} {detail} (RegistryUnusable)")]
    Registry {
        /// Host and port.
        host: String,
        /// What is wrong.
        detail: String,
    },
    /// The data can't be decompressed.
    #[error(
        "source {host} has data that can't be unpacked with {packing} (SourceNotUnpacked), nothing of them was kept: {detail}"
    )]
    Packed {
        /// Host and port.
        host: String,
        /// What they should be packed with.
        packing: &'static str,
        /// Why.
        detail: String,
    },
}

impl Error {
    /// What it means for the next try.
    pub fn class(&self) -> Class {
        match self {
            Self::Refused { status: 408 | 425 | 429 | 500.., .. }
            | Self::Broken { .. }
            | Self::Stalled { .. }
            | Self::Slow { .. } => Class::Transient,
            Self::Address(_)
            | Self::Local { .. }
            | Self::Refused { .. }
            | Self::Redirect { .. }
            | Self::Mismatch { .. }
            | Self::Large { .. }
            | Self::Registry { .. }
            | Self::Packed { .. } => Class::Terminal,
        }
    }

    /// Stable name for conditions and metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Address(_) => "SourceAddressUnusable",
            Self::Local { .. } => "SourceNotAllowed",
            Self::Refused { .. } => "SourceRefused",
            Self::Redirect { .. } => "SourceRedirects",
            Self::Broken { .. } => "SourceUnreadable",
            Self::Stalled { .. } => "SourceStalled",
            Self::Slow { .. } => "SourceSlow",
            Self::Mismatch { .. } => "ChecksumMismatch",
            Self::Large { .. } => "SourceTooLarge",
            Self::Registry { .. } => "RegistryUnusable",
            Self::Packed { .. } => "SourceNotUnpacked",
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.class(), error.reason(), error.to_string())
    }
}
