use super::*;

#[test]
fn the_ip_version_follows_from_the_range_unless_it_is_set() {
    for (cidr, given, want) in
        [(Some("10.0.0.0/24"), None, 4), (Some("fd00::/64"), None, 6), (None, None, 4), (None, Some(6), 6)]
    {
        let params = SubnetParameters { cidr: cidr.map(str::to_owned), ..Default::default() };
        let mut body = Map::new();
        body.extend(given.map(|version: u8| ("ip_version".to_owned(), json!(version))));
        Subnet::complete(&params, &mut body);
        assert_eq!(body["ip_version"], json!(want), "{cidr:?} {given:?}");
    }
}
