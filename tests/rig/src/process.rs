//! One-off commands: run to their end, logged, and their last lines kept for when they fail.

use crate::{
    error::{Error, Result},
    files::{self, io},
};
use std::{ffi::OsString, fs::OpenOptions, path::Path, process::Stdio};
use tokio::process::Command;

/// The `PATH` of daemons and the last resort of commands: system folders only.
pub const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Runs a command to its end. Its output is appended to `log`; when it fails, its last lines are in the error.
/// It inherits the environment (proxies, caches of pip and Go), with `env` on top, and ends when the caller stops waiting.
pub async fn run<A: Into<OsString>>(
    what: &str,
    cmd: impl IntoIterator<Item = A>,
    env: &[(String, String)],
    cwd: Option<&Path>,
    log: &Path,
) -> Result<()> {
    if let Some(folder) = log.parent() {
        files::make_dir(folder)?;
    }
    let out = OpenOptions::new().create(true).append(true).open(log).map_err(io(log))?;
    let err = out.try_clone().map_err(io(log))?;
    let mut command = command(what, cmd, env, cwd)?;
    command.stdout(out).stderr(err);
    let status = command.status().await.map_err(|why| refused(what, &why))?;
    if status.success() {
        return Ok(());
    }
    let why = format!("{status}\n{}", files::tail(log, 15));
    Err(Error::Command { what: what.to_owned(), why, log: Some(log.to_path_buf()) })
}

/// Runs a command to its end and returns what it printed.
pub async fn output<A: Into<OsString>>(
    what: &str,
    cmd: impl IntoIterator<Item = A>,
    env: &[(String, String)],
    cwd: Option<&Path>,
) -> Result<String> {
    let mut command = command(what, cmd, env, cwd)?;
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let done = command.output().await.map_err(|why| refused(what, &why))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let text = String::from_utf8_lossy(&done.stderr);
    let why = format!("{}\n{}", done.status, text.trim());
    Err(Error::Command { what: what.to_owned(), why, log: None })
}

/// Runs a command to its end with the caller's own terminal; says how it ended.
pub async fn interactive<A: Into<OsString>>(
    what: &str,
    cmd: impl IntoIterator<Item = A>,
    env: &[(String, String)],
    cwd: Option<&Path>,
) -> Result<std::process::ExitStatus> {
    command(what, cmd, env, cwd)?.stdin(Stdio::inherit()).status().await.map_err(|why| refused(what, &why))
}

fn command<A: Into<OsString>>(
    what: &str,
    cmd: impl IntoIterator<Item = A>,
    env: &[(String, String)],
    cwd: Option<&Path>,
) -> Result<Command> {
    let mut words = cmd.into_iter().map(Into::into);
    let program = words.next().ok_or_else(|| Error::Command {
        what: what.to_owned(),
        why: "no program given".to_owned(),
        log: None,
    })?;
    let mut command = Command::new(program);
    command.args(words).envs(env.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).kill_on_drop(true);
    for name in outer_cargo(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())) {
        command.env_remove(name);
    }
    if let Some(cwd) = cwd {
        command.current_dir(cwd);
    }
    Ok(command)
}

/// What cargo tells the program that it runs, such as this one. A cargo that this one runs must not see it: build
/// scripts look at some of it, and everything behind them would be built anew.
pub fn outer_cargo(names: impl Iterator<Item = String>) -> Vec<String> {
    let told = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
    names.filter(|name| told.iter().any(|start| name.starts_with(start))).collect()
}

fn refused(what: &str, why: &std::io::Error) -> Error {
    Error::Command { what: what.to_owned(), why: why.to_string(), log: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cargo_within_cargo_sees_the_users_settings_and_not_the_outer_packages() {
        let names = ["CARGO_HOME", "CARGO_PKG_NAME", "CARGO", "CARGO_MANIFEST_DIR", "CARGO_TARGET_DIR"];
        assert_eq!(
            outer_cargo(names.map(str::to_owned).into_iter()),
            ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR"]
        );
    }
}
