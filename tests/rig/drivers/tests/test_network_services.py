"""What the drivers of Neutron's further services report, without an OpenStack.

The modules that they stand on are stood in for: only the drivers' own decisions
are looked at.
"""
from __future__ import annotations

import importlib
import pathlib
import sys
import types
import unittest
from typing import Any
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))


class _VpnDriver:
    def __init__(self, service_plugin: Any) -> None:
        self.service_plugin = service_plugin
        self.l3_plugin = service_plugin.l3_plugin


class _Descriptor:
    """Tells of what an extension brings, and learns what others add."""

    brings: dict[str, Any] = {}
    learnt: dict[str, Any] = {}

    @classmethod
    def get_extended_resources(cls, version: str) -> dict[str, Any]:
        return cls.brings

    @classmethod
    def update_attributes_map(cls, extended: dict[str, Any],
                              own: Any = None) -> None:
        cls.learnt = extended


def _stand_ins() -> dict[str, types.ModuleType]:
    """Just what the module names."""
    found: dict[str, types.ModuleType] = {}

    def module(path: str, **content: Any) -> None:
        parent = ''
        for name in path.split('.'):
            whole = f'{parent}.{name}' if parent else name
            if whole not in found:
                found[whole] = types.ModuleType(whole)
                if parent:
                    setattr(found[parent], name, found[whole])
            parent = whole
        vars(found[path]).update(content)

    module('neutron_lib.constants', ACTIVE='ACTIVE', DOWN='DOWN',
           INACTIVE='INACTIVE')
    module('networking_bgpvpn.neutron.services.service_drivers.driver_api',
           BGPVPNDriverRC=object)
    module('neutron_lib.api.extensions', APIExtensionDescriptor=_Descriptor)
    module('neutron_fwaas.services.firewall.service_drivers.driver_api',
           FirewallDriverDB=object)
    module('neutron_taas.db.taas_db', Taas_db_Mixin=mock.Mock(),
           TapService=object, TapFlow=object)
    module('neutron_taas.services.taas.service_drivers',
           TaasBaseDriver=_VpnDriver)
    module('neutron_vpnaas.services.vpn.service_drivers', VpnDriver=_VpnDriver)
    return found


def _load() -> tuple[Any, dict[str, types.ModuleType]]:
    found = _stand_ins()
    with mock.patch.dict(sys.modules, found):
        sys.modules.pop('rig_drivers.network_services', None)
        return importlib.import_module('rig_drivers.network_services'), found


class VpnTest(unittest.TestCase):
    """VPN services and connections."""

    def setUp(self) -> None:
        self.module, _ = _load()
        self.plugin, self.context = mock.Mock(), mock.Mock()
        self.driver = self.module.RigVpnDriver(self.plugin)

    def told(self) -> dict[str, Any]:
        (_, (told,)), _ = self.plugin.update_status_by_agent.call_args
        return told

    def test_a_service_is_active_and_has_its_routers_addresses(self) -> None:
        self.plugin.l3_plugin.get_router.return_value = {
            'external_gateway_info': {'external_fixed_ips': [
                {'ip_address': '203.0.113.7'}, {'ip_address': '2001:db8::7'},
                {'ip_address': '203.0.113.8'}]}}
        self.driver.create_vpnservice(
            self.context,
            {'id': 's', 'router_id': 'r', 'admin_state_up': True})
        _, addresses = self.plugin.set_external_tunnel_ips.call_args
        self.assertEqual(addresses,
                         {'v4_ip': '203.0.113.7', 'v6_ip': '2001:db8::7'})
        self.assertEqual(self.told()['status'], 'ACTIVE')

    def test_a_router_without_a_gateway_has_no_addresses(self) -> None:
        self.assertEqual(
            self.module.external_addresses({'external_gateway_info': None}),
            {})

    def test_a_connection_that_is_down_leaves_its_service_up(self) -> None:
        self.plugin.get_vpnservice.return_value = {
            'id': 's', 'admin_state_up': True}
        self.driver.update_ipsec_site_connection(
            self.context, {},
            {'id': 'c', 'vpnservice_id': 's', 'admin_state_up': False})
        told = self.told()
        self.assertEqual(told['status'], 'ACTIVE')
        self.assertEqual(told['ipsec_site_connections']['c']['status'], 'DOWN')


class FirewallTest(unittest.TestCase):
    """Firewall groups."""

    def test_a_group_is_what_its_ports_make_it(self) -> None:
        module, _ = _load()
        for up, ports, status in ((True, ['p'], 'ACTIVE'),
                                  (True, [], 'INACTIVE'),
                                  (False, ['p'], 'DOWN')):
            group: dict[str, Any] = {'admin_state_up': up, 'ports': ports}
            module.RigFirewallDriver().create_firewall_group_precommit(
                None, group)
            self.assertEqual(group['status'], status)


class BgpVpnTest(unittest.TestCase):
    """Collections of one name."""

    def test_what_two_extensions_have_under_one_name_stays_apart(self) -> None:
        module, _ = _load()

        class Base(_Descriptor):
            get_extended_resources = classmethod(
                _Descriptor.get_extended_resources.__func__)
            update_attributes_map = classmethod(
                _Descriptor.update_attributes_map.__func__)

        class Local(Base):
            brings = {'port_associations': {'parameters': {'host': 1}},
                      'local_ips': {'name': 2}}

        module.keep_apart(Base)
        told = Local.get_extended_resources('2.0')
        told['port_associations']['parameters']['routes'] = 3
        told['local_ips']['more'] = 4
        self.assertEqual(Local.brings['port_associations'],
                         {'parameters': {'host': 1}})
        self.assertEqual(Local.brings['local_ips'], {'name': 2, 'more': 4})
        Local.update_attributes_map(told)
        self.assertEqual(set(Local.learnt), {'local_ips'})


class TapTest(unittest.TestCase):
    """Tap services and flows."""

    def test_what_is_being_deleted_is_deleted(self) -> None:
        module, found = _load()
        plugin, context = mock.Mock(), mock.Mock(tap_service={'id': 't'})
        module.RigTapDriver(plugin).delete_tap_service_precommit(context)
        delete = found['neutron_taas.db.taas_db'].Taas_db_Mixin
        delete.delete_tap_service.assert_called_once_with(
            plugin, context._plugin_context, 't')

    def test_what_is_made_is_active(self) -> None:
        module, _ = _load()
        context = mock.Mock(tap_flow={'id': 'f', 'status': 'DOWN'})
        module.RigTapDriver(mock.Mock()).create_tap_flow_postcommit(context)
        self.assertEqual(context.tap_flow['status'], 'ACTIVE')
        rows = context._plugin_context.session.query.return_value
        rows.filter_by.assert_called_once_with(id='f')


if __name__ == '__main__':
    unittest.main()
