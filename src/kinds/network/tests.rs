use crate::kinds::tests::references;

/// Fields that hold ids of what is no kind yet: the kind.
const KIND_TO_COME: &[(&str, &str)] = &[("network.NetworkRBACPolicy.bgpvpnId", "bgpvpn.BGPVPN")];

/// Fields whose ids are nobody's external-name: why.
const NO_REFERENCE: &[(&str, &str)] = &[
    ("network.Network.providerSegmentationId", "a number on the wire"),
    ("network.Network.segments.providerSegmentationId", "a number on the wire"),
    ("network.Port.bindingHostId", "a host's name"),
    ("network.Port.deviceId", "set by whoever attaches the port"),
    ("network.Segment.segmentationId", "a number on the wire"),
    ("network.Trunk.subPorts.segmentationId", "a number on the wire"),
];

#[test]
fn every_field_that_holds_an_id_can_be_given_by_reference_or_says_why_not() {
    references::check(&super::kinds(), KIND_TO_COME, NO_REFERENCE);
}
