"""An ML2 mechanism driver with no agent and no data plane.

A port with a host is bound to its first segment; that port, and each port of a
router, is ACTIVE while it is administratively up and DOWN otherwise, which is
what an agent would report a moment later. A port without a host stays DOWN and
unbound, as on a real cloud. The fault `port.up` keeps a bound port DOWN: it
matches the port's name or id, its device's id or its network's name. When the
fault is taken out, or its delay is over, the port comes up.
"""
from __future__ import annotations

import threading
import time
from typing import Any

from neutron.objects.qos import policy as _qos_policy  # noqa: F401 registers it
from neutron.services.logapi.common import sg_validate  # noqa: F401 registers
from neutron.services.logapi.common import snat_validate  # noqa: F401 registers
from neutron.services.logapi.drivers import base as log_base
from neutron.services.qos.drivers.openvswitch import driver as ovs_qos
from neutron.services.trunk.drivers.openvswitch import driver as ovs_trunk
from neutron_lib.api.definitions import portbindings
from neutron_lib.callbacks import events
from neutron_lib.callbacks import registry
from neutron_lib.callbacks import resources
from neutron_lib import constants as const
from neutron_lib import context as neutron_context
from neutron_lib import exceptions
from neutron_lib.plugins import directory
from neutron_lib.plugins.ml2 import api
from neutron_lib.services.qos import base as qos_base
from sqlalchemy import orm

from rig_drivers import faults
from rig_drivers import floating_ips

ROUTER_OWNERS = frozenset({
    const.DEVICE_OWNER_ROUTER_INTF, const.DEVICE_OWNER_ROUTER_GW,
    const.DEVICE_OWNER_ROUTER_SNAT, const.DEVICE_OWNER_DVR_INTERFACE,
    const.DEVICE_OWNER_ROUTER_HA_INTF, const.DEVICE_OWNER_HA_REPLICATED_INT})


class _Qos(qos_base.DriverBase):
    """Accepts every rule the Open vSwitch driver knows; enforces none."""

    def __init__(self) -> None:
        super().__init__(
            name='rig', vif_types=[portbindings.VIF_TYPE_OVS],
            vnic_types=[portbindings.VNIC_NORMAL, portbindings.VNIC_DIRECT],
            supported_rules=ovs_qos.SUPPORTED_RULES,
            requires_rpc_notifications=False)

    def validate_rule_for_port(self, context: Any, rule: Any,
                               port: Any) -> bool:
        return True

    def validate_rule_for_network(self, context: Any, rule: Any,
                                  network_id: str) -> bool:
        return True


class _Trunk(ovs_trunk.base.DriverBase):
    """The trunk plugin refuses to load without one driver."""

    @property
    def is_loaded(self) -> bool:
        return True


class _Log(log_base.DriverBase):
    """Accepts logs of everything that Neutron itself can log; writes none."""

    def __init__(self) -> None:
        super().__init__(
            name='rig', vif_types=[portbindings.VIF_TYPE_OVS],
            vnic_types=[portbindings.VNIC_NORMAL, portbindings.VNIC_DIRECT],
            supported_logging_types=['security_group', 'snat'],
            requires_rpc=False)


class RigMechanismDriver(api.MechanismDriver):
    """Binds everything, everywhere, to nothing."""

    def initialize(self) -> None:
        registry.subscribe(_map_models, resources.PROCESS, events.BEFORE_SPAWN)
        floating_ips.install()
        self._qos = _Qos()
        self._log = _Log()
        self._trunk = _Trunk('rig', (portbindings.VIF_TYPE_OVS,),
                             ovs_trunk.SUPPORTED_SEGMENTATION_TYPES,
                             None, can_trunk_bound_port=True)

    @property
    def connectivity(self) -> str:
        return portbindings.CONNECTIVITY_L2

    def check_vlan_transparency(self, context: api.NetworkContext) -> bool:
        return True

    def check_vlan_qinq(self, context: api.NetworkContext) -> bool:
        return True

    def bind_port(self, context: api.PortContext) -> None:
        for segment in context.segments_to_bind:
            context.set_binding(
                segment[api.ID], portbindings.VIF_TYPE_OVS,
                {portbindings.CAP_PORT_FILTER: True,
                 portbindings.VIF_DETAILS_CONNECTIVITY:
                     portbindings.CONNECTIVITY_L2},
                status=self._wanted(context))
            return

    def create_port_postcommit(self, context: api.PortContext) -> None:
        self._settle(context)

    def update_port_postcommit(self, context: api.PortContext) -> None:
        self._settle(context)

    def _settle(self, context: api.PortContext) -> None:
        """Does what an agent would after the change; ends as it agrees."""
        port = context.current
        if not _is_plugged(port):
            return
        want = self._wanted(context)
        if port['status'] != want:
            directory.get_plugin().update_port_status(
                context._plugin_context, port['id'], want)

    def _wanted(self, context: api.PortContext) -> str:
        port = context.current
        if not port['admin_state_up']:
            return const.PORT_STATUS_DOWN
        labels = (port['name'], port['id'], port['device_id'],
                  context.network.current['name'])
        if faults.find('port.up', *labels) is None:
            return const.PORT_STATUS_ACTIVE
        if port['status'] == const.PORT_STATUS_ACTIVE:
            # A port that is up stays up: the fault is about coming up.
            return const.PORT_STATUS_ACTIVE
        if port['id'] not in _held:
            _held.add(port['id'])
            threading.Thread(target=_bring_up_later,
                             args=(port['id'], labels), daemon=True).start()
        return const.PORT_STATUS_DOWN


def _map_models(resource: str, event: str, trigger: Any,
                payload: Any = None) -> None:
    """Maps the models once all plugins are loaded and before anything is asked.

    SQLAlchemy does so at the first query, and Neutron's threads race for it: a
    request just after the start then ends in a 500 "type object 'Port' has no
    attribute 'port_forwardings'".
    """
    orm.configure_mappers()


# Ports that a thread of this process already waits for.
_held: set[str] = set()


def _is_plugged(port: dict[str, Any]) -> bool:
    return (port['device_owner'] in ROUTER_OWNERS or
            port.get(portbindings.VIF_TYPE) == portbindings.VIF_TYPE_OVS)


def _bring_up_later(port_id: str, labels: tuple[str, ...]) -> None:
    """What the agent's late report would do, if there is still a port."""
    begun = time.monotonic()
    try:
        while (fault := faults.find('port.up', *labels)) is not None:
            if fault.fail is None and time.monotonic() - begun >= fault.delay:
                break
            time.sleep(faults.STEP_SECONDS)
        plugin, admin = directory.get_plugin(), neutron_context.get_admin_context()
        port = plugin.get_port(admin, port_id)
        if _is_plugged(port) and port['admin_state_up']:
            plugin.update_port_status(admin, port_id, const.PORT_STATUS_ACTIVE)
    except exceptions.PortNotFound:
        pass
    finally:
        _held.discard(port_id)
