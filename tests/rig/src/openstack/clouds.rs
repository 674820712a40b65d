//! The clouds.yaml that people and tests use.

use super::site::{ADMIN_PASSWORD, DEMO_PASSWORD, REGION, auth_url};
use crate::{error::Result, files};
use std::path::Path;

/// Writes the clouds `rig` (an administrator) and `demo` (a member of the project `demo`).
pub(super) fn write(path: &Path) -> Result<()> {
    let clouds =
        [cloud("rig", "admin", ADMIN_PASSWORD, "admin"), cloud("demo", "demo", DEMO_PASSWORD, "demo")];
    files::write_changed(path, &format!("clouds:\n{}", clouds.concat())).map(drop)
}

fn cloud(name: &str, user: &str, password: &str, project: &str) -> String {
    let url = auth_url();
    format!(
        "  {name}:\n    auth:\n      auth_url: {url}\n      username: {user}\n      password: {password}\n      \
         project_name: {project}\n      user_domain_id: default\n      project_domain_id: default\n    \
         region_name: {REGION}\n    identity_api_version: 3\n    interface: public\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cloud_names_the_address_inside_the_namespace() {
        let text = cloud("demo", "demo", "pw", "demo");
        assert!(text.starts_with("  demo:\n    auth:\n      auth_url: http://10.85.0.1:5000/v3\n"), "{text}");
        assert!(text.contains("\n    region_name: RegionOne\n"), "{text}");
    }
}
