//! The HTTP server of every API.

use super::site::{Service, Site};
use crate::{part::Daemon, paths::BRIDGE};

/// Processes and threads of an API that many calls go to and that is not safe with threads.
pub(super) const BUSY: (u8, u8) = (2, 1);
/// Processes and threads of an API with little to do.
pub(super) const QUIET: (u8, u8) = (1, 4);

/// A request in one line, read by `requests.rs`; the user agent is last because it may hold spaces.
const LOG_FORMAT: &str = "%(method) %(uri) %(status) %(msecs) %(uagent)";

/// The daemon that serves a WSGI module.
pub(super) fn api(site: &Site, service: Service, (processes, threads): (u8, u8), module: &str) -> Daemon {
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut argv = own(&[&site.program("uwsgi"), "--master", "--need-app", "--die-on-term"]);
    argv.extend(own(&["--http-socket", &format!("{BRIDGE}:{}", service.port), "--module", module]));
    argv.extend(own(&["--virtualenv", &site.venv.display().to_string()]));
    argv.extend(own(&["--processes", &processes.to_string(), "--threads", &threads.to_string()]));
    argv.extend(own(&[
        "--enable-threads",
        "--lazy-apps",
        "--buffer-size",
        "65535",
        "--post-buffering",
        "65536",
    ]));
    argv.extend(own(&["--socket-timeout", "120", "--http-timeout", "120", "--listen", "100"]));
    // It closes each connection after the answer; clients must be told, or they reuse a dying one.
    argv.extend(own(&["--add-header", "Connection: close", "--wsgi-disable-file-wrapper"]));
    let access = site.logs.join(access_log(service.name));
    argv.extend(own(&["--req-logger", &format!("file:{}", access.display()), "--log-format", LOG_FORMAT]));
    // The rest of a longer message, a traceback's end, would be cut off.
    argv.extend(own(&["--log-master-bufsize", "65536"]));
    argv.extend(own(&["--procname-prefix", &format!("{} ", service.name)]));
    Daemon {
        name: format!("{}-api", service.name),
        argv,
        env: site.env(service.name),
        cwd: Some(site.data(service.name)),
    }
}

/// The file that a service's requests are logged to, in the folder of logs.
pub(super) fn access_log(service: &str) -> String {
    format!("{service}-access.log")
}
