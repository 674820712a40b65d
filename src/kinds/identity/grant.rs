//! What identifies a role assignment, and two of its spellings: external-name and path.

use super::association::Association;
use serde_json::json;

/// What identifies an assignment.
#[derive(Debug, PartialEq)]
pub(super) struct Grant<'a> {
    /// `project` or `domain`, and its id; the system if there is none.
    pub(super) scope: Option<(&'a str, &'a str)>,
    /// `user` or `group`, and its id.
    pub(super) actor: (&'a str, &'a str),
    pub(super) role: &'a str,
    pub(super) inherited: bool,
}

pub(super) const FORM: &str = "project/<id>/user/<id>/role/<id>, with domain/<id> or system and with group/<id> instead, or with /inherited behind";

impl<'a> Grant<'a> {
    pub(super) fn of_name(name: &'a str) -> Option<Self> {
        let (name, inherited) = name.strip_suffix("/inherited").map_or((name, false), |name| (name, true));
        let parts: Vec<_> = name.split('/').collect();
        let (scope, rest) = match parts.as_slice() {
            ["system", rest @ ..] if !inherited => (None, rest),
            [kind @ ("project" | "domain"), id, rest @ ..] => (Some((*kind, *id)), rest),
            _ => return None,
        };
        let [actor @ ("user" | "group"), id, "role", role] = rest else { return None };
        let whole = ![*id, *role].contains(&"") && scope.is_none_or(|(_, id)| !id.is_empty());
        whole.then_some(Self { scope, actor: (actor, id), role, inherited })
    }

    pub(super) fn name(&self) -> String {
        let scope = self.scope.map_or("system".to_owned(), |(kind, id)| format!("{kind}/{id}"));
        let (actor, id) = self.actor;
        let inherited = if self.inherited { "/inherited" } else { "" };
        format!("{scope}/{actor}/{id}/role/{}{inherited}", self.role)
    }

    pub(super) fn path(&self) -> String {
        let scope = self.scope.map_or("/system".to_owned(), |(kind, id)| format!("/{kind}s/{id}"));
        let (actor, id) = self.actor;
        let path = format!("{scope}/{actor}s/{id}/roles/{}", self.role);
        if self.inherited { format!("/OS-INHERIT{path}/inherited_to_projects") } else { path }
    }

    /// With its third spelling.
    pub(super) fn association(&self) -> Association {
        let scope = |kind| self.scope.filter(|scope| scope.0 == kind).map(|scope| scope.1);
        let actor = |kind| (self.actor.0 == kind).then_some(self.actor.1);
        let (name, path) = (self.name(), self.path());
        let body = json!({"id": name, "role_id": self.role, "user_id": actor("user"), "group_id": actor("group"),
            "project_id": scope("project"), "domain_id": scope("domain"), "system": self.scope.is_none(), "inherited": self.inherited});
        Association { name, path, body }
    }
}
