{{- define "nova.db_sync" -}}
#!/bin/bash
exec python3 /scripts/db-sync.py
{{- end -}}

{{- define "nova.db_sync.commands" -}}
"""nova-manage's four commands in one process: each start of it takes seconds of a core."""
import os
import sys

from nova import config
from nova import objects
from nova.cmd import manage

config.parse_args(['nova-manage', '--config-file', '/etc/nova/nova.conf'])
objects.register_all()
cells = manage.CellV2Commands()
steps = [
    lambda: manage.ApiDbCommands().sync(),
    lambda: cells.map_cell0(os.environ['DB_CONNECTION_CELL0']),
    # 2: the cell is there already.
    lambda: {2: 0}.get(code := cells.create_cell(name='cell1'), code),
    lambda: manage.DbCommands().sync(),
]
for step in steps:
    if step():
        sys.exit(1)
{{- end -}}

{{- define "nova.cell_setup" -}}
#!/bin/bash
exec nova-manage --config-file /etc/nova/nova.conf cell_v2 discover_hosts --verbose
{{- end -}}

{{- define "nova.compute" -}}
#!/bin/bash
# Host and node keep their names when the pod is replaced.
set -e
python3 -c 'import sys, uuid; print(uuid.uuid5(uuid.NAMESPACE_DNS, ".".join(sys.argv[1:])))' "$NODE_NAME" "$NAMESPACE" > /var/lib/nova/compute_id
printf '[DEFAULT]\nhost = %s\nmy_ip = %s\n' "$NODE_NAME" "$POD_IP" > /tmp/nova-compute.conf
mkdir -p /var/lib/nova/instances
exec nova-compute --config-file /etc/nova/nova.conf --config-file /tmp/nova-compute.conf
{{- end -}}

{{- define "nova.bootstrap" -}}
#!/bin/bash
set -e
{{- if .Values.bootstrap.script }}
{{ .Values.bootstrap.script }}
{{- else if .Values.bootstrap.structured.flavors.enabled }}
python3 /scripts/ks.py flavors /scripts/flavors.json
{{- end }}
{{- end -}}

{{- define "nova.flavors" -}}
{{- $flavors := list -}}
{{- range .Values.bootstrap.structured.flavors.options -}}
{{- $flavors = append $flavors . -}}
{{- end -}}
{{- toJson $flavors -}}
{{- end -}}
