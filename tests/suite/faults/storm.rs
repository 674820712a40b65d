//! A hundred objects that come, change and go, while who works on them dies.

use super::{GROUPS, NETWORKS, SUBNETS, Sort, VOLUMES, alone, clear, hear, list, well};
use crate::world::{Namespace, world};
use rig::lifecycle::block_on;
use serde_json::{Value, json};
use std::time::Duration;

/// Of each sort: so many come, change and go.
const EACH: [(Sort, usize); 4] = [(NETWORKS, 13), (SUBNETS, 8), (GROUPS, 8), (VOLUMES, 4)];
/// What dies in turn.
const DEATHS: [&str; 7] = ["provider", "etcd", "provider", "kube-apiserver", "provider", "provider", "etcd"];

fn wanted(ns: &Namespace, sort: &Sort, fate: &str, number: usize) -> Value {
    // Of its own among all sorts: they are heard together.
    let name = format!("{}-{}-{fate}-{number}", ns.name, sort.kind.1.to_lowercase());
    let mut fields = json!({"description": format!("{fate} {number}")});
    match sort.kind.1 {
        "Subnet" => {
            fields["networkIdRef"] = json!({"name": format!("{}-base", ns.name)});
            let second = match fate {
                "comes" => 50,
                "changes" => 51,
                _ => 52,
            };
            fields["cidr"] = json!(format!("10.{second}.{number}.0/24"));
        }
        "Volume" => fields["size"] = json!(1),
        _ => {}
    }
    sort.manifest(&name, "default", fields)
}

fn all(ns: &Namespace, fate: &str) -> Vec<Value> {
    EACH.iter()
        .flat_map(|(sort, count)| (0..*count).map(move |number| wanted(ns, sort, fate, number)))
        .collect()
}

/// Dies without a word.
fn kill(who: &str) {
    if who != "provider" {
        block_on(world().rig.restart(who)).unwrap();
        return;
    }
    let pods = ["-n", "crossplane-system", "-l", "pkg.crossplane.io/provider=provider-kupenstack"];
    let _ =
        world().try_kubectl(&[["delete", "pod", "--force", "--grace-period=0"].as_slice(), &pods].concat());
}

#[test]
fn whoever_dies_while_a_hundred_objects_come_change_and_go_nothing_is_lost_or_made_twice() {
    let alone = alone();
    let ns = world().namespace("storm");
    let sorts = EACH.each_ref().map(|(sort, _)| sort);
    let base = NETWORKS.manifest(&format!("{}-base", ns.name), "default", json!({}));
    ns.apply(&list([vec![base], all(&ns, "changes"), all(&ns, "goes")].concat()));
    let before = 1 + 2 * EACH.iter().map(|(_, count)| count).sum::<usize>();
    hear(&ns, &sorts, "all are there", |now, _| now.len() == before && now.values().all(well));

    let mut changed = all(&ns, "changes");
    for object in &mut changed {
        object["spec"]["forProvider"]["description"] = json!("changed in the storm");
    }
    ns.apply(&list([all(&ns, "comes"), changed].concat()));
    let file = std::env::temp_dir().join(format!("{}-goes.json", ns.name));
    std::fs::write(&file, list(all(&ns, "goes")).to_string()).unwrap();
    world().kubectl(&["delete", "-n", &ns.name, "--wait=false", "-f", &file.display().to_string()]);
    std::fs::remove_file(&file).unwrap();
    let mut chance = std::process::id();
    for who in DEATHS {
        // A linear congruence: any times will do.
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        std::thread::sleep(Duration::from_millis(u64::from(chance >> 16) % 3000));
        println!("{who} dies");
        kill(who);
    }
    hear(&ns, &sorts, "the storm is over", |now, _| {
        let there = now.keys().filter(|name| !name.contains("-goes-")).count();
        (there, now.len()) == (before, before) && now.values().all(well)
    });
    for sort in sorts {
        sort.assert_equal(&ns);
        for (name, object) in sort.managed(&ns).iter().filter(|(name, _)| name.contains("-changes-")) {
            assert_eq!(object["status"]["atProvider"]["description"], "changed in the storm", "{name}");
        }
    }
    drop(alone);
    clear(&ns, &sorts);
}
