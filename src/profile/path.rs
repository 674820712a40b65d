//! Paths into a document as text: names with dots between them, `conf.nova.DEFAULT.debug`. A dot or backslash that is
//! part of a name has a backslash before it, as in Helm's `--set`.

/// Names from the root on.
pub type Path = Vec<String>;

/// The text of a path.
pub fn text(path: &[String]) -> String {
    let escaped: Vec<_> = path.iter().map(|name| name.replace('\\', "\\\\").replace('.', "\\.")).collect();
    escaped.join(".")
}

/// The path that a text means.
pub fn parse(text: &str) -> Path {
    let mut names = vec![String::new()];
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (char, names.last_mut()) {
            ('.', _) => names.push(String::new()),
            ('\\', Some(name)) => name.extend(chars.next()),
            (char, Some(name)) => name.push(char),
            (_, None) => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_path_survives_being_written_whatever_its_names_are(
            path in proptest::collection::vec(r"[a-z.\\:]{0,4}", 1..5)
        ) {
            prop_assert_eq!(parse(&text(&path)), path);
        }
    }

    #[test]
    fn a_dot_that_is_part_of_a_name_is_escaped() {
        assert_eq!(parse(r"conf.policy.os_compute_api:servers\.create").len(), 3);
        assert_eq!(text(&["labels".to_owned(), "example.org/zone".to_owned()]), r"labels.example\.org/zone");
    }
}
