//! What people read: tables of seconds, of parts, and how to go on.

use crate::{
    daemon::{self, Record},
    forward::Ports,
    lifecycle::{Report, Settings, Side},
    part::{Part, Readiness},
    paths::Paths,
    proc,
    progress::Progress,
    sweep,
};
use std::{cmp::Ordering, collections::BTreeMap, fmt::Write, time::Duration};

/// Says what comes next.
pub fn heading(text: &str) {
    println!("\n== {text}");
}

/// Resident memory of all processes of the rig, in MiB, by daemon; `containers` are those in pods.
pub fn memory(paths: &Paths) -> BTreeMap<String, u64> {
    let sessions: BTreeMap<i32, String> =
        Record::all(paths).into_iter().map(|record| (record.pid, record.name)).collect();
    let mut kib: BTreeMap<String, u64> = BTreeMap::new();
    for stat in sweep::processes(paths) {
        let name = match sessions.get(&stat.session) {
            Some(name) => name.clone(),
            None if proc::in_cgroup(stat.pid, &paths.netns()) => "containers".to_owned(),
            None if daemon::is_shim(paths, stat.pid) => "containerd".to_owned(),
            None => "others".to_owned(),
        };
        *kib.entry(name).or_default() += proc::rss_kib(stat.pid);
    }
    kib.into_iter().map(|(name, kib)| (name, kib >> 10)).collect()
}

/// After `up`: seconds by step now and last time, memory, how to go on.
pub fn after_up(paths: &Paths, settings: &Settings, report: &Report, progress: &Progress) -> String {
    let last = |name: &str| progress.last(name).map_or(String::new(), |seconds| format!("{seconds:>9.1}"));
    let row = |name: &str, seconds: f64, last: String| format!("  {name:<34} {seconds:>8.1} {last}\n");
    let mut text =
        format!("\n  {:<34} {:>8} {:>9}\n", "STEP (parts start side by side)", "SECONDS", "LAST TIME");
    let mut steps: Vec<_> = progress.seconds().into_iter().collect();
    // Builds in one block before the parts, each block by length.
    steps.sort_by(|(a, x), (b, y)| {
        (a.starts_with("start "), x).partial_cmp(&(b.starts_with("start "), y)).unwrap_or(Ordering::Equal)
    });
    steps.iter().for_each(|(name, seconds)| text += &row(name, *seconds, last(name)));
    text += &row("all provisioning", report.provisioning.as_secs_f64(), String::new());
    text += &row("in all", report.total.as_secs_f64(), String::new());
    // Writing to a string does not fail.
    let _ =
        writeln!(text, "\nmemory: {} MiB in all processes of the rig", memory(paths).values().sum::<u64>());
    text + "\n" + &how_to_go_on(paths, settings)
}

/// Where to find it.
pub fn how_to_go_on(paths: &Paths, settings: &Settings) -> String {
    let mut text = String::new();
    if settings.kubernetes == Side::Own {
        text += &format!("  export KUBECONFIG={}\n", paths.outside_kubeconfig().display());
    }
    if settings.openstack == Side::Own {
        let port = Ports::read(paths).unwrap_or_default().keystone;
        text += &format!(
            "  Keystone: http://127.0.0.1:{port}/v3 (its catalog has addresses inside the namespace; for `openstack` use the shell)\n"
        );
        text += &format!("  inside: OS_CLIENT_CONFIG_FILE={} OS_CLOUD=rig\n", paths.clouds_yaml().display());
    }
    text + "  cargo rig shell            a shell inside, with kubectl, helm, crossplane and openstack\n  cargo rig logs NAME        a log\n  cargo rig down             ends it; its data stays unless --purge is given\n"
}

/// A line of `status`.
#[derive(Debug)]
pub struct Line {
    /// The part.
    pub part: &'static str,
    /// Whether it serves.
    pub ready: Readiness,
    /// Its daemons that run, with pids.
    pub running: Vec<(String, i32)>,
    /// Its daemons that do not.
    pub missing: Vec<String>,
}

/// Asks every part.
pub async fn status(settings: &Settings, paths: &Paths) -> Vec<Line> {
    let cx = settings.context(paths);
    let parts = settings.parts();
    let lines = parts.iter().map(|part| line(part.as_ref(), &cx));
    futures::future::join_all(lines).await
}

async fn line(part: &dyn Part, cx: &crate::part::Context) -> Line {
    let found = part
        .daemons(cx)
        .into_iter()
        .map(|daemon| (daemon::find(&cx.paths, &daemon.name).ok().flatten(), daemon.name));
    let (running, missing): (Vec<_>, Vec<_>) = found.partition(|(record, _)| record.is_some());
    let running = running.into_iter().filter_map(|(record, name)| Some((name, record?.pid))).collect();
    let missing: Vec<String> = missing.into_iter().map(|(_, name)| name).collect();
    let ready = if missing.is_empty() {
        let asked = tokio::time::timeout(Duration::from_secs(10), part.ready(cx)).await;
        asked.map_or_else(
            |_| Readiness::Waiting("its probe hung".to_owned()),
            |answer| answer.unwrap_or_else(|why| Readiness::Waiting(why.to_string())),
        )
    } else {
        Readiness::Waiting(format!("{} does not run", missing.join(", ")))
    };
    Line { part: part.name(), ready, running, missing }
}

/// The table of `status`.
pub fn table(paths: &Paths, lines: &[Line]) -> String {
    let memory = memory(paths);
    let mut text = format!("{:<26} {:<9} {:>6}  {}\n", "PART", "STATE", "MiB", "PROCESSES");
    for line in lines {
        let (state, why) = match &line.ready {
            Readiness::Ready => ("ready", String::new()),
            Readiness::Waiting(why) if line.missing.is_empty() => ("waiting", why.clone()),
            Readiness::Waiting(why) => ("down", why.clone()),
        };
        let own = |name: &String| memory.get(name).copied().unwrap_or(0);
        let mib: u64 = line.running.iter().map(|(name, _)| own(name)).sum();
        let pids: Vec<String> = line.running.iter().map(|(name, pid)| format!("{name}:{pid}")).collect();
        let _ = writeln!(text, "{:<26} {state:<9} {mib:>6}  {} {why}", line.part, pids.join(" "));
    }
    let containers = memory.get("containers").copied().unwrap_or(0);
    let _ =
        writeln!(text, "containers in pods: {containers} MiB; in all: {} MiB", memory.values().sum::<u64>());
    text
}
