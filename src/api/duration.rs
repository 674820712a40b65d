//! Go's duration text, `1h30m`, as `crossplane.io/poll-interval` and the provider's flags carry it.

use std::time::Duration;

/// Parses a positive Go duration; `None` for anything else, zero and negative ones included.
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut seconds = 0.0_f64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, after) = tail.split_at(unit_end);
        let scale = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * scale;
        rest = after;
    }
    Duration::try_from_secs_f64(seconds).ok().filter(|d| !d.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_durations_are_understood_and_all_else_is_refused() {
        for (text, want) in [
            ("1m", Some(60_000)),
            ("1h30m", Some(5_400_000)),
            ("1.5s", Some(1_500)),
            ("250ms", Some(250)),
            ("", None),
            ("0s", None),
            ("-1m", None),
            ("10", None),
            ("5 minutes", None),
            ("m", None),
        ] {
            assert_eq!(parse(text).map(|d| d.as_millis()), want, "{text:?}");
        }
    }
}
