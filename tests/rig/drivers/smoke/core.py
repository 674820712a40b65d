"""One of everything: made, used, changed and deleted."""
from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from openstack.connection import Connection

from steps import Steps

# Notes how a thing is deleted when its user is done.
Later = Callable[[str, Callable[..., Any], Any], None]


class Base:
    """What the other checks stand on: a network, an image and a flavor."""

    def __init__(self, cloud: Connection, steps: Steps, name: str) -> None:
        self.cloud, self.name = cloud, name
        self.network = steps.do(
            'network', cloud.network.create_network, name=name)
        self.subnet = steps.do(
            'subnet', cloud.network.create_subnet, name=name, ip_version=4,
            network_id=self.network.id, cidr='10.77.0.0/24')
        self.image = steps.do(
            'image', cloud.image.create_image, name=name, disk_format='raw',
            container_format='bare', data=b'\0' * 4096)
        steps.becomes('image is active',
                      lambda: cloud.image.get_image(self.image.id), 'active')
        self.flavor = steps.do(
            'flavor', cloud.compute.create_flavor, name=name, ram=256,
            vcpus=1, disk=1)

    def server(self, name: str, **more: Any) -> Any:
        """Asks for a server on the network."""
        more.setdefault('networks', [{'uuid': self.network.id}])
        return self.cloud.compute.create_server(
            name=name, image_id=self.image.id, flavor_id=self.flavor.id, **more)

    def remove(self, steps: Steps) -> None:
        """Deletes it all."""
        steps.do('network deleted', self.cloud.network.delete_network, self.network, ignore_missing=False)
        steps.do('image deleted', self.cloud.image.delete_image, self.image, ignore_missing=False)
        steps.do('flavor deleted', self.cloud.compute.delete_flavor, self.flavor, ignore_missing=False)


def identity(cloud: Connection, steps: Steps, name: str) -> None:
    """A project with a user who may sign in."""
    keystone = cloud.identity
    project = steps.do('project', keystone.create_project, name=name)
    user = steps.do('user', keystone.create_user, name=name, password='pw',
                    default_project_id=project.id)
    member = steps.do('role member', keystone.find_role, 'member', ignore_missing=False)
    steps.do('role granted', keystone.assign_project_role_to_user,
             project, user, member)
    steps.do('the user signs in', lambda: cloud.connect_as(
        username=name, password='pw', project_name=name).authorize())
    steps.do('user deleted', keystone.delete_user, user, ignore_missing=False)
    steps.do('project deleted', keystone.delete_project, project, ignore_missing=False)


def everything(cloud: Connection, steps: Steps, base: Base) -> None:
    """A server with a port, a floating IP and a volume; each is deleted as its block ends."""
    with contextlib.ExitStack() as after:
        def later(label: str, delete: Callable[..., Any], thing: Any) -> None:
            after.callback(steps.do, f'{label} deleted', delete, thing, ignore_missing=False)
        outside = gateway(cloud, steps, base, after, later)
        port = secured_port(cloud, steps, base, later)
        key = steps.do('keypair', cloud.compute.create_keypair, name=base.name)
        later('keypair', cloud.compute.delete_keypair, key)
        server = steps.do('server', base.server, base.name,
                          networks=[{'port': port.id}], key_name=base.name)
        reach(cloud, steps, outside, port, server, later)
        volumes(cloud, steps, base, server)
        change(cloud, steps, base, server, later)
        steps.do('server deleted', cloud.compute.delete_server, server, ignore_missing=False)
        steps.gone('server is gone', lambda: cloud.compute.get_server(server.id))
        steps.becomes('its port is DOWN again', lambda: cloud.network.get_port(port.id), 'DOWN')


def gateway(cloud: Connection, steps: Steps, base: Base, after: contextlib.ExitStack, later: Later) -> Any:
    """An external network with a router to it."""
    neutron, name = cloud.network, base.name
    outside = steps.do(
        'external network', neutron.create_network, name=f'{name}-ext', is_router_external=True,
        provider_network_type='flat', provider_physical_network=name)
    later('external network', neutron.delete_network, outside)
    steps.do('external subnet', neutron.create_subnet, ip_version=4,
             network_id=outside.id, cidr='203.0.113.0/24', is_dhcp_enabled=False)
    router = steps.do('router', neutron.create_router, name=name,
                      external_gateway_info={'network_id': outside.id})
    later('router', neutron.delete_router, router)
    steps.do('router interface', neutron.add_interface_to_router, router, base.subnet.id)
    after.callback(steps.do, 'router interface removed',
                   neutron.remove_interface_from_router, router, base.subnet.id)
    steps.check('router ports are ACTIVE',
                [port.status for port in neutron.ports(device_id=router.id)], ['ACTIVE'] * 2)
    return outside


