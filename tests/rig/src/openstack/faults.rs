//! Switches the faults of `tests/rig/drivers/rig_drivers/faults.py`: the drivers read the file at each operation.

use super::site::Site;
use crate::{error::Result, files, paths::Paths};
use serde::Serialize;
use std::{path::PathBuf, time::Duration};

/// An operation that can be made to fail or to take long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Point {
    /// A server is built; failed, it goes to `ERROR` with the fault's text.
    #[serde(rename = "server.boot")]
    ServerBoot,
    /// A server changes its flavor.
    #[serde(rename = "server.resize")]
    ServerResize,
    /// An image is made of a server.
    #[serde(rename = "server.snapshot")]
    ServerSnapshot,
    /// A server is torn down.
    #[serde(rename = "server.delete")]
    ServerDelete,
    /// A bound port comes up; failed, it stays `DOWN` until the fault is taken out. The fault's name may be
    /// the port's, its id, its device's id or its network's name.
    #[serde(rename = "port.up")]
    PortUp,
    /// A floating IP with a port becomes `ACTIVE`; its name is its address.
    #[serde(rename = "floatingip.up")]
    FloatingIpUp,
    /// A volume is made; failed, it goes to `error`.
    #[serde(rename = "volume.create")]
    VolumeCreate,
    /// A volume grows; failed, it goes to `error_extending`.
    #[serde(rename = "volume.extend")]
    VolumeExtend,
    /// A volume is attached to a server.
    #[serde(rename = "volume.attach")]
    VolumeAttach,
    /// A volume is deleted; failed, it goes to `error_deleting`.
    #[serde(rename = "volume.delete")]
    VolumeDelete,
    /// A volume's snapshot is made.
    #[serde(rename = "snapshot.create")]
    SnapshotCreate,
    /// A volume's snapshot is deleted.
    #[serde(rename = "snapshot.delete")]
    SnapshotDelete,
}

impl Point {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::ServerBoot,
        Self::ServerResize,
        Self::ServerSnapshot,
        Self::ServerDelete,
        Self::PortUp,
        Self::FloatingIpUp,
        Self::VolumeCreate,
        Self::VolumeExtend,
        Self::VolumeAttach,
        Self::VolumeDelete,
        Self::SnapshotCreate,
        Self::SnapshotDelete,
    ];
}

/// One rule of the switch; the first that matches counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    on: Point,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<f64>,
}

impl Fault {
    /// The operation fails with a text, on objects whose name or id matches a glob.
    pub fn fail(on: Point, name: &str, text: &str) -> Self {
        Self { on, name: name.to_owned(), fail: Some(text.to_owned()), delay: None }
    }

    /// The operation takes so long, or until the fault is taken out.
    pub fn slow(on: Point, name: &str, delay: Duration) -> Self {
        Self { on, name: name.to_owned(), fail: None, delay: Some(delay.as_secs_f64()) }
    }
}

/// Where the switch of a rig lies.
pub fn switch(paths: &Paths) -> PathBuf {
    Site::faults_of(paths).join("faults.json")
}

/// Replaces all rules; without any, the cloud is healthy.
pub fn set(paths: &Paths, faults: &[Fault]) -> Result<()> {
    if faults.is_empty() {
        return files::remove(&switch(paths));
    }
    files::write_json(&switch(paths), &serde_json::json!({ "faults": faults }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_as_the_drivers_read_it() {
        let fail = serde_json::to_value(Fault::fail(Point::ServerBoot, "web-*", "no guest")).unwrap();
        assert_eq!(fail, serde_json::json!({"on": "server.boot", "name": "web-*", "fail": "no guest"}));
        let slow =
            serde_json::to_value(Fault::slow(Point::VolumeCreate, "*", Duration::from_millis(1500))).unwrap();
        assert_eq!(slow, serde_json::json!({"on": "volume.create", "name": "*", "delay": 1.5}));
    }

    #[test]
    fn every_operation_named_here_is_one_the_drivers_know() {
        let drivers = include_str!("../../drivers/rig_drivers/faults.py");
        let known = drivers.split("POINTS = frozenset({").nth(1).unwrap().split("})").next().unwrap();
        for point in Point::ALL {
            let name = serde_json::to_value(point).unwrap();
            assert!(known.contains(&format!("'{}'", name.as_str().unwrap())), "{name}");
        }
        assert_eq!(known.matches('.').count(), Point::ALL.len(), "one that is missing here");
    }
}
