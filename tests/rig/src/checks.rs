//! `cargo rig test`: every check of the project in one run, cheapest first, with one closing line.

use crate::{
    error::{Error, Result},
    lifecycle,
    packages::Profile,
    paths::Paths,
    process,
    progress::Progress,
    provider, report,
    tools::{self, Tools},
};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

/// How many tests and checks passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
}

/// One check: what it is called, and its command.
struct Check {
    name: &'static str,
    command: Vec<String>,
    /// A test runner tells its own numbers; any other check is one.
    tests: bool,
}

/// Runs them all, whatever fails on the way, with those that take `long` or without; an error if something failed.
pub fn run(paths: &Paths, long: bool, progress: &Progress) -> Result<()> {
    let began = Instant::now();
    let tools = lifecycle::block_on(tools::provide(&paths.cache, progress))?;
    let mut total = Tally::default();
    let mut failed = vec![];
    for check in checks(&tools) {
        take(&check, &paths.checkout, &mut total, &mut failed)?;
    }
    report::heading("package of the provider");
    lifecycle::block_on(provider::package(&paths.checkout, Profile::Release))?;
    if !lifecycle::is_up(paths)? {
        // What an earlier run left half done (a database in the middle of its migration) would be taken for this one's.
        lifecycle::down(paths, true, progress)?;
    }
    take(&rig_up(), &paths.checkout, &mut total, &mut failed)?;
    for check in on_the_rig(long) {
        take(&check, &paths.checkout, &mut total, &mut failed)?;
    }
    println!(
        "\n{} s in all; failed: {}",
        began.elapsed().as_secs(),
        if failed.is_empty() { "nothing".to_owned() } else { failed.join(", ") }
    );
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 {
        return Ok(());
    }
    Err(Error::Command { what: "cargo rig test".to_owned(), why: failed.join(", "), log: None })
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

fn checks(tools: &Tools) -> Vec<Check> {
    let check = |name, line: String| Check { name, command: words(&line), tests: false };
    let cargo = cargo();
    vec![
        check("format", format!("{cargo} fmt --all --check")),
        check("lints", format!("{cargo} clippy --workspace --all-targets --locked --quiet -- -D warnings")),
        check("documentation", format!("{cargo} doc --workspace --no-deps --locked --quiet")),
        check(
            "licences, bans and sources",
            format!("{} --all-features check bans licenses sources", tools.deny.display()),
        ),
        check("spelling", format!("{} --config .typos.toml", tools.typos.display())),
        Check {
            name: "unit tests",
            command: words(&format!("{cargo} test --workspace --lib --bins --test claims --locked")),
            tests: true,
        },
        check(
            "drivers of the rig",
            "env PYTHONPATH=tests/rig/drivers python3 -B -m unittest discover -q -s tests/rig/drivers/tests"
                .to_owned(),
        ),
    ]
}

/// Tests that are not among those that share the rig.
const OTHERS: [&str; 7] = [
    "conformance",
    "killed_provider",
    "alone::",
    "suite::faults::",
    "suite::cloud::",
    "tried::",
    "without_crossplane::",
];

/// Who reads the services' request logs, or kills or restarts something, is alone; the others share the rig. Clouds come
/// last: their packages take the place of the provider's.
fn on_the_rig(long: bool) -> Vec<Check> {
    let alone = |name, modules: &str| suite(name, &format!("{modules} --nocapture --test-threads=1"));
    let others = OTHERS.map(|name| format!("--skip {name} ")).concat();
    let mut all = vec![alone(
        "conformance of every kind, a killed provider, replicas, a restarted API server",
        "conformance killed_provider alone:: --skip suite::cloud::",
    )];
    if long {
        // They know among themselves which of them go beside each other; one clears up while the next ones go.
        all.push(suite("faults around the provider", "suite::faults:: --nocapture --test-threads=5"));
    }
    all.push(suite("tests on the rig", &format!("{others}--test-threads=4")));
    all.push(alone("a try beside the rig", "suite::tried::"));
    if long {
        // It takes the package's place for a while.
        all.push(alone("the provider without Crossplane", "suite::without_crossplane::"));
    }
    all.push(alone("a cloud in pods", if long { "suite::cloud::" } else { "suite::cloud::composed" }));
    all
}

fn rig_up() -> Check {
    Check { name: "the rig comes up", command: words(&format!("{} rig up", cargo())), tests: false }
}

fn suite(name: &'static str, arguments: &str) -> Check {
    let command = words(&format!("{} test --workspace --test suite --locked -- {arguments}", cargo()));
    Check { name, command, tests: true }
}

fn take(check: &Check, checkout: &Path, total: &mut Tally, failed: &mut Vec<String>) -> Result<()> {
    report::heading(check.name);
    let began = Instant::now();
    let (success, counted) = shown(check, checkout)?;
    let tally = match (check.tests, success) {
        // A runner that did not get as far as its tests has failed all the same.
        (true, false) if counted.failed == 0 => Tally { failed: 1, ..counted },
        (true, _) => counted,
        (false, true) => Tally { passed: 1, failed: 0 },
        (false, false) => Tally { passed: 0, failed: 1 },
    };
    println!(
        "-- {}: {} passed, {} failed, {} s",
        check.name,
        tally.passed,
        tally.failed,
        began.elapsed().as_secs()
    );
    if tally.failed > 0 {
        failed.push(check.name.to_owned());
    }
    total.passed += tally.passed;
    total.failed += tally.failed;
    Ok(())
}

/// Runs a command, shows what it prints, and counts what a test runner says.
fn shown(check: &Check, checkout: &Path) -> Result<(bool, Tally)> {
    let refused =
        |why: std::io::Error| Error::Command { what: check.name.to_owned(), why: why.to_string(), log: None };
    let (program, arguments) = check.command.split_first().ok_or_else(|| Error::Command {
        what: check.name.to_owned(),
        why: "no command".to_owned(),
        log: None,
    })?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(checkout).stdin(Stdio::null()).stdout(Stdio::piped());
    command.env("RUSTDOCFLAGS", "-D warnings");
    for name in process::outer_cargo(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())) {
        command.env_remove(name);
    }
    let mut child = command.spawn().map_err(refused)?;
    let mut tally = Tally::default();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        let line = line.map_err(refused)?;
        println!("{line}");
        if let Some(counted) = counted(&line) {
            tally.passed += counted.passed;
            tally.failed += counted.failed;
        }
    }
    Ok((child.wait().map_err(refused)?.success(), tally))
}

