//! What tests hold: a rig that is up, its credentials, its parts to stop and start, and what was asked of it.

use crate::{
    audit::Audit,
    cache::Cache,
    cloud::{self, Chart},
    daemon,
    error::{Error, Result},
    files, kubernetes, lifecycle,
    lifecycle::{Settings, Side},
    netns, openstack,
    paths::Paths,
    process,
    progress::Progress,
    report,
};
use rustix::process::Signal;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A rig that is up.
///
/// Its commands run inside the rig's namespace wherever they are called; a test's own connections need
/// [`Rig::enter`] on the thread that makes its runtime.
#[derive(Clone, Debug)]
pub struct Rig {
    /// Its folders.
    pub paths: Paths,
    /// What it consists of.
    pub settings: Settings,
}

impl Rig {
    /// The rig of a checkout, which must be up.
    pub fn attach(checkout: &Path) -> Result<Self> {
        let paths = Paths::around(checkout)?;
        let down = || Error::Machine {
            what: format!("the rig of {} is not up", paths.checkout.display()),
            help: "run `cargo rig up` first".to_owned(),
        };
        let settings = Settings::read(&paths).filter(|_| netns::exists(&paths)).ok_or_else(down)?;
        Ok(Self { paths, settings })
    }

    /// Brings the rig of a checkout up (`arguments` as `cargo rig up` takes them) and attaches to it.
    /// In a process of its own: this one's threads stay where they are.
    pub async fn up(checkout: &Path, arguments: &[&str]) -> Result<Self> {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let cmd = [&[cargo.as_str(), "rig", "up"], arguments].concat();
        let status = process::interactive("cargo rig up", cmd, &[], Some(checkout)).await?;
        if status.success() {
            return Self::attach(checkout);
        }
        Err(Error::Command {
            what: "cargo rig up".to_owned(),
            why: format!("{status}; it said why above"),
            log: None,
        })
    }

    /// Moves the calling thread, and all threads it makes later, into the rig's namespace.
    pub fn enter(&self) -> Result<()> {
        netns::enter(&self.paths)
    }

    /// Administrator's kubeconfig: the rig's inside the namespace, or the user's own.
    pub fn kubeconfig(&self) -> PathBuf {
        match (self.settings.kubernetes, &self.settings.kubeconfig) {
            (Side::External, Some(own)) => own.clone(),
            (Side::External | Side::Own | Side::None, _) => self.paths.kubeconfig(),
        }
    }

    /// The clouds.yaml with administrator's credentials, inside the namespace.
    pub fn clouds_yaml(&self) -> PathBuf {
        self.paths.clouds_yaml()
    }

    /// The cloud's name in it.
    pub fn cloud(&self) -> String {
        self.settings.cloud.clone().unwrap_or_else(|| "rig".to_owned())
    }

    /// Variables for clients of both halves.
    pub fn environment(&self) -> Vec<(String, String)> {
        let path = std::env::var("PATH").unwrap_or_else(|_| process::SYSTEM_PATH.to_owned());
        // Empty when that half is not the rig's own; an empty entry would mean the current folder.
        let own = [self.settings.bin.clone(), self.settings.venv.join("bin")];
        let own = own.iter().filter(|folder| folder.is_absolute()).map(|folder| folder.display().to_string());
        let path = own.chain([path]).collect::<Vec<_>>().join(":");
        let mut all = vec![("PATH", path), ("KUPENSTACK_RIG", self.paths.id.clone())];
        if self.settings.kubernetes != Side::None {
            all.push(("KUBECONFIG", self.kubeconfig().display().to_string()));
            // All rigs have one address: what kubectl remembers of one would be taken for another's.
            all.push(("KUBECACHEDIR", self.paths.state.join("kubectl").display().to_string()));
        }
        if self.settings.openstack == Side::Own {
            all.push(("OS_CLIENT_CONFIG_FILE", self.clouds_yaml().display().to_string()));
        }
        if self.settings.openstack != Side::None {
            all.push(("OS_CLOUD", self.cloud()));
        }
        all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Words before a command so that it runs inside, unless a half is the user's own and thus outside.
    pub fn inside(&self) -> Vec<String> {
        let external = [self.settings.kubernetes, self.settings.openstack].contains(&Side::External);
        if external {
            Vec::new()
        } else {
            vec!["nsenter".to_owned(), format!("--net={}", netns::handle(&self.paths).display())]
        }
    }

    /// Runs a program inside and returns what it printed.
    pub async fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let mut cmd = self.inside();
        cmd.push(program.to_owned());
        cmd.extend(arguments.iter().map(|word| (*word).to_owned()));
        process::output(&format!("{program} {}", arguments.join(" ")), cmd, &self.environment(), None).await
    }

    /// `kubectl` as administrator.
    pub async fn kubectl(&self, arguments: &[&str]) -> Result<String> {
        self.run("kubectl", arguments).await
    }

    /// The official CLI of Crossplane.
    pub async fn crossplane(&self, arguments: &[&str]) -> Result<String> {
        self.run(&self.settings.bin.join("crossplane").display().to_string(), arguments).await
    }

