//! The rig's own check of its OpenStack (`tests/rig/drivers/smoke`): one of everything, and each fault.

use super::site::Site;
use crate::{error::Result, part::Context, process};

/// Runs it to its end, from inside the rig's network namespace; a step that fails is in the error.
pub async fn smoke(cx: &Context) -> Result<()> {
    let text = |path: std::path::PathBuf| path.display().to_string();
    let env = [
        ("OS_CLIENT_CONFIG_FILE", text(cx.paths.clouds_yaml())),
        ("OS_CLOUD", "rig".to_owned()),
        ("RIG_FAULTS", text(Site::faults_of(&cx.paths))),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        // A proxy of the host cannot reach into the namespace.
        ("no_proxy", "*".to_owned()),
        ("NO_PROXY", "*".to_owned()),
    ];
    let env = env.map(|(name, value)| (name.to_owned(), value));
    let words = [Site::of(cx).program("python"), text(cx.paths.checkout.join("tests/rig/drivers/smoke"))];
    process::run("the check of OpenStack", words, &env, None, &cx.paths.log("openstack-smoke")).await
}
