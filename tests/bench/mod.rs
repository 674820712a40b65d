//! The rows of the measurement, in order. The kills come last, since they disturb the machine for longest: the kubelet
//! restarts a killed provider ever more slowly, and Crossplane checks its package again each time.

mod bare;
mod function;
mod latency;
mod machine;
mod ours;
mod process;
mod table;

use crate::world::world;
use bare::{Bare, Made};
use ours::{Created, Ours};
use process::Process;
use serde_json::json;
use std::{
    process::ExitCode,
    time::{Duration, Instant},
};
use table::{Table, Target};

const NETWORKS: usize = 200;
const AFTER_KILLS: usize = 120;
/// As many at once as the provider has.
const AT_ONCE: usize = 32;
/// How long nothing changes while the cost of watching is counted.
const STEADY: Duration = Duration::from_secs(60);

/// How long a change behind the provider's back may stay before the row is given up.
const DRIFT_PATIENCE: Duration = Duration::from_secs(120);

/// Measures everything, or with the argument `short` what differs from run to run: rates, processor and memory. Fails
/// if a target is missed.
pub fn run() -> ExitCode {
    let world = world();
    // Threads started from here on are inside; the programs that `world` starts enter by themselves.
    world.rig.enter().unwrap();
    lift_quota();
    let bare = bare::on(&world.rig, "demo");
    let mut table = Table::default();
    let whole = !std::env::args().any(|word| word == "short");
    function::measure(&mut table);
    let warm = bare.create(20, AT_ONCE);
    bare.delete(&warm);
    machine::calm();
    // Half of the plain client's share before and half after ours, so that both see the same machine.
    let before = bare.create(NETWORKS / 2, AT_ONCE);
    bare.delete(&before);
    let ours = Ours::new("bench");
    let (took, cpu) = create(&ours, &mut table);
    let after = bare.create(NETWORKS / 2, AT_ONCE);
    bare.delete(&after);
    rates(&mut table, &[before, after], took);
    if whole {
        watch(&ours, &mut table);
        drift(&ours, &bare, &mut table);
    }
    delete(&ours, &mut table);
    let process = Process::wait(&world.rig);
    table.row("peak resident memory, MiB", process.peak(), Target::Most(30.0));
    table.row("processor seconds for the creates", cpu, Target::Most(0.5));
    latency::measure(NETWORKS, AT_ONCE, &mut table);
    if whole {
        kills(&bare, &mut table);
    }
    println!("\n{}", table.text());
    if table.met() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Neutron's default is 100 networks a project.
fn lift_quota() {
    let (status, found) = world().ask_admin("identity", "GET", "/projects?name=demo", json!(null));
    assert_eq!(status, 200, "{found}");
    let project = found["projects"][0]["id"].as_str().unwrap();
    let quota = json!({"quota": {"network": 1000}});
    let (status, body) = world().ask_admin("network", "PUT", &format!("/quotas/{project}"), quota);
    assert_eq!(status, 200, "{body}");
}

#[allow(clippy::cast_precision_loss, reason = "small numbers")]
fn per(requests: usize, objects: usize) -> f64 {
    requests as f64 / objects as f64
}

fn create(ours: &Ours, table: &mut Table) -> (Duration, f64) {
    let process = Process::wait(&world().rig);
    let (mark, cpu) = (ours.mark(), process.cpu());
    let Created { took, accepted } = ours.create(NETWORKS);
    table.row("seconds until kubectl has written them all", accepted.as_secs_f64(), Target::Told);
    table.row("requests per create", per(ours.requests(&mark).len(), NETWORKS), Target::Most(1.1));
    (took, process.cpu() - cpu)
}

fn rates(table: &mut Table, bare: &[Made], took: Duration) {
    let took_bare: Duration = bare.iter().map(|made| made.took).sum();
    let bare = per(NETWORKS, 1) / took_bare.as_secs_f64();
    let own = per(NETWORKS, 1) / took.as_secs_f64();
    table.row("networks a second, plain client", bare, Target::Told);
    table.row("networks a second, from apply to the last Ready", own, Target::Told);
    table.row("share of the plain client's rate", own / bare, Target::Least(0.75));
}

/// What it costs to know that nothing changes.
fn watch(ours: &Ours, table: &mut Table) {
    // The creates have no effects left.
    std::thread::sleep(Duration::from_secs(20));
    let process = Process::wait(&world().rig);
    let (mark, cpu) = (ours.mark(), process.cpu());
    std::thread::sleep(STEADY);
    let requests = ours.requests(&mark);
    let lists = requests.iter().filter(|request| request.route.ends_with("/networks")).count();
    table.row("lists of all networks a minute", per(lists, 1), Target::Told);
    table.row(
        "requests per object and poll",
        per(requests.len(), NETWORKS * lists.max(1)),
        Target::Most(0.01),
    );
    table.row("requests per object and minute", per(requests.len(), NETWORKS), Target::Told);
    table.row("processor seconds a minute while nothing changes", process.cpu() - cpu, Target::Told);
}

/// Somebody changes a network behind the provider's back.
fn drift(ours: &Ours, bare: &Bare, table: &mut Table) {
    let ids = bare.named(&ours.prefix);
    let mut longest = Duration::ZERO;
    for id in ids.iter().step_by(60) {
        let began = Instant::now();
        bare.change(id, json!({"mtu": 1234}));
        while bare.get(id)["mtu"] != ours::MTU && began.elapsed() < DRIFT_PATIENCE {
            std::thread::sleep(Duration::from_millis(250));
        }
        longest = longest.max(began.elapsed());
        // Out of step with the lists, and after the time in which they expect further changes.
        std::thread::sleep(Duration::from_secs(37));
    }
    table.row("seconds until drift is repaired, the longest", longest.as_secs_f64(), Target::Most(15.0));
}

fn delete(ours: &Ours, table: &mut Table) {
    let mark = ours.mark();
    let began = Instant::now();
    ours.delete();
    let took = began.elapsed();
    table.row("requests per delete", per(ours.requests(&mark).len(), NETWORKS), Target::Most(2.1));
    table.row("networks deleted a second", per(NETWORKS, 1) / took.as_secs_f64(), Target::Told);
}

/// Three SIGKILLs while networks are created.
fn kills(bare: &Bare, table: &mut Table) {
    let (ours, rig) = (Ours::new("kills"), &world().rig);
    ours.apply(AFTER_KILLS);
    for killed in 1..=3 {
        let wanted = AFTER_KILLS * killed / 4;
        while bare.named(&ours.prefix).len() < wanted {
            std::thread::sleep(Duration::from_millis(100));
        }
        Process::wait(rig).kill();
    }
    ours.ready(AFTER_KILLS);
    let made = bare.named(&ours.prefix).len();
    table.row("networks in the cloud for 120 after three SIGKILLs", per(made, 1), Target::Just(120.0));
    ours.delete();
    let left = bare.named(&ours.prefix).len();
    table.row("networks left after their deletion", per(left, 1), Target::Just(0.0));
}
