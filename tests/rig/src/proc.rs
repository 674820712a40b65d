//! Reading `/proc`: which processes exist, whose they are and what they use.

use std::{fs, os::unix::fs::MetadataExt};

/// What the rig wants to know from `/proc/<pid>/stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Process id.
    pub pid: i32,
    /// Who made it, or who took it over.
    pub parent: i32,
    /// One letter; `Z` and `X` have ended.
    pub state: char,
    /// Its session's leader.
    pub session: i32,
    /// Ticks between the boot and its start: with the pid, its identity.
    pub start: u64,
    /// Its threads.
    pub threads: u32,
}

impl Stat {
    /// Whether it still runs. A zombie does not, once its other threads have ended as well: until then it keeps its ports.
    pub fn runs(&self) -> bool {
        !matches!(self.state, 'Z' | 'X' | 'x') || self.threads > 1
    }
}

/// Parses a line of `/proc/<pid>/stat`; the program's name in it may hold spaces and parentheses.
pub fn parse_stat(line: &str) -> Option<Stat> {
    let (pid, rest) = line.split_once(" (")?;
    let (_, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    Some(Stat {
        pid: pid.parse().ok()?,
        state: fields.first()?.chars().next()?,
        parent: fields.get(1)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        start: fields.get(19)?.parse().ok()?,
        threads: fields.get(17)?.parse().ok()?,
    })
}

/// One process.
pub fn stat(pid: i32) -> Option<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// All processes that run.
pub fn all() -> Vec<Stat> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(stat).filter(Stat::runs).collect()
}

/// Those that a process made, and those that they made, and so on, as long as none in between has ended.
pub fn descendants(of: i32) -> Vec<Stat> {
    let (mut others, mut found, mut parents) = (all(), Vec::new(), vec![of]);
    while !parents.is_empty() {
        let (children, rest): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|stat| parents.contains(&stat.parent));
        parents = children.iter().map(|stat| stat.pid).collect();
        found.extend(children);
        others = rest;
    }
    found
}

/// Its arguments.
pub fn argv(pid: i32) -> Vec<String> {
    strings(&format!("/proc/{pid}/cmdline"))
}

/// A variable of the environment it was started with.
pub fn variable(pid: i32, name: &str) -> Option<String> {
    let all = strings(&format!("/proc/{pid}/environ"));
    all.iter().find_map(|entry| entry.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

fn strings(path: &str) -> Vec<String> {
    let bytes = fs::read(path).unwrap_or_default();
    bytes
        .split(|byte| *byte == 0)
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect()
}

/// Whether it is in a control group below the one with this name.
pub fn in_cgroup(pid: i32, name: &str) -> bool {
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.splitn(3, ':').nth(2))
        .any(|path| path.split('/').any(|part| part == name))
}

/// Its network namespace.
pub fn netns(pid: i32) -> Option<u64> {
    fs::metadata(format!("/proc/{pid}/ns/net")).ok().map(|meta| meta.ino())
}

/// Its resident memory in KiB.
pub fn rss_kib(pid: i32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_ascii_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Tells this boot from others.
pub fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_name_with_spaces_and_parentheses_does_not_shift_the_fields() {
        let line = "42 (a (b) c) S 1 42 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 1000 10";
        assert_eq!(
            parse_stat(line),
            Some(Stat { pid: 42, state: 'S', parent: 1, session: 7, start: 12_345, threads: 1 })
        );
        assert_eq!(parse_stat("nonsense"), None);
    }

    #[test]
    fn a_process_is_a_descendant_of_those_above_it_only() {
        let mut shell = std::process::Command::new("sh").args(["-c", "sleep 60 & wait"]).spawn().unwrap();
        let (own, pid) = (i32::try_from(std::process::id()).unwrap(), i32::try_from(shell.id()).unwrap());
        let found = loop {
            let below = descendants(pid);
            if let [sleep] = below.as_slice() {
                break *sleep;
            }
            std::thread::yield_now();
        };
        let pids: Vec<_> = descendants(own).iter().map(|stat| stat.pid).collect();
        assert!(pids.contains(&pid) && pids.contains(&found.pid));
        assert!(descendants(found.pid).is_empty());
        for pid in [found.pid, pid] {
            crate::daemon::signal(pid, rustix::process::Signal::KILL);
        }
        shell.wait().unwrap();
    }

    #[test]
    fn this_process_is_seen() {
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(all().iter().any(|stat| stat.pid == own));
        assert!(rss_kib(own) > 0);
        assert!(!argv(own).is_empty());
    }
}
