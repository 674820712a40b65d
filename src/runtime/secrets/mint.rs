//! Secrets that are made here.

use super::keyring::random;
use crate::{api::field::Make, kind::ConnectionDetails, runtime::apiserver::error::Error};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::signature::{Ed25519KeyPair, KeyPair};
use secrecy::SecretString;

const ALGORITHM: &str = "ssh-ed25519";
/// Characters in a line of a private key.
const LINE: usize = 70;

/// Keys of the connection secret that it is published under; the last is the field's own value.
pub(crate) fn keys(make: Make, wire: &str) -> Vec<String> {
    match make {
        Make::Token => vec![wire.to_owned()],
        Make::SshKey => vec!["ssh-privatekey".to_owned(), "ssh-publickey".to_owned()],
    }
}

/// A new secret, by [`keys`].
///
/// # Errors
/// The machine gives no random numbers.
pub(crate) fn mint(make: Make, wire: &str, comment: &str) -> Result<ConnectionDetails, Error> {
    let values = match make {
        Make::Token => vec![URL_SAFE_NO_PAD.encode(random()?)],
        Make::SshKey => ssh_key(&random()?, random()?, comment)?,
    };
    Ok(keys(make, wire).into_iter().zip(values.into_iter().map(SecretString::from)).collect())
}

/// A private key and its public key, as OpenSSH writes them:
/// <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key>
fn ssh_key(seed: &[u8], check: [u8; 32], comment: &str) -> Result<Vec<String>, Error> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed);
    let pair = pair.map_err(|_| Error::Refused("no key can be made".to_owned()))?;
    let public = pair.public_key().as_ref();
    let blob = [field(ALGORITHM.as_bytes()), field(public)].concat();
    let (check, _) = check.split_at(4);
    let mut private = [check, check].concat();
    for part in [ALGORITHM.as_bytes(), public, &[seed, public].concat(), comment.as_bytes()] {
        private.extend(field(part));
    }
    private.extend((1..=u8::MAX).take(private.len().next_multiple_of(8) - private.len()));
    let none = field(b"none");
    let file = [
        b"openssh-key-v1\0".as_slice(),
        &[none.as_slice(), &none, &field(b""), &1_u32.to_be_bytes()].concat(),
        &field(&blob),
        &field(&private),
    ];
    let mut text = "-----BEGIN OPENSSH PRIVATE KEY-----\n".to_owned();
    for (at, character) in STANDARD.encode(file.concat()).chars().enumerate() {
        if at > 0 && at % LINE == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text += "\n-----END OPENSSH PRIVATE KEY-----\n";
    Ok(vec![text, format!("{ALGORITHM} {} {comment}", STANDARD.encode(blob)).trim_end().to_owned()])
}

/// A part with its length before it.
fn field(part: &[u8]) -> Vec<u8> {
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    [length.to_be_bytes().as_slice(), part].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use sha2::{Digest, Sha256};

    #[test]
    fn what_is_minted_is_new_every_time() {
        for make in [Make::Token, Make::SshKey] {
            let [one, other] = [(), ()].map(|()| mint(make, "secret", "c").unwrap());
            assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
            for key in keys(make, "secret") {
                assert_ne!(one[&key].expose_secret(), other[&key].expose_secret(), "{key}");
            }
        }
        assert_eq!(mint(Make::Token, "secret", "").unwrap()["secret"].expose_secret().len(), 43);
    }

    /// The private key, told here by its digest, is one of which `ssh-keygen -y` makes this public key.
    #[test]
    fn a_key_pair_is_written_as_openssh_writes_it() {
        let [private, public] = ssh_key(&[1; 32], [2; 32], "web").unwrap().try_into().unwrap();
        assert_eq!(public, PUBLIC);
        let digest: String = Sha256::digest(&private).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, PRIVATE, "{private}");
    }

    const PUBLIC: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c web";
    const PRIVATE: &str = "c057123f43e487a96b3d76530e52b297ac5bd60c380a8e02756fd61fae84a6a4";
}
