//! One form for values that can be spelt in several ways. What can't be parsed stays as it is: the API judges it.

use ipnet::IpNet;
use serde_json::Number;
use std::net::IpAddr;

/// Canonical text of an IP address.
pub fn ip(text: &str) -> String {
    text.parse::<IpAddr>().map_or_else(|_| text.to_owned(), |address| address.to_string())
}

/// Canonical text of a CIDR: host bits cleared, address in its short form; an address alone is a range of one.
pub fn cidr(text: &str) -> String {
    let range = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    range.map_or_else(|_| text.to_owned(), |range| range.trunc().to_string())
}

/// A time without its zone, which is UTC, and without parts of a second that are none.
pub fn time(text: &str) -> String {
    let text = text.trim_end_matches('Z');
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }.to_owned()
}

/// A whole number without its fraction: a service says 1.0 for what was sent as 1.
pub fn number(number: &Number) -> Number {
    let whole = number.as_f64().filter(|value| number.is_f64() && value.fract() == 0.0);
    whole
        .and_then(|value| format!("{value:.0}").parse::<i64>().ok())
        .map_or_else(|| number.clone(), Number::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_the_same_with_and_without_its_fraction() {
        for (text, want) in [("1.0", "1"), ("1", "1"), ("1.5", "1.5"), ("-2.0", "-2"), ("1e300", "1e300")] {
            let parsed: Number = serde_json::from_str(text).unwrap();
            let wanted: Number = serde_json::from_str(want).unwrap();
            assert_eq!(number(&parsed), wanted);
        }
    }

    #[test]
    fn spellings_of_one_time_become_one() {
        for text in ["2027-01-01T00:00:00Z", "2027-01-01T00:00:00.000000", "2027-01-01T00:00:00"] {
            assert_eq!(time(text), "2027-01-01T00:00:00");
        }
        assert_eq!(time("2027-01-01T00:00:00.120Z"), "2027-01-01T00:00:00.12");
    }

    #[test]
    fn spellings_of_one_network_become_one() {
        for (text, want) in [
            ("10.0.0.7/24", "10.0.0.0/24"),
            ("10.0.0.0/0", "0.0.0.0/0"),
            ("FD00:0:0::1/64", "fd00::/64"),
            ("::/0", "::/0"),
            ("192.0.2.1/32", "192.0.2.1/32"),
            ("192.0.2.1", "192.0.2.1/32"),
            ("FD00::1", "fd00::1/128"),
            ("10.0.0.0/33", "10.0.0.0/33"),
            ("fd00::/129", "fd00::/129"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(cidr(text), want);
        }
        assert_eq!(ip("2001:DB8:0:0::1"), "2001:db8::1");
    }
}
