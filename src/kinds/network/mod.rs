//! Kinds of the networking service, Neutron.

pub mod address_group;
pub mod address_scope;
pub mod bgp_peer;
pub mod bgp_speaker;
pub mod conntrack_helper;
pub mod default_security_group_rule;
pub mod floating_ip;
pub mod floating_ip_association;
pub mod flow_classifier;
pub mod local_ip;
pub mod local_ip_association;
pub mod metering_label;
pub mod metering_label_rule;
pub mod ndp_proxy;
#[allow(clippy::module_inception, reason = "a kind's file has the kind's name")]
pub mod network;
pub mod network_agent;
pub mod network_flavor;
pub mod network_log;
pub mod network_quota;
pub mod network_rbac_policy;
pub mod network_service_profile;
pub mod port;
pub mod port_chain;
pub mod port_forwarding;
pub mod port_pair;
pub mod port_pair_group;
pub mod port_parts;
pub mod port_security_groups;
pub mod qos_bandwidth_limit_rule;
pub mod qos_dscp_marking_rule;
pub mod qos_minimum_bandwidth_rule;
pub mod qos_minimum_packet_rate_rule;
pub mod qos_packet_rate_limit_rule;
pub mod qos_policy;
mod route;
pub mod router;
pub mod router_interface;
pub mod router_route;
pub mod router_route_set;
pub mod security_group;
pub mod security_group_rule;
pub mod security_group_rule_set;
pub mod segment;
pub mod segment_range;
pub mod shared;
pub mod subnet;
pub mod subnet_pool;
pub mod subnet_route;
pub mod tap_flow;
pub mod tap_mirror;
pub mod tap_service;
pub mod trunk;

kinds! {
    address_group::AddressGroup,
    address_scope::AddressScope,
    bgp_peer::BgpPeer,
    bgp_speaker::BgpSpeaker,
    conntrack_helper::ConntrackHelper,
    default_security_group_rule::DefaultSecurityGroupRule,
    floating_ip::FloatingIp,
    floating_ip_association::FloatingIpAssociation,
    flow_classifier::FlowClassifier,
    local_ip::LocalIp,
    local_ip_association::LocalIpAssociation,
    metering_label::MeteringLabel,
    metering_label_rule::MeteringLabelRule,
    ndp_proxy::NdpProxy,
    network::Network,
    network_agent::NetworkAgent,
    network_flavor::NetworkFlavor,
    network_log::NetworkLog,
    network_quota::NetworkQuota,
    network_rbac_policy::NetworkRbacPolicy,
    network_service_profile::NetworkServiceProfile,
    port::Port,
    port_chain::PortChain,
    port_forwarding::PortForwarding,
    port_pair::PortPair,
    port_pair_group::PortPairGroup,
    port_security_groups::PortSecurityGroups,
    qos_bandwidth_limit_rule::QosBandwidthLimitRule,
    qos_dscp_marking_rule::QosDscpMarkingRule,
    qos_minimum_bandwidth_rule::QosMinimumBandwidthRule,
    qos_minimum_packet_rate_rule::QosMinimumPacketRateRule,
    qos_packet_rate_limit_rule::QosPacketRateLimitRule,
    qos_policy::QosPolicy,
    router::Router,
    router_interface::RouterInterface,
    router_route::RouterRoute,
    router_route_set::RouterRouteSet,
    security_group::SecurityGroup,
    security_group_rule::SecurityGroupRule,
    security_group_rule_set::SecurityGroupRuleSet,
    segment::Segment,
    segment_range::SegmentRange,
    subnet::Subnet,
    subnet_pool::SubnetPool,
    subnet_route::SubnetRoute,
    tap_flow::TapFlow,
    tap_mirror::TapMirror,
    tap_service::TapService,
    trunk::Trunk,
}

#[cfg(test)]
mod tests;
