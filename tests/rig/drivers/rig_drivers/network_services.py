"""Drivers of Neutron's further services: VPNs, firewalls, copies of packets.

Each accepts everything, and says at once what an agent would report a moment
later. Only Neutron's service plugins import this module: the packages that it
stands on are installed where those plugins are.
"""
from __future__ import annotations

import copy
import ipaddress
from typing import Any

from networking_bgpvpn.neutron.services.service_drivers import (
    driver_api as bgpvpn)
from neutron_fwaas.services.firewall.service_drivers import driver_api
from neutron_lib import constants as const
from neutron_lib.api import extensions
from neutron_taas.db import taas_db
from neutron_taas.services.taas import service_drivers as taas
from neutron_vpnaas.services.vpn import service_drivers as vpn


class RigVpnDriver(vpn.VpnDriver):
    """Services and connections are ACTIVE as soon as they are made."""

    @property
    def service_type(self) -> str:
        return 'IPSEC'

    def create_vpnservice(self, context: Any,
                          vpnservice: dict[str, Any]) -> None:
        admin = context.elevated()
        router = self.l3_plugin.get_router(admin, vpnservice['router_id'])
        self.service_plugin.set_external_tunnel_ips(
            admin, vpnservice['id'], **external_addresses(router))
        self._settle(context, vpnservice)

    def update_vpnservice(self, context: Any, old: dict[str, Any],
                          vpnservice: dict[str, Any]) -> None:
        self._settle(context, vpnservice)

    def delete_vpnservice(self, context: Any,
                          vpnservice: dict[str, Any]) -> None:
        pass

    def create_ipsec_site_connection(self, context: Any,
                                     connection: dict[str, Any]) -> None:
        self._settle_connection(context, connection)

    def update_ipsec_site_connection(self, context: Any, old: dict[str, Any],
                                     connection: dict[str, Any]) -> None:
        self._settle_connection(context, connection)

    def delete_ipsec_site_connection(self, context: Any,
                                     connection: dict[str, Any]) -> None:
        pass

    def _settle_connection(self, context: Any,
                           connection: dict[str, Any]) -> None:
        admin = context.elevated()
        service = self.service_plugin.get_vpnservice(
            admin, connection['vpnservice_id'])
        self._settle(context, service, connection)

    def _settle(self, context: Any, service: dict[str, Any],
                *connections: dict[str, Any]) -> None:
        def told(thing: dict[str, Any]) -> dict[str, Any]:
            return {'status': status(thing), 'updated_pending_status': True}
        self.service_plugin.update_status_by_agent(context.elevated(), [{
            'id': service['id'], **told(service),
            'ipsec_site_connections': {
                connection['id']: told(connection)
                for connection in connections}}])


def status(thing: dict[str, Any]) -> str:
    """What an agent would report."""
    return const.ACTIVE if thing['admin_state_up'] else const.DOWN


def external_addresses(router: dict[str, Any]) -> dict[str, str]:
    """The first address of each version that a router has outside."""
    gateway = router.get('external_gateway_info') or {}
    found: dict[str, str] = {}
    for fixed in gateway.get('external_fixed_ips', ()):
        address = fixed['ip_address']
        version = ipaddress.ip_address(address).version
        found.setdefault(f'v{version}_ip', address)
    return found


class RigFirewallDriver(driver_api.FirewallDriverDB):
    """Groups are what their ports make them. Only routers' ports are taken.

    With servers' ports the plugin would put each new one into the project's
    default group, of which no test knows.
    """

    def is_supported_l3_port(self, port: dict[str, Any]) -> bool:
        return True

    def create_firewall_group_precommit(self, context: Any,
                                        group: dict[str, Any]) -> None:
        group['status'] = group_status(group)

    def update_firewall_group_precommit(self, context: Any,
                                        old: dict[str, Any],
                                        group: dict[str, Any]) -> None:
        group['status'] = group_status(group)


def group_status(group: dict[str, Any]) -> str:
    """What an agent would report of a firewall group."""
    if not group['admin_state_up']:
        return const.DOWN
    return const.ACTIVE if group['ports'] else const.INACTIVE


class RigBgpVpnDriver(bgpvpn.BGPVPNDriverRC):
    """BGP VPNs that control routes, which nobody speaks of to anybody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_apart(extensions.APIExtensionDescriptor)


# What ports have of local IPs, and what they have of BGP VPNs.
SHARED = 'port_associations'


def keep_apart(descriptor: Any) -> None:
    """Has Neutron take two collections of one name for two.

    It mixes their fields, and puts both below the one that comes first.
    """
    told = descriptor.get_extended_resources.__func__
    learn = descriptor.update_attributes_map.__func__

    def tell(cls: Any, version: str) -> dict[str, Any]:
        found = dict(told(cls, version))
        if SHARED in found:
            found[SHARED] = copy.deepcopy(found[SHARED])
        return found

    def update(cls: Any, extended: dict[str, Any], own: Any = None) -> Any:
        others = {name: facts for name, facts in extended.items()
                  if name != SHARED}
        return learn(cls, others, own)

    descriptor.get_extended_resources = classmethod(tell)
    descriptor.update_attributes_map = classmethod(update)


class RigTapDriver(taas.TaasBaseDriver):
    """Tap services and flows are ACTIVE as soon as they are made.

    The plugin only marks an active one as being deleted and leaves the rest to
    the agent's report, so it is deleted here.
    """

    @property
    def service_type(self) -> str:
        return 'TAAS'

    def create_tap_service_precommit(self, context: Any) -> None:
        pass

    def create_tap_service_postcommit(self, context: Any) -> None:
        _activate(context, taas_db.TapService, context.tap_service)

    def delete_tap_service_precommit(self, context: Any) -> None:
        taas_db.Taas_db_Mixin.delete_tap_service(
            self.service_plugin, context._plugin_context,
            context.tap_service['id'])

    def delete_tap_service_postcommit(self, context: Any) -> None:
        pass

    def create_tap_flow_precommit(self, context: Any) -> None:
        pass

    def create_tap_flow_postcommit(self, context: Any) -> None:
        _activate(context, taas_db.TapFlow, context.tap_flow)

    def delete_tap_flow_precommit(self, context: Any) -> None:
        taas_db.Taas_db_Mixin.delete_tap_flow(
            self.service_plugin, context._plugin_context,
            context.tap_flow['id'])

    def delete_tap_flow_postcommit(self, context: Any) -> None:
        pass

    def create_tap_mirror_precommit(self, context: Any) -> None:
        pass

    def create_tap_mirror_postcommit(self, context: Any) -> None:
        pass

    def delete_tap_mirror_precommit(self, context: Any) -> None:
        pass

    def delete_tap_mirror_postcommit(self, context: Any) -> None:
        pass


def _activate(context: Any, model: Any, thing: dict[str, Any]) -> None:
    thing['status'] = const.ACTIVE
    rows = context._plugin_context.session.query(model)
    rows.filter_by(id=thing['id']).update({'status': const.ACTIVE})
