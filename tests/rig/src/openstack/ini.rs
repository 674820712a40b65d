//! Configuration files as oslo.config reads them.

use crate::{error::Result, files};
use std::{fmt, path::Path};

/// A configuration file: sections in the order they were first named.
#[derive(Clone, Debug, Default)]
pub(super) struct Ini {
    sections: Vec<(String, Vec<(String, String)>)>,
}

impl Ini {
    /// Adds options to a section; a value given again replaces the earlier one.
    pub(super) fn section(mut self, name: &str, options: &[(&str, &str)]) -> Self {
        let place = self.sections.iter().position(|(have, _)| have == name).unwrap_or_else(|| {
            self.sections.push((name.to_owned(), Vec::new()));
            self.sections.len() - 1
        });
        let Some((_, section)) = self.sections.get_mut(place) else { return self };
        for (key, value) in options {
            section.retain(|(have, _)| have != key);
            section.push(((*key).to_owned(), (*value).to_owned()));
        }
        self
    }

    /// Adds a value of an option that can have several.
    pub(super) fn another(self, name: &str, key: &str, value: &str) -> Self {
        let mut ini = self.section(name, &[]);
        let section = ini.sections.iter_mut().find(|(have, _)| have == name);
        if let Some((_, section)) = section {
            section.push((key.to_owned(), value.to_owned()));
        }
        ini
    }

    /// Writes the file where the text differs from what is there.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        files::write_changed(path, &self.to_string()).map(drop)
    }
}

impl fmt::Display for Ini {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, options) in &self.sections {
            writeln!(out, "[{name}]")?;
            for (key, value) in options {
                writeln!(out, "{key} = {value}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keep_their_order_and_their_options() {
        let ini = Ini::default()
            .section("DEFAULT", &[("debug", "false"), ("host", "rig")])
            .section("api", &[("x", "1")]);
        assert_eq!(ini.to_string(), "[DEFAULT]\ndebug = false\nhost = rig\n[api]\nx = 1\n");
    }

    #[test]
    fn an_option_that_can_have_several_values_has_all_of_them() {
        let ini = Ini::default().another("a", "k", "1").section("b", &[]).another("a", "k", "2");
        assert_eq!(ini.to_string(), "[a]\nk = 1\nk = 2\n[b]\n");
    }

    #[test]
    fn a_section_named_twice_is_one_and_the_later_value_holds() {
        let ini = Ini::default()
            .section("a", &[("k", "1")])
            .section("b", &[])
            .section("a", &[("k", "2"), ("l", "3")]);
        assert_eq!(ini.to_string(), "[a]\nk = 2\nl = 3\n[b]\n");
    }
}
