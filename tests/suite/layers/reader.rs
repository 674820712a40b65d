//! Reads a source file by its tokens: what it declares, imports, names and calls. Test code is left out.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};

/// A path, segment by segment.
pub type Path = Vec<String>;

/// A leaf of a `use` tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub path: Path,
    /// The name that it has here; `*` for everything.
    pub name: String,
    /// Visible to others: a re-export.
    pub public: bool,
}

/// A module, as its text says.
#[derive(Debug, Default)]
pub struct Module {
    /// Modules in files of their own.
    pub declared: Vec<String>,
    /// Modules whose text stands here.
    pub inline: Vec<(String, Module)>,
    pub imports: Vec<Import>,
    /// Paths of two segments or more, outside of `use`.
    pub paths: BTreeSet<Path>,
    /// Every name outside of `use`.
    pub names: BTreeSet<String>,
    /// What is defined at the first level.
    pub items: BTreeSet<String>,
    /// Every function, at whatever level.
    pub functions: BTreeSet<String>,
    /// Methods of inherent `impl`s, by type.
    pub methods: BTreeMap<String, BTreeSet<String>>,
    /// Names that are called as methods.
    pub calls: BTreeSet<String>,
}

/// Reads a file.
pub fn read(text: &str) -> Module {
    let tokens: TokenStream = text.parse().unwrap_or_else(|why| panic!("{why}: {text}"));
    let mut module = Module::default();
    Reader::new(tokens).read(&mut module, true);
    module
}

struct Reader {
    tokens: Vec<TokenTree>,
    at: usize,
}

impl Reader {
    fn new(tokens: TokenStream) -> Self {
        Self { tokens: tokens.into_iter().collect(), at: 0 }
    }

    fn ident(&self, ahead: usize) -> Option<String> {
        match self.tokens.get(self.at + ahead) {
            Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
            _ => None,
        }
    }

