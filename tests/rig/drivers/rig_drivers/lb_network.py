"""An Octavia network driver for load balancers without amphorae.

The virtual IP is a real Neutron port and everything read comes from Neutron;
plugging amphorae, which do not exist, does nothing.
"""
from __future__ import annotations

from typing import Any, Callable

from octavia.network.drivers.neutron import allowed_address_pairs as aap
from octavia.network.drivers.noop_driver import driver as noop

# What a load balancer's owner can see must be true, so it is Neutron's word.
FROM_NEUTRON = (
    'allocate_vip', 'deallocate_vip', 'get_network', 'get_subnet', 'get_port',
    'get_network_by_name', 'get_subnet_by_name', 'get_port_by_name',
    'get_port_by_net_id_device_id', 'get_security_group',
    'get_security_group_by_id', 'validate_security_groups', 'qos_enabled',
    'get_qos_policy', 'get_network_ip_availability')


class RigNetworkDriver(noop.NoopNetworkDriver):
    """Neutron for what is asked, nothing for what is plugged."""

    def __init__(self) -> None:
        super().__init__()
        self._neutron: aap.AllowedAddressPairsDriver | None = None

    @property
    def neutron(self) -> aap.AllowedAddressPairsDriver:
        """Made at first use: its constructor asks Keystone for a token."""
        if self._neutron is None:
            self._neutron = aap.AllowedAddressPairsDriver()
        return self._neutron


def _delegate(name: str) -> Callable[..., Any]:
    def method(self: RigNetworkDriver, *args: Any, **kwargs: Any) -> Any:
        return getattr(self.neutron, name)(*args, **kwargs)
    method.__name__ = name
    return method


for _name in FROM_NEUTRON:
    if hasattr(aap.AllowedAddressPairsDriver, _name):
        setattr(RigNetworkDriver, _name, _delegate(_name))
