//! What a cloud's operators have: segments and their ranges, rules of new security groups, labels that count traffic, flavors.

use super::{in_use, neutron, own, owned};
use crate::{
    call::{Call, Service::Neutron},
    cloud::Cloud,
    collection::{self, Collection},
    reply::{Done, Outcome, Refusal},
    store::{Object, text, truth},
};
use http::Method;
use serde_json::{Value, json};

pub(super) const SEGMENTS: Collection = Collection {
    fields: || {
        json!({"network_id": "", "name": null, "description": null, "network_type": "", "physical_network": null,
            "segmentation_id": null})
    },
    required: &["network_id", "network_type"],
    fixed: &["network_id", "network_type", "physical_network", "segmentation_id"],
    refers: &[("network_id", "networks")],
    admin: true,
    tags: false,
    make: |cloud, call, segment| {
        let mut segment = own(cloud, call, segment)?;
        for hidden in ["project_id", "tenant_id", "tags"] {
            segment.remove(hidden);
        }
        Ok(segment)
    },
    ..neutron("segments", "segments", "segment", "Segment")
};

pub(super) const RANGES: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "shared": true, "project_id": "", "network_type": "", "physical_network": "",
            "minimum": 0, "maximum": 0})
    },
    told: || json!({"default": false, "used": {}, "available": []}),
    required: &["network_type", "minimum", "maximum"],
    fixed: &["shared", "project_id", "network_type", "physical_network"],
    admin: true,
    make: |cloud, call, range| {
        let shared = truth(&range, "shared");
        let mut range = own(cloud, call, range)?;
        range.remove("tenant_id");
        if shared {
            range.insert("project_id".to_owned(), Value::Null);
        }
        Ok(range)
    },
    ..neutron(
        "network_segment_ranges",
        "network_segment_ranges",
        "network_segment_range",
        "Network segment range",
    )
};

pub(super) const DEFAULT_RULES: Collection = Collection {
    fields: || {
        json!({"description": "", "direction": null, "ethertype": "IPv4", "protocol": null, "port_range_min": null,
            "port_range_max": null, "remote_ip_prefix": null, "remote_group_id": null, "remote_address_group_id": null,
            "used_in_default_sg": false, "used_in_non_default_sg": false})
    },
    required: &["direction", "used_in_default_sg", "used_in_non_default_sg"],
    update: "",
    admin: true,
    tags: false,
    make: |cloud, call, rule| {
        let mut rule = owned(cloud, call, rule)?;
        for hidden in ["project_id", "tenant_id"] {
            rule.remove(hidden);
        }
        Ok(rule)
    },
    ..neutron(
        "default-security-group-rules",
        "default_security_group_rules",
        "default_security_group_rule",
        "Default security group rule",
    )
};

pub(super) const LABELS: Collection = Collection {
    fields: || json!({"name": "", "description": "", "shared": false, "project_id": "", "tenant_id": ""}),
    update: "",
    admin: true,
    tags: false,
    make: owned,
    unmake: |cloud, _, label| {
        for rule in super::ids(cloud, "metering-label-rules", "metering_label_id", text(label, "id")) {
            cloud.store.remove("metering-label-rules", &rule);
        }
        Ok(true)
    },
    ..neutron("metering-labels", "metering_labels", "metering_label", "Metering label")
};

pub(super) const LABEL_RULES: Collection = Collection {
    fields: || {
        json!({"metering_label_id": "", "direction": null, "remote_ip_prefix": null, "source_ip_prefix": null,
            "destination_ip_prefix": null, "excluded": false})
    },
    required: &["metering_label_id", "direction"],
    refers: &[("metering_label_id", "metering-labels")],
    update: "",
    admin: true,
    make: |_, _, rule| {
        let said = ["remote_ip_prefix", "source_ip_prefix", "destination_ip_prefix"];
        if said.iter().all(|field| text(&rule, field).is_empty()) {
            let why = "You must define at least one of the following parameters 'remote_ip_prefix', or 'source_ip_prefix' or 'destination_ip_prefix'.";
            // Neutron has no status for it.
            return Err(Refusal::new(500, "Invalid: metering of nothing", why));
        }
        Ok(rule)
    },
    ..Collection::of(
        Neutron,
        "metering-label-rules",
        "metering_label_rules",
        "metering_label_rule",
        "Metering label rule",
    )
};

