//! How every command that keeps running begins.

use super::command_result::CommandResult;

/// Chooses the cryptography and where the log goes.
pub(super) fn begin(debug: bool) -> CommandResult {
    // Several crates of the graph bring rustls: say once which cryptography it uses.
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a cryptography provider is installed already")?;
    let level = if debug { "kupenstack=debug,warn" } else { "kupenstack=info,warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    Ok(())
}
