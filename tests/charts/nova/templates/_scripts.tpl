{{- define "nova.db_sync" -}}
#!/bin/bash
set -e
manage() { nova-manage --config-file /etc/nova/nova.conf "$@"; }
manage api_db sync
manage cell_v2 map_cell0 --database_connection "$DB_CONNECTION_CELL0"
# Exit code 2: the cell is there already.
manage cell_v2 create_cell --name cell1 || [ $? -eq 2 ]
manage db sync
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
