//! `kupenstack confined -- PROGRAM ARGUMENTS…`: sets limits on itself, then becomes the program. So a chart that never ends, or eats
//! memory, takes no more than its share, and no `unsafe` is needed to set limits between fork and exec.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::{ffi::OsString, io, os::unix::process::CommandExt, process::Command};

/// Each resource, and the most of it.
const LIMITS: [(Resource, u64); 4] = [
    // Seconds.
    (Resource::Cpu, 30),
    // Bytes; Go reserves much more than it uses, and a large chart renders within a quarter of this.
    (Resource::As, 1 << 30),
    (Resource::Nofile, 64),
    (Resource::Core, 0),
];

/// Becomes the program; returns only if that fails.
pub fn become_program(program: &OsString, arguments: &[OsString]) -> io::Error {
    for (resource, most) in LIMITS {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        if let Err(error) = setrlimit(resource, limit) {
            return error.into();
        }
    }
    Command::new(program).args(arguments).exec()
}