/// Nova has flavors too, so these are kept under another name.
pub(super) const FLAVORS: Collection = Collection {
    fields: || json!({"name": "", "description": "", "service_type": null, "enabled": true, "service_profiles": []}),
    required: &["service_type"],
    fixed: &["service_type"],
    admin: true,
    make: |_, _, mut flavor| {
        flavor.insert("service_profiles".to_owned(), json!([]));
        Ok(flavor)
    },
    ..Collection::of(Neutron, "network_flavors", "flavors", "flavor", "Flavor")
};

pub(super) const PROFILES: Collection = Collection {
    fields: || json!({"description": "", "driver": "", "metainfo": "", "enabled": true}),
    admin: true,
    make: |_, _, profile| match ["driver", "metainfo"].iter().all(|field| text(&profile, field).is_empty()) {
        true => {
            Err(Refusal::bad("ServiceProfileEmpty", "Service Profile needs either a driver or metainfo."))
        }
        false => Ok(profile),
    },
    unmake: |cloud, _, profile| {
        let id = text(profile, "id");
        let has = |flavor: &Object| profiles(flavor).iter().any(|have| have == id);
        if cloud.store.all("network_flavors").any(has) {
            return Err(in_use(
                "ServiceProfileInUse",
                format!("Service Profile {id} is used by some service instance."),
            ));
        }
        Ok(true)
    },
    show: |cloud, _, mut profile| {
        let id = text(&profile, "id").to_owned();
        let has = |flavor: &&Object| profiles(flavor).iter().any(|have| *have == id);
        let all: Vec<_> =
            cloud.store.all("network_flavors").filter(has).map(|flavor| text(flavor, "id")).collect();
        profile.insert("flavors".to_owned(), json!(all));
        profile
    },
    ..Collection::of(Neutron, "service_profiles", "service_profiles", "service_profile", "Service profile")
};

fn profiles(flavor: &Object) -> Vec<Value> {
    flavor.get("service_profiles").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// `/flavors` and what is below.
pub(super) fn flavors(cloud: &mut Cloud, call: &Call, parts: &[&str]) -> Outcome {
    let (id, profile) = match (parts, &call.method) {
        ([_, id, "service_profiles"], &Method::POST) => {
            (*id, call.body.pointer("/service_profile/id").and_then(Value::as_str).unwrap_or_default())
        }
        ([_, id, "service_profiles", profile], &Method::DELETE) => (*id, *profile),
        ([_, rest @ ..], _) => {
            let parts: Vec<_> = std::iter::once("network_flavors").chain(rest.iter().copied()).collect();
            return collection::answer(cloud, call, &parts);
        }
        ([], _) => return Err(Refusal::no_path()),
    };
    if !call.who.admin {
        return Err(Refusal::forbidden("administrators only", "create_flavor_service_profile"));
    }
    cloud.one("service_profiles", profile)?;
    let mut flavor = cloud.one("network_flavors", id)?;
    let mut all = profiles(&flavor);
    let had = all.iter().any(|have| have == profile);
    all.retain(|have| have != profile);
    let done = match (call.method == Method::POST, had) {
        (true, true) => {
            let why = format!("Service Profile {profile} is already associated with flavor {id}.");
            return Err(in_use("FlavorServiceProfileBindingExists", why));
        }
        (true, false) => {
            all.push(json!(profile));
            Done::new(201, json!({"service_profile": {"id": id, "service_profiles": all}}))
        }
        (false, true) => Done::nothing(204),
        (false, false) => {
            let why = format!("Service Profile {profile} is not associated with flavor {id}.");
            return Err(Refusal::new(404, "FlavorServiceProfileBindingNotFound", why));
        }
    };
    flavor.insert("service_profiles".to_owned(), json!(all));
    cloud.store.put("network_flavors", flavor);
    Ok(done)
}