def secured_port(cloud: Connection, steps: Steps, base: Base, later: Later) -> Any:
    """A port with a security group of its own."""
    neutron = cloud.network
    group = steps.do('security group', neutron.create_security_group, name=base.name)
    later('security group', neutron.delete_security_group, group)
    steps.do('security group rule', neutron.create_security_group_rule, direction='ingress',
             protocol='tcp', port_range_min=22, port_range_max=22, security_group_id=group.id)
    port = steps.do('port', neutron.create_port, name=base.name, network_id=base.network.id,
                    security_group_ids=[group.id])
    later('port', neutron.delete_port, port)
    steps.check('an unbound port is DOWN', port.status, 'DOWN')
    return port


def reach(cloud: Connection, steps: Steps, outside: Any, port: Any, server: Any, later: Later) -> None:
    """The server boots and is reachable, as far as Neutron knows."""
    neutron = cloud.network
    steps.becomes('server is ACTIVE', lambda: cloud.compute.get_server(server.id), 'ACTIVE')
    steps.becomes('port is ACTIVE', lambda: neutron.get_port(port.id), 'ACTIVE')
    steps.do('port goes down administratively', neutron.update_port, port, is_admin_state_up=False)
    steps.becomes('port is DOWN', lambda: neutron.get_port(port.id), 'DOWN')
    steps.do('port goes up again', neutron.update_port, port, is_admin_state_up=True)
    steps.becomes('port is ACTIVE', lambda: neutron.get_port(port.id), 'ACTIVE')
    address = steps.do('floating IP', neutron.create_ip, floating_network_id=outside.id)
    later('floating IP', neutron.delete_ip, address)
    steps.check('it is DOWN without a port', address.status, 'DOWN')
    steps.do('floating IP to the port', neutron.update_ip, address, port_id=port.id)
    steps.becomes('floating IP is ACTIVE', lambda: neutron.get_ip(address.id), 'ACTIVE')


def change(cloud: Connection, steps: Steps, base: Base, server: Any, later: Later) -> None:
    """The server stops, starts and changes its flavor."""
    nova = cloud.compute

    def now() -> Any:
        return nova.get_server(server.id)
    steps.do('server stops', nova.stop_server, server)
    steps.becomes('server is SHUTOFF', now, 'SHUTOFF')
    steps.do('server starts', nova.start_server, server)
    steps.becomes('server is ACTIVE', now, 'ACTIVE')
    larger = steps.do('second flavor', nova.create_flavor, name=f'{base.name}-2', ram=512, vcpus=2, disk=1)
    later('second flavor', nova.delete_flavor, larger)
    steps.do('server resizes', nova.resize_server, server, larger.id)
    steps.becomes('server is VERIFY_RESIZE', now, 'VERIFY_RESIZE')
    steps.do('resize is confirmed', nova.confirm_server_resize, server)
    steps.becomes('server is ACTIVE', now, 'ACTIVE')


def volumes(cloud: Connection, steps: Steps, base: Base, server: Any) -> None:
    """A volume: attached, extended, snapshotted."""
    cinder, nova = cloud.block_storage, cloud.compute
    volume = steps.do('volume', cinder.create_volume, name=base.name, size=1)

    def now() -> Any:
        return cinder.get_volume(volume.id)
    steps.becomes('volume is available', now, 'available')
    steps.do('volume attached', nova.create_volume_attachment, server, volume_id=volume.id)
    steps.becomes('volume is in-use', now, 'in-use')
    steps.do('volume detached', nova.delete_volume_attachment, server, volume.id)
    steps.becomes('volume is available', now, 'available')
    steps.do('volume extended', cinder.extend_volume, volume, 2)
    steps.becomes('volume is available', now, 'available')
    steps.check('it has its new size', now().size, 2)
    snapshot = steps.do('snapshot', cinder.create_snapshot, name=base.name, volume_id=volume.id)
    steps.becomes('snapshot is available', lambda: cinder.get_snapshot(snapshot.id), 'available')
    steps.do('snapshot deleted', cinder.delete_snapshot, snapshot, ignore_missing=False)
    steps.gone('snapshot is gone', lambda: cinder.get_snapshot(snapshot.id))
    steps.do('volume deleted', cinder.delete_volume, volume, ignore_missing=False)
    steps.gone('volume is gone', now)
