//! `kupenstack confined -- PROGRAM ARGUMENTS…`, by which this program starts Helm.

use super::command_result::CommandResult;
use crate::kubernetes::helm::confined::become_program;
use clap::Args;
use std::ffi::OsString;

/// What to become.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

pub(super) fn run(options: &Options) -> CommandResult {
    match options.command.as_slice() {
        [program, arguments @ ..] => Err(become_program(program, arguments).into()),
        [] => Err("no program is given".into()),
    }
}
