//! What kinds are tested with. The table of conformance is compared with it (`tests/suite/conformance`), so nothing is claimed here.

/// What a kind's objects are made in, when it is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tested {
    /// The real service on the rig.
    Real,
    /// The real service, whose objects become ready by the rig's own driver: there is no hypervisor, switch or disk below.
    Driver,
    /// The simulated cloud only.
    Simulated,
}

/// Kinds that are not plainly [`Tested::Real`].
const OTHERWISE: &[(&str, Tested)] = &[
    ("blockstorage.BlockStorageAttachment", Tested::Driver),
    ("blockstorage.Volume", Tested::Driver),
    ("compute.InterfaceAttachment", Tested::Driver),
    ("compute.Server", Tested::Driver),
    ("compute.ServerSnapshot", Tested::Driver),
    ("compute.VolumeAttachment", Tested::Driver),
    ("firewall.FirewallGroup", Tested::Driver),
    ("network.FloatingIP", Tested::Driver),
    ("network.NetworkAgent", Tested::Driver),
    ("network.Port", Tested::Driver),
    ("network.RouterInterface", Tested::Driver),
    ("network.TapFlow", Tested::Driver),
    ("network.TapService", Tested::Driver),
    ("vpn.IPsecSiteConnection", Tested::Driver),
    ("vpn.VPNService", Tested::Driver),
];

/// What a kind, `service.Kind`, is tested with.
pub fn tested(kind: &str) -> Tested {
    OTHERWISE.iter().find(|(name, _)| *name == kind).map_or(Tested::Real, |(_, tested)| *tested)
}

impl Tested {
    /// In a table.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Real => "real service",
            Self::Driver => "real service, rig's driver",
            Self::Simulated => "simulator",
        }
    }
}
