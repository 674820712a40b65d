//! What does not render, or not the same twice, is refused before anything is written; what runs is still looked at.

use super::{
    keystone::{keystone, made, passes, records, says, want},
    *,
};

/// What is wrong with a chart, and the words by which it is refused.
const FAULTS: [(&str, &str); 3] = [
    ("misformatted", "Secret/keystone-etc has %! in its text"),
    ("random", "must be pinned: Deployment/keystone-worker, Secret/keystone-etc"),
    ("broken", "keystone/templates/a.yaml: no value for b"),
];

#[tokio::test(start_paused = true)]
async fn scenario_05_a_chart_that_can_not_be_trusted_is_refused_by_name_before_anything_is_written() {
    for (fault, words) in FAULTS {
        let (testbed, example) = keystone();
        let before = testbed.world.api.all_but("");
        want(&testbed, &example, json!({"values": {"fault": fault}}));
        let program = testbed.program(&Points::with(|_, _| None));
        passes(&testbed, &program, &example, 3).await;
        let synced = says(&testbed, &example, "Synced");
        assert!(synced.starts_with("False create failed: ") && synced.contains(words), "{synced}");
        assert_eq!(testbed.world.api.all_but(""), before, "{fault}: nothing is there");
    }
}

#[tokio::test(start_paused = true)]
async fn scenario_05_a_release_whose_new_values_are_refused_runs_on_and_its_health_is_still_told() {
    for (fault, words) in FAULTS {
        let (testbed, example) = made().await;
        let before = testbed.census();
        want(&testbed, &example, json!({"values": {"fault": fault}}));
        let program = testbed.program(&Points::with(|_, _| None));
        passes(&testbed, &program, &example, 3).await;
        assert_eq!(testbed.census(), before, "{fault}");
        assert_eq!(records(&testbed), ["1 deployed"], "{fault}");
        let told = |r#type: &str| says(&testbed, &example, r#type);
        assert!(told("Synced").contains(words) && told("Rendered").contains(words), "{}", told("Rendered"));
        assert_eq!(
            (told("UpToDate"), told("Ready")),
            ("False differs in: values (which don't render)".into(), "True".into())
        );

        testbed.world.hinder("keystone-api");
        passes(&testbed, &program, &example, 3).await;
        assert_eq!(told("Ready"), "False keystone-api: no pod has been made for it", "{fault}");
        testbed.world.relieve();
        passes(&testbed, &program, &example, 3).await;
        assert_eq!(told("Ready"), "True", "{fault}");
    }
}
