//! Tenancy: what a namespace's editor tries against others, with a token of its own. A row is one attack and what must come of
//! it; afterwards everything of the owner is as it was, is still repaired, and outlives the attacker's resources.
//!
//! Owner and intruder share a project, the hardest case: OpenStack itself does not tell them apart. The owner has something in
//! another project too. Accounts that components are installed by are tried in `components/provider.rs` and `suite::cloud`.

mod attacks;
mod scene;

use crate::world::{condition, eventually, world};
use attacks::{Attack, Deed, Ends, attacks};
use scene::Scene;
use serde_json::Value;

/// What came of a deed: the resource that it made or changed, by kind and name.
fn done(scene: &Scene, deed: &Deed) -> Result<Value, (u16, String)> {
    let cluster = &scene.as_intruder;
    let answer = match deed {
        Deed::Apply(objects) => {
            objects.iter().try_fold(Value::Null, |_, object| cluster.apply(&scene.place(object), object))
        }
        Deed::Loose(object) => cluster.ask("POST", scene.place(object).all(), object),
        Deed::Patch { kind, name, change, .. } => {
            cluster.patch(&world().cluster.place(kind, &scene.intruder.name).at(name), change)
        }
        Deed::Ask { method, path, body } => cluster.ask(method, path, body),
        Deed::Impersonate(who) => {
            scene.impersonating(who).ask("GET", "/api/v1/namespaces/default", &Value::Null)
        }
    };
    answer.map_err(|status| (status.code, status.message))
}

/// What is wrong with what came of it.
fn wrong(scene: &Scene, attack: &Attack, came: &Result<Value, (u16, String)>) -> Option<String> {
    match (&attack.ends, came) {
        (Ends::Forbidden, Err((403, _))) => None,
        (Ends::Refused(says), Err((_, why))) if why.contains(says) => None,
        (Ends::Says(kind, name, says), Ok(_)) => {
            let mut why = String::new();
            let synced = || {
                let object = scene.intruder.get(kind, name);
                let synced = condition(&object, "Synced");
                why = synced["message"].as_str().unwrap_or_default().to_owned();
                synced["status"] == "False" && why.contains(says)
            };
            let said = soon(synced);
            (!said).then(|| format!("wanted {says:?}, got {why}"))
        }
        (Ends::Harmless(check), Ok(_)) => check(scene).err(),
        (_, came) => Some(format!("{came:?}")),
    }
}

/// Whether it comes to this within 40 seconds.
fn soon(mut good: impl FnMut() -> bool) -> bool {
    (0..80).any(|_| {
        let now = good();
        if !now {
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
        now
    })
}

#[test]
fn no_attack_of_a_namespaces_editor_reaches_what_others_have() {
    let mut scene = Scene::set();
    let all = attacks(&scene);
    let came: Vec<_> = all.iter().map(|attack| done(&scene, &attack.does)).collect();
    let mut failures = vec![];
    for (attack, came) in all.iter().zip(&came) {
        let wrong = wrong(&scene, attack, came);
        match &wrong {
            None => println!("held: {}", attack.name),
            Some(why) => println!("BROKEN: {}: {why}", attack.name),
        }
        failures.extend(wrong.map(|why| format!("{}: {why}", attack.name)));
    }
    let unharmed =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scene.unharmed("while it is attacked")));
    scene.retreat();
    scene.unharmed("when the attacker is gone");
    scene.leave();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(unharmed.is_ok(), "what is the owner's was reached");
    eventually("everything of the intruder is gone", || scene.left().is_empty());
}
