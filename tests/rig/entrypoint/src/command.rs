//! `COMMAND`: what is done once everything is there.

use crate::error::Error;
use std::{os::unix::process::CommandExt, process::Command};

/// Becomes the command. `echo`, which charts use where there is nothing to do, needs no program.
pub fn run(command: &str) -> Result<(), Error> {
    let mut words = command.split_whitespace();
    let program = words.next().unwrap_or_default();
    if program == "echo" {
        println!("{}", words.collect::<Vec<_>>().join(" "));
        return Ok(());
    }
    let why = Command::new(program).args(words).exec();
    Err(Error::Command(format!("{command:?}: {why}")))
}
