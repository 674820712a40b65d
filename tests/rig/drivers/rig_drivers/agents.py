"""Agents of Neutron that are there and do nothing.

The scheduler of routers is loaded with Neutron's API; it writes what some
agents would report once they run, so that there are agents to look at, to
switch and to give things to by hand. Nothing is given to them by itself: what
is made on the rig is as it would be without them. That takes
`network_auto_schedule = false` and BGP's `StaticScheduler` beside this one.
They stay alive, since no report follows, by a long `agent_down_time`.
"""
from __future__ import annotations

from typing import Any

from neutron.api.rpc.agentnotifiers import l3_rpc_agent_api
from neutron.scheduler import l3_agent_scheduler
from neutron_lib import context as neutron_context
from neutron_lib import exceptions
from neutron_lib.callbacks import events
from neutron_lib.callbacks import priority_group
from neutron_lib.callbacks import registry
from neutron_lib.callbacks import resources
from neutron_lib.plugins import directory

# Two that managed resources are tried with, two that exchanges are.
HOSTS = ('rig', 'rig-2', 'spare', 'spare-2')
# Type, program, topic.
AGENTS = (
    ('DHCP agent', 'neutron-dhcp-agent', 'dhcp_agent'),
    ('L3 agent', 'neutron-l3-agent', 'l3_agent'),
    ('BGP dynamic routing agent', 'neutron-bgp-dragent', 'bgp_dragent'))


class ByHand(l3_agent_scheduler.LeastRoutersScheduler):
    """Chooses no agent for any router, and brings the agents."""

    def __init__(self) -> None:
        super().__init__()
        l3_rpc_agent_api.L3AgentNotifyAPI.router_added_to_agent = _taken
        # Behind the mapping of the models, see `ports.py`.
        registry.subscribe(_report, resources.PROCESS, events.BEFORE_SPAWN,
                           priority_group.PRIORITY_DEFAULT + 1)

    def schedule(self, plugin: Any, context: Any, router_id: str,
                 candidates: Any = None) -> None:
        return None


def _taken(self: Any, context: Any, router_ids: list[str],
           host: str) -> None:
    """Neutron asks the agent, and would wait two minutes for the answer."""


def _report(resource: str, event: str, trigger: Any,
            payload: Any = None) -> None:
    plugin, admin = directory.get_plugin(), neutron_context.get_admin_context()
    for host in HOSTS:
        for kind, binary, topic in AGENTS:
            state = {'agent_type': kind, 'binary': binary, 'host': host,
                     'topic': topic, 'availability_zone': 'nova',
                     'configurations': {}}
            try:
                plugin.create_or_update_agent(admin, state)
            except exceptions.Conflict:
                # Another process of the API was first.
                pass
