//! The way in from outside: loopback ports of the host that lead to the API server and to Keystone.

use crate::{
    error::{Error, Result},
    files::{self, io},
    kubernetes::config,
    netns,
    part::Daemon,
    paths::{BRIDGE, Paths},
};
use serde::{Deserialize, Serialize};
use std::{net::TcpListener, path::PathBuf};
use tokio::{io::copy_bidirectional, net::TcpStream};

/// The forwarder's name among the daemons.
pub const NAME: &str = "forward";

/// Its ports on the host's loopback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// Leads to the API server.
    pub kubernetes: u16,
    /// Leads to Keystone.
    pub keystone: u16,
}

impl Ports {
    fn path(paths: &Paths) -> PathBuf {
        paths.state.join("ports.json")
    }

    /// As last chosen.
    pub fn read(paths: &Paths) -> Option<Self> {
        files::read_json(&Self::path(paths))
    }
}

/// The daemon; it runs in the host's namespace until it has its ports.
pub fn daemon(paths: &Paths) -> Result<Daemon> {
    let program = std::env::current_exe().map_err(io(&paths.state))?;
    let argv = vec![program.display().to_string(), NAME.to_owned()];
    // Daemons get a bare environment; this one must find the same folders as the command that starts it.
    let state = parent(&paths.state).and_then(|path| parent(&path));
    let folders = [("XDG_STATE_HOME", state), ("XDG_CACHE_HOME", parent(&paths.cache))];
    let mut env: Vec<(String, String)> = folders
        .into_iter()
        .filter_map(|(name, path)| Some((name.to_owned(), path?.display().to_string())))
        .collect();
    env.push(("KUPENSTACK_RIG".to_owned(), paths.id.clone()));
    Ok(Daemon { name: NAME.to_owned(), argv, env, cwd: Some(paths.checkout.clone()) })
}

fn parent(path: &std::path::Path) -> Option<PathBuf> {
    path.parent().map(PathBuf::from)
}

/// A free port, the same as last time if nobody took it: kubeconfigs in people's shells stay good.
fn listen(last: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", last)).or_else(|_| TcpListener::bind(("127.0.0.1", 0)))
}

/// Takes ports outside, goes inside, and forwards until it is stopped. Must be called before threads are made.
pub fn run(paths: &Paths) -> Result<()> {
    let last = Ports::read(paths).unwrap_or_default();
    let broken = || io(&Ports::path(paths));
    let kubernetes = listen(last.kubernetes).map_err(broken())?;
    let keystone = listen(last.keystone).map_err(broken())?;
    let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port()).map_err(broken());
    let ports = Ports { kubernetes: port(&kubernetes)?, keystone: port(&keystone)? };
    netns::enter(paths)?;
    let outside = config::kubeconfig(paths, "admin", &format!("https://127.0.0.1:{}", ports.kubernetes));
    files::write(&paths.outside_kubeconfig(), outside)?;
    files::write_json(&Ports::path(paths), &ports)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken())?;
    runtime.block_on(async {
        tokio::try_join!(serve(kubernetes, 6443), serve(keystone, 5000))
            .map(drop)
            .map_err(|why| Error::Command { what: "forwarding".to_owned(), why: why.to_string(), log: None })
    })
}

async fn serve(listener: TcpListener, port: u16) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (mut outer, _) = listener.accept().await?;
        tokio::spawn(async move {
            // Refused while the part behind is down: the caller sees a closed connection, as it would there.
            let mut inner = TcpStream::connect((BRIDGE, port)).await?;
            copy_bidirectional(&mut outer, &mut inner).await
        });
    }
}
