//! Requests that take longer than a pass may: what they are, and what flows into them.

use super::request::Request;
use secrecy::{ExposeSecret, SecretString};
use std::sync::atomic::{AtomicU64, Ordering};

/// One request that runs beside the passes, to its end.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The request. Repeating it, whole or after a part of it was done, does no harm.
    pub request: Request,
    /// What people read while it runs: "uploading".
    pub what: String,
    /// Where its body comes from, if it is too large to hold.
    pub source: Option<Source>,
    /// Set while the cloud takes a body already. If that is not ours, since we died over it, the cloud notices that the
    /// connection broke and is as before; where it does not, this request frees it.
    pub stuck: Option<Request>,
}

impl Flow {
    /// A flow without a body from elsewhere.
    pub fn new(request: Request, what: impl Into<String>) -> Self {
        Self { request, what: what.into(), source: None, stuck: None }
    }
}

/// Where bytes come from, and what they must be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Address, http or https.
    pub url: String,
    /// What the bytes at the address must be.
    pub checksum: Option<Checksum>,
    /// What they are packed with, and must be unpacked on the way.
    pub packing: Option<Packing>,
    /// Who reads them, where that must be said.
    pub login: Option<Login>,
}

/// Who reads a source, by basic authentication (RFC 7617).
#[derive(Clone, Debug)]
pub struct Login {
    /// Name, without a colon.
    pub user: String,
    /// Password.
    pub password: SecretString,
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        let told = |login: &Self| (login.user.clone(), login.password.expose_secret().to_owned());
        told(self) == told(other)
    }
}

impl Eq for Login {}

/// What data can be packed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// RFC 1952.
    Gzip,
    /// Several streams may follow each other.
    Bzip2,
    /// The container, of one stream or several.
    Xz,
    /// RFC 8878.
    Zstd,
}

impl Packing {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
        }
    }
}

/// A checksum in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// How it is computed.
    pub algorithm: Algorithm,
    /// Its digits, of whatever case.
    pub value: String,
}

/// How a checksum is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// 32 digits.
    Md5,
    /// 64 digits.
    Sha256,
    /// 128 digits.
    Sha512,
}

/// How far the body of a flow is; told by who performs it, read by who waits.
#[derive(Debug, Default)]
pub struct Progress {
    expected: AtomicU64,
    done: AtomicU64,
}

impl Progress {
    /// Says how many bytes the source has.
    pub fn expect(&self, bytes: u64) {
        self.expected.store(bytes, Ordering::Relaxed);
    }

    /// Says that so many bytes more were read.
    pub fn add(&self, bytes: usize) {
        self.done.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes read.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Full tens of per cent, where the source said how much it has: what changes often must not be told.
    pub fn percent(&self) -> Option<u64> {
        let tenths = (self.done().saturating_mul(10)).checked_div(self.expected.load(Ordering::Relaxed))?;
        Some(tenths.min(10) * 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_in_tens_of_per_cent_if_the_size_is_known() {
        let progress = Progress::default();
        assert_eq!(progress.percent(), None);
        progress.expect(1000);
        for (more, percent) in [(0, 0), (99, 0), (1, 10), (899, 90), (1, 100), (5, 100)] {
            progress.add(more);
            assert_eq!(progress.percent(), Some(percent), "{}", progress.done());
        }
    }
}
