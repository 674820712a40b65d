//! Switches what comes instead of Neutron's answers (`tests/rig/drivers/answers/rig_answers.py`): a module in front of Neutron
//! reads the file at each request. Without it, all answers are Neutron's own.

use super::site::Site;
use crate::{
    error::{Error, Result},
    files,
    paths::Paths,
};
use serde::Serialize;
use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

/// The modules, in front of Neutron's own: file and text.
pub(super) const MODULES: [(&str, &str); 2] = [
    ("rig_answers.py", include_str!("../../drivers/answers/rig_answers.py")),
    ("rig_neutron.py", include_str!("../../drivers/answers/rig_neutron.py")),
];
const SWITCH: &str = "answers.json";

/// What comes instead of the answers to some requests; the first that matches counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    about: String,
    method: &'static str,
    times: u32,
    performed: bool,
    how: &'static str,
    status: u16,
    headers: BTreeMap<&'static str, &'static str>,
    body: &'static str,
    seconds: f64,
}

impl Answer {
    /// This, to requests of a method whose path or body has a text, so many times.
    pub fn whole(
        (method, about, times): (&'static str, &str, u32),
        status: u16,
        headers: &[(&'static str, &'static str)],
        body: &'static str,
    ) -> Self {
        let headers = headers.iter().copied().collect();
        let (performed, how, about, seconds) = (false, "whole", about.to_owned(), 0.0);
        Self { about, method, times, performed, how, status, headers, body, seconds }
    }

    /// Half of the body that Neutron answers with.
    pub fn half(to: (&'static str, &str, u32)) -> Self {
        Self { how: "half", ..Self::whole(to, 0, &[], "") }
    }

    /// None: the connection breaks.
    pub fn reset(to: (&'static str, &str, u32)) -> Self {
        Self { how: "reset", ..Self::whole(to, 0, &[], "") }
    }

    /// Neutron's own, so much later.
    pub fn late(to: (&'static str, &str, u32), by: Duration) -> Self {
        Self { how: "late", seconds: by.as_secs_f64(), ..Self::whole(to, 0, &[], "") }
    }

    /// The request is performed before.
    #[must_use]
    pub fn performed(self) -> Self {
        Self { performed: true, ..self }
    }
}

fn folder(paths: &Paths) -> PathBuf {
    Site::faults_of(paths)
}

/// Replaces all of them, and begins to count anew; without any, Neutron answers everything.
///
/// # Errors
/// The switch can't be written.
pub fn set(paths: &Paths, answers: &[Answer]) -> Result<()> {
    files::remove(&folder(paths).join(SWITCH))?;
    for count in counts(paths)? {
        files::remove(&count)?;
    }
    if answers.is_empty() {
        return Ok(());
    }
    files::write_json(&folder(paths).join(SWITCH), &serde_json::json!({ "answers": answers }))
}

/// How many came since then.
///
/// # Errors
/// The counts can't be read.
pub fn came(paths: &Paths) -> Result<usize> {
    Ok(counts(paths)?.len())
}

/// One file for each that came.
fn counts(paths: &Paths) -> Result<Vec<PathBuf>> {
    let folder = folder(paths);
    let failed = |why: std::io::Error| Error::Command {
        what: "read the answers".to_owned(),
        why: why.to_string(),
        log: None,
    };
    let mut found = vec![];
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.strip_prefix(SWITCH).is_some_and(|rest| rest.starts_with('.')) {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_written_as_the_module_reads_it() {
        let written = serde_json::to_value(
            Answer::whole(("PUT", "web", 2), 503, &[("Retry-After", "5")], "busy").performed(),
        );
        assert_eq!(
            written.unwrap(),
            serde_json::json!({"about": "web", "method": "PUT", "times": 2, "performed": true, "how": "whole",
                "status": 503, "headers": {"Retry-After": "5"}, "body": "busy", "seconds": 0.0})
        );
        let fields =
            MODULES[0].1.split("class Answer:").nth(1).unwrap().split("@classmethod").next().unwrap();
        for name in serde_json::to_value(Answer::half(("GET", "", 1))).unwrap().as_object().unwrap().keys() {
            assert!(fields.contains(&format!("    {name}: ")), "{name}");
        }
    }

    #[test]
    fn every_way_to_answer_is_one_that_the_module_knows() {
        let to = ("GET", "", 1);
        for answer in [
            Answer::whole(to, 0, &[], ""),
            Answer::half(to),
            Answer::reset(to),
            Answer::late(to, Duration::ZERO),
        ] {
            assert!(MODULES[0].1.contains(&format!("'{}'", answer.how)), "{}", answer.how);
        }
    }
}
