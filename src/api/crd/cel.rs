//! How CEL, the language of the API server's rules, wants names.

/// Words that CEL keeps for itself: fields of these names are spelt another way.
const RESERVED: [&str; 20] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "while",
];

/// A field's name as a rule spells it.
pub(super) fn spelt(name: &str) -> String {
    if RESERVED.contains(&name) { format!("__{name}__") } else { name.to_owned() }
}
