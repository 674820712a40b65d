//! What it costs: requests, time, memory, on real parts, beside a plain client that sends the same creates in the same
//! run. Prints one table; see `cargo measure`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    dead_code,
    unused_imports,
    missing_docs,
    reason = "a measurement that meets something unexpected fails; real parts run in real time"
)]

mod bench;
mod world;

fn main() -> std::process::ExitCode {
    bench::run()
}
