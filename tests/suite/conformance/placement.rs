//! Rows of Placement's kinds: <https://docs.openstack.org/api-ref/placement/>

use super::Row;
use serde_json::{Value, json};

fn row(kind: &'static str, path: &'static str) -> Row {
    Row::of(kind, "placement", path, "")
}

pub fn rows() -> Vec<Row> {
    vec![
        // Placement says 204, and nothing else.
        Row { created: Value::Null, ..row("placement.PlacementTrait", "/traits/{id}") },
        Row {
            created: json!({"name": "CUSTOM_LICENSE"}),
            ..row("placement.ResourceClass", "/resource_classes/{id}")
        },
        Row {
            instead: json!({"name": "conformance-licenses"}),
            created: json!({"name": "conformance-licenses"}),
            change: json!({"name": "conformance-floating", "traits": ["HW_CPU_X86_AVX"],
                "aggregates": ["2b7b7f0e-3b0f-4d53-8a4e-1d2a3b4c5d6e"]}),
            changed: json!({"name": "conformance-floating"}),
            drift: Some(("PUT", "/resource_providers/{id}", json!({"name": "conformance-theirs"}))),
            ..row("placement.ResourceProvider", "/resource_providers/{id}")
        },
        Row {
            created: json!({"name": "conformance-pool", "parent_provider_uuid": null}),
            change: json!({"parentProviderUuid": "@placement.ResourceProvider/licenses"}),
            changed: json!({"parent_provider_uuid": "@placement.ResourceProvider/licenses"}),
            ..row("placement.ResourceProvider", "/resource_providers/{id}").also(
                "pool",
                "admin",
                &json!({"name": "conformance-pool"}),
            )
        },
        Row {
            created: json!({"total": 100, "reserved": 10, "max_unit": 10}),
            change: json!({"total": 50, "reserved": 5, "minUnit": 2, "maxUnit": 8, "stepSize": 2, "allocationRatio": 1.5}),
            changed: json!({"total": 50, "reserved": 5, "min_unit": 2, "max_unit": 8, "step_size": 2, "allocation_ratio": 1.5}),
            ..row("placement.ResourceProviderInventory", "/resource_providers/{0}/inventories/{1}")
        },
    ]
}
