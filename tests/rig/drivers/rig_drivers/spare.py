"""A host of Nova that is off: what is switched about it troubles no server."""
from __future__ import annotations

from nova import config
from nova import context
from nova import exception
from nova import objects

HOST = 'spare'
BINARY = 'nova-compute'


def main() -> None:
    """Registers its service, which nobody runs."""
    config.parse_args(['spare'])
    objects.register_all()
    admin = context.get_admin_context()
    try:
        objects.Service.get_by_args(admin, HOST, BINARY)
    except exception.HostBinaryNotFound:
        # Down from the beginning on: else Nova would wait for its answers.
        objects.Service(admin, host=HOST, binary=BINARY, topic='compute',
                        report_count=0, forced_down=True).create()


if __name__ == '__main__':
    main()
