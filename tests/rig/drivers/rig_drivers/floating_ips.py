"""Makes the stock L3 plugin settle floating IPs itself.

One is ACTIVE while it has a port and DOWN while it has none, which an L3 agent
would report a moment later. The stock plugin is changed in place and not
subclassed under another alias: port forwarding, conntrack helpers and the NDP
proxy require the alias "router", so Neutron would load the stock plugin beside
a subclass and each router would get its provider association twice (409
"Failed to create a duplicate ProviderResourceAssociation").
"""
from __future__ import annotations

import functools
from typing import Any

from neutron.services.l3_router import l3_router_plugin
from neutron_lib import constants as const

from rig_drivers import faults


def _settle(plugin: Any, context: Any, fip: dict[str, Any]) -> dict[str, Any]:
    up = fip.get('port_id') and faults.find(
        'floatingip.up', fip['floating_ip_address'], fip['id']) is None
    want = (const.FLOATINGIP_STATUS_ACTIVE if up
            else const.FLOATINGIP_STATUS_DOWN)
    if fip.get('status') != want:
        plugin.update_floatingip_status(context.elevated(), fip['id'], want)
        fip['status'] = want
    return fip


def install() -> None:
    """Wraps the plugin's methods, once a process."""
    cls = l3_router_plugin.L3RouterPlugin
    if getattr(cls, '_rig_settles', False):
        return
    cls._rig_settles = True
    create, update = cls.create_floatingip, cls.update_floatingip
    disassociate = cls.disassociate_floatingips

    @functools.wraps(create)
    def create_floatingip(self: Any, context: Any, floatingip: Any) -> Any:
        return _settle(self, context, create(self, context, floatingip))

    @functools.wraps(update)
    def update_floatingip(self: Any, context: Any, id: str,
                          floatingip: Any) -> Any:
        return _settle(self, context, update(self, context, id, floatingip))

    @functools.wraps(disassociate)
    def disassociate_floatingips(self: Any, context: Any, port_id: str,
                                 *args: Any, **kwargs: Any) -> Any:
        admin = context.elevated()
        fips = self.get_floatingips(admin, filters={'port_id': [port_id]})
        result = disassociate(self, context, port_id, *args, **kwargs)
        for fip in fips:
            self.update_floatingip_status(
                admin, fip['id'], const.FLOATINGIP_STATUS_DOWN)
        return result

    cls.create_floatingip = create_floatingip
    cls.update_floatingip = update_floatingip
    cls.disassociate_floatingips = disassociate_floatingips
