//! A web server with files, for whoever fetches some: on the port of the books, the only ones that Glance fetches from.

use super::{http, venv::PYTHON};
use crate::{
    error::Result,
    files,
    part::{Context, Daemon, Part, Readiness},
    paths::{BRIDGE, Paths},
};
use async_trait::async_trait;
use std::path::PathBuf;

const PORT: u16 = 80;
const SERVER: &str = include_str!("../../drivers/web/rig_web.py");
/// The folder of what only this user and password get.
pub const PRIVATE: (&str, &str, &str) = ("private", "reader", "let me in");
/// The image of `examples/quickstart`, which names its checksum: as empty as the guests that boot from it. And its size.
const QUICKSTART: (&str, usize) = ("quickstart.img", 65_536);

/// The part.
#[derive(Debug)]
pub(super) struct Web;

/// Where its files lie.
pub fn web_root(paths: &Paths) -> PathBuf {
    paths.state.join("web")
}

fn server(paths: &Paths) -> PathBuf {
    paths.state.join("rig_web.py")
}

/// The address of a file, inside the namespace.
pub fn web_url(file: &str) -> String {
    format!("http://{BRIDGE}/{file}")
}

#[async_trait]
impl Part for Web {
    fn name(&self) -> &'static str {
        "web"
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        files::make_dir(&web_root(&cx.paths).join(PRIVATE.0))?;
        files::write(&server(&cx.paths), SERVER)?;
        files::write(&web_root(&cx.paths).join(QUICKSTART.0), vec![0; QUICKSTART.1])
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let [server, root] = [server, web_root].map(|path| path(&cx.paths).display().to_string());
        let port = PORT.to_string();
        // The machine's Python: it serves charts where there is no OpenStack as well.
        let argv = [PYTHON, server.as_str(), BRIDGE, port.as_str(), root.as_str()];
        vec![Daemon { name: "web".to_owned(), argv: argv.map(str::to_owned).to_vec(), ..Daemon::default() }]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        Ok(http::listens(BRIDGE, PORT).await)
    }

    fn help(&self) -> &'static str {
        "does something else listen on port 80 inside the namespace? see its log"
    }
}
