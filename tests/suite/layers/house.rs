//! The house: every file of the product, found from its root as the compiler finds it, and which one uses which.

use super::reader::{self, Import, Module, Path};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// A file uses another one.
pub type Arrow = (String, String);

struct Room {
    /// Relative to the root, `kind/rest/mod.rs`.
    file: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    text: Module,
}

/// All modules; the first is the root.
#[derive(Default)]
pub struct House(Vec<Room>);

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Module(usize),
    Item(usize),
}

impl House {
    /// Reads everything that the crates of a folder declare, but for tests: the upper one shows the rooms of the lower
    /// one as its own.
    pub fn of(root: &std::path::Path) -> Self {
        Self::read(&|file| fs::read_to_string(root.join(file)).ok())
    }

    /// The same out of any store of files.
    pub fn read(open: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut house = Self::default();
        let root = open("lib.rs").unwrap() + &open("lower.rs").unwrap_or_default();
        house.add("lib.rs", "", None, reader::read(&root), open);
        house
    }

    /// `folder` is where the files of declared modules are, `a/b/` or nothing.
    fn add(
        &mut self,
        file: &str,
        folder: &str,
        parent: Option<usize>,
        mut text: Module,
        open: &dyn Fn(&str) -> Option<String>,
    ) -> usize {
        let (declared, inline) = (text.declared.clone(), std::mem::take(&mut text.inline));
        let at = self.0.len();
        self.0.push(Room { file: file.to_owned(), parent, children: BTreeMap::new(), text });
        for name in declared {
            let files = [format!("{folder}{name}.rs"), format!("{folder}{name}/mod.rs")];
            let found = files.iter().find_map(|file| Some((file, open(file)?)));
            let (file, text) = found.unwrap_or_else(|| panic!("{file} declares {name}, which has no file"));
            let child = self.add(file, &format!("{folder}{name}/"), Some(at), reader::read(&text), open);
            self.0[at].children.insert(name, child);
        }
        for (name, text) in inline {
            let child = self.add(file, &format!("{folder}{name}/"), Some(at), text, open);
            self.0[at].children.insert(name, child);
        }
        at
    }

    /// Which file uses which.
    pub fn arrows(&self) -> BTreeSet<Arrow> {
        let mut arrows = BTreeSet::new();
        let methods = self.methods();
        for (at, room) in self.0.iter().enumerate() {
            let imported = room.text.imports.iter().filter(|import| !self.only_shown(at, import));
            let mut used: BTreeSet<usize> = imported.filter_map(|import| self.imported(at, import)).collect();
            for path in &room.text.paths {
                if let Some(End::Item(end)) = self.lead(at, path, &mut vec![]) {
                    used.insert(end);
                }
            }
            let called = room.text.paths.iter().filter_map(|path| path.last()).chain(&room.text.calls);
            used.extend(called.filter_map(|name| methods.get(name.as_str())));
            let files = used.iter().map(|end| &self.0[*end].file).filter(|file| **file != room.file);
            arrows.extend(files.map(|file| (room.file.clone(), file.clone())));
        }
        arrows
    }

    /// Is this a re-export of something further in, which is not used here?
    fn only_shown(&self, at: usize, import: &Import) -> bool {
        let used = import.name != "*" && self.0[at].text.names.contains(&import.name);
        let end = self.lead(at, &import.path, &mut vec![]);
        import.public && !used && end.is_some_and(|(End::Item(end) | End::Module(end))| self.is_in(end, at))
    }

    fn is_in(&self, inner: usize, outer: usize) -> bool {
        inner == outer || self.0[inner].parent.is_some_and(|parent| self.is_in(parent, outer))
    }

    /// An import of a module is no use of it yet; what is named through it is.
    fn imported(&self, at: usize, import: &Import) -> Option<usize> {
        match self.lead(at, &import.path, &mut vec![])? {
            End::Module(end) => (import.name == "*").then_some(end),
            End::Item(end) => Some(end),
        }
    }

    /// Methods that stand in another file than their type, if no other function has their name: calling one uses the file.
    fn methods(&self) -> BTreeMap<&str, usize> {
        let mut found = BTreeMap::new();
        for (at, room) in self.0.iter().enumerate() {
            for (of, names) in &room.text.methods {
                let home = self.lead(at, &vec![of.clone()], &mut vec![]);
                if home.is_some_and(|(End::Item(end) | End::Module(end))| self.0[end].file != room.file) {
                    found.extend(names.iter().map(|name| (name.as_str(), at)));
                }
            }
        }
        let defined = |name: &str| self.0.iter().filter(|room| room.text.functions.contains(name)).count();
        found.retain(|name, _| defined(name) == 1);
        found
    }

    /// Follows a path from a module; `None` leads out of the house.
    fn lead(&self, from: usize, path: &Path, seen: &mut Vec<(usize, String)>) -> Option<End> {
        let mut at = from;
        for (number, name) in path.iter().enumerate() {
            let first = number == 0;
            match name.as_str() {
                "crate" => at = 0,
                "self" => {}
                "super" => at = self.0[at].parent?,
                "Self" => return None,
                name => {
                    let rest = &path[number + 1..];
                    if let Some(child) = self.0[at].children.get(name) {
                        at = *child;
                        continue;
                    }
                    if self.0[at].text.items.contains(name) {
                        return Some(End::Item(at));
                    }
                    let shown = self.shown(from, at, name, rest, seen);
                    // A first name that is neither defined nor imported is a crate, or of the prelude; any other one
                    // is made by a macro.
                    return shown.or((!first).then_some(End::Item(at)));
                }
            }
        }
        Some(End::Module(at))
    }

