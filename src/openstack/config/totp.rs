//! Time-based passcodes (TOTP) from a shared seed: <https://www.rfc-editor.org/rfc/rfc6238>, with SHA-1, six digits and 30 s,
//! as Keystone expects. Pure: the caller says what time it is.

use data_encoding::{BASE32_NOPAD_NOCASE, Encoding, SpecificationError};
use ring::hmac;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

/// Validity of a passcode, seconds.
const STEP: i64 = 30;
/// Six decimal digits.
const DIGITS: u32 = 1_000_000;

/// What passcodes are computed from.
#[derive(Clone, Debug)]
pub struct Seed(SecretSlice<u8>);

impl Seed {
    /// Reads a seed as Keystone's credential holds it: base32, which people copy with spaces and in lower case.
    pub fn read(text: &SecretString) -> Option<Self> {
        let bytes = base32().ok()?.decode(text.expose_secret().as_bytes()).ok()?;
        (!bytes.is_empty()).then(|| Self(bytes.into()))
    }

    /// The passcode at a time, in seconds since 1970.
    pub fn passcode(&self, second: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.0.expose_secret());
        let tag = hmac::sign(&key, &second.div_euclid(STEP).to_be_bytes());
        let digest = tag.as_ref();
        let offset = usize::from(digest.last().copied().unwrap_or_default() & 0xf);
        let part = digest.iter().skip(offset).take(4).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        format!("{:06}", (part & 0x7fff_ffff) % DIGITS)
    }
}

/// Base32 as lenient as Keystone's Python reads it: without regard to case, padding or the last symbol's unused bits.
/// <https://docs.python.org/3/library/base64.html#base64.b32decode>
fn base32() -> Result<Encoding, SpecificationError> {
    let mut rules = BASE32_NOPAD_NOCASE.specification();
    rules.ignore.push_str(" -=");
    rules.check_trailing_bits = false;
    rules.encoding()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(text: &str) -> Option<Seed> {
        Seed::read(&text.into())
    }

    #[test]
    fn passcodes_are_those_of_the_rfc() {
        // Its appendix B, the last six of the eight digits: the seed is "12345678901234567890".
        let seed = seed("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert_eq!(seed.0.expose_secret(), b"12345678901234567890");
        for (second, passcode) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(seed.passcode(second), passcode);
        }
    }

    #[test]
    fn a_seed_is_read_as_people_copy_it_and_nothing_else_is_one() {
        let tidy = seed("MFRGGZDFMZTWQ2LK").unwrap();
        assert_eq!(tidy.0.expose_secret(), b"abcdefghij");
        assert_eq!(seed("mfrg gzdf-mztw q2lk").unwrap().0.expose_secret(), tidy.0.expose_secret());
        assert_eq!(seed("MFRGG===").unwrap().0.expose_secret(), b"abc");
        assert_eq!(seed("MFRGH").unwrap().0.expose_secret(), b"abc", "the last bit is not used");
        assert!(["", "=", "MFRG1", "MFR", "ä"].into_iter().all(|text| seed(text).is_none()));
        assert!(!format!("{tidy:?}").contains("97"), "nothing of it is shown");
    }
}
