"""Each switchable fault, seen as a client sees it."""
from __future__ import annotations

import contextlib
import json
import pathlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from openstack.connection import Connection

from core import Base
from steps import PATIENCE_SECONDS, POLL_SECONDS, Failed, Steps

SLOW_SECONDS = 3600


@contextlib.contextmanager
def switched(folder: pathlib.Path, **fault: Any) -> Iterator[None]:
    """A fault that holds inside the block."""
    file, fresh = folder / 'faults.json', folder / 'faults.json.new'
    fresh.write_text(json.dumps({'faults': [fault]}), encoding='utf-8')
    fresh.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def said(fetch: Callable[[], Any], text: str) -> None:
    """Waits until a server's fault holds a text."""
    end = time.monotonic() + PATIENCE_SECONDS
    while text not in (fault := fetch().fault or {}).get('message', ''):
        if time.monotonic() > end:
            raise Failed(f'its fault is {fault}')
        time.sleep(POLL_SECONDS)


def servers(cloud: Connection, steps: Steps, base: Base, folder: pathlib.Path) -> None:
    """A boot that fails, one that is slow, an interface that does not come up."""
    nova, neutron, name = cloud.compute, cloud.network, f'{base.name}-fault'

    def now() -> Any:
        return nova.get_server(server.id)

    def delete() -> None:
        steps.do('  server deleted', nova.delete_server, server, ignore_missing=False)
        steps.gone('  server is gone', now)

    with switched(folder, on='server.boot', name=f'{base.name}-f*', fail='no guest today'):
        server = steps.do('boot that fails: server', base.server, name)
        steps.becomes('  server is ERROR', now, 'ERROR', stops=('active',))
        steps.do('  its fault has the text', said, now, 'no guest today')
    delete()
    with switched(folder, on='server.boot', name=name, delay=SLOW_SECONDS):
        server = steps.do('boot that is slow: server', base.server, name)
        other = steps.do('  another server', base.server, f'{base.name}-other')
        steps.becomes('  it is not held up', lambda: nova.get_server(other.id), 'ACTIVE')
        steps.check('  the slow one stays BUILD', now().status, 'BUILD')
    steps.do('  the other deleted', nova.delete_server, other, ignore_missing=False)
    steps.gone('  the other is gone', lambda: nova.get_server(other.id))
    steps.becomes('  server is ACTIVE once it may', now, 'ACTIVE')
    with switched(folder, on='server.delete', name=name, fail='stuck'):
        steps.do('delete that fails', nova.delete_server, server, ignore_missing=False)
        steps.do('  its fault has the text', said, now, 'stuck')
    delete()
    with switched(folder, on='port.up', name=base.network.name, fail='never'):
        server = steps.do('interface that stays down: server', base.server, name)
        steps.becomes('  server is ACTIVE', now, 'ACTIVE')
        [port] = neutron.ports(device_id=server.id)
        steps.stays('  its port stays DOWN', lambda: neutron.get_port(port.id), 'DOWN', 2)
    steps.becomes('  port is ACTIVE once it may', lambda: neutron.get_port(port.id), 'ACTIVE')
    delete()


def volumes(cloud: Connection, steps: Steps, base: Base, folder: pathlib.Path) -> None:
    """A volume that fails, one that is slow, one that cannot grow or be deleted."""
    cinder, name = cloud.block_storage, f'{base.name}-fault'

    def now() -> Any:
        return cinder.get_volume(volume.id)

    with switched(folder, on='volume.create', name=name, fail='no room'):
        volume = steps.do('volume that fails', cinder.create_volume, name=name, size=1)
        steps.becomes('  volume is error', now, 'error', stops=('available',))
    steps.do('  volume deleted', cinder.delete_volume, volume, ignore_missing=False)
    steps.gone('  volume is gone', now)
    with switched(folder, on='volume.create', name=name, delay=SLOW_SECONDS):
        volume = steps.do('volume that is slow', cinder.create_volume, name=name, size=1)
        other = steps.do('  another volume', cinder.create_volume, name=f'{base.name}-other', size=1)
        steps.becomes('  it is not held up', lambda: cinder.get_volume(other.id), 'available')
        steps.check('  the slow one stays creating', now().status, 'creating')
    steps.do('  the other deleted', cinder.delete_volume, other, ignore_missing=False)
    steps.becomes('  volume is available once it may', now, 'available')
    with switched(folder, on='volume.extend', name=name, fail='no room'):
        steps.do('extend that fails', cinder.extend_volume, volume, 2)
        steps.becomes('  volume is error_extending', now, 'error_extending', stops=('available',))
    steps.do('  status reset', cinder.reset_volume_status, volume, 'available', None, None)
    with switched(folder, on='volume.delete', name=name, fail='held'):
        steps.do('delete that fails', cinder.delete_volume, volume, ignore_missing=False)
        steps.becomes('  volume is error_deleting', now, 'error_deleting', stops=())
    steps.do('  volume deleted by force', cinder.delete_volume, volume, force=True)
    steps.gone('  volume is gone', now)
