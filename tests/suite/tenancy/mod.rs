//! Tenancy: what a namespace's editor tries against others, with a token of its own. A row is one attack and what must come of
//! it; afterwards everything of the owner is as it was, is still repaired, and outlives the attacker's resources.
//!
//! Owner and intruder share a project, the hardest case: OpenStack itself does not tell them apart. The owner has something in
//! another project too. Accounts that components are installed as have a table of their own, `suite::cloud::accounts`.

mod attacks;
pub mod deed;
mod scene;

use crate::world::eventually;
use attacks::attacks;
use deed::tried;
use scene::Scene;

#[test]
fn no_attack_of_a_namespaces_editor_reaches_what_others_have() {
    let mut scene = Scene::set();
    let all = attacks(&scene);
    let failures = tried(&scene, &all);
    let unharmed =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scene.unharmed("while it is attacked")));
    scene.retreat();
    scene.unharmed("when the attacker is gone");
    scene.leave();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(unharmed.is_ok(), "what is the owner's was reached");
    eventually("everything of the intruder is gone", || scene.left().is_empty());
}
