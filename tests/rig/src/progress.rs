//! What the rig is doing, how long it took last time, and how long it takes now.

use crate::files;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::{
    collections::BTreeMap,
    io::IsTerminal,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Shows steps: spinners on a terminal, lines elsewhere. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Progress(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bars: Option<MultiProgress>,
    loud: bool,
    /// Where durations are remembered between runs.
    memory: Option<PathBuf>,
    last: BTreeMap<String, f64>,
    now: Mutex<BTreeMap<String, f64>>,
}

impl Progress {
    /// Progress for a person; durations are remembered in `<cache>/durations.json`.
    pub fn new(cache: &Path) -> Self {
        let memory = cache.join("durations.json");
        let last = files::read_json(&memory).unwrap_or_default();
        let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
        Self(Arc::new(Inner { bars, loud: true, memory: Some(memory), last, now: Mutex::default() }))
    }

    /// Says nothing and remembers nothing: for tests.
    pub fn quiet() -> Self {
        Self(Arc::new(Inner {
            bars: None,
            loud: false,
            memory: None,
            last: BTreeMap::new(),
            now: Mutex::default(),
        }))
    }

    /// Begins a step; `name` is the key its duration is remembered by, `what` is what people read.
    pub fn step(&self, name: &str, what: &str) -> Step {
        let last = self.0.last.get(name).map_or(String::new(), |s| format!(" (last time {s:.1} s)"));
        let line = format!("{what}{last}");
        let bar = self.0.bars.as_ref().map(|bars| spinner(bars, &line));
        if bar.is_none() && self.0.loud {
            eprintln!("  … {line}");
        }
        Step {
            progress: self.clone(),
            name: name.to_owned(),
            what: what.to_owned(),
            bar,
            begun: Instant::now(),
        }
    }

    /// One line that stays.
    pub fn say(&self, line: &str) {
        match &self.0.bars {
            // A terminal that went away is no reason to stop.
            Some(bars) => drop(bars.println(line)),
            None if self.0.loud => eprintln!("{line}"),
            None => {}
        }
    }

    /// Seconds by step of this run.
    pub fn seconds(&self) -> BTreeMap<String, f64> {
        self.lock().clone()
    }

    /// Seconds a step took in an earlier run.
    pub fn last(&self, name: &str) -> Option<f64> {
        self.0.last.get(name).copied()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, f64>> {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, name: &str, took: Duration) {
        self.lock().insert(name.to_owned(), took.as_secs_f64());
        if let Some(file) = &self.0.memory {
            let mut all = files::read_json(file).unwrap_or_else(|| self.0.last.clone());
            all.insert(name.to_owned(), took.as_secs_f64());
            // Only a convenience: a full disk is reported by whoever really needs it.
            drop(files::write_json(file, &all));
        }
    }
}

fn spinner(bars: &MultiProgress, line: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("  {spinner} {msg} {elapsed}");
    let bar = bars.add(ProgressBar::new_spinner().with_message(line.to_owned()));
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// A step under way; dropped without [`Step::done`] it counts as failed and is not remembered.
#[derive(Debug)]
pub struct Step {
    progress: Progress,
    name: String,
    what: String,
    bar: Option<ProgressBar>,
    begun: Instant,
}

impl Step {
    /// Ends the step well, says how long it took, and remembers that.
    pub fn done(self) -> Duration {
        let (name, progress) = (self.name.clone(), self.progress.clone());
        let took = self.done_before();
        progress.remember(&name, took);
        took
    }

    /// Ends the step well; there was little to do, so the time it took says nothing about the next time.
    pub fn done_before(mut self) -> Duration {
        let took = self.begun.elapsed();
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.progress.say(&format!("  ✓ {} {:.1} s", self.what, took.as_secs_f64()));
        took
    }

    /// How long it has taken so far.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// What it is waiting for just now; seen on terminals only.
    pub fn waiting(&self, why: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}: {why}", self.what));
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
