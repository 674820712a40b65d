//! Messages of services made fit for a condition: one line, stable, bounded, without secrets. Pure.

/// Longest message, bytes. What is put before it needs the rest of about 1 KiB.
const LIMIT: usize = 900;
const UUID: usize = 36;

/// Puts a message on one line, without request ids, and cuts it.
pub fn clean(message: &str) -> String {
    let message = message.replace("<br />", " ").replace("<br/>", " ");
    let mut text = without_request_ids(&message);
    if text.len() < message.len() {
        for leftover in ["(Request-ID: )", "(request id: )", "[]", "()"] {
            text = text.replace(leftover, "");
        }
    }
    cut(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The text of an HTML page, or a plain text.
pub fn from_page(page: &str) -> String {
    let body = page.split_once("<body").map_or(page, |(_, body)| body).trim_start_matches('>');
    let mut text = String::new();
    let mut in_tag = false;
    for character in body.chars().take(4 * LIMIT) {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            _ if !in_tag => text.push(character),
            _ => {}
        }
    }
    clean(&text)
}

fn without_request_ids(message: &str) -> String {
    let mut text = String::new();
    let mut rest = message;
    while let Some(at) = rest.find("req-") {
        let (before, from) = rest.split_at(at);
        let after = from.strip_prefix("req-").unwrap_or(from);
        text.push_str(before);
        match after.split_at_checked(UUID) {
            Some((id, tail)) if id.chars().all(|c| c.is_ascii_hexdigit() || c == '-') => rest = tail,
            Some(_) | None => {
                text.push_str("req-");
                rest = after;
            }
        }
    }
    text + rest
}

fn cut(mut text: String) -> String {
    if text.len() <= LIMIT {
        return text;
    }
    let end = (0..=LIMIT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    text.truncate(end);
    text + "…"
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn request_ids_go_and_the_rest_stays() {
        for (given, kept) in [
            (
                "Bad flavor. (HTTP 400) (Request-ID: req-0c1a2b3c-0000-4000-8000-00000000000f)",
                "Bad flavor. (HTTP 400)",
            ),
            ("a req-0c1a2b3c-0000-4000-8000-00000000000f b", "a b"),
            ("may be [] or ()", "may be [] or ()"),
            ("req-uirement not met", "req-uirement not met"),
            ("ends in req-", "ends in req-"),
            ("No image found with ID x<br /><br />\n\n\n", "No image found with ID x"),
        ] {
            assert_eq!(clean(given), kept);
        }
    }

    #[test]
    fn a_page_gives_its_words() {
        let page = "<html><head><title>404 Not Found</title></head><body bgcolor='w'><h1>Nope</h1>\n nginx</body></html>";
        assert!(from_page(page).ends_with("Nope nginx"), "{}", from_page(page));
    }

    proptest! {
        #[test]
        fn whatever_is_said_becomes_one_bounded_line(message in "\\PC{0,2000}|(req-[0-9a-f-]{0,40}\n){0,40}") {
            for line in [clean(&message), from_page(&message)] {
                prop_assert!(line.len() <= LIMIT + 3 && !line.contains('\n'));
            }
        }
    }
}
