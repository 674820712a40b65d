//! Checksums of data on their way. Pure.

use crate::kind::flow::{Algorithm, Checksum};
use data_encoding::HEXLOWER;
use md5::Md5;
use sha2::{Digest, Sha256, Sha512};

/// A checksum in the making.
pub(super) enum Sum {
    Md5(Md5),
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Sum {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Md5 => Self::Md5(Md5::new()),
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Sha512 => Self::Sha512(Sha512::new()),
        }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(sum) => sum.update(bytes),
            Self::Sha256(sum) => sum.update(bytes),
            Self::Sha512(sum) => sum.update(bytes),
        }
    }

    /// Algorithm and checksum, if it is not the wanted one.
    pub(super) fn differs(self, wanted: &Checksum) -> Option<(&'static str, String)> {
        let (name, found) = match self {
            Self::Md5(sum) => ("md5", HEXLOWER.encode(&sum.finalize())),
            Self::Sha256(sum) => ("sha256", HEXLOWER.encode(&sum.finalize())),
            Self::Sha512(sum) => ("sha512", HEXLOWER.encode(&sum.finalize())),
        };
        (!found.eq_ignore_ascii_case(&wanted.value)).then_some((name, found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_the_well_known_ones_in_any_case() {
        for (algorithm, value) in [
            (Algorithm::Md5, "900150983CD24FB0D6963F7D28E17F72"),
            (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                Algorithm::Sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ] {
            let mut sum = Sum::new(algorithm);
            sum.add(b"a");
            sum.add(b"bc");
            assert_eq!(sum.differs(&Checksum { algorithm, value: value.to_owned() }), None, "{algorithm:?}");
            let wrong = Checksum { algorithm, value: "0".repeat(value.len()) };
            let found = Sum::new(algorithm).differs(&wrong).unwrap();
            assert_eq!(found.1.len(), value.len());
        }
    }
}
