//! Releases of OpenStack: two a year, and which one can follow which.

use std::{fmt, str::FromStr};

/// A release: 2025.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenStackRelease {
    year: u16,
    half: u16,
}

/// What no release is called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no release of OpenStack is called {0:?}: they are named like 2025.2")]
pub struct NoRelease(String);

impl FromStr for OpenStackRelease {
    type Err = NoRelease;

    fn from_str(text: &str) -> Result<Self, NoRelease> {
        let parse = || {
            let (year, half) = text.split_once('.')?;
            let year = year.parse().ok().filter(|year| (2023..=2099).contains(year))?;
            Some(Self { year, half: half.parse().ok().filter(|half| (1..=2).contains(half))? })
        };
        parse().filter(|release| release.to_string() == text).ok_or_else(|| NoRelease(text.to_owned()))
    }
}

impl fmt::Display for OpenStackRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.year, self.half)
    }
}

impl OpenStackRelease {
    /// Can a service of this release be upgraded to another one? The next release can follow, and after a first release
    /// of a year the first one of the next: [SLURP](https://governance.openstack.org/tc/resolutions/20220210-release-cadence-adjustment.html).
    pub fn leads_to(self, target: Self) -> bool {
        let number = |release: Self| 2 * release.year + release.half;
        let steps = number(target).saturating_sub(number(self));
        self == target || (target > self && (steps == 1 || (steps == 2 && self.half == 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_as_openstack_writes_them() {
        for text in ["2025.1", "2025.2"] {
            assert_eq!(text.parse::<OpenStackRelease>().unwrap().to_string(), text);
        }
        for text in ["2025", "2025.3", "2025.01", "train", "1999.1", "2025.2 "] {
            assert!(text.parse::<OpenStackRelease>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_next_release_can_follow_and_after_the_first_of_a_year_the_first_of_the_next() {
        let leads =
            |from: &str, to: &str| from.parse::<OpenStackRelease>().unwrap().leads_to(to.parse().unwrap());
        for (from, to) in
            [("2025.1", "2025.1"), ("2025.1", "2025.2"), ("2025.2", "2026.1"), ("2025.1", "2026.1")]
        {
            assert!(leads(from, to), "{from} → {to}");
        }
        for (from, to) in
            [("2025.2", "2026.2"), ("2025.1", "2026.2"), ("2025.2", "2025.1"), ("2026.1", "2025.1")]
        {
            assert!(!leads(from, to), "{from} → {to}");
        }
    }
}
