//! Objects as YAML.

use serde::Serialize;

use super::Error;

/// Writes one YAML document that readers of YAML 1.1, such as Crossplane's, and of 1.2 understand alike.
pub fn yaml(name: &str, value: &impl Serialize) -> Result<String, Error> {
    let options = serde_saphyr::ser_options! {
        // Never folded (`>`): readers differ about spaces where lines are joined.
        folded_wrap_chars: usize::MAX,
        // Quotes `on`, `NO`, `1_000`, `1:30` and dates, which YAML 1.1 does not read as strings.
        yaml_12: false,
    };
    serde_saphyr::to_string_with_options(value, options)
        .map_err(|source| Error::Yaml { object: name.to_owned(), source })
}
