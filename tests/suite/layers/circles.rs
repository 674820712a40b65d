//! Circles: files that use each other, directly or by way of others.

use super::house::Arrow;
use std::collections::{BTreeMap, BTreeSet};

/// The arrows that lie on a circle.
pub fn arrows_on_circles(arrows: &BTreeSet<Arrow>) -> BTreeSet<Arrow> {
    let reach = reach(arrows);
    let back = |from: &String, to: &String| reach.get(to).is_some_and(|ends| ends.contains(from));
    arrows.iter().filter(|(from, to)| back(from, to)).cloned().collect()
}

/// What can be reached from each file.
fn reach(arrows: &BTreeSet<Arrow>) -> BTreeMap<String, BTreeSet<String>> {
    let mut next: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for (from, to) in arrows {
        next.entry(from).or_default().push(to);
    }
    let from = |start: &String| {
        let mut ends = BTreeSet::new();
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            let further = next.get(at).into_iter().flatten();
            open.extend(further.filter(|to| ends.insert((**to).clone())));
        }
        (start.clone(), ends)
    };
    next.keys().map(|start| from(start)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(all: &[(&str, &str)]) -> BTreeSet<Arrow> {
        all.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
    }

    #[test]
    fn a_circle_is_found_however_long_it_is_and_what_leads_to_it_is_not_part_of_it() {
        let circle = [("b", "c"), ("c", "d"), ("d", "b")];
        let all = [&circle[..], &[("a", "b"), ("d", "e")]].concat();
        assert_eq!(arrows_on_circles(&arrows(&all)), arrows(&circle));
    }

    #[test]
    fn two_ways_to_the_same_file_are_no_circle() {
        assert!(arrows_on_circles(&arrows(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])).is_empty());
    }
}
