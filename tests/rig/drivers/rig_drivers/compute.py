"""Nova's fake virt driver, made fit to live longer than one test.

* The node's identity is the one Nova persists; the stock driver invents one
  per process and nova-compute then refuses to start again.
* A guest this process has not seen (nova-compute was restarted) is taken from
  Nova's record instead of being "not found".
* Pause, suspend and rescue change the power state, a snapshot uploads a few
  bytes so that its image becomes active, live migration completes at once.
* Booting, resizing, snapshotting and deleting obey `rig_drivers.faults`.

Nova imports virt drivers only from `nova.virt.*`, so the rig writes a one-line
`nova/virt/rig.py` that imports this class (`compute_driver = rig.RigDriver`).
"""
from __future__ import annotations

import io
from typing import Any

from nova.compute import power_state
from nova.compute import task_states
from nova.compute import vm_states
from nova import context as nova_context
from nova import exception
from nova.image import glance
from nova import objects
from nova.virt import fake
from nova.virt import node

from rig_drivers import faults

# The power state of a guest that Nova knows and this process does not.
ADOPTED_STATE = {
    vm_states.STOPPED: power_state.SHUTDOWN,
    vm_states.PAUSED: power_state.PAUSED,
    vm_states.SUSPENDED: power_state.SUSPENDED,
}


def _meet(point: str, instance: objects.Instance) -> None:
    try:
        faults.meet(point, instance.display_name, instance.uuid)
    except faults.InjectedFault as fault:
        # Of any other exception a server's owner is told the class only.
        raise exception.NovaException(str(fault)) from fault


class RigDriver(fake.FakeDriver):
    """A hypervisor without guests."""

    capabilities = dict(
        fake.FakeDriver.capabilities,
        # One host is all there is: a resize has nowhere else to go.
        supports_migrate_to_same_host=True,
        supports_image_type_qcow2=True,
        supports_image_type_iso=True)

    def _guest(self, instance: objects.Instance) -> fake.FakeInstance:
        if instance.uuid not in self.instances:
            flavor = instance.flavor
            self.resources.claim(vcpus=flavor.vcpus, mem=flavor.memory_mb,
                                 disk=flavor.root_gb)
            self.instances[instance.uuid] = fake.FakeInstance(
                instance.name,
                ADOPTED_STATE.get(instance.vm_state, power_state.RUNNING),
                instance.uuid)
        return self.instances[instance.uuid]

    def get_available_resource(self, nodename: str) -> dict[str, Any]:
        status = super().get_available_resource(nodename)
        status['uuid'] = node.get_local_node_uuid()
        return status

    def get_info(self, instance: objects.Instance,
                 use_cache: bool = True) -> Any:
        self._guest(instance)
        return super().get_info(instance, use_cache=use_cache)

    def spawn(self, context: nova_context.RequestContext,
              instance: objects.Instance, *args: Any, **kwargs: Any) -> None:
        try:
            _meet('server.boot', instance)
        except exception.NovaException as fault:
            # Any other exception is rescheduled, and with no second host the
            # server's fault would only say that hosts are exhausted.
            raise exception.BuildAbortException(
                instance_uuid=instance.uuid, reason=str(fault)) from fault
        super().spawn(context, instance, *args, **kwargs)

    def destroy(self, context: nova_context.RequestContext,
                instance: objects.Instance, *args: Any,
                **kwargs: Any) -> None:
        _meet('server.delete', instance)
        self._guest(instance)
        super().destroy(context, instance, *args, **kwargs)

    def migrate_disk_and_power_off(
            self, context: nova_context.RequestContext,
            instance: objects.Instance, *args: Any, **kwargs: Any) -> Any:
        _meet('server.resize', instance)
        return super().migrate_disk_and_power_off(
            context, instance, *args, **kwargs)

    def power_off(self, instance: objects.Instance, timeout: int = 0,
                  retry_interval: int = 0) -> None:
        self._guest(instance)
        super().power_off(instance, timeout, retry_interval)

    def power_on(self, context: nova_context.RequestContext,
                 instance: objects.Instance, *args: Any,
                 **kwargs: Any) -> None:
        self._guest(instance)
        super().power_on(context, instance, *args, **kwargs)

    def reboot(self, context: nova_context.RequestContext,
               instance: objects.Instance, *args: Any, **kwargs: Any) -> None:
        self._guest(instance)
        super().reboot(context, instance, *args, **kwargs)

    def unrescue(self, context: nova_context.RequestContext,
                 instance: objects.Instance) -> None:
        self._guest(instance).state = power_state.RUNNING

    def pause(self, instance: objects.Instance) -> None:
        self._guest(instance).state = power_state.PAUSED

    def unpause(self, instance: objects.Instance) -> None:
        self._guest(instance).state = power_state.RUNNING

    def suspend(self, context: nova_context.RequestContext,
                instance: objects.Instance) -> None:
        self._guest(instance).state = power_state.SUSPENDED

    def resume(self, context: nova_context.RequestContext,
               instance: objects.Instance, *args: Any, **kwargs: Any) -> None:
        self._guest(instance).state = power_state.RUNNING

    def detach_interface(self, context: nova_context.RequestContext,
                         instance: objects.Instance, vif: Any) -> None:
        # The stock driver forgets its interfaces with the process.
        self._interfaces.setdefault(vif['id'], vif)
        super().detach_interface(context, instance, vif)

    def snapshot(self, context: nova_context.RequestContext,
                 instance: objects.Instance, image_id: str,
                 update_task_state: Any) -> None:
        _meet('server.snapshot', instance)
        update_task_state(task_state=task_states.IMAGE_PENDING_UPLOAD)
        update_task_state(task_state=task_states.IMAGE_UPLOADING,
                          expected_state=task_states.IMAGE_PENDING_UPLOAD)
        glance.API().update(
            context, image_id,
            {'disk_format': 'raw', 'container_format': 'bare'},
            data=io.BytesIO(b'\0' * 512), purge_props=False)

    def live_migration(self, context: nova_context.RequestContext,
                       instance: objects.Instance, dest: str,
                       post_method: Any, recover_method: Any,
                       block_migration: bool = False,
                       migrate_data: Any = None) -> None:
        self._guest(instance)
        post_method(context, instance, dest, block_migration, migrate_data)

    def post_live_migration(self, context: nova_context.RequestContext,
                            instance: objects.Instance,
                            block_device_info: Any,
                            migrate_data: Any = None) -> None:
        self.destroy(context, instance, network_info=None,
                     block_device_info=block_device_info)
