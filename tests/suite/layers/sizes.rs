//! How much there is: no file is long, most are short, and nearly half of everything is tests.

use crate::world::checkout;
use std::{fs, path::Path};

/// The ceiling of every file, and that of a kind's.
const LONGEST: (usize, usize) = (500, 250);
/// Half of all files are no longer.
const MEDIAN: usize = 150;
/// Of a hundred lines, the rig's left out, how many test.
const TESTS: usize = 45;

struct Source {
    /// Relative to the checkout.
    file: String,
    text: String,
}

impl Source {
    fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// Lines that are compiled for tests only. The bench measures, and tests nothing.
    fn tests(&self) -> usize {
        let beside = ["/tests/", "/testing/", "/simulation/"].iter().any(|folder| self.file.contains(folder));
        let whole = ["tests/suite/", "tests/world/", "tests/simulator/", "tests/main.rs"];
        if beside
            || ["tests.rs", "testing.rs"].iter().any(|end| self.file.ends_with(end))
            || whole.iter().any(|start| self.file.starts_with(start))
        {
            return self.lines();
        }
        inline_tests(&self.text)
    }
}

/// Lines of the modules under `#[cfg(test)]` whose text stands in the file itself.
fn inline_tests(text: &str) -> usize {
    let mut lines = text.lines();
    let mut count = 0;
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" && lines.next().is_some_and(|next| next.ends_with('{')) {
            count += 2 + lines.by_ref().take_while(|line| *line != "}").count() + 1;
        }
    }
    count
}

fn sources(folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let file = path.strip_prefix(checkout()).unwrap().display().to_string();
            found.push(Source { file, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

fn all() -> Vec<Source> {
    let mut found = vec![];
    ["src", "tests"].iter().for_each(|folder| sources(&checkout().join(folder), &mut found));
    found
}

fn without_the_rig() -> Vec<Source> {
    let mut found = all();
    found.retain(|source| !source.file.starts_with("tests/rig/"));
    found
}

#[test]
fn no_file_is_long() {
    let ceiling = |file: &str| if file.starts_with("src/kinds/") { LONGEST.1 } else { LONGEST.0 };
    let all = all();
    let long = all.iter().filter(|source| source.lines() > ceiling(&source.file));
    let long: Vec<_> = long.map(|source| format!("{}: {}", source.file, source.lines())).collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn half_of_the_files_are_short() {
    let mut lines: Vec<usize> = without_the_rig().iter().map(Source::lines).collect();
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    println!("{} files, the median {median} lines, the longest {}", lines.len(), lines[lines.len() - 1]);
    assert!(median <= MEDIAN, "the median is {median} lines");
}

#[test]
fn nearly_half_of_the_lines_are_tests() {
    let all = without_the_rig();
    let (lines, tests): (usize, usize) =
        (all.iter().map(Source::lines).sum(), all.iter().map(Source::tests).sum());
    println!("{lines} lines, {tests} of them tests: {} %", tests * 100 / lines);
    assert!(tests * 100 >= lines * TESTS, "{tests} of {lines} lines are tests");
}

#[test]
fn lines_of_inline_tests_are_counted_with_their_frame() {
    let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n}\n#[cfg(test)]\nmod more;\n";
    assert_eq!(inline_tests(text), 5);
}
