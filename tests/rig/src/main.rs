//! `cargo rig`: see [`rig`].

use clap::Parser;
use rig::{
    cli::{self, Cli},
    error::Error,
};
use std::process::ExitCode;

// Not async: the namespace must be entered before a runtime makes threads.
fn main() -> ExitCode {
    match cli::main(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprint!("{}", why.report());
            // As shells have it for a program that was interrupted.
            if matches!(why, Error::Interrupted | Error::GivenUp) {
                ExitCode::from(130)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}
