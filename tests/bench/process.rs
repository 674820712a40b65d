//! The provider's process: what it used, and its sudden end.

use rig::{handle::Rig, proc};
use std::{fs, process::Command, time::Duration};

/// `USER_HZ`, the unit of times in `/proc`: 100 on every architecture that the image is built for.
const TICKS: f64 = 100.0;

/// The process of a provider that runs on a rig.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process(i32);

impl Process {
    /// The one that runs in the rig's pods, if one does.
    pub fn find(rig: &Rig) -> Option<Self> {
        let group = rig.paths.netns();
        let ours = |pid: i32| {
            proc::in_cgroup(pid, &group)
                && proc::argv(pid).first().is_some_and(|program| program.ends_with("kupenstack"))
        };
        proc::all().into_iter().map(|stat| stat.pid).find(|pid| ours(*pid)).map(Self)
    }

    /// The same, as soon as one runs.
    pub fn wait(rig: &Rig) -> Self {
        loop {
            if let Some(found) = Self::find(rig) {
                return found;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Seconds of processor time so far.
    pub fn cpu(self) -> f64 {
        let line = fs::read_to_string(format!("/proc/{}/stat", self.0)).unwrap();
        let (_, fields) = line.rsplit_once(") ").unwrap();
        let fields: Vec<&str> = fields.split(' ').collect();
        let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
        (ticks(11) + ticks(12)) / TICKS
    }

    /// The most memory that it had resident so far, MiB.
    pub fn peak(self) -> f64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_ascii_whitespace().next().unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// SIGKILL.
    pub fn kill(self) {
        let done = Command::new("kill").args(["-9", &self.0.to_string()]).status().unwrap();
        assert!(done.success());
    }
}
