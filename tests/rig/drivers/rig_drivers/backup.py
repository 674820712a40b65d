"""Cinder's backups without a device: what is backed up is a sparse file of its own."""
from __future__ import annotations

import os
import tempfile
from typing import Any

from cinder.backup import manager

SIZE = 1 << 20

# Else it runs sudo to find out about initiators.
manager.volume_utils.brick_get_connector_properties = lambda *args, **kwargs: {
    'host': 'rig', 'initiator': None, 'ip': '127.0.0.1'}


class RigBackupManager(manager.BackupManager):
    """Backups of nothing."""

    def _attach_device(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        handle, path = tempfile.mkstemp(prefix='rig-backup-')
        os.ftruncate(handle, SIZE)
        os.close(handle)
        return {'conn': {'data': {}}, 'device': {'path': path}}

    def _detach_device(self, ctxt: Any, attach_info: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        os.unlink(attach_info['device']['path'])
