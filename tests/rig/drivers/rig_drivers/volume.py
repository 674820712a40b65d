"""A Cinder volume driver without storage.

Every operation succeeds at once and the pool never fills, except where
`rig_drivers.faults` says otherwise. The pool reports the backend's configured
name: a volume type's `volume_backend_name` that matches nothing would send
each of its volumes to `error`.
"""
from __future__ import annotations

import io
from typing import Any

from cinder.common import constants
from cinder import context as cinder_context
from cinder import exception
from cinder import interface
from cinder import objects
from cinder.volume import driver

from rig_drivers import faults

Update = dict[str, Any]


def _meet(point: str, item: Any) -> None:
    try:
        faults.meet(point, item.display_name, item.id)
    except faults.InjectedFault as fault:
        raise exception.VolumeBackendAPIException(data=str(fault)) from fault


@interface.volumedriver
class RigVolumeDriver(driver.VolumeDriver):
    """Volumes that hold nothing."""

    VERSION = '1.0'

    def check_for_setup_error(self) -> None:
        """Nothing can be wrong with nothing."""

    def _update_volume_stats(self) -> None:
        name = self.configuration.safe_get('volume_backend_name') or 'rig'
        pool = {
            'pool_name': name,
            'total_capacity_gb': 'infinite',
            'free_capacity_gb': 'infinite',
            'provisioned_capacity_gb': 0,
            'allocated_capacity_gb': 0,
            'reserved_percentage': 0,
            'QoS_support': False,
            'multiattach': True,
            'online_extend_support': True,
            'consistencygroup_support': False,
            'filter_function': self.get_filter_function(),
            'goodness_function': self.get_goodness_function(),
        }
        self._stats = {
            'volume_backend_name': name, 'vendor_name': 'rig',
            'driver_version': self.VERSION,
            'storage_protocol': constants.ISCSI, 'pools': [pool]}

    def create_volume(self, volume: objects.Volume) -> Update:
        _meet('volume.create', volume)
        return {}

    def create_cloned_volume(self, volume: objects.Volume,
                             src_vref: objects.Volume) -> Update:
        _meet('volume.create', volume)
        return {}

    def create_volume_from_snapshot(self, volume: objects.Volume,
                                    snapshot: objects.Snapshot) -> Update:
        _meet('volume.create', volume)
        return {}

    def clone_image(self, context: cinder_context.RequestContext,
                    volume: objects.Volume, image_location: Any,
                    image_meta: Update,
                    image_service: Any) -> tuple[Update, bool]:
        _meet('volume.create', volume)
        return {}, True

    def delete_volume(self, volume: objects.Volume) -> None:
        _meet('volume.delete', volume)

    def extend_volume(self, volume: objects.Volume, new_size: int) -> None:
        _meet('volume.extend', volume)

    def create_snapshot(self, snapshot: objects.Snapshot) -> None:
        _meet('snapshot.create', snapshot)

    def delete_snapshot(self, snapshot: objects.Snapshot) -> None:
        _meet('snapshot.delete', snapshot)

    def revert_to_snapshot(self, context: cinder_context.RequestContext,
                           volume: objects.Volume,
                           snapshot: objects.Snapshot) -> None:
        """Nothing to take back."""

    def copy_image_to_volume(self, context: cinder_context.RequestContext,
                             volume: objects.Volume, image_service: Any,
                             image_id: str,
                             disable_sparse: bool = False) -> None:
        """Nothing is kept."""

    def copy_volume_to_image(self, context: cinder_context.RequestContext,
                             volume: objects.Volume, image_service: Any,
                             image_meta: Update) -> None:
        image_service.update(context, image_meta['id'], {},
                             io.BytesIO(b'\0' * 512))

    def ensure_export(self, context: cinder_context.RequestContext,
                      volume: objects.Volume) -> None:
        """No target daemon to tell."""

    def create_export(self, context: cinder_context.RequestContext,
                      volume: objects.Volume, connector: Update) -> None:
        """No target daemon to tell."""

    def remove_export(self, context: cinder_context.RequestContext,
                      volume: objects.Volume) -> None:
        """No target daemon to tell."""

    def initialize_connection(self, volume: objects.Volume,
                              connector: Update) -> Update:
        _meet('volume.attach', volume)
        return {'driver_volume_type': 'iscsi', 'data': {
            'access_mode': volume.admin_metadata.get('attached_mode', 'rw')}}

    def terminate_connection(self, volume: objects.Volume,
                             connector: Update, **kwargs: Any) -> None:
        """Nothing was connected."""

    def retype(self, context: cinder_context.RequestContext,
               volume: objects.Volume, new_type: Any, diff: Any,
               host: Any) -> tuple[bool, Update]:
        return True, {}

    def migrate_volume(self, context: cinder_context.RequestContext,
                       volume: objects.Volume,
                       host: Any) -> tuple[bool, Update]:
        return True, {}

    def manage_existing(self, volume: objects.Volume,
                        existing_ref: Any) -> Update:
        return {}

    def manage_existing_get_size(self, volume: objects.Volume,
                                 existing_ref: Any) -> int:
        return 1

    def unmanage(self, volume: objects.Volume) -> None:
        """Nothing to let go of."""