    fn punct(&self, ahead: usize, wanted: char) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some(TokenTree::Punct(p)) if p.as_char() == wanted)
    }

    fn group(&self, ahead: usize, delimiter: Delimiter) -> Option<Group> {
        match self.tokens.get(self.at + ahead) {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group.clone()),
            _ => None,
        }
    }

    fn double_colon(&self, ahead: usize) -> bool {
        self.punct(ahead, ':') && self.punct(ahead + 1, ':')
    }

    /// `first`: at the level where a module's items stand.
    fn read(&mut self, module: &mut Module, first: bool) {
        while self.at < self.tokens.len() {
            if self.is_test() {
                self.skip_item();
            } else if let Some(word) = self.ident(0) {
                self.word(module, first, &word);
            } else {
                match self.tokens[self.at].clone() {
                    TokenTree::Group(group) => Self::new(group.stream()).read(module, false),
                    TokenTree::Punct(dot) if dot.as_char() == '.' => {
                        let called = self.group(2, Delimiter::Parenthesis).is_some() || self.double_colon(2);
                        module.calls.extend(self.ident(1).filter(|_| called));
                    }
                    _ => {}
                }
                self.at += 1;
            }
        }
    }

    fn word(&mut self, module: &mut Module, first: bool, word: &str) {
        match word {
            // `use<…>` captures lifetimes.
            "use" if !self.punct(1, '<') => self.imports(module, false),
            "pub" => {
                self.at += 1;
                if self.group(0, Delimiter::Parenthesis).is_some() {
                    self.at += 1;
                }
                if self.ident(0).as_deref() == Some("use") {
                    self.imports(module, true);
                }
            }
            "mod" if self.ident(1).is_some() => self.module(module),
            "impl" if first => {
                self.methods(module);
                self.at += 1;
            }
            _ => {
                self.define(module, first, word);
                self.path(module);
            }
        }
    }

    fn define(&self, module: &mut Module, first: bool, word: &str) {
        const ITEMS: [&str; 8] = ["struct", "enum", "union", "trait", "type", "const", "static", "fn"];
        let named = if word == "macro_rules" { self.ident(2) } else { self.ident(1) };
        if first && (ITEMS.contains(&word) || word == "macro_rules") {
            module.items.extend(named.clone().filter(|name| name != "fn"));
        }
        if word == "fn" {
            module.functions.extend(named);
        }
    }

    fn path(&mut self, module: &mut Module) {
        let absolute = self.at >= 2
            && {
                let before = |back: usize| matches!(&self.tokens[self.at - back], TokenTree::Punct(p) if p.as_char() == ':');
                before(1) && before(2)
            };
        let mut path: Path = self.ident(0).into_iter().collect();
        self.at += 1;
        while self.double_colon(0) && self.ident(2).is_some() {
            path.extend(self.ident(2));
            self.at += 3;
        }
        module.names.extend(path.first().cloned());
        if path.len() > 1 && !absolute {
            module.paths.insert(path);
        }
    }

    fn imports(&mut self, module: &mut Module, public: bool) {
        self.at += 1;
        let end = (self.at..self.tokens.len()).find(|at| is_semicolon(&self.tokens[*at]));
        let end = end.unwrap_or(self.tokens.len());
        let tree = self.tokens[self.at..end].to_vec();
        self.at = end + 1;
        leaves(&tree, &[], &mut |path, name| {
            module.imports.push(Import { path, name, public });
        });
    }

    fn module(&mut self, module: &mut Module) {
        let name = self.ident(1).unwrap();
        self.at += 2;
        match self.group(0, Delimiter::Brace) {
            None => module.declared.push(name),
            Some(body) => {
                let mut inner = Module::default();
                Self::new(body.stream()).read(&mut inner, true);
                module.inline.push((name, inner));
            }
        }
        self.at += 1;
    }

    /// Notes the methods of an `impl` that is of no trait; its tokens are read as any others afterwards.
    fn methods(&self, module: &mut Module) {
        let mut ahead = 1;
        let mut depth = 0_usize;
        let mut of = None;
        loop {
            if let Some(body) = self.group(ahead, Delimiter::Brace) {
                let mut inner = Module::default();
                Self::new(body.stream()).read(&mut inner, true);
                let methods = inner.items.intersection(&inner.functions).cloned();
                module.methods.entry(of.unwrap_or_default()).or_default().extend(methods);
                return;
            }
            match self.ident(ahead) {
                Some(word) if depth == 0 && word == "for" => return,
                Some(word) if depth == 0 && word == "where" => depth += 1,
                Some(word) if depth == 0 => of = Some(word),
                _ if self.punct(ahead, '<') => depth += 1,
                _ if self.punct(ahead, '>') => depth = depth.saturating_sub(1),
                _ if self.at + ahead >= self.tokens.len() => return,
                _ => {}
            }
            ahead += 1;
        }
    }

    /// Does `#[cfg(test)]` stand here?
    fn is_test(&self) -> bool {
        let attribute = self.punct(0, '#').then(|| self.group(1, Delimiter::Bracket)).flatten();
        attribute.is_some_and(|it| it.stream().to_string().replace(' ', "") == "cfg(test)")
    }

    /// Leaves out an attribute and what it stands at, to its body, semicolon or comma.
    fn skip_item(&mut self) {
        self.at += 2;
        while self.punct(0, '#') {
            self.at += 2;
        }
        let import = (0..3).any(|ahead| self.ident(ahead).as_deref() == Some("use"));
        let whole = (0..6).any(|ahead| self.ident(ahead).as_deref() == Some("fn"));
        while self.at < self.tokens.len() {
            let body = !import && self.group(0, Delimiter::Brace).is_some();
            let end = body || self.punct(0, ';') || (!import && !whole && self.punct(0, ','));
            self.at += 1;
            if end {
                return;
            }
        }
    }
}

fn is_semicolon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == ';')
}

