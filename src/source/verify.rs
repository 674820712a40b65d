//! What happens to data on its way: it is hashed as it comes, then decompressed. Pure.

use crate::kind::flow::{Algorithm, Checksum};
use data_encoding::HEXLOWER;
use flate2::write::MultiGzDecoder;
use md5::Md5;
use sha2::{Digest, Sha256, Sha512};
use std::io::Write;

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

/// Compressed bytes that are decompressed at once: gzip may expand them a thousandfold.
const PIECE: usize = 16 << 10;

/// Decompresses gzip piece by piece.
pub(super) struct Unpack {
    decoder: MultiGzDecoder<Vec<u8>>,
    packed: Vec<u8>,
    at: usize,
}

impl Unpack {
    pub(super) fn new() -> Self {
        Self { decoder: MultiGzDecoder::new(vec![]), packed: vec![], at: 0 }
    }

    /// Adds compressed bytes, once [`Self::next`] has returned `None`.
    pub(super) fn feed(&mut self, packed: Vec<u8>) {
        (self.packed, self.at) = (packed, 0);
    }

    /// Returns the next decompressed bytes; `None` until more is fed.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, String> {
        while let Some(piece) = self.packed.get(self.at..).filter(|left| !left.is_empty()) {
            let piece = piece.get(..PIECE).unwrap_or(piece);
            self.decoder.write_all(piece).map_err(|error| error.to_string())?;
            self.at += piece.len();
            let unpacked = std::mem::take(self.decoder.get_mut());
            if !unpacked.is_empty() {
                return Ok(Some(unpacked));
            }
        }
        Ok(None)
    }

    /// Returns what is left, once all was fed. A file that was cut is an error.
    pub(super) fn finish(&mut self) -> Result<Vec<u8>, String> {
        self.decoder.try_finish().map_err(|error| error.to_string())?;
        Ok(std::mem::take(self.decoder.get_mut()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(packed: &[u8], step: usize) -> Result<(Vec<u8>, usize), String> {
        let (mut unpack, mut all, mut largest) = (Unpack::new(), vec![], 0);
        for part in packed.chunks(step) {
            unpack.feed(part.to_vec());
            while let Some(piece) = unpack.next()? {
                largest = largest.max(piece.len());
                all.extend(piece);
            }
        }
        all.extend(unpack.finish()?);
        Ok((all, largest))
    }

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

    #[test]
    fn what_was_packed_comes_out_whole_and_in_pieces() {
        let data = vec![7; 40 << 20];
        let small = packed(&data);
        for step in [1 << 20, 1000] {
            let (all, largest) = unpacked(&small, step).unwrap();
            assert!(all == data, "step {step}");
            assert!(largest <= 20 << 20, "{largest} bytes at once");
        }
        assert_eq!(
            unpacked(&[packed(b"ab"), packed(b"c")].concat(), 3).unwrap().0,
            b"abc",
            "several members"
        );
    }

    #[test]
    fn a_part_of_a_packed_file_is_no_file() {
        let small = packed(b"some data that are long enough to be cut");
        assert!(unpacked(&small[..small.len() - 9], 5).is_err());
        assert!(unpacked(b"not packed at all", 5).is_err());
    }
}
