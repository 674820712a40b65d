//! The rig's node, as charts of OpenStack expect one.

use crate::{error::Result, handle::Rig};

/// What charts select nodes by, with the value `enabled`.
pub const LABELS: &[&str] = &["openstack-control-plane", "openstack-compute-node", "openvswitch"];

/// Labels the node. Idempotent.
///
/// # Errors
/// There is no node.
pub async fn prepare(rig: &Rig) -> Result<()> {
    let labels: Vec<String> = LABELS.iter().map(|label| format!("{label}=enabled")).collect();
    let words = ["label", "node", "rig", "--overwrite"].into_iter().chain(labels.iter().map(String::as_str));
    rig.kubectl(&words.collect::<Vec<_>>()).await.map(drop)
}
