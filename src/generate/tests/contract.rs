//! What Crossplane's contract says about CRDs, for every kind of the registry.

use super::super::*;
use crate::{
    api::{field::FieldOptions, secret::SUFFIX},
    components::KINDS as COMPONENTS,
    kind::shape::{Field, Node, Shape},
    kinds::{KINDS, provider::FAMILY},
};
use serde_json::json;

fn managed() -> Vec<Value> {
    KINDS.iter().chain(COMPONENTS.iter()).map(|kind| kind.crd().unwrap()).collect()
}

fn root(crd: &Value) -> &Value {
    &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn mr_1_every_managed_resource_has_the_frame_that_crossplane_expects() {
    for crd in managed() {
        assert_eq!(crd["spec"]["scope"], "Namespaced");
        let versions = crd["spec"]["versions"].as_array().unwrap();
        assert_eq!(versions.len(), 1);
        assert_eq!((&versions[0]["served"], &versions[0]["storage"]), (&json!(true), &json!(true)));
        assert_eq!(versions[0]["subresources"]["status"], json!({}));
        let (root, spec) = (root(&crd), &root(&crd)["properties"]["spec"]);
        assert_eq!((&root["required"], &spec["required"]), (&json!(["spec"]), &json!(["forProvider"])));
        let fields = [
            "forProvider",
            "initProvider",
            "managementPolicies",
            "providerConfigRef",
            "writeConnectionSecretToRef",
        ];
        let mut all = names(&spec["properties"]);
        all.retain(|name| *name != "import");
        assert_eq!(all, fields, "and no deletionPolicy");
        let fields = &spec["properties"];
        assert_eq!(fields["managementPolicies"]["default"], json!(["*"]));
        assert_eq!(
            fields["providerConfigRef"]["default"],
            json!({"kind": "ClusterProviderConfig", "name": "default"})
        );
        assert_eq!(fields["providerConfigRef"]["required"], json!(["kind", "name"]));
        let kinds = json!(["ProviderConfig", "ClusterProviderConfig"]);
        assert_eq!(fields["providerConfigRef"]["properties"]["kind"]["enum"], kinds);
        assert_eq!(names(&fields["writeConnectionSecretToRef"]["properties"]), ["name"], "no namespace");
        let status = &root["properties"]["status"]["properties"];
        assert_eq!(
            names(status),
            ["atProvider", "conditions", "lastHandledReconcileAt", "observedGeneration"]
        );
        assert_eq!(status["conditions"]["x-kubernetes-list-map-keys"], json!(["type"]));
    }
}

#[test]
fn mr_2_names_are_as_kubectl_and_crossplane_want_them() {
    for crd in managed() {
        let (names, group) = (&crd["spec"]["names"], crd["spec"]["group"].as_str().unwrap());
        let service = group.strip_suffix(".kupenstack.io").unwrap();
        let categories = ["crossplane", "managed", "openstack", &format!("openstack-{service}")];
        assert_eq!(names["categories"], json!(categories));
        let plural = names["plural"].as_str().unwrap();
        assert_eq!(plural, plural.to_lowercase());
        assert_eq!(crd["metadata"]["name"], format!("{plural}.{group}"));
        let short = names["shortNames"].as_array().map_or(0, Vec::len);
        // Components have none, since their names are short.
        assert_eq!(short, usize::from(service != "component"));
    }
}

#[test]
fn mr_3_the_columns_that_tools_expect_are_there() {
    for crd in managed() {
        let columns = crd["spec"]["versions"][0]["additionalPrinterColumns"].as_array().unwrap();
        let named: Vec<_> = columns.iter().map(|c| c["name"].as_str().unwrap()).collect();
        for wanted in ["READY", "SYNCED", "EXTERNAL-NAME", "AGE"] {
            assert!(named.contains(&wanted), "{named:?}");
        }
        let wide: Vec<_> = columns.iter().filter(|c| c["priority"] == 1).map(|c| &c["jsonPath"]).collect();
        assert_eq!(wide, [".spec.providerConfigRef.name", ".status.conditions[?(@.message)].message"]);
    }
}

#[test]
fn the_fields_that_can_be_selected_by_are_scalars_of_the_schema() {
    for crd in managed() {
        let fields = crd["spec"]["versions"][0]["selectableFields"].as_array().unwrap();
        let paths: Vec<_> = fields.iter().map(|field| field["jsonPath"].as_str().unwrap()).collect();
        let id = root(&crd).pointer("/properties/status/properties/atProvider/properties/id");
        let wanted = [".spec.providerConfigRef.name", ".status.atProvider.id"];
        assert_eq!(paths, wanted[..if id.is_some() { 2 } else { 1 }], "{}", crd["metadata"]["name"]);
        for path in paths {
            let pointer = path.replace('.', "/properties/");
            assert_eq!(root(&crd).pointer(&pointer).unwrap()["type"], "string", "{path}");
        }
    }
}

#[test]
fn what_scales_reads_and_writes_fields_that_there_are() {
    for crd in managed() {
        let scale = &crd["spec"]["versions"][0]["subresources"]["scale"];
        for (path, r#type) in [
            ("specReplicasPath", "integer"),
            ("statusReplicasPath", "integer"),
            ("labelSelectorPath", "string"),
        ] {
            let Some(path) = scale[path].as_str() else { continue };
            let pointer = path.replace('.', "/properties/");
            assert_eq!(root(&crd).pointer(&pointer).unwrap()["type"], *r#type, "{path}");
        }
    }
}

#[test]
fn mr_5_the_external_identity_is_an_annotation_and_no_field_of_the_spec() {
    for crd in managed() {
        let for_provider = &root(&crd)["properties"]["spec"]["properties"]["forProvider"]["properties"];
        assert!(for_provider.get("id").is_none(), "{}", crd["metadata"]["name"]);
    }
}

#[test]
fn mr_6_every_reference_is_a_triplet_of_which_nothing_is_required() {
    for kind in KINDS.iter() {
        let crd = kind.crd().unwrap();
        let for_provider = &root(&crd)["properties"]["spec"]["properties"]["forProvider"];
        assert!(for_provider.get("required").is_none(), "MR-8 too: what is required is a rule on spec");
        for field in &kind.shapes().unwrap().params.fields {
            let FieldOptions { r#ref: Some(_), .. } = &field.options else { continue };
            let list = for_provider["properties"][&field.name]["type"] == "array";
            let siblings = crate::api::reference::Siblings::of(&field.name, list);
            for name in [&siblings.reference, &siblings.selector] {
                assert!(for_provider["properties"].get(name).is_some(), "{}.{name}", kind.id());
            }
        }
    }
}

#[test]
fn mr_7_secrets_go_in_by_reference_and_are_nowhere_told() {
    fn no_secret(at: &str, shape: &Shape) {
        for field in &shape.fields {
            let at = format!("{at}.{}", field.name);
            assert!(field.options.secret.is_none(), "{at}: only fields of the top level can be secrets");
            inside(&at, &field.node, no_secret);
        }
    }
    fn inside(at: &str, node: &Node, check: fn(&str, &Shape)) {
        match node {
            Node::Object(shape) => check(at, shape),
            Node::List(items) => inside(at, items, check),
            Node::Leaf | Node::Map => {}
        }
    }
    for kind in KINDS.iter() {
        let (crd, shapes) = (kind.crd().unwrap(), kind.shapes().unwrap());
        no_secret(kind.id(), &shapes.state);
        let at = |pointer: &str| {
            crd.pointer(&format!("/spec/versions/0/schema/openAPIV3Schema/properties/{pointer}/properties"))
                .unwrap()
        };
        for field in &shapes.params.fields {
            inside(&format!("{}.{}", kind.id(), field.name), &field.node, no_secret);
            assert_eq!(
                field.options.sent_secret(),
                field.name.ends_with(SUFFIX),
                "{}.{}",
                kind.id(),
                field.name
            );
            if field.options.secret.is_some() {
                assert!(at("spec/properties/initProvider").get(&field.name).is_none());
                assert!(at("status/properties/atProvider").get(&field.name).is_none());
            }
            if !field.options.sent_secret() {
                continue;
            }
            let reference = &at("spec/properties/forProvider")[&field.name];
            assert_eq!(names(&reference["properties"]), ["key", "name"], "of the same namespace");
            assert_eq!(reference["required"], json!(["name", "key"]));
            let stem = field.name.strip_suffix(SUFFIX).unwrap();
            for place in ["spec/properties/forProvider", "status/properties/atProvider"] {
                assert!(at(place).get(stem).is_none(), "{}.{stem}", kind.id());
            }
        }
    }
}

#[test]
fn what_is_made_here_needs_a_place_to_be_handed_over_in() {
    for kind in KINDS.iter() {
        let minted = kind.shapes().unwrap().params.fields.iter().filter(|f| f.options.mint.is_some());
        let crd = kind.crd().unwrap();
        let rules = root(&crd)["properties"]["spec"]["x-kubernetes-validations"].to_string();
        for field in minted {
            let given =
                format!("has(self.writeConnectionSecretToRef) || has(self.forProvider.{}", field.name);
            assert!(rules.contains(&given), "{}: {rules}", kind.id());
        }
    }
}

#[test]
fn mr_8_required_fields_are_rules_on_spec_that_observation_escapes() {
    for kind in KINDS.iter() {
        let fields = &kind.shapes().unwrap().params.fields;
        let ruled = |f: &&Field| f.options.required || f.options.mint.is_some();
        let required = fields.iter().filter(ruled).count();
        let crd = kind.crd().unwrap();
        let rules = root(&crd)["properties"]["spec"]["x-kubernetes-validations"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let escapes =
            |rule: &&Value| rule["rule"].as_str().unwrap().starts_with("!('*' in self.managementPolicies ||");
        let (requiring, others): (Vec<_>, Vec<_>) = rules.iter().partition(escapes);
        let more = kind.info().requires.len() + usize::from(kind.options().tells_once);
        assert_eq!(requiring.len(), required + more, "{}", kind.id());
        for rule in others {
            let message = rule["message"].as_str().unwrap();
            assert!(message.contains(" excludes ") || message.contains(" needs "), "{rule}");
        }
    }
}

#[test]
fn pc_1_and_2_the_provider_config_family_has_the_kinds_and_the_group_that_crossplane_knows() {
    let family = FAMILY.crds.build();
    let told: Vec<_> = family
        .iter()
        .map(|c| (c["spec"]["names"]["kind"].as_str().unwrap(), c["spec"]["scope"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("ProviderConfig", "Namespaced"),
            ("ClusterProviderConfig", "Cluster"),
            ("ProviderConfigUsage", "Namespaced")
        ]
    );
    assert!(family.iter().all(|c| c["spec"]["group"] == "kupenstack.io"));
    assert_eq!(root(&family[2])["required"], json!(["providerConfigRef", "resourceRef"]));
}

#[test]
fn pc_9_and_10_a_namespaced_config_reads_no_other_namespaces_secret_and_not_the_pods_identity() {
    for (crd, fields) in
        FAMILY.crds.build().iter().zip([["key", "name"].as_slice(), &["key", "name", "namespace"]])
    {
        let credentials = &root(crd)["properties"]["spec"]["properties"]["credentials"];
        assert_eq!(names(&credentials["properties"]["secretRef"]["properties"]), fields);
        assert_eq!(credentials["properties"]["source"]["enum"], json!(["Secret"]));
    }
}
