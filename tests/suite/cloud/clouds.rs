//! Clouds from one manifest: `examples/cloud`, brought up once.

use crate::world::rig;
use rig::{demo, lifecycle::block_on, progress::Progress};
use std::sync::LazyLock;

pub const SYSTEM: &str = "crossplane-system";
/// The provider of components.
pub const PROVIDER: &str = "provider-kupenstack-components";

static INSTALLED: LazyLock<()> = LazyLock::new(|| {
    let progress = Progress::quiet();
    block_on(async {
        demo::prepare(rig(), &progress).await?;
        demo::install(rig(), &progress).await
    })
    .unwrap();
});

/// All packages, charts and images are on the rig.
pub fn installed() {
    LazyLock::force(&INSTALLED);
}
