//! A cloud's status as one screen: a table that redraws on a terminal, a line for every change elsewhere.

use console::Term;
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

/// A component, as the cloud's status tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    index: u64,
    stage: String,
    component: String,
    state: String,
    pods: String,
    why: String,
}

/// One moment of a cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    phase: String,
    release: String,
    progress: String,
    rows: Vec<Row>,
}

impl Moment {
    /// What a cloud tells of itself; what it does not tell is empty.
    pub fn of(cloud: &Value) -> Self {
        let text =
            |of: &Value, at: &str| of.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        let components = cloud.pointer("/status/components").and_then(Value::as_object);
        let mut rows: Vec<_> = components
            .into_iter()
            .flatten()
            .map(|(name, one)| Row {
                index: one.pointer("/stage/index").and_then(Value::as_u64).unwrap_or_default(),
                stage: text(one, "/stage/name"),
                component: name.clone(),
                state: text(one, "/state"),
                pods: text(one, "/ready"),
                why: text(one, "/message"),
            })
            .collect();
        rows.sort_by(|one, other| (one.index, &one.component).cmp(&(other.index, &other.component)));
        Self {
            phase: text(cloud, "/status/phase"),
            release: text(cloud, "/status/release/target"),
            progress: text(cloud, "/status/progress"),
            rows,
        }
    }

    /// A line a component; `since` is when it came into its state.
    fn table(&self, now: Duration, since: &BTreeMap<String, Duration>) -> Vec<String> {
        let Self { phase, release, progress, rows } = self;
        let mut lines = vec![
            format!("{phase} {release}  {progress} components  {}", clock(now)),
            format!(
                "{:<14} {:<11} {:<10} {:<6} {:>6}  {}",
                "STAGE", "COMPONENT", "STATE", "PODS", "SINCE", "WHY"
            ),
        ];
        let mut shown = "";
        for row in rows {
            let stage = if row.stage == shown { "" } else { &row.stage };
            shown = &row.stage;
            let since = since.get(&row.component).copied().map(clock).unwrap_or_default();
            let Row { component, state, pods, why, .. } = row;
            lines.push(format!("{stage:<14} {component:<11} {state:<10} {pods:<6} {since:>6}  {why}"));
        }
        lines
    }

    /// A line for every component that is in another state, or has another reason, than before.
    fn news(&self, before: &Self, now: Duration) -> Vec<String> {
        let changed = self.rows.iter().filter(|row| {
            !before
                .rows
                .iter()
                .any(|old| (&old.component, &old.state, &old.why) == (&row.component, &row.state, &row.why))
        });
        let line = |row: &Row| {
            format!(
                "{:>6}  {:<14} {:<11} {:<10} {}",
                clock(now),
                row.stage,
                row.component,
                row.state,
                row.why
            )
        };
        changed.map(line).map(|line| line.trim_end().to_owned()).collect()
    }
}

/// Minutes and seconds.
fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

/// Shows one moment after the other.
pub struct Screen {
    terminal: Term,
    drawn: usize,
    last: Moment,
    since: BTreeMap<String, Duration>,
}

impl Screen {
    /// Nothing is shown yet.
    pub fn new() -> Self {
        Self { terminal: Term::stdout(), drawn: 0, last: Moment::default(), since: BTreeMap::new() }
    }

    /// Shows what is new.
    pub fn show(&mut self, moment: Moment, now: Duration) {
        for row in &moment.rows {
            let same =
                self.last.rows.iter().any(|old| (&old.component, &old.state) == (&row.component, &row.state));
            if !same {
                self.since.insert(row.component.clone(), now);
            }
        }
        if self.terminal.is_term() {
            self.draw(&moment.table(now, &self.since));
        } else {
            moment.news(&self.last, now).iter().for_each(|line| println!("{line}"));
        }
        self.last = moment;
    }

    /// A line that does not fit would take two, and the next drawing begin too low.
    fn draw(&mut self, lines: &[String]) {
        // A terminal that went away is no reason to stop.
        let _ = self.terminal.clear_last_lines(self.drawn);
        let width = usize::from(self.terminal.size().1);
        for line in lines {
            let _ = self.terminal.write_line(&console::truncate_str(line, width, "…"));
        }
        self.drawn = lines.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn moment(keystone: &str, why: &str) -> Moment {
        Moment::of(
            &json!({"status": {"phase": "Installing", "release": {"target": "2025.2"}, "progress": "1/3", "components": {
                "keystone": {"stage": {"name": "Identity", "index": 3}, "state": keystone, "ready": "0/1", "message": why},
                "mariadb": {"stage": {"name": "Infrastructure", "index": 2}, "state": "Ready", "ready": "1/1"},
                "memcached": {"stage": {"name": "Infrastructure", "index": 2}, "state": "Ready", "ready": "1/1"},
            }}}),
        )
    }

    #[test]
    fn a_table_has_stages_in_their_order_each_named_once_and_what_blocks_a_component() {
        let since = BTreeMap::from([("mariadb".to_owned(), Duration::from_secs(61))]);
        let lines =
            moment("Installing", "Job keystone-db-sync: pulling").table(Duration::from_secs(75), &since);
        assert_eq!(
            lines,
            [
                "Installing 2025.2  1/3 components  1:15",
                "STAGE          COMPONENT   STATE      PODS    SINCE  WHY",
                "Infrastructure mariadb     Ready      1/1      1:01  ",
                "               memcached   Ready      1/1            ",
                "Identity       keystone    Installing 0/1            Job keystone-db-sync: pulling",
            ]
        );
    }

    #[test]
    fn without_a_terminal_only_what_changed_is_said() {
        let (before, now) = (moment("Installing", "waits for Job keystone-db-sync"), moment("Ready", ""));
        assert_eq!(now.news(&before, Duration::from_secs(9)), ["  0:09  Identity       keystone    Ready"]);
        assert_eq!(now.news(&now, Duration::from_secs(10)), Vec::<String>::new());
    }

    #[test]
    fn a_cloud_without_a_status_is_an_empty_table() {
        assert_eq!(Moment::of(&json!({})).table(Duration::ZERO, &BTreeMap::new()).len(), 2);
    }
}