    /// What a name is that a module imports.
    fn shown(
        &self,
        from: usize,
        at: usize,
        name: &str,
        rest: &[String],
        seen: &mut Vec<(usize, String)>,
    ) -> Option<End> {
        if seen.contains(&(at, name.to_owned())) {
            return None;
        }
        seen.push((at, name.to_owned()));
        let imports = || self.0[at].text.imports.iter().filter(|it| it.public || self.is_in(from, at));
        let by_name = imports().find(|it| it.name == name);
        if let Some(import) = by_name {
            let path: Path = import.path.iter().chain(rest).cloned().collect();
            return self.lead(at, &path, seen);
        }
        imports().filter(|it| it.name == "*").find_map(|glob| {
            let End::Module(inside) = self.lead(at, &glob.path, seen)? else { return None };
            let has = self.0[inside].children.contains_key(name) || self.0[inside].text.items.contains(name);
            let shows = self.0[inside].text.imports.iter().any(|it| it.public && it.name == name);
            let path: Path = std::iter::once(name.to_owned()).chain(rest.iter().cloned()).collect();
            (has || shows).then(|| self.lead(inside, &path, seen)).flatten()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(files: &[(&str, &str)]) -> Vec<String> {
        let files: BTreeMap<&str, &str> = files.iter().copied().collect();
        let house = House::read(&|file| files.get(file).map(|text| (*text).to_owned()));
        house.arrows().iter().map(|(from, to)| format!("{from} → {to}")).collect()
    }

    #[test]
    fn an_import_of_an_item_is_an_arrow_to_the_file_that_defines_it() {
        let root = ("lib.rs", "mod a; mod b;");
        let inner = ("a/mod.rs", "mod deep; pub use deep::Deep;");
        let found =
            arrows(&[root, inner, ("a/deep.rs", "pub struct Deep;"), ("b.rs", "use crate::a::Deep;")]);
        assert_eq!(found, ["b.rs → a/deep.rs"]);
    }

    #[test]
    fn a_module_is_used_where_something_of_it_is_named() {
        let root = ("lib.rs", "mod a; mod b; mod c;");
        let found = arrows(&[
            root,
            ("a.rs", ""),
            ("b.rs", "use super::a;"),
            ("c.rs", "use super::a; fn f() { a::g() }"),
        ]);
        assert_eq!(found, ["c.rs → a.rs"]);
    }

    #[test]
    fn a_parent_that_only_shows_its_child_does_not_use_it() {
        let root = ("lib.rs", "mod a;");
        let child = ("a/b.rs", "pub struct B;");
        assert!(arrows(&[root, ("a/mod.rs", "mod b; pub use b::B; pub use b::*;"), child]).is_empty());
        let found = arrows(&[root, ("a/mod.rs", "mod b; pub use b::B; fn f(b: B) {}"), child]);
        assert_eq!(found, ["a/mod.rs → a/b.rs"]);
    }

    #[test]
    fn what_a_parent_imports_is_found_through_it() {
        let root = ("lib.rs", "mod a; mod z;");
        let files = [
            root,
            ("a/mod.rs", "mod b; use crate::z::Z;"),
            ("a/b.rs", "use super::*; fn f(z: Z) { super::Z::g() }"),
        ];
        let found = arrows(&[&files[..], &[("z.rs", "pub struct Z;")]].concat());
        assert_eq!(found, ["a/b.rs → a/mod.rs", "a/b.rs → z.rs", "a/mod.rs → z.rs"]);
    }

    #[test]
    fn other_crates_are_no_arrows_even_if_a_module_has_their_name() {
        let root = ("lib.rs", "mod kube; mod a;");
        assert!(
            arrows(&[
                root,
                ("kube.rs", "pub struct Client;"),
                ("a.rs", "use kube::Client; fn f() { std::f() }")
            ])
            .is_empty()
        );
    }

    #[test]
    fn test_modules_are_not_looked_at() {
        let root = ("lib.rs", "mod a; #[cfg(test)] mod b;");
        assert!(arrows(&[root, ("a.rs", ""), ("b.rs", "use crate::a::A;")]).is_empty());
    }

    #[test]
    fn a_method_away_from_its_type_is_an_arrow_for_who_calls_it() {
        let root = ("lib.rs", "mod home; mod away; mod caller;");
        let away = ("away.rs", "use crate::home::T; impl T { pub fn leap(&self) {} }");
        let found =
            arrows(&[root, ("home.rs", "pub struct T;"), away, ("caller.rs", "fn f(t: X) { t.leap() }")]);
        assert_eq!(found, ["away.rs → home.rs", "caller.rs → away.rs"]);
    }

    #[test]
    fn inline_modules_belong_to_the_file_that_they_stand_in() {
        let root = ("lib.rs", "mod a; mod b;");
        let files = [
            root,
            ("a.rs", "mod inner { use super::super::b::B; use super::own; } fn own() {}"),
            ("b.rs", "pub struct B;"),
        ];
        assert_eq!(arrows(&files), ["a.rs → b.rs"]);
    }
}
