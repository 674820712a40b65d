//! What identifies a role assignment, and its three spellings: parameters, external-name, path.

use super::role_assignment::RoleAssignmentParameters;
use crate::kind::{Found, Key};
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

    /// Just one scope and one actor.
    pub(super) fn of_params(params: &'a RoleAssignmentParameters) -> Option<Self> {
        fn set(id: Option<&String>) -> Option<&str> {
            id.map(String::as_str).filter(|id| !id.is_empty() && !id.contains('/'))
        }
        let (inherited, system) = (params.inherited == Some(true), params.system == Some(true));
        let scope = match (set(params.project_id.as_ref()), set(params.domain_id.as_ref()), system) {
            (Some(id), None, false) => Some(("project", id)),
            (None, Some(id), false) => Some(("domain", id)),
            (None, None, true) if !inherited => None,
            _ => return None,
        };
        let actor = match (set(params.user_id.as_ref()), set(params.group_id.as_ref())) {
            (Some(id), None) => ("user", id),
            (None, Some(id)) => ("group", id),
            _ => return None,
        };
        Some(Self { scope, actor, role: set(params.role_id.as_ref())?, inherited })
    }

    /// The external-name's, or else what the parameters say.
    pub(super) fn of(key: &Key<'a, RoleAssignmentParameters>) -> Option<Self> {
        key.any.meta.external_name.map_or_else(|| Self::of_params(key.params), Self::of_name)
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

    /// Keystone says only that it is there: 204.
    pub(super) fn found(&self) -> Found {
        let scope = |kind| self.scope.filter(|scope| scope.0 == kind).map(|scope| scope.1);
        let actor = |kind| (self.actor.0 == kind).then_some(self.actor.1);
        let body = json!({"id": self.name(), "role_id": self.role, "user_id": actor("user"), "group_id": actor("group"),
            "project_id": scope("project"), "domain_id": scope("domain"), "system": self.scope.is_none(), "inherited": self.inherited});
        Found::One { external_name: self.name(), body }
    }
}
