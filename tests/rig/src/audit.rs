//! What was asked of the API server: tests count the provider's requests.

use crate::{error::Result, files::io};
use serde_json::Value;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// One answered request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Who asked: `system:serviceaccount:<namespace>:<name>` for pods.
    pub user: String,
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`.
    pub verb: String,
    /// API group; empty for core.
    pub group: String,
    /// Plural name; empty when it is not about an object.
    pub resource: String,
    /// `status`, `scale`, or empty.
    pub subresource: String,
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// HTTP status of the answer.
    pub code: u16,
    /// What the client calls itself.
    pub user_agent: String,
    /// Path and query.
    pub uri: String,
    /// `ResponseStarted` (a watch begins) or `ResponseComplete`.
    pub stage: String,
}

/// A line of the log.
pub fn parse(line: &str) -> Option<Event> {
    let event: Value = serde_json::from_str(line).ok()?;
    let text = |path: &str| event.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    // Acting as somebody else: the other one is whose permissions counted.
    let user = Some(text("/impersonatedUser/username")).filter(|user| !user.is_empty());
    Some(Event {
        user: user.unwrap_or_else(|| text("/user/username")),
        verb: text("/verb"),
        group: text("/objectRef/apiGroup"),
        resource: text("/objectRef/resource"),
        subresource: text("/objectRef/subresource"),
        namespace: text("/objectRef/namespace"),
        name: text("/objectRef/name"),
        code: event
            .pointer("/responseStatus/code")
            .and_then(Value::as_u64)
            .and_then(|code| code.try_into().ok())
            .unwrap_or(0),
        user_agent: text("/userAgent"),
        uri: text("/requestURI"),
        stage: text("/stage"),
    })
}

/// A place in the log.
#[derive(Clone, Debug)]
pub struct Audit {
    log: PathBuf,
    offset: u64,
}

impl Audit {
    /// At the end of a log.
    pub fn from_now(log: &Path) -> Self {
        Self { log: log.to_path_buf(), offset: std::fs::metadata(log).map_or(0, |meta| meta.len()) }
    }

    /// Events since the last call. A line that is being written is left for the next.
    pub fn events(&mut self) -> Result<Vec<Event>> {
        let broken = || io(&self.log);
        let mut file = File::open(&self.log).map_err(broken())?;
        // Shorter than where we were: the log was begun anew.
        if file.metadata().map_err(broken())?.len() < self.offset {
            self.offset = 0;
        }
        file.seek(SeekFrom::Start(self.offset)).map_err(broken())?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(broken())?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        self.offset += whole as u64;
        let text = String::from_utf8_lossy(bytes.get(..whole).unwrap_or_default());
        Ok(text.lines().filter_map(parse).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"kind":"Event","level":"Metadata","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/a/pods/b/status",
        "verb":"patch","user":{"username":"system:node:rig"},"userAgent":"kubelet/v1",
        "objectRef":{"resource":"pods","namespace":"a","name":"b","apiVersion":"v1","subresource":"status"},"responseStatus":{"code":200}}"#;

    #[test]
    fn an_event_says_who_did_what_to_which_and_how_it_ended() {
        let event = parse(&LINE.replace('\n', "")).unwrap();
        assert_eq!((event.user.as_str(), event.verb.as_str(), event.code), ("system:node:rig", "patch", 200));
        assert_eq!(
            (event.resource.as_str(), event.subresource.as_str(), event.name.as_str()),
            ("pods", "status", "b")
        );
        assert_eq!(parse("{"), None);
    }

    #[test]
    fn only_whole_lines_since_the_last_call_are_returned() {
        let log = std::env::temp_dir().join(format!("rig-audit-{}", std::process::id()));
        let line = LINE.replace('\n', "");
        std::fs::write(&log, format!("{line}\n")).unwrap();
        let mut audit = Audit::from_now(&log);
        std::fs::write(&log, format!("{line}\n{line}\n{{\"half")).unwrap();
        assert_eq!(audit.events().unwrap().len(), 1);
        assert_eq!(audit.events().unwrap().len(), 0);
        std::fs::write(&log, format!("{line}\n")).unwrap();
        assert_eq!(audit.events().unwrap().len(), 1);
        std::fs::remove_file(&log).unwrap();
    }
}
