//! Stable reasons, as sources have them, and the page that tells people what they mean.

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../package/docs/reasons.md");

/// The names that a source file has as literals, but for those of its tests.
pub fn names(source: &str) -> BTreeSet<&str> {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let literals = source.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(literals);
    let name = |name: &&str| name.starts_with(char::is_uppercase) && name.chars().any(char::is_lowercase);
    literals.filter(name).filter(|name| name.chars().all(char::is_alphanumeric)).collect()
}

fn literals(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

/// Those that the page does not have.
pub fn undocumented<'a>(reasons: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    reasons.into_iter().filter(|reason| !PAGE.contains(&format!("| `{reason}` |"))).collect()
}
