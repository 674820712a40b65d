use super::*;

#[test]
fn two_spellings_of_a_protocol_are_one() {
    for (one, other, six, same) in [
        ("tcp", "6", false, true),
        ("TCP", "tcp", false, true),
        ("any", "", false, true),
        ("icmp", "ipv6-icmp", true, true),
        ("1", "58", true, true),
        ("icmp", "ipv6-icmp", false, false),
        ("253", "253", false, true),
        ("tcp", "udp", false, false),
        ("tcp", "", false, false),
    ] {
        assert_eq!(number(one, six) == number(other, six), same, "{one} {other} {six}");
    }
}
