use super::*;
use crate::profile::component::COMPONENTS;

fn definition(kind: &str) -> Value {
    DEFINITIONS.iter().find(|definition| definition.kind == kind).unwrap().xrd()
}

fn schema(xrd: &Value) -> &Value {
    &xrd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
}

/// Every schema below one, with its path.
fn all<'a>(at: &str, schema: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    found.push((at.to_owned(), schema));
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        all(&format!("{at}.{name}"), inner, found);
    }
    for name in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(name) {
            all(&format!("{at}.{name}"), inner, found);
        }
    }
}

fn schemas(xrd: &Value) -> Vec<(String, &Value)> {
    let mut found = vec![];
    all("", schema(xrd), &mut found);
    found
}

#[test]
fn only_the_claimed_cloud_is_of_the_older_sort_since_only_that_can_be_claimed() {
    for kind in [CLOUD, PROFILE, CONFIGURATION] {
        let xrd = definition(kind);
        assert_eq!(
            (&xrd["apiVersion"], &xrd["spec"]["scope"]),
            (&json!("apiextensions.crossplane.io/v2"), &json!("Namespaced"))
        );
        assert!(xrd["spec"].get("claimNames").is_none() && xrd["spec"].get("connectionSecretKeys").is_none());
    }
    let claimed = definition(CLAIMED_CLOUD);
    assert_eq!(
        (&claimed["apiVersion"], &claimed["spec"]["scope"]),
        (&json!("apiextensions.crossplane.io/v1"), &json!("LegacyCluster"))
    );
    assert_eq!(claimed["spec"]["claimNames"]["kind"], CLAIM);
    assert!(claimed["spec"]["connectionSecretKeys"].as_array().unwrap().contains(&json!("clouds.yaml")));
}

#[test]
fn names_are_as_kubectl_and_crossplane_want_them() {
    for definition in &DEFINITIONS {
        let xrd = definition.xrd();
        let name = xrd["metadata"]["name"].as_str().unwrap();
        assert_eq!(
            name,
            format!(
                "{}.{}",
                xrd["spec"]["names"]["plural"].as_str().unwrap(),
                xrd["spec"]["group"].as_str().unwrap()
            )
        );
        assert!(name.len() <= 63, "{name}");
        assert_eq!(xrd["spec"]["names"]["categories"], json!(["openstack", "kupenstack"]));
        assert_eq!(xrd["spec"]["defaultCompositionRef"]["name"], name);
    }
    assert_eq!(definition(PROFILE)["spec"]["names"]["shortNames"], json!(["occp"]));
    for (kind, api_version) in [
        (CLOUD, Some("cluster.kupenstack.io/v1alpha1")),
        (CONFIGURATION, Some("kupenstack.io/v1alpha1")),
        ("Other", None),
    ] {
        assert_eq!(super::api_version(kind).as_deref(), api_version);
    }
}

#[test]
fn the_columns_show_fields_that_there_are() {
    for definition in &DEFINITIONS {
        let xrd = definition.xrd();
        for column in xrd["spec"]["versions"][0]["additionalPrinterColumns"].as_array().unwrap() {
            let path = column["jsonPath"].as_str().unwrap();
            if path.contains("conditions") {
                continue;
            }
            let found = schema(&xrd).pointer(&path.replace('.', "/properties/"));
            assert_eq!(found.unwrap_or_else(|| panic!("{path}"))["type"], "string", "{path}");
        }
    }
}

#[test]
fn kubectl_explain_has_something_to_say_about_every_field() {
    for definition in &DEFINITIONS {
        let xrd = definition.xrd();
        for (path, schema) in schemas(&xrd) {
            let scalar_item = path.ends_with(".items") || path.ends_with(".additionalProperties");
            let about = schema["description"].as_str().unwrap_or_default();
            assert!(
                scalar_item || about.ends_with('.') || about.ends_with(')'),
                "{}{path}: {about:?}",
                definition.kind
            );
        }
    }
    let cloud = definition(CLOUD);
    let nova = &schema(&cloud)["properties"]["spec"]["properties"]["components"]["properties"]["nova"];
    assert!(
        nova["description"]
            .as_str()
            .unwrap()
            .starts_with("A Nova is the compute service of an OpenStack cloud")
    );
    assert!(nova["properties"]["replicas"]["properties"].get("osapi").is_some());
}

#[test]
fn nothing_that_is_inherited_has_a_default() {
    for definition in &DEFINITIONS {
        let xrd = definition.xrd();
        assert!(schemas(&xrd).iter().all(|(_, schema)| schema.get("default").is_none()));
    }
}