    /// Asks a cloud in pods by the official client, which has nothing but a clouds.yaml and the cluster's own names.
    pub async fn ask_cloud(&self, clouds: &str, question: &str) -> Result<String> {
        self.in_cloud(clouds, &format!("openstack {question}")).await
    }

    /// Runs a program of OpenStack's virtual environment, with words as a shell takes them, where a clouds.yaml and the
    /// cluster's own names are all that there is.
    pub async fn in_cloud(&self, clouds: &str, command: &str) -> Result<String> {
        let folder = self.paths.run().join("client");
        let [login, names] = ["clouds.yaml", "resolv.conf"].map(|file| folder.join(file));
        let node =
            self.kubectl(&["get", "node", "rig", "-o", "jsonpath={.status.addresses[0].address}"]).await?;
        files::write(&names, format!("nameserver {node}\n"))?;
        files::write(&login, clouds)?;
        let cache = Cache::new(&self.paths.cache, &Progress::quiet());
        let programs = openstack::provision_venv(&cache, &self.paths).await?.join("bin");
        let script = format!(
            "mount --bind {} /etc/resolv.conf && OS_CLIENT_CONFIG_FILE={} OS_CLOUD=openstack exec {}/{command}",
            names.display(),
            login.display(),
            programs.display(),
        );
        self.run("unshare", &["--mount", "sh", "-c", &script]).await
    }

    /// Runs a script in OpenStack's virtual environment (openstacksdk is there) and returns what it printed.
    pub async fn python(&self, script: &str) -> Result<String> {
        self.run(&self.settings.venv.join("bin/python").display().to_string(), &["-c", script]).await
    }

    /// Pushes a package (`.xpkg`), an image archive or an OCI layout as `org/name:tag`; returns the reference to pull.
    pub async fn push_image(&self, from: &Path, name: &str) -> Result<String> {
        let (program, arguments) = kubernetes::push_command(&self.settings.bin, from, name);
        self.run(&program, &arguments.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        kubernetes::keep(&self.paths, from, name).await?;
        Ok(format!("{}/{name}", kubernetes::REGISTRY))
    }

    /// Builds the images of a cloud's services, pushes them and shares what of the node they mount; returns their names
    /// for pods. Must be called outside the namespace.
    ///
    /// # Errors
    /// See [`cloud::images`] and [`cloud::prepare_node`].
    pub async fn cloud_images(&self, release: &str, progress: &Progress) -> Result<Vec<String>> {
        cloud::prepare_node(self)?;
        cloud::images(self, release, progress).await
    }

    /// Builds the images of services beyond the core, and pushes them; returns their names for pods. Must be called outside
    /// the namespace.
    ///
    /// # Errors
    /// See [`cloud::further_images`].
    pub async fn further_images(&self, progress: &Progress) -> Result<Vec<String>> {
        cloud::further_images(self, progress).await
    }

    /// Packages the charts of `tests/charts`, or those in place of them ([`cloud::ChartSource`]), and offers them in the
    /// registry and on the web server.
    ///
    /// # Errors
    /// See [`cloud::charts`].
    pub async fn charts(&self, progress: &Progress) -> Result<Vec<Chart>> {
        cloud::charts(self, progress).await
    }

    /// Stops a part, or one of its daemons, by name.
    pub async fn stop(&self, name: &str) -> Result<()> {
        self.cargo_rig(name, true, false).await
    }

    /// Starts what was stopped, and waits until its part is ready.
    pub async fn start(&self, name: &str) -> Result<()> {
        self.cargo_rig(name, false, true).await
    }

    /// Stops and starts.
    pub async fn restart(&self, name: &str) -> Result<()> {
        self.cargo_rig(name, true, true).await
    }

    /// Has a daemon do nothing any more, as if its machine hung: requests come in, and no answer goes out.
    pub fn freeze(&self, daemon: &str) -> Result<()> {
        self.signal(daemon, Signal::STOP)
    }

    /// Has it go on where it was.
    pub fn thaw(&self, daemon: &str) -> Result<()> {
        self.signal(daemon, Signal::CONT)
    }

    fn signal(&self, daemon: &str, signal: Signal) -> Result<()> {
        let absent =
            || Error::Machine { what: format!("{daemon} does not run"), help: "start it first".to_owned() };
        let leader = daemon::find(&self.paths, daemon)?.ok_or_else(absent)?;
        daemon::session(leader.pid).iter().for_each(|stat| daemon::signal(stat.pid, signal));
        Ok(())
    }

    /// On a thread of its own inside the namespace, since readiness is asked there.
    async fn cargo_rig(&self, name: &str, stop: bool, start: bool) -> Result<()> {
        let (paths, name) = (self.paths.clone(), name.to_owned());
        let (done, wait) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let work = || {
                netns::enter(&paths)?;
                lifecycle::block_on(lifecycle::restart(&paths, &name, stop, start, &Progress::quiet()))
            };
            // Nobody waits any more: the test was given up.
            drop(done.send(work()));
        });
        wait.await.unwrap_or(Err(Error::Interrupted))
    }

    /// Resident memory in MiB by daemon.
    pub fn memory(&self) -> BTreeMap<String, u64> {
        report::memory(&self.paths)
    }

    /// The API server's audit log, from now on.
    pub fn audit(&self) -> Audit {
        Audit::from_now(&self.paths.log("audit"))
    }
}
