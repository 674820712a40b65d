//! One table: what was wanted, what came of it.

use std::fmt::Write;

/// What is wanted of a number.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// At most.
    Most(f64),
    /// At least.
    Least(f64),
    /// Just this.
    Just(f64),
    /// It is told, and not judged.
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
