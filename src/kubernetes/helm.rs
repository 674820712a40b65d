//! Helm as a renderer and nothing else: `helm template` without cluster, credentials, plugins or network. It runs through our own
//! hidden word `kupenstack confined`, with values on stdin and an environment of its own. May use `confined`.

pub mod confined;

use super::error::Error;
use crate::kind::kubernetes_error::cut;
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    sync::Semaphore,
};

/// Longest time of one run, by the clock.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most bytes of a rendered chart.
const OUTPUT: usize = 16 << 20;
/// Most bytes of an error that are read.
const WORDS: usize = 8 << 10;
/// Runs at once.
const AT_ONCE: usize = 2;
/// The version that is tested; later ones of the same minor are taken as well.
const TESTED: (u64, u64, u64) = (4, 1, 4);

/// One rendering.
#[derive(Clone, Copy, Debug)]
pub struct Template<'a> {
    /// Name of the release.
    pub release: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// The chart, a `.tgz` file.
    pub chart: &'a Path,
    /// The values document, JSON.
    pub values: &'a SecretString,
    /// The API server's version: `v1.36.3`.
    pub kube_version: &'a str,
}

/// What renders charts.
#[async_trait]
pub trait Helm: Send + Sync {
    /// Its version, which is a part of what a release is made from.
    fn version(&self) -> &str;

    /// Renders a chart: all objects, hooks included.
    ///
    /// # Errors
    /// It does not render ([`Error::Rendering`], in Helm's words), or Helm did not run.
    async fn template(&self, template: &Template<'_>) -> Result<String, Error>;
}

/// The program.
pub struct Program {
    helm: PathBuf,
    /// This program, whose word `confined` starts Helm.
    confine: PathBuf,
    home: PathBuf,
    version: String,
    places: Semaphore,
}

impl Program {
    /// Asks the program for its version, and refuses one that is not tested. `home` is a folder that only we use.
    ///
    /// # Errors
    /// It does not start, or is of another version.
    pub async fn find(helm: PathBuf, confine: PathBuf, home: PathBuf) -> Result<Self, Error> {
        let places = Semaphore::new(AT_ONCE);
        let mut program = Self { helm, confine, home, version: String::new(), places };
        let child = program.start(&["version", "--template", "{{.Version}}"])?;
        let said = finish(child, "").await?.map_err(Error::Helm)?;
        program.version = checked(said.trim())?;
        Ok(program)
    }

    fn start(&self, arguments: &[&str]) -> Result<Child, Error> {
        let mut command = Command::new(&self.confine);
        command.arg("confined").arg("--").arg(&self.helm).args(arguments);
        command.env_clear().current_dir(&self.home).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env("HOME", &self.home).env("KUBECONFIG", "/dev/null");
        for (name, folder) in [("CACHE", "cache"), ("CONFIG", "config"), ("DATA", "data")] {
            command.env(format!("HELM_{name}_HOME"), self.home.join(folder));
        }
        // No HELM_DRIVER: with `memory` Helm ends at once unless a file of its contents is named too.
        command.env("HELM_NO_PLUGINS", "1");
        command.env("GOMEMLIMIT", "256MiB").env("GOMAXPROCS", "1");
        command.spawn().map_err(|source| Error::Io { action: "start helm", source })
    }
}

#[async_trait]
impl Helm for Program {
    fn version(&self) -> &str {
        &self.version
    }

