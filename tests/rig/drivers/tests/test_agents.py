"""The agents that are there, without an OpenStack: what they stand on is stood in for."""
from __future__ import annotations

import importlib
import pathlib
import sys
import types
import unittest
from typing import Any
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))


class _Conflict(Exception):
    """Two processes write one agent."""


class _Scheduler:
    """Chooses an agent for every router."""

    def schedule(self, plugin: Any, context: Any, router_id: str,
                 candidates: Any = None) -> Any:
        return 'chosen'


class _Notifier:
    """Asks an agent that does not answer."""

    def router_added_to_agent(self, context: Any, router_ids: list[str],
                              host: str) -> None:
        raise TimeoutError


class _Plugin:
    """Neutron's core plugin, which another process writes to as well."""

    def __init__(self) -> None:
        self.agents: set[tuple[str, str]] = set()

    def create_or_update_agent(self, context: Any,
                               state: dict[str, Any]) -> None:
        self.agents.add((state['host'], state['agent_type']))
        if state['host'] == 'rig':
            raise _Conflict


def _stand_ins(plugin: _Plugin, subscribed: list[Any]) -> dict[str, Any]:
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

    module('neutron.api.rpc.agentnotifiers.l3_rpc_agent_api',
           L3AgentNotifyAPI=_Notifier)
    module('neutron.scheduler.l3_agent_scheduler',
           LeastRoutersScheduler=_Scheduler)
    module('neutron_lib.context', get_admin_context=lambda: 'admin')
    module('neutron_lib.exceptions', Conflict=_Conflict)
    module('neutron_lib.callbacks.events', BEFORE_SPAWN='before_spawn')
    module('neutron_lib.callbacks.priority_group', PRIORITY_DEFAULT=5)
    module('neutron_lib.callbacks.registry',
           subscribe=lambda *what: subscribed.append(what))
    module('neutron_lib.callbacks.resources', PROCESS='process')
    module('neutron_lib.plugins.directory', get_plugin=lambda: plugin)
    return found


class AgentsTest(unittest.TestCase):
    """What the API finds once it has started."""

    def setUp(self) -> None:
        self.plugin, self.subscribed = _Plugin(), []
        found = _stand_ins(self.plugin, self.subscribed)
        with mock.patch.dict(sys.modules, found):
            sys.modules.pop('rig_drivers.agents', None)
            self.agents = importlib.import_module('rig_drivers.agents')

    def test_each_host_has_one_of_each_type_whoever_wrote_it(self) -> None:
        self.agents.ByHand()
        [(report, resource, event, priority)] = self.subscribed
        self.assertEqual((resource, event), ('process', 'before_spawn'))
        self.assertGreater(priority, 5, 'behind the mapping of the models')
        report(resource, event, None)
        types_ = {kind for kind, _, _ in self.agents.AGENTS}
        self.assertEqual(self.plugin.agents, {
            (host, kind) for host in self.agents.HOSTS for kind in types_})

    def test_no_router_is_given_by_itself_and_nobody_waits(self) -> None:
        scheduler = self.agents.ByHand()
        self.assertIsNone(scheduler.schedule(None, None, 'r', ['a']))
        self.assertIsNone(_Notifier().router_added_to_agent(None, ['r'], 'h'))


if __name__ == '__main__':
    unittest.main()
