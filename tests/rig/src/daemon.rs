//! Starting and stopping long-running processes, and recognising them again.
//!
//! A daemon is known by its record: pid, start time and boot. The record is written after the start, so a rig that is
//! killed in between leaves a daemon without one; it is found by a variable in its environment and taken over.

use crate::{
    cache, clock,
    error::{Error, Result},
    files::{self, io},
    netns,
    part::Daemon,
    paths::Paths,
    proc::{self, Stat},
    process::SYSTEM_PATH,
};
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};
use std::{
    fs::OpenOptions,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Names the rig and the daemon in its environment and in that of its children.
pub const MARK: &str = "KUPENSTACK_RIG_DAEMON";
/// How often anything is asked again.
pub const POLL: Duration = Duration::from_millis(200);
/// A log that is longer when its daemon starts is put aside.
const LONG_LOG: u64 = 20 << 20;

/// Where a daemon's sockets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// In the rig's namespace.
    Rig,
    /// Where `cargo rig` was called: only for what leads into the rig.
    Host,
}

/// What is remembered of a daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The daemon's name.
    pub name: String,
    /// Its process, leader of a session of its own.
    pub pid: i32,
    /// Its start, in ticks since the boot.
    pub start: u64,
    /// The boot it was started in.
    pub boot: String,
    /// Seconds since 1970 when it was started.
    pub begun: u64,
    /// A hash over its arguments and environment; empty when it was found without a record.
    #[serde(default)]
    pub recipe: String,
}

impl Record {
    fn path(paths: &Paths, name: &str) -> PathBuf {
        paths.run().join(format!("{name}.json"))
    }

    /// Whether what now has the recorded pid is what was recorded.
    pub fn fits(&self, now: Option<Stat>, boot: &str) -> bool {
        self.boot == boot
            && now.is_some_and(|now| now.runs() && now.pid == self.pid && now.start == self.start)
    }

    /// Whether the daemon runs.
    pub fn runs(&self) -> bool {
        self.fits(proc::stat(self.pid), &proc::boot_id())
    }

    /// All records of a rig, stale ones included.
    pub fn all(paths: &Paths) -> Vec<Self> {
        let entries = std::fs::read_dir(paths.run()).into_iter().flatten().flatten();
        entries.filter_map(|entry| files::read_json(&entry.path())).collect()
    }

    /// Whether it was started otherwise than it would be now: after an update, or with other settings.
    pub fn outdated(&self, daemon: &Daemon) -> bool {
        !self.recipe.is_empty() && self.recipe != recipe(daemon)
    }

    fn of(paths: &Paths, name: &str, stat: Stat, recipe: String) -> Result<Self> {
        let record = Self {
            name: name.to_owned(),
            pid: stat.pid,
            start: stat.start,
            boot: proc::boot_id(),
            begun: clock::now(),
            recipe,
        };
        files::write_json(&Self::path(paths, name), &record)?;
        Ok(record)
    }
}

/// A daemon that runs; dropping this does not end it.
#[derive(Debug)]
pub struct Running {
    /// Its record.
    pub record: Record,
    /// There when this process started it: the kernel tells us how it ended.
    child: Option<Child>,
}