    async fn template(&self, template: &Template<'_>) -> Result<String, Error> {
        let Template { release, namespace, chart, values, kube_version } = template;
        let chart = chart.to_string_lossy();
        let _place = self.places.acquire().await.map_err(|error| Error::Helm(error.to_string()))?;
        let arguments =
            ["template", release, &chart, "-n", namespace, "-f", "-", "--kube-version", kube_version];
        let rendered = finish(self.start(&arguments)?, values.expose_secret()).await?;
        rendered.map_err(|words| Error::Rendering(masked(&words, values)))
    }
}

/// The version, if it is one that is tested.
fn checked(version: &str) -> Result<String, Error> {
    let mut numbers = version.trim_start_matches('v').split('.').map(|part| part.parse::<u64>().ok());
    let numbers = (numbers.next().flatten(), numbers.next().flatten(), numbers.next().flatten());
    match numbers {
        (Some(major), Some(minor), Some(patch))
            if (major, minor) == (TESTED.0, TESTED.1) && patch >= TESTED.2 =>
        {
            Ok(version.to_owned())
        }
        _ => Err(Error::Helm(format!(
            "version {version:?} can't be used: this provider is tested with 4.1.x from 4.1.4 on"
        ))),
    }
}

/// Gives a child its input and awaits its end: what it printed, or its words if it failed.
async fn finish(mut child: Child, input: &str) -> Result<Result<String, String>, Error> {
    let io = |source| Error::Io { action: "run helm", source };
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A program that ended early has said why.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
    };
    let read = async { tokio::join!(feed, limited(stdout, OUTPUT), limited(stderr, WORDS), child.wait()) };
    let Ok(((), output, words, status)) = tokio::time::timeout(PATIENCE, read).await else {
        return Ok(Err(format!("not done within {} s", PATIENCE.as_secs())));
    };
    let (output, words, status) = (output.map_err(io)?, words.map_err(io)?, status.map_err(io)?);
    Ok(match output {
        _ if !status.success() && words.has_text() => Err(words.text()),
        _ if !status.success() => Err(format!("helm ended with {status}")),
        Read { whole: false, .. } => Err(format!("the chart renders to more than {} MiB", OUTPUT >> 20)),
        read => Ok(read.text()),
    })
}

/// What was read of a pipe.
struct Read {
    bytes: Vec<u8>,
    whole: bool,
}

impl Read {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn has_text(&self) -> bool {
        !self.bytes.trim_ascii().is_empty()
    }
}

/// Reads a pipe to its end and keeps the first bytes; one that is not read would block the program.
async fn limited(pipe: Option<impl AsyncRead + Unpin>, most: usize) -> std::io::Result<Read> {
    let mut read = Read { bytes: vec![], whole: true };
    let Some(mut pipe) = pipe else { return Ok(read) };
    let mut piece = vec![0; 64 << 10];
    loop {
        let length = pipe.read(&mut piece).await?;
        if length == 0 {
            return Ok(read);
        }
        let left = most.saturating_sub(read.bytes.len());
        read.whole &= length <= left;
        read.bytes.extend(piece.iter().take(length.min(left)));
    }
}

/// Somebody's words on one line, with nothing of the values that may be a secret: a template may repeat what it refuses, and a program
/// in its log what it was given.
pub fn masked(words: &str, values: &SecretString) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.strip_prefix("Error: ").unwrap_or(&line);
    let document: serde_json::Value = serde_json::from_str(values.expose_secret()).unwrap_or_default();
    let mut secrets = vec![];
    collect(&document, false, &mut secrets);
    let secrets: Vec<_> = secrets.iter().collect();
    cut(&crate::kind::redact::redact(line, &secrets), 900).to_owned()
}

/// Parts of names whose values are secrets.
const SECRET: [&str; 6] = ["password", "secret", "token", "key", "connection", "auth"];
/// Shorter texts are left: to replace every `a` would leave no message.
const SHORT: usize = 4;

fn collect(value: &serde_json::Value, secret: bool, found: &mut Vec<SecretString>) {
    use serde_json::Value as V;
    match value {
        V::Object(fields) => {
            for (name, value) in fields {
                let name = name.to_ascii_lowercase();
                collect(value, secret || SECRET.iter().any(|part| name.contains(part)), found);
            }
        }
        V::Array(items) => items.iter().for_each(|item| collect(item, secret, found)),
        V::String(text) if secret && text.len() >= SHORT => found.push(text.as_str().into()),
        V::String(_) | V::Number(_) | V::Bool(_) | V::Null => {}
    }
}

#[cfg(test)]
mod tests;
