"""Checks a rig's OpenStack: `python tests/rig/drivers/smoke`, inside the rig's namespace.

Needs openstacksdk (the rig's own virtual environment has it), the cloud `rig` in the file named by
`$OS_CLIENT_CONFIG_FILE`, and the folder of the faults' switch in `$RIG_FAULTS`; without the latter
the faults are left out. One line per step; the first that fails ends it with exit code 1.
"""
from __future__ import annotations

import os
import pathlib
import time

import openstack

import core
import provoked
from steps import Steps


def main() -> None:
    """All of it."""
    steps, name = Steps(), f'smoke-{os.getpid()}'
    cloud = openstack.connect(cloud=os.environ.get('OS_CLOUD', 'rig'))
    steps.do('token', cloud.authorize)
    core.identity(cloud, steps, name)
    base = core.Base(cloud, steps, name)
    core.everything(cloud, steps, base)
    folder = os.environ.get('RIG_FAULTS')
    if folder:
        provoked.servers(cloud, steps, base, pathlib.Path(folder))
        provoked.volumes(cloud, steps, base, pathlib.Path(folder))
    base.remove(steps)
    took = time.monotonic() - steps.begun
    print(f'all {steps.count} steps in {took:.1f} s')


if __name__ == '__main__':
    main()
