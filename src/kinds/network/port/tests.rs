use super::*;

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
