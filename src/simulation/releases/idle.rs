//! What components cost that rest.

use super::{
    super::{examples::Example, testbed::Testbed},
    keystone::example,
    *,
};
use crate::runtime::managed::{
    reconcile::Reconciler,
    workers::{WorkerLimits, work},
};
use std::time::Duration;

const COMPONENTS: usize = 100;
const POLLS: u32 = 10;
/// As shipped.
const LIMITS: WorkerLimits =
    WorkerLimits { poll: Duration::from_secs(60), min_poll: Duration::from_secs(1), rate: 100 };

/// A component with a release of its own, which reads a Secret for its values and publishes what it is told.
fn component(number: usize) -> Example {
    let for_provider = json!({"chart": {"bundled": true, "name": "keystone", "version": "1.0.0"},
        "databaseConnection": "mariadb"});
    let spec =
        json!({"forProvider": for_provider, "writeConnectionSecretToRef": {"name": format!("of-{number}")}});
    let mut component = example("OpenStackComponent", &format!("c{number}"), spec);
    component.manifest["metadata"]["uid"] = json!(format!("00000000-0000-4000-8000-{number:012}"));
    component
}

/// Lets all of them come up.
async fn install(testbed: &Testbed<Cluster>, program: &Reconciler, all: &[Example]) {
    for _ in 0..60 {
        testbed.world.turn();
        testbed.tell(program, all);
        tokio::time::sleep(Duration::from_secs(2)).await;
        if all.iter().all(|one| testbed.well(one).is_ok()) {
            break;
        }
    }
    all.iter().for_each(|one| testbed.well(one).unwrap());
}

#[tokio::test(start_paused = true)]
async fn scenario_17_a_hundred_components_at_rest_cost_no_helm_and_no_request() {
    let testbed = Testbed::<Cluster>::new();
    let all: Vec<_> = (0..COMPONENTS).map(component).collect();
    for one in &all {
        testbed.server.put(&one.path, one.manifest.clone());
    }
    let program = Arc::new(testbed.program(&Points::with(|_, _| None)));
    testbed.tell(&program, &all);
    all.iter().for_each(|one| program.queue.add(one.key.clone()));
    let working = tokio::spawn(work(program.clone(), LIMITS));
    install(&testbed, &program, &all).await;
    // The last effects of the installation are over.
    tokio::time::sleep(10 * LIMITS.poll).await;
    testbed.tell(&program, &all);

    let rendered = testbed.world.helm.0.load(Ordering::SeqCst);
    testbed.server.calls();
    testbed.world.api.calls();
    tokio::time::sleep(POLLS * LIMITS.poll).await;
    assert_eq!(testbed.world.helm.0.load(Ordering::SeqCst), rendered);
    assert_eq!(testbed.world.api.calls(), Vec::<String>::new(), "nothing is asked as the account");
    assert_eq!(testbed.server.calls(), Vec::<String>::new(), "watches tell of all that was read");
    program.queue.close();
    working.await.unwrap();
}