/// Every leaf of a `use` tree, with the name that it has from then on.
fn leaves(tree: &[TokenTree], above: &[String], take: &mut impl FnMut(Path, String)) {
    let mut path = above.to_vec();
    let mut name = None;
    let mut tokens = tree.iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "as" => name = tokens.next().map(ToString::to_string),
            TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Punct(star) if star.as_char() == '*' => name = Some("*".to_owned()),
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
                inner.split(comma).filter(|leaf| !leaf.is_empty()).for_each(|leaf| leaves(leaf, &path, take));
                return;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    let last = path.last().cloned().unwrap_or_default();
    take(path, name.unwrap_or(last));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(text: &str) -> Vec<String> {
        read(text).imports.iter().map(|it| format!("{} as {}", it.path.join("::"), it.name)).collect()
    }

    #[test]
    fn a_use_is_read_leaf_by_leaf_however_it_is_nested() {
        let read = imports("use crate::{api::{a, b::{self, c}}, kind as k, xpkg::*};\nuse super::super::d;");
        let leaves =
            ["crate::api::a as a", "crate::api::b as b", "crate::api::b::c as c", "crate::kind as k"];
        assert_eq!(read, [&leaves[..], &["crate::xpkg as *", "super::super::d as d"]].concat());
    }

    #[test]
    fn re_exports_are_told_from_imports() {
        let module =
            read("pub use a::A; pub(crate) use b::B; use c::C; fn f() -> impl I + use<> { use d::D; }");
        let public: Vec<_> = module.imports.iter().map(|it| (it.name.as_str(), it.public)).collect();
        assert_eq!(public, [("A", true), ("B", true), ("C", false), ("D", false)]);
    }

    #[test]
    fn paths_are_found_in_code_and_in_macros_but_not_in_text() {
        let text = "/// crate::no::doc\nfn f() { crate::a::b(super::c::D, \"crate::no::text\"); json!({\"x\": self::e::f()}) }";
        let found: Vec<_> = read(text).paths.iter().map(|path| path.join("::")).collect();
        assert_eq!(found, ["crate::a::b", "self::e::f", "super::c::D"]);
    }

    #[test]
    fn modules_are_found_with_their_own_text_or_without() {
        let module = read("mod a; pub mod b; mod c { use super::x; pub fn y() {} }");
        assert_eq!(module.declared, ["a", "b"]);
        let (name, inner) = &module.inline[0];
        assert_eq!((name.as_str(), inner.imports[0].path.join("::")), ("c", "super::x".to_owned()));
        assert!(inner.items.contains("y") && module.items.is_empty());
    }

    #[test]
    fn test_code_is_left_out() {
        let text = "#[cfg(test)] mod tests { use crate::a; } #[cfg(test)] use b::{C, D}; #[cfg(test)] #[must_use] \
                    fn f(a: crate::x::X, b: u8) {} struct S { #[cfg(test)] t: crate::y::Y, u: crate::z::Z }";
        let module = read(text);
        assert!(module.declared.is_empty() && module.inline.is_empty() && module.imports.is_empty());
        assert_eq!(module.paths.into_iter().collect::<Vec<_>>(), [["crate", "z", "Z"]]);
    }

    #[test]
    fn items_are_those_of_the_first_level() {
        let text =
            "pub struct A; enum B {} pub const fn c() { const D: u8 = 1; } macro_rules! e { () => {} }";
        let items: Vec<_> = read(text).items.into_iter().collect();
        assert_eq!(items, ["A", "B", "c", "e"]);
    }

    #[test]
    fn methods_are_those_of_types_and_not_of_traits() {
        let text = "impl<T: X> a::A<T> where T: Y { pub async fn b(&self) { fn inner() {} } } impl C for D { fn e() {} }";
        let module = read(text);
        let methods: Vec<_> = module.methods.iter().map(|(of, all)| (of.as_str(), all.len())).collect();
        assert_eq!(methods, [("A", 1)]);
        assert!(module.methods["A"].contains("b"));
    }

    #[test]
    fn calls_of_methods_are_found() {
        let calls: Vec<_> = read("fn f() { a.b(); a.c.d::<u8>(); a.e }").calls.into_iter().collect();
        assert_eq!(calls, ["b", "d"]);
    }
}
