//! `cargo rig try`: shown as it says, and nothing left of it, whenever it is interrupted.

use crate::world::checkout;
use rig::{
    cache::Cache,
    daemon::{MARK, signal},
    files,
    lifecycle::block_on,
    paths::Paths,
    proc, process,
    progress::Progress,
    trial::servers,
};
use rustix::process::Signal;
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    sync::LazyLock,
};

/// Programs and the provider, built: what is tried here is not how long that takes.
static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    for package in ["kupenstack-rig", "kupenstack"] {
        let build = [&cargo, "build", "--locked", "--quiet", "--package", package, "--bins"];
        let built = block_on(process::interactive("cargo build", build, &[], Some(checkout())));
        assert!(built.unwrap().success());
    }
    rig::packages::target(checkout()).join("debug/rig")
});

/// A run under way.
struct Run {
    child: Child,
    said: BufReader<ChildStdout>,
    text: String,
}

impl Run {
    /// With a proxy that nobody answers for: nothing of it may go there.
    fn start(arguments: &[&str], kubeconfig: Option<&PathBuf>) -> Self {
        let mut command = Command::new(&*BUILT);
        command.arg("try").args(arguments).current_dir(checkout()).stdout(Stdio::piped());
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
            command.env(name, "http://127.0.0.1:9");
        }
        // Cargo takes no proxy where it fetches nothing.
        command.env("CARGO_NET_OFFLINE", "true");
        kubeconfig.map(|file| command.env("KUBECONFIG", file));
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Self { child, said, text: String::new() }
    }

    fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    fn folder(&self) -> PathBuf {
        std::env::temp_dir().join(format!("kupenstack-try-{}", self.pid()))
    }

    /// Reads on until a line says this.
    fn until(&mut self, what: &str) {
        loop {
            let from = self.text.len();
            assert!(self.said.read_line(&mut self.text).unwrap() > 0, "{what:?} was not said: {}", self.text);
            if self.text[from..].contains(what) {
                return;
            }
        }
    }

    /// Waits until it has ended; returns its exit code, and what it said.
    fn end(mut self) -> (Option<i32>, String) {
        while self.said.read_line(&mut self.text).unwrap() > 0 {}
        let status = self.child.wait().unwrap();
        let mark = format!("try-{}/", self.pid());
        let marked = |pid: i32| proc::variable(pid, MARK).is_some_and(|found| found.starts_with(&mark));
        let left: Vec<_> = proc::all().into_iter().filter(|stat| marked(stat.pid)).collect();
        assert!(left.is_empty(), "{left:?}");
        assert!(!self.folder().exists(), "its folder is gone");
        (status.code(), self.text)
    }

    fn interrupt(self, with: Signal) -> (Option<i32>, String) {
        signal(self.pid(), with);
        self.end()
    }
}

#[test]
fn the_whole_tour_is_as_it_says_and_ends_well_at_ctrl_c() {
    let mut run = Run::start(&[], None);
    run.until("Ctrl-C ends all of it");
    assert!(run.folder().join("kubeconfig").is_file(), "what it tells to export is there");
    let (code, text) = run.interrupt(Signal::INT);
    assert_eq!(code, Some(0), "{text}");
    let first = text.lines().next().unwrap();
    assert!(first.contains("simulated") && first.contains("cargo rig quickstart"), "{first}");
    for line in ["all Ready after", "repaired after", "networks of that name: 1; times it was asked for: 1"] {
        assert!(text.contains(line), "{line:?} is missing in {text}");
    }
    let row = text.lines().find(|line| line.starts_with("server.compute.kupenstack.io/quickstart ")).unwrap();
    let cells: Vec<_> = row.split_whitespace().collect();
    assert_eq!(cells[1..3], ["True", "True"], "{row}");
}

#[test]
fn whenever_it_is_interrupted_nothing_is_left() {
    for (said, with) in [
        ("This cloud is simulated", Signal::INT),
        ("== apply examples/quickstart", Signal::TERM),
        ("killed, and started again", Signal::HUP),
    ] {
        let mut run = Run::start(&["--once"], None);
        run.until(said);
        let (code, text) = run.interrupt(with);
        assert_eq!(code, Some(130), "{said}: {text}");
    }
}

/// An API server alone, as somebody else's.
struct Servers(Paths);

impl Servers {
    fn start() -> Self {
        let own = Paths::of(checkout()).unwrap();
        let id = format!("tried-{}", std::process::id() % 100_000);
        let state = std::env::temp_dir().join(format!("kupenstack-{id}"));
        let this = Self(Paths { id, state, ..own });
        let cache = Cache::new(&this.0.cache, &Progress::quiet());
        block_on(async {
            let bin = rig::go::servers(&cache, checkout(), &Progress::quiet()).await?;
            servers::start(&this.0, &bin, &Progress::quiet()).await
        })
        .unwrap();
        this
    }

    fn kubectl(&self, arguments: &[&str]) -> String {
        let kubectl = crate::world::rig().settings.bin.join("kubectl");
        let output =
            Command::new(kubectl).args(arguments).env("KUBECONFIG", self.0.kubeconfig()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _ = block_on(servers::stop(&self.0));
        let _ = files::remove(&self.0.state);
    }
}

#[test]
fn in_a_cluster_that_is_there_it_is_shown_and_what_it_made_is_removed_again() {
    let servers = Servers::start();
    let kubeconfig = servers.0.kubeconfig();
    let (code, text) = Run::start(&["--once", "--kubernetes", "external"], Some(&kubeconfig)).end();
    assert_eq!(code, Some(0), "{text}");
    assert!(servers.kubectl(&["get", "crd", "-o", "name"]).is_empty(), "it had installed them itself");
    let namespace =
        servers.kubectl(&["get", "namespace", "kupenstack-try", "-o", "jsonpath={.status.phase}"]);
    assert_eq!(namespace, "Terminating", "here nobody ends it");

    servers.kubectl(&["create", "namespace", "kupenstack-system"]);
    servers.kubectl(&["create", "deployment", "provider-kupenstack", "--image=i", "-n", "kupenstack-system"]);
    let (code, _) = Run::start(&["--once", "--kubernetes", "external"], Some(&kubeconfig)).end();
    assert_eq!(code, Some(1), "a provider is there already");
}

#[test]
fn a_kubeconfig_that_leads_nowhere_is_one_clear_line() {
    let file = std::env::temp_dir().join(format!("nowhere-{}", std::process::id()));
    let text = "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: \"https://127.0.0.1:9\"}}]\n\
        users: [{name: u, user: {token: t}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\ncurrent-context: c\n";
    files::write(&file, text).unwrap();
    let output = Command::new(&*BUILT)
        .args(["try", "--once", "--kubernetes", "external"])
        .env("KUBECONFIG", &file)
        .current_dir(checkout())
        .output()
        .unwrap();
    files::remove(&file).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.starts_with("error: asking the API server https://127.0.0.1:9 failed: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
