//! A service's programs: one-off jobs and daemons with its configuration.

use super::site::Site;
use crate::{error::Result, part::Daemon, process};

/// Runs a command to its end; programs of the virtual environment are found first.
pub(super) async fn run(site: &Site, service: &str, what: &str, argv: &[&str]) -> Result<()> {
    let log = site.logs.join(format!("{service}-jobs.log"));
    process::run(what, argv, &site.env(service), Some(&site.data(service)), &log).await
}

/// A daemon of the virtual environment that takes no arguments.
pub(super) fn daemon(site: &Site, service: &str, program: &str) -> Daemon {
    Daemon {
        name: program.to_owned(),
        argv: vec![site.program(program)],
        env: site.env(service),
        cwd: Some(site.data(service)),
    }
}
