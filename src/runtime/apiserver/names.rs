//! Names of objects, as people write them.

use super::error::Error;

/// The name, if an object can have it. Names become parts of paths, and this provider may read the Secrets of every namespace, which
/// who wrote the name may not: no name may lead elsewhere.
///
/// # Errors
/// No object can have it.
pub fn named(name: &str) -> Result<&str, Error> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if name.chars().all(fits) && !["", ".", ".."].contains(&name) {
        return Ok(name);
    }
    Err(Error::Refused(format!("no object can have the name {name:?}: correct it")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_lead_elsewhere_is_none() {
        for name in ["c", "team-a.example.org", "sh.helm.release.v1.keystone.v1", "system:x", "a_b"] {
            assert_eq!(named(name).ok(), Some(name));
        }
        for name in ["", ".", "..", "../../other/secrets/c", "a/b", "a%2fb", "a?b=c", "a#b", "a b", "ä"] {
            let why = named(name).unwrap_err().to_string();
            assert!(why.contains("no object can have the name"), "{name}: {why}");
        }
    }
}
