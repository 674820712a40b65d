//! The result of each check of each case, in one table.

use super::case::Case;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

pub const CHECKS: [&str; 11] = [
    "waited",
    "created",
    "keys",
    "unchanged",
    "updated",
    "refused",
    "repaired",
    "observed",
    "imported",
    "guarded",
    "deleted",
];

enum Mark {
    Passed,
    /// By a status that only the rig's own driver sets.
    Rigged,
    /// It does not apply, for this reason.
    Beside(&'static str),
    Failed(String),
}

#[derive(Default)]
pub struct Table {
    marks: BTreeMap<String, BTreeMap<&'static str, Mark>>,
    /// How long the checks of all cases took.
    took: Vec<(&'static str, Duration)>,
}

impl Table {
    /// A check that does not apply, and why.
    pub fn beside(&mut self, case: &Case, check: &'static str, why: &'static str) {
        self.mark(case, check, Mark::Beside(why));
    }

    /// One check of all cases.
    pub fn timed(&mut self, check: &'static str, run: impl FnOnce(&mut Self)) {
        let began = Instant::now();
        run(self);
        self.took.push((check, began.elapsed()));
    }

    /// One check of one case. If it fails, the others go on, and the table shows it.
    pub fn check(&mut self, case: &Case, check: &'static str, run: impl FnOnce()) -> bool {
        let done = catch_unwind(AssertUnwindSafe(run));
        let passed = done.is_ok();
        let mark = match done {
            Ok(()) if check == "created" && case.row.rigged => Mark::Rigged,
            Ok(()) => Mark::Passed,
            Err(why) => {
                let text = why.downcast_ref::<String>().cloned();
                let text = text.or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                Mark::Failed(text.unwrap_or_default())
            }
        };
        self.mark(case, check, mark);
        passed
    }

    fn mark(&mut self, case: &Case, check: &'static str, mark: Mark) {
        self.marks.entry(case.label()).or_default().insert(check, mark);
    }

    /// The table, its footnotes, and how many checks failed or were never made.
    pub fn text(&self) -> (String, usize) {
        let (mut notes, mut failures) = (BTreeMap::<&str, Vec<String>>::new(), vec![]);
        let mut text = format!("{:36}{}\n", "KIND", CHECKS.map(|check| format!("{check:10}")).concat());
        for (label, marks) in &self.marks {
            let cells = CHECKS.map(|check| match marks.get(check) {
                Some(Mark::Passed) => "ok",
                Some(Mark::Rigged) => "ok*",
                Some(Mark::Beside(why)) => {
                    notes.entry(why).or_default().push(format!("{label} ({check})"));
                    "-"
                }
                Some(Mark::Failed(why)) => {
                    failures.push(format!("{label}: {check}: {why}"));
                    "FAILED"
                }
                None => {
                    failures.push(format!("{label}: {check} was not tried"));
                    "?"
                }
            });
            writeln!(text, "{label:36}{}", cells.map(|cell| format!("{cell:10}")).concat()).unwrap();
        }
        let took: Vec<_> =
            self.took.iter().map(|(check, took)| format!("{check} {:.1}", took.as_secs_f64())).collect();
        writeln!(text, "seconds: {}", took.join(", ")).unwrap();
        text.push_str(
            "* its status is set by the rig's own driver, where a cloud has a hypervisor or an agent\n",
        );
        for (why, cells) in notes {
            writeln!(text, "- {why}: {}", cells.join(", ")).unwrap();
        }
        failures.iter().for_each(|failure| writeln!(text, "{failure}").unwrap());
        (text, failures.len())
    }
}
