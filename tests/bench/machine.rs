//! The machine that everything shares: work that one row leaves behind must not slow the next one down.

use std::{
    fs,
    thread::sleep,
    time::{Duration, Instant},
};

/// Idle share of the processors, from 0 to 1, above which the machine is calm.
const IDLE: f64 = 0.6;
/// Over how long the share is taken.
const SPAN: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until the machine has little to do. If it stays busy, the measurement goes on, and the output says so.
pub fn calm() {
    let began = Instant::now();
    let mut share = 0.0;
    while began.elapsed() < PATIENCE {
        let before = fs::read_to_string("/proc/stat").unwrap();
        sleep(SPAN);
        share = idle(&before, &fs::read_to_string("/proc/stat").unwrap()).unwrap();
        if share >= IDLE {
            return;
        }
    }
    println!("the machine is busy: {:.0} % idle after {} s", share * 100.0, PATIENCE.as_secs());
}

/// Share of the time between two texts of `/proc/stat` in which the processors were idle.
fn idle(before: &str, after: &str) -> Option<f64> {
    let ((idle_before, all_before), (idle_after, all_after)) = (times(before)?, times(after)?);
    let (idle, all) = (idle_after.checked_sub(idle_before)?, all_after.checked_sub(all_before)?);
    #[allow(clippy::cast_precision_loss, reason = "small numbers")]
    (all > 0).then(|| idle as f64 / all as f64)
}

/// Ticks of all processors: idle or waiting for a disk, and all.
fn times(stat: &str) -> Option<(u64, u64)> {
    let numbers = stat.lines().next()?.strip_prefix("cpu ")?.split_ascii_whitespace();
    // What guests used, after the first eight, is part of the first two.
    let ticks: Vec<u64> = numbers.take(8).map_while(|number| number.parse().ok()).collect();
    Some((ticks.get(3)? + ticks.get(4)?, ticks.iter().sum()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_is_what_all_processors_together_had_left() {
        let before = "cpu  100 0 50 800 50 0 0 0 9 9\ncpu0 1 2 3 4 5 6 7 8\n";
        let after = "cpu  160 0 70 870 100 0 0 0 99 99\ncpu0 1 2 3 4 5 6 7 8\n";
        assert_eq!(idle(before, after), Some(0.6));
        assert_eq!(idle(before, before), None, "no time has passed");
        assert_eq!(idle("", after), None);
    }
}
