//! The one program: provider and tools. See `kupenstack::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    kupenstack::cli::run()
}
