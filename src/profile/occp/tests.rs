use super::*;
use crate::profile::layer::tests::document as any_document;
use proptest::prelude::*;
use serde_json::json;

fn read_all(components: Value) -> Profile {
    read("spec", components.as_object().unwrap())
}

fn shown(profile: &Profile) -> Value {
    Value::Object(document(&profile.layer))
}

fn refused(components: Value) -> Vec<String> {
    read_all(components).refusals.iter().map(ToString::to_string).collect()
}

#[test]
fn a_profile_of_kupenstack_is_understood_and_what_no_release_has_is_named() {
    let file = include_str!("../../../examples/cloud/profile.yaml");
    let object: Value = serde_saphyr::from_str(file).unwrap();
    let profile = read_all(object["spec"].clone());
    assert_eq!(profile.refusals, []);
    let one = |name: &str| json!({"replicas": {name: 1}});
    let wanted = json!({
        "keystone": one("api"), "placement": one("api"), "glance": one("api"), "neutron": one("server"),
        "horizon": {"enabled": false, "replicas": {"server": 1}},
        "nova": {"replicas": {"osapi": 1, "conductor": 1, "apiMetadata": 1},
            "conf": {"ceph": {"enabled": false}, "nova": {"libvirt": {"virt_type": "qemu", "cpu_mode": "none"}}}},
    });
    assert_eq!(shown(&profile), wanted);
    let driver = |file: &str| format!("neutron.conf.{file}.DEFAULT.interface_driver");
    let gone = [driver("dhcp_agent"), driver("l3_agent"), driver("neutron")];
    assert_eq!(profile.ignored, [vec!["glance.replicas.registry".to_owned()], gone.into()].concat());
}

#[test]
fn older_names_mean_what_newer_ones_do_and_the_newer_one_comes_first() {
    let nova = json!({"disable": true, "replicas": {"ironic": 2, "metadata": 3, "placement": 1}});
    let profile = read_all(json!({"nova": nova}));
    let wanted = json!({"nova": {"enabled": false, "replicas": {"computeIronic": 2, "apiMetadata": 3}}});
    assert_eq!((shown(&profile), profile.ignored), (wanted, vec!["nova.replicas.placement".to_owned()]));
    let profile = read_all(json!({"nova": {"disable": true, "enabled": true}}));
    assert_eq!(shown(&profile), json!({"nova": {"enabled": true}}));
}

#[test]
fn a_driver_is_taken_out_of_a_list_and_the_rest_of_the_list_stays() {
    let profile =
        read_all(json!({"neutron": {"values": {"network": {"backend": ["linuxbridge", "sriov"]}}}}));
    assert_eq!(shown(&profile), json!({"neutron": {"values": {"network": {"backend": ["sriov"]}}}}));
    assert_eq!(profile.ignored, ["neutron.values.network.backend"]);
}

#[test]
fn conf_is_a_value_of_the_chart_so_both_ways_to_write_it_meet() {
    let both =
        json!({"conf": {"nova": {"a": 1, "b": 1}}, "values": {"conf": {"nova": {"b": 2}}, "storage": "pvc"}});
    let wanted = json!({"nova": {"conf": {"nova": {"a": 1, "b": 2}}, "values": {"storage": "pvc"}}});
    assert_eq!(shown(&read_all(json!({"nova": both}))), wanted);
    let parent = read_all(json!({"nova": {"values": {"conf": {"nova": {"a": 1}}}}})).layer;
    let child = read_all(json!({"nova": {"conf": {"nova": {"a": 2}}}})).layer;
    assert_eq!(json!(document(&parent.under(child))), json!({"nova": {"conf": {"nova": {"a": 2}}}}));
}

