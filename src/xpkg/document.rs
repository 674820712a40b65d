//! YAML that every reader takes for the same.

use serde::Serialize;

use super::Error;

/// One YAML document that readers of YAML 1.1, such as Crossplane's, and of 1.2 understand alike.
pub fn document(name: &str, value: &impl Serialize) -> Result<String, Error> {
    let options = serde_saphyr::ser_options! {
        // Never folded (`>`): readers differ about spaces where lines are joined.
        folded_wrap_chars: usize::MAX,
        // Quotes `on`, `NO`, `1_000`, `1:30` and dates, which are no strings in YAML 1.1.
        yaml_12: false,
    };
    serde_saphyr::to_string_with_options(value, options)
        .map_err(|source| Error::Yaml { object: name.to_owned(), source })
}