#[test]
fn every_component_has_an_entry_and_what_is_unknown_is_kept_so_that_it_can_be_named() {
    let keys: Vec<_> = COMPONENTS.iter().map(|component| component.key).collect();
    let (cloud, profile) = (definition(CLOUD), definition(PROFILE));
    let spec = |xrd: &Value| schema(xrd)["properties"]["spec"].clone();
    for entries in [spec(&cloud)["properties"]["components"].clone(), spec(&profile)] {
        assert!(keys.iter().all(|key| entries["properties"].get(key).is_some()));
        assert_eq!(entries["x-kubernetes-preserve-unknown-fields"], true);
    }
}

#[test]
fn what_a_claim_may_empty_may_be_null_since_crossplane_makes_that_of_it() {
    for kind in [CLOUD, CLAIMED_CLOUD] {
        let xrd = definition(kind);
        let spec = &schema(&xrd)["properties"]["spec"];
        let mut found = vec![];
        all("", spec, &mut found);
        let may = |at: &str| found.iter().find(|(path, _)| path == at).unwrap().1["nullable"] == true;
        for at in [
            ".components",
            ".components.keystone",
            ".components.keystone.values",
            ".components.glance.images.tags",
            ".rotation.components",
            ".upgrade",
            ".nodes.items.maintenance",
        ] {
            assert!(may(at), "{kind}{at}");
        }
        for at in [
            "",
            ".chart",
            ".nodes",
            ".nodes.items",
            ".nodePools.items.selector",
            ".nodePools.items.selector.matchLabels",
        ] {
            assert!(!may(at), "{kind}{at}");
        }
    }
}

#[test]
fn an_upgrade_with_pinned_images_is_refused_for_every_component() {
    let cloud = definition(CLOUD);
    let rule = schema(&cloud)["properties"]["spec"]["x-kubernetes-validations"][0]["rule"].as_str().unwrap();
    for component in COMPONENTS.iter() {
        assert!(rule.contains(&format!(
            "size(self.components.{}.images.tags) > 0",
            component.key.replace('-', "__dash__")
        )));
    }
}

#[test]
fn the_examples_are_valid() {
    let files = [
        (include_str!("../../../examples/cloud/cloud.yaml"), CLOUD),
        (include_str!("../../../examples/cloud/profile.yaml"), PROFILE),
        (include_str!("../../../examples/cloud/base.yaml"), PROFILE),
        (include_str!("../../../examples/cloud/chain.yaml"), PROFILE),
        (include_str!("../../../examples/cloud/nodes.yaml"), CLOUD),
        (include_str!("../../../examples/cloud/claim.yaml"), CLAIMED_CLOUD),
        (include_str!("../../../examples/cloud/kupenstack.yaml"), CONFIGURATION),
    ];
    let objects = files.into_iter().flat_map(|(file, kind)| {
        let all: Vec<Value> = serde_saphyr::from_multiple(file).unwrap();
        all.into_iter().map(move |object| (object, kind))
    });
    for (object, kind) in objects {
        let xrd = definition(kind);
        let mut spec = object["spec"].clone();
        // Crossplane's own field of claims.
        spec.as_object_mut().unwrap().remove("writeConnectionSecretToRef");
        let mut schema = schema(&xrd)["properties"]["spec"].clone();
        closed(&mut schema);
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<_> =
            validator.iter_errors(&spec).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new(), "{kind}");
    }
}

/// Unknown fields are errors, as for `kubectl apply`.
fn closed(schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else { return };
    if map.contains_key("properties") {
        map.insert("additionalProperties".to_owned(), json!(false));
    }
    for (_, value) in map.iter_mut() {
        match value {
            Value::Object(inner) => inner.values_mut().for_each(closed),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {}
        }
    }
    if let Some(properties) = map.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(closed);
    }
}

#[test]
fn a_composition_calls_the_function_by_the_name_that_crossplane_gives_a_dependency() {
    for (package, name) in [
        ("registry.example.org/kupenstack/function-kupenstack", "kupenstack-function-kupenstack"),
        ("registry.example.org:5000/a/b_c/function-kupenstack", "a-bc-function-kupenstack"),
        ("registry.example.org/Org.x/f", "rg-x-f"),
    ] {
        assert_eq!(function_name(package), name);
    }
    let composition = composition(&DEFINITIONS[0], "f");
    assert_eq!(composition["spec"]["pipeline"], json!([{"step": "compose", "functionRef": {"name": "f"}}]));
    let of = json!({"apiVersion": "cluster.kupenstack.io/v1alpha1", "kind": "OpenStackCloud"});
    assert_eq!(composition["spec"]["compositeTypeRef"], of);
}

#[test]
fn only_the_secret_of_a_claimed_composite_needs_a_namespace_from_its_composition() {
    let place =
        |definition| composition(definition, "f")["spec"]["writeConnectionSecretsToNamespace"].clone();
    for definition in &DEFINITIONS {
        let wanted = definition.claim.map(|_| "crossplane-system");
        assert_eq!(place(definition), json!(wanted), "{}", definition.kind);
    }
}
