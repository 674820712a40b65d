//! The first page of the documentation: what there is, and a table of all kinds.

use super::{coverage, docs};
use crate::kind::provider::Provider;
use std::fmt::Write as _;

/// Pages that are written by hand, in one folder for all providers.
const GUIDES: [(&str, &str, &str); 4] = [
    (
        "Install",
        "install.md",
        "from a registry by Crossplane, or without Crossplane; and how to take it away",
    ),
    ("Concepts", "concepts.md", "references, import, ownership, drift, policies, secrets"),
    ("Credentials", "credentials.md", "what a Secret may hold, and the ways to log in to a cloud"),
    ("Reasons", "reasons.md", "what each error means, and what to do"),
];

const COVERAGE: &str = "all kinds in numbers, and beside Terraform's resources; fields that are left out; what each is tested with";

const INTRODUCTION: &str = "\
- [ProviderConfig and ClusterProviderConfig](providerconfig.md): fields

## Kinds

Every kind is in the category `openstack-<service>`: `kubectl get openstack-network` lists the network service's.
The credentials are those that OpenStack's own policies ask for; a cloud can set others.

| service | kind | short | credentials | external-name | connection secret | marker |
|---|---|---|---|---|---|---|
";

/// The page; `guides` leads from it to the pages that are written by hand.
pub(super) fn page(provider: &Provider, guides: &str) -> String {
    let mut infos: Vec<_> = provider.kinds.iter().map(|kind| kind.info()).collect();
    infos.sort_by_key(|info| (info.group, info.kind));
    let mut page = format!("# {}\n\n", provider.package());
    for (title, file, about) in GUIDES {
        // Writing to a String does not fail.
        let _ = writeln!(page, "- [{title}]({guides}{file}): {about}");
    }
    if guides.is_empty() {
        let _ = writeln!(page, "- [Coverage]({}): {COVERAGE}", coverage::PAGE);
    }
    page.push_str(INTRODUCTION);
    for info in infos {
        let keys: Vec<_> = info.connection.iter().map(|key| format!("`{key}`")).collect();
        let _ = writeln!(
            page,
            "| {} | [{}]({}) | `{}` | {} | {} | {} | {} |",
            info.group,
            info.kind,
            docs::path(info),
            info.short,
            docs::rights(info.rights),
            docs::code(info.external_name),
            keys.join(", "),
            docs::marker(info.marker),
        );
    }
    page
}
