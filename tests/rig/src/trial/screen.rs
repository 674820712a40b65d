//! What is said. A reader who went away is an error like any other, so that all is ended that was started.

use crate::{error::Result, files::io};
use std::{
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

/// A person's terminal, or a file.
#[derive(Debug)]
pub(super) struct Screen {
    began: Instant,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self { began: Instant::now() }
    }

    pub(super) fn say(&self, text: &str) -> Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(io(Path::new("standard output")))
    }

    pub(super) fn heading(&self, text: &str) -> Result<()> {
        self.say(&format!("\n== {text}"))
    }

    /// Since the start.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// Columns as wide as their widest cell.
pub(super) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let all: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(rows.iter().cloned()).collect();
    let width =
        |column: usize| all.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..N).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("   ").trim_end().to_owned()
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_nothing_trails() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        let text = table(["NAME", "READY"], &[row("a-long-name", "True"), row("b", "")]);
        assert_eq!(text, "NAME          READY\na-long-name   True\nb");
    }
}
