//! YAML as Helm and the API server read it: by the rules of 1.1, where `0644` is octal, `on` is true, and the last of
//! two equal keys counts.

use serde_json::Value;
use std::fmt;

/// Where a text is no YAML. The parser's own message quotes the text, secrets included; this one has the place only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotYaml(Option<(u64, u64)>);

impl fmt::Display for NotYaml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((line, column)) => write!(f, "not valid YAML at line {line}, column {column}"),
            None => f.write_str("not valid YAML"),
        }
    }
}

/// Reads one document; an empty one is null.
///
/// # Errors
/// The text is no YAML.
pub fn read(text: &str) -> Result<Value, NotYaml> {
    let options = serde_saphyr::options! {
        legacy_octal_numbers: true,
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
        with_snippet: false,
    };
    let all: Vec<Value> = serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| NotYaml(error.location().map(|at| (at.line(), at.column()))))?;
    match <[Value; 1]>::try_from(all) {
        Ok([one]) => Ok(one),
        Err(all) if all.is_empty() => Ok(Value::Null),
        Err(_) => Err(NotYaml(None)),
    }
}

/// Writes one document that readers of YAML 1.1 and 1.2 understand alike; JSON, which is YAML as well, for a value that
/// the writer can't express.
pub fn write(value: &Value) -> String {
    let options = serde_saphyr::ser_options! {
        folded_wrap_chars: usize::MAX,
        yaml_12: false,
    };
    serde_saphyr::to_string_with_options(value, options).unwrap_or_else(|_| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_file_mode_is_octal_and_yes_is_true_as_helm_has_it() {
        let read = read("mode: 0444\nenabled: yes\nport: 5000\nname: \"0444\"\nsize: 20Gi\n").unwrap();
        let want = json!({"mode": 0o444, "enabled": true, "port": 5000, "name": "0444", "size": "20Gi"});
        assert_eq!(read, want);
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(read("a: 1\na: 2\n").unwrap(), json!({"a": 2}));
    }

    #[test]
    fn an_error_has_the_place_and_nothing_of_the_text() {
        let place = read("password: hunter2\n  oops: [").unwrap_err().to_string();
        assert!(place.contains("line") && !place.contains("hunter2"), "{place}");
        assert!(read("a: 1\n---\nb: 2\n").is_err(), "two documents are not one");
        assert_eq!(read("# nothing\n").unwrap(), Value::Null);
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            Just(Value::Null),
            "[ -~\n]{0,12}".prop_map(Value::from),
            prop_oneof!["yes", "0644", "1_000", "1:30", "~", "2001-01-01", "1e3", ".inf", "0x1f", "=", "<<"]
                .prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("[a-z./]{1,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in tree()) {
            prop_assert_eq!(read(&write(&json!({"a": value}))).unwrap(), json!({"a": value}));
        }
    }
}