/// The numbers in libtest's closing line.
fn counted(line: &str) -> Option<Tally> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |unit: &str| {
        let part = numbers.split("; ").find_map(|part| part.strip_suffix(unit))?;
        part.trim().parse().ok()
    };
    Some(Tally { passed: number(" passed")?, failed: number(" failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runners_closing_line_is_counted_and_nothing_else() {
        let line = "test result: FAILED. 27 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(counted(line), Some(Tally { passed: 27, failed: 3 }));
        assert_eq!(counted("test result_is_kept ... ok"), None);
        assert_eq!(counted("27 passed, 3 failed"), None);
    }

    fn tally(line: &str, tests: bool) -> (Tally, Vec<String>) {
        let check =
            Check { name: "c", command: vec!["sh".to_owned(), "-c".to_owned(), line.to_owned()], tests };
        let (mut total, mut failed) = (Tally::default(), vec![]);
        take(&check, Path::new("/"), &mut total, &mut failed).unwrap();
        (total, failed)
    }

    #[test]
    fn a_check_that_fails_is_never_counted_as_passed() {
        assert_eq!(tally("true", false), (Tally { passed: 1, failed: 0 }, vec![]));
        assert_eq!(tally("false", false), (Tally { passed: 0, failed: 1 }, vec!["c".to_owned()]));
        assert_eq!(tally("exit 101", true).0, Tally { passed: 0, failed: 1 }, "it broke before its tests");
        let said = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'";
        assert_eq!(tally(said, true), (Tally { passed: 2, failed: 0 }, vec![]));
    }
}