#[test]
fn nulls_become_unset_and_what_is_set_again_is_no_longer_so() {
    let below = read_all(json!({"nova": {"conf": {"nova": {"a": 1}}, "values": {"storage": null}}})).layer;
    let above =
        read_all(json!({"nova": {"conf": {"nova": {"a": null}}, "unset": [r"labels.example\.org/zone"]}}))
            .layer;
    let merged = below.under(above.clone());
    assert_eq!(
        json!(document(&merged)),
        json!({"nova": {"conf": {"nova": {}}, "values": {}, "unset": ["conf.nova.a", r"labels.example\.org/zone", "storage"]}})
    );
    let again = read_all(json!({"nova": {"conf": {"nova": {"a": 3}}, "values": {"storage": "pvc"}}})).layer;
    let merged = json!(document(&merged.under(again)));
    assert_eq!(merged["nova"]["unset"], json!([r"labels.example\.org/zone"]));
}

#[test]
fn another_place_of_a_chart_replaces_the_whole_place_and_another_version_the_digest() {
    let merged = |above: Value| {
        let below = read_all(
            json!({"nova": {"chart": {"oci": "oci://a/nova", "version": "1.0.0", "digest": "sha256:1"}}}),
        );
        json!(document(&below.layer.under(read_all(json!({"nova": {"chart": above}})).layer)))["nova"]["chart"].clone()
    };
    let url = json!({"url": "https://charts.example.org/nova.tgz", "sha256": "00"});
    assert_eq!(merged(url.clone()), url);
    assert_eq!(merged(json!({"version": "2.0.0"})), json!({"oci": "oci://a/nova", "version": "2.0.0"}));
    assert_eq!(merged(json!({"version": "2.0.0", "digest": "sha256:2"}))["digest"], "sha256:2");
}

#[test]
fn what_is_wrong_is_refused_by_name_and_path() {
    for (components, why) in [
        (
            json!({"keystoen": {}}),
            "spec.keystoen: there is no such component; there are ceph-adapter-rook, mariadb, memcached, rabbitmq, keystone, barbican, glance, ",
        ),
        (
            json!({"nova": {"replica": {}}}),
            "spec.nova.replica: there is no such field; there are enabled, disable, ",
        ),
        (
            json!({"nova": {"replicas": {"osap": 1}}}),
            "spec.nova.replicas.osap: there is no such field; there are osapi, apiMetadata, ",
        ),
        (
            json!({"nova": {"replicas": {"osapi": "2"}}}),
            "spec.nova.replicas.osapi: must be a whole number from 0 on, is text",
        ),
        (
            json!({"nova": {"replicas": {"osapi": -1}}}),
            "spec.nova.replicas.osapi: must be a whole number from 0 on, is below zero",
        ),
        (json!({"nova": {"enabled": "yes"}}), "spec.nova.enabled: must be true or false, is text"),
        (json!({"nova": {"conf": ["x"]}}), "spec.nova.conf: must be an object, is a list"),
        (json!({"nova": {"unset": "x"}}), "spec.nova.unset: must be a list of texts, is text"),
        (json!({"nova": true}), "spec.nova: must be an object, is a truth value"),
        (json!({"nova": {"chart": {"ocj": "x"}}}), "spec.nova.chart.ocj: there is no such field"),
        (
            json!({"nova": {"valuesText": "a: [1"}}),
            "spec.nova.valuesText: must be a YAML mapping, is no YAML",
        ),
        (
            json!({"nova": {"valuesText": "- a"}}),
            "spec.nova.valuesText: must be a YAML mapping, is something else",
        ),
    ] {
        let found = refused(components);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(why), "{}", found[0]);
    }
}

#[test]
fn a_refusal_never_quotes_a_value() {
    let secret = "s3cr3t";
    let entry = json!({"conf": secret, "valuesText": format!("password: [{secret}"), "enabled": secret, "unset": [1, secret]});
    let found = refused(json!({"nova": entry}));
    assert_eq!(found.len(), 4);
    assert!(found.iter().all(|why| !why.contains(secret)), "{found:?}");
}

proptest! {
    #[test]
    fn what_a_status_shows_reads_back_as_the_same_layer(conf in any_document(), values in any_document()) {
        let layer = read_all(json!({"nova": {"conf": conf, "values": values, "enabled": true}})).layer;
        let shown = document(&layer);
        prop_assert_eq!(read("spec", &shown).layer, layer);
    }
}
