use crate::kinds::tests::references;

/// Fields whose ids are nobody's external-name: why.
const NO_REFERENCE: &[(&str, &str)] = &[
    ("network.Network.providerSegmentationId", "a number on the wire"),
    ("network.Network.segments.providerSegmentationId", "a number on the wire"),
    ("network.NetworkLog.resourceId", "of any type: that of a security group has a field of its own"),
    ("network.Port.bindingHostId", "a host's name"),
    ("network.Port.deviceId", "set by whoever attaches the port"),
    ("network.PortChain.chainId", "a number in headers"),
    ("network.Segment.segmentationId", "a number on the wire"),
    ("network.Trunk.subPorts.segmentationId", "a number on the wire"),
];

#[test]
fn every_field_that_holds_an_id_can_be_given_by_reference_or_says_why_not() {
    references::check(&super::kinds(), &[], NO_REFERENCE);
}
