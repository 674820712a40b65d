//! One table: what was wanted, what was measured.

use std::fmt::Write;

/// What is wanted of a number.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// At most.
    Most(f64),
    /// At least.
    Least(f64),
    /// Exactly this.
    Just(f64),
    /// Reported, not judged.
    Told,
}

impl Target {
    fn met(self, value: f64) -> bool {
        match self {
            Self::Most(most) => value <= most,
            Self::Least(least) => value >= least,
            Self::Just(wanted) => (value - wanted).abs() < 0.5,
            Self::Told => true,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Most(most) => format!("≤ {most}"),
            Self::Least(least) => format!("≥ {least}"),
            Self::Just(wanted) => format!("{wanted}"),
            Self::Told => String::new(),
        }
    }
}

/// The rows so far.
#[derive(Default)]
pub struct Table(Vec<(String, f64, Target)>);

impl Table {
    /// A row.
    pub fn row(&mut self, what: &str, value: f64, target: Target) {
        println!("{}", line(what, value, target));
        self.0.push((what.to_owned(), value, target));
    }

    /// All of it.
    pub fn text(&self) -> String {
        let mut text = format!("{:<66} {:>9} {:>8}\n", "", "MEASURED", "WANTED");
        for (what, value, target) in &self.0 {
            let _ = writeln!(text, "{}", line(what, *value, *target));
        }
        text
    }

    /// Is everything as wanted?
    pub fn met(&self) -> bool {
        self.0.iter().all(|(_, value, target)| target.met(*value))
    }
}

fn line(what: &str, value: f64, target: Target) -> String {
    let mark = if target.met(value) { "" } else { "  MISSED" };
    format!("{what:<66} {value:>9.3} {:>8}{mark}", target.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(f64, Target)]) -> Table {
        let mut table = Table::default();
        rows.iter().for_each(|(value, target)| table.row("what", *value, *target));
        table
    }

    #[test]
    fn one_missed_target_is_enough_to_miss_the_whole() {
        assert!(
            table(&[(1.0, Target::Most(1.0)), (2.0, Target::Least(2.0)), (3.0, Target::Just(3.0))]).met()
        );
        for missed in [(1.1, Target::Most(1.0)), (1.9, Target::Least(2.0)), (4.0, Target::Just(3.0))] {
            assert!(!table(&[(0.0, Target::Told), missed]).met(), "{missed:?}");
        }
        assert!(!table(&[(f64::NAN, Target::Least(0.5))]).met(), "what can't be computed is not met");
    }

    #[test]
    fn a_row_says_what_was_wanted_and_whether_it_was_missed() {
        let text = table(&[(0.5, Target::Least(0.95)), (7.0, Target::Told)]).text();
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        let missed = vec!["what", "0.500", "≥", "0.95", "MISSED"];
        assert_eq!(rows, [vec!["MEASURED", "WANTED"], missed, vec!["what", "7.000"]]);
    }
}
