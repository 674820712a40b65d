use super::*;

#[test]
fn the_network_that_is_there_is_the_one_that_neutron_nova_and_libvirt_use_unless_people_say_another() {
    let values = |components: Value, key: &str| {
        let composed = compose(&spec(json!({"components": components})), &parts(Stage::Placement, "2025.2"));
        assert_eq!(why(&composed), Vec::<String>::new());
        composed.resources[key].object["spec"]["forProvider"].clone()
    };
    let on = || json!({"enabled": true});
    let switches = json!({"openvswitch": on(), "libvirt": on()});
    assert_eq!(
        values(switches, "neutron")["values"],
        Value::Null,
        "Open vSwitch is what charts take by themselves"
    );
    let ovn = json!({"ovn": on(), "openvswitch": on(), "libvirt": on()});
    let neutron = values(ovn.clone(), "neutron")["values"].clone();
    assert_eq!(neutron["network"]["backend"], json!(["ovn"]));
    assert_eq!(neutron["manifests"]["daemonset_ovs_agent"], json!(false));
    assert_eq!(neutron["conf"]["neutron"]["DEFAULT"]["service_plugins"], "ovn-router");
    for key in ["nova", "libvirt"] {
        assert_eq!(values(ovn.clone(), key)["values"]["network"]["backend"], json!(["ovn"]), "{key}");
    }
    assert_eq!(
        values(ovn.clone(), "openvswitch")["values"]["conf"]["openvswitch_db_server"]["ptcp_port"],
        6640
    );
    let mut own = ovn;
    own["neutron"] =
        json!({"values": {"network": {"backend": ["own"]}}, "unset": ["manifests.daemonset_ovs_agent"]});
    let own = values(own, "neutron");
    assert_eq!(own["values"]["network"]["backend"], json!(["own"]));
    assert_eq!(own["values"]["manifests"].get("daemonset_ovs_agent"), None);
    assert_eq!(own["unset"], json!(["manifests.daemonset_ovs_agent"]));
}

#[test]
fn ovn_without_the_switches_of_the_nodes_is_refused() {
    let ovn = spec(json!({"components": {"ovn": {"enabled": true}}}));
    assert_eq!(
        why(&compose(&ovn, &ComposedResources::new())),
        ["openvswitch is off, but ovn needs it: turn it on, name an external one, or turn ovn off"]
    );
}
