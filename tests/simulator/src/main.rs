//! A simulated OpenStack at an address. Users `admin` and `demo`, password `simulated`.

use clap::Parser;
use simulator::{
    Cloud,
    serve::{Server, login},
};
use std::{io, net::SocketAddr, path::PathBuf, time::Duration};
use tokio::net::TcpListener;

/// A simulated OpenStack at an address.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// How long every answer takes, milliseconds.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Equal seeds give equal ids.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to write a clouds.yaml with the clouds `demo` and `admin`.
    #[arg(long)]
    clouds: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind(arguments.listen).await?;
    let base = format!("http://{}", listener.local_addr()?);
    if let Some(path) = &arguments.clouds {
        std::fs::write(
            path,
            format!("clouds:\n{}", ["demo", "admin"].map(|user| login(user, &base, user)).concat()),
        )?;
    }
    println!("{base}");
    let cloud = Cloud::new(base, arguments.seed);
    Server::new(cloud, Duration::from_millis(arguments.latency_ms), now).run(listener).await
}

#[allow(clippy::disallowed_methods, reason = "a server has a clock")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
