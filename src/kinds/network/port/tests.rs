use super::*;
use crate::kind::any::{AnyKind, Erased, Observed};

fn port(options: &[(&str, Option<u8>)]) -> PortParameters {
    let option = |(name, ip_version): &(&str, Option<u8>)| ExtraDhcpOption {
        opt_name: Some((*name).to_owned()),
        ip_version: *ip_version,
        ..Default::default()
    };
    let extra_dhcp_opts = Some(options.iter().map(option).collect());
    PortParameters { extra_dhcp_opts, ..Default::default() }
}

#[test]
fn a_dhcp_option_that_is_no_longer_wanted_is_taken_away_by_name_and_version() {
    let seen = port(&[("mtu", Some(4)), ("mtu", Some(6)), ("router", Some(4))]);
    assert_eq!(
        obsolete(&seen, &port(&[("mtu", None)])),
        [
            json!({"opt_name": "mtu", "opt_value": null, "ip_version": 6}),
            json!({"opt_name": "router", "opt_value": null, "ip_version": 4}),
        ]
    );
    assert_eq!(obsolete(&seen, &seen), Vec::<Value>::new());
}

#[test]
fn where_a_servers_port_is_bound_is_novas_business() {
    let kind = Erased::<Port>::new();
    let kind: &dyn AnyKind = &kind;
    let differs = |owner: &str| {
        let have = json!({"deviceOwner": owner, "bindingHostId": "host-2", "name": "a"});
        let observed = Observed { at_provider: serde_json::from_value(have).unwrap(), ..Observed::default() };
        let wanted = serde_json::from_value(json!({"bindingHostId": "host-1", "name": "b"})).unwrap();
        kind.diff(&wanted, &observed).unwrap().fields
    };
    assert_eq!(differs("compute:nova"), ["name"], "a migration moved it");
    assert_eq!(differs(""), ["bindingHostId", "name"]);
    assert_eq!(differs("network:dhcp"), ["bindingHostId", "name"]);
}
