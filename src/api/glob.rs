//! Patterns for names: `*` stands for any text, also none, `?` for one character.

/// Does the whole text match?
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // reached[i]: the part of the pattern up to here matches the first i characters of the text.
    let mut reached: Vec<bool> = std::iter::once(true).chain(text.iter().map(|_| false)).collect();
    for p in pattern {
        let mut before = false;
        let mut next = Vec::with_capacity(reached.len());
        for (at, here) in reached.iter().enumerate() {
            let last = at.checked_sub(1).and_then(|at| text.get(at));
            let step = before && (p == '?' || last == Some(&p));
            let stays = p == '*' && (*here || next.last() == Some(&true));
            next.push(stays || (p != '*' && step));
            before = *here;
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, text, want) in [
            ("team-a", "team-a", true),
            ("team-a", "team-ab", false),
            ("team-*", "team-", true),
            ("team-*", "team-a-b", true),
            ("team-*", "my-team-a", false),
            ("*-prod", "a-prod", true),
            ("*-prod", "a-prod-2", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("team-?", "team-x", true),
            ("team-?", "team-", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("**", "x", true),
        ] {
            assert_eq!(matches(pattern, text), want, "{pattern} {text}");
        }
    }
}