impl Running {
    /// Whether it was started just now.
    pub fn is_new(&self) -> bool {
        self.child.is_some()
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<String> {
        match self.child.as_mut().map(Child::try_wait) {
            Some(Ok(Some(status))) => Some(format!("it ended at once: {status}")),
            Some(Ok(None)) => None,
            Some(Err(_)) | None => (!self.record.runs()).then(|| "it has ended".to_owned()),
        }
    }
}

fn recipe(daemon: &Daemon) -> String {
    cache::key([format!("{:?}{:?}{:?}", daemon.argv, daemon.env, daemon.cwd)])
}

fn mark(paths: &Paths, name: &str) -> String {
    format!("{}/{name}", paths.id)
}

/// The daemon of this name if it runs, recorded or not.
pub fn find(paths: &Paths, name: &str) -> Result<Option<Record>> {
    let record: Option<Record> = files::read_json(&Record::path(paths, name));
    if let Some(record) = record.filter(Record::runs) {
        return Ok(Some(record));
    }
    let mark = mark(paths, name);
    let lost = proc::all()
        .into_iter()
        .find(|stat| stat.pid == stat.session && proc::variable(stat.pid, MARK).as_ref() == Some(&mark));
    lost.map(|stat| Record::of(paths, name, stat, String::new())).transpose()
}

/// The daemon, started unless it runs.
pub fn ensure(paths: &Paths, daemon: &Daemon, network: Network) -> Result<Running> {
    match find(paths, &daemon.name)? {
        Some(record) => Ok(Running { record, child: None }),
        None => {
            end_orphans(paths, &daemon.name);
            start(paths, daemon, network)
        }
    }
}

/// Workers can outlive a daemon that was killed, and would keep its ports.
fn end_orphans(paths: &Paths, name: &str) {
    let mark = mark(paths, name);
    let all = proc::all().into_iter();
    all.filter(|stat| proc::variable(stat.pid, MARK).as_ref() == Some(&mark) && !is_shim(paths, stat.pid))
        .for_each(|stat| signal(stat.pid, Signal::KILL));
}

/// Whether a process is a shim: containers have to outlive a containerd that is started again.
pub fn is_shim(paths: &Paths, pid: i32) -> bool {
    let socket = paths.run().join("containerd.sock").display().to_string();
    let argv = proc::argv(pid);
    argv.first().is_some_and(|program| program.contains("containerd-shim")) && argv.contains(&socket)
}

fn start(paths: &Paths, daemon: &Daemon, network: Network) -> Result<Running> {
    let log = paths.log(&daemon.name);
    files::make_dir(&paths.logs())?;
    if std::fs::metadata(&log).is_ok_and(|meta| meta.len() > LONG_LOG) {
        std::fs::rename(&log, log.with_extension("log.old")).map_err(io(&log))?;
    }
    let out = OpenOptions::new().create(true).append(true).open(&log).map_err(io(&log))?;
    let err = out.try_clone().map_err(io(&log))?;
    // Both programs replace themselves by what they start, so the pid we get is the daemon's.
    let mut words = vec!["setsid".to_owned()];
    if network == Network::Rig {
        words = vec![
            "nsenter".to_owned(),
            format!("--net={}", netns::handle(paths).display()),
            "setsid".to_owned(),
        ];
    }
    words.extend(daemon.argv.iter().cloned());
    let (program, arguments) = words.split_first().ok_or_else(|| failed(daemon, "nothing to start", &log))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", SYSTEM_PATH)
        .env("HOME", &paths.state)
        .env(MARK, mark(paths, &daemon.name));
    command.envs(daemon.env.iter().map(|(name, value)| (name, value)));
    command
        .current_dir(daemon.cwd.as_ref().unwrap_or(&paths.state))
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err);
    let child = command.spawn().map_err(|why| failed(daemon, &why.to_string(), &log))?;
    let stat = i32::try_from(child.id()).ok().and_then(proc::stat);
    let stat = stat.ok_or_else(|| failed(daemon, "it cannot be seen in /proc", &log))?;
    Ok(Running { record: Record::of(paths, &daemon.name, stat, recipe(daemon))?, child: Some(child) })
}

fn failed(daemon: &Daemon, why: &str, log: &std::path::Path) -> Error {
    Error::Command {
        what: format!("starting {}", daemon.name),
        why: why.to_owned(),
        log: Some(log.to_path_buf()),
    }
}

/// Sends a signal; that the process is gone already is fine.
pub fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // The only other failure, missing permission, cannot happen to what root started.
        let _ = kill_process(pid, signal);
    }
}

/// Processes of a session that run.
pub fn session(leader: i32) -> Vec<Stat> {
    proc::all().into_iter().filter(|stat| stat.session == leader).collect()
}

/// Ends a daemon with everything in its session: asked first, forced when `grace` is over.
pub async fn stop(paths: &Paths, name: &str, grace: Duration) -> Result<bool> {
    let found = find(paths, name)?;
    if let Some(record) = &found {
        signal(record.pid, Signal::TERM);
        let end = Instant::now() + grace;
        let mut asked_all = false;
        loop {
            let left = session(record.pid);
            if left.is_empty() {
                break;
            }
            let leader_left = left.iter().any(|stat| stat.pid == record.pid);
            if !leader_left && !asked_all {
                left.iter().for_each(|stat| signal(stat.pid, Signal::TERM));
                asked_all = true;
            }
            if Instant::now() > end {
                left.iter().for_each(|stat| signal(stat.pid, Signal::KILL));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    files::remove(&Record::path(paths, name))?;
    Ok(found.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            name: "etcd".to_owned(),
            pid: 7,
            start: 100,
            boot: "b".to_owned(),
            begun: 0,
            recipe: String::new(),
        }
    }

    const NOW: Stat = Stat { pid: 7, state: 'S', parent: 1, session: 7, start: 100, threads: 3 };

    #[test]
    fn a_record_fits_the_process_it_was_made_of() {
        assert!(record().fits(Some(NOW), "b"));
    }

    #[test]
    fn a_record_is_stale_when_the_pid_went_to_another_process_or_the_machine_was_rebooted() {
        assert!(!record().fits(None, "b"));
        assert!(!record().fits(Some(Stat { start: 101, ..NOW }), "b"));
        assert!(!record().fits(Some(NOW), "another boot"));
    }

    #[test]
    fn a_daemon_whose_arguments_have_changed_is_outdated_and_one_of_unknown_arguments_is_not() {
        let daemon = Daemon { name: "etcd".to_owned(), argv: vec!["etcd".to_owned()], ..Daemon::default() };
        let record = Record { recipe: recipe(&daemon), ..record() };
        assert!(!record.outdated(&daemon));
        let other = Daemon { argv: vec!["etcd".to_owned(), "-v".to_owned()], ..daemon.clone() };
        assert!(record.outdated(&other));
        assert!(!Record { recipe: String::new(), ..record }.outdated(&daemon));
    }

    #[test]
    fn a_zombie_runs_as_long_as_one_of_its_threads_does() {
        let zombie = Stat { state: 'Z', ..NOW };
        assert!(record().fits(Some(zombie), "b"));
        assert!(!record().fits(Some(Stat { threads: 1, ..zombie }), "b"));
    }
}
