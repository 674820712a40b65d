//! What the rig is doing, how long it took last time, and how long it takes now.

use crate::{
    ahead::{self, Ahead},
    files,
};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write},
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
    ahead: Mutex<Ahead>,
}

impl Progress {
    /// Progress for a person; durations are remembered in `<cache>/durations.json`.
    pub fn new(cache: &Path) -> Self {
        let memory = cache.join("durations.json");
        let last = files::read_json(&memory).unwrap_or_default();
        let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
        Self::made(bars, true, Some(memory), last)
    }

    /// Says nothing and remembers nothing: for tests.
    pub fn quiet() -> Self {
        Self::made(None, false, None, BTreeMap::new())
    }

    fn made(
        bars: Option<MultiProgress>,
        loud: bool,
        memory: Option<PathBuf>,
        last: BTreeMap<String, f64>,
    ) -> Self {
        let (now, ahead) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { bars, loud, memory, last, now, ahead }))
    }

    /// Begins a step; `name` is the key its duration is remembered by, `what` is what people read.
    pub fn step(&self, name: &str, what: &str) -> Step {
        let last = self.0.last.get(name).map_or(String::new(), |s| format!(" (last time {s:.1} s)"));
        let line = format!("{what}{last}");
        let bar = self.0.bars.as_ref().map(|bars| spinner(bars, &line));
        if bar.is_none() && self.0.loud {
            tell(&format!("  … {line}"));
        }
        Step {
            progress: self.clone(),
            name: name.to_owned(),
            what: what.to_owned(),
            bar,
            begun: Instant::now(),
        }
    }

    /// Says how long it may take, and from now on after each of these steps how long the others may.
    pub fn ahead(&self, ahead: Ahead) {
        self.say(&format!("about {} to go", ahead::told(ahead.seconds())));
        *lock(&self.0.ahead) = ahead;
    }

    /// What is said of the others when a step is done.
    fn others(&self, step: &str) -> String {
        let mut ahead = lock(&self.0.ahead);
        if ahead.done(step) && ahead.seconds() > 0.0 {
            return format!("; about {} to go", ahead::told(ahead.seconds()));
        }
        String::new()
    }

    /// One line that stays.
    pub fn say(&self, line: &str) {
        match &self.0.bars {
            Some(bars) => drop(bars.println(line)),
            None if self.0.loud => tell(line),
            None => {}
        }
    }

    /// Seconds by step of this run.
    pub fn seconds(&self) -> BTreeMap<String, f64> {
        lock(&self.0.now).clone()
    }

    /// Seconds a step took in an earlier run.
    pub fn last(&self, name: &str) -> Option<f64> {
        self.0.last.get(name).copied()
    }

    fn remember(&self, name: &str, took: Duration) {
        lock(&self.0.now).insert(name.to_owned(), took.as_secs_f64());
        if let Some(file) = &self.0.memory {
            let mut all = files::read_json(file).unwrap_or_else(|| self.0.last.clone());
            all.insert(name.to_owned(), took.as_secs_f64());
            // Only a convenience: a full disk is reported by whoever really needs it.
            drop(files::write_json(file, &all));
        }
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A terminal that went away is no reason to stop.
fn tell(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
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
        let others = self.progress.others(&self.name);
        self.progress.say(&format!("  ✓ {} {:.1} s{others}", self.what, took.as_secs_f64()));
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
