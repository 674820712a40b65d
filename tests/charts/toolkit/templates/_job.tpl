{{/* A Job and its account. Arguments: root, name (without the chart's), containers (text); optionally dependencies (the name
     with underscores if left out), weight, hook (`none`: a plain Job), delete (a policy), retries, application, init, volumes, hashes, bin, etc,
     restart, rules (text: what it may do beside). */}}
{{- define "toolkit.job" -}}
{{- $root := .root -}}
{{- $name := printf "%s-%s" $root.Chart.Name .name -}}
{{- $dependencies := .dependencies | default (.name | replace "-" "_") -}}
{{- $hook := .hook | default "post-install,post-upgrade" -}}
{{ include "toolkit.account" (list $root $name $dependencies) }}
{{- with .rules }}
{{- include "toolkit.role" (list $root $name $name .) }}
{{- end }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $name }}
  labels:
    {{- include "toolkit.labels" (list $root .name) | nindent 4 }}
  {{- if ne $hook "none" }}
  annotations:
    helm.sh/hook: {{ $hook }}
    {{- if hasKey . "weight" }}
    helm.sh/hook-weight: {{ .weight | quote }}
    {{- end }}
    {{- with .delete }}
    helm.sh/hook-delete-policy: {{ . }}
    {{- end }}
  {{- end }}
spec:
  {{- if .retries }}
  backoffLimit: {{ .retries }}
  {{- end }}
  template:
    {{- $pod := dict "root" $root "component" .name "account" $name "label" $root.Values.labels.job "dependencies" $dependencies }}
    {{- $_ := merge $pod (pick . "containers" "init" "volumes" "hashes" "bin" "etc") }}
    {{- $_ := set $pod "application" (.application | default $root.Chart.Name) }}
    {{- $_ := set $pod "restart" (.restart | default "OnFailure") }}
    {{- include "toolkit.pod" $pod | nindent 4 }}
{{- end -}}

{{/* Variables from a Secret of the same names. Arguments: secret, prefix, names. */}}
{{- define "toolkit.env_from" -}}
{{- $prefix := index . 1 -}}
{{- $secret := index . 0 -}}
{{- range index . 2 }}
- {name: {{ $prefix }}{{ . }}, valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ . }}}}}
{{- end }}
{{- end -}}

{{/* The administrator's login as variables. Arguments: root. */}}
{{- define "toolkit.env_admin" -}}
- {name: OS_IDENTITY_API_VERSION, value: "3"}
{{- include "toolkit.env_from" (list .Values.secrets.identity.admin "" (splitList " " "OS_AUTH_URL OS_REGION_NAME OS_INTERFACE OS_PROJECT_DOMAIN_NAME OS_PROJECT_NAME OS_USER_DOMAIN_NAME OS_USERNAME OS_PASSWORD OS_DEFAULT_DOMAIN")) }}
{{- end -}}

{{/* Makes databases and their users. Arguments: root, databases: a list of {secret, file, section, key} or {secret, connection}. */}}
{{- define "toolkit.job.db_init" -}}
{{- $root := .root -}}
{{- $containers := list -}}
{{- range $index, $database := .databases -}}
{{- $env := include "toolkit.db_init_env" (list $root $database) -}}
{{- $containers = append $containers (include "toolkit.container" (dict "root" $root "application" "db_init" "name" (printf "%s-db-init-%d" $root.Chart.Name $index) "security" "db_init" "image" "db_init" "command" (list "python3" "/scripts/db-init.py") "env" $env "etc" true "resources" "jobs")) -}}
{{- end -}}
{{- include "toolkit.job" (dict "root" $root "name" "db-init" "weight" "-5" "retries" 1000 "containers" (join "\n" $containers)) -}}
{{- end -}}

{{- define "toolkit.db_init_env" -}}
{{- $root := index . 0 -}}
{{- $database := index . 1 -}}
- {name: ROOT_DB_CONNECTION, valueFrom: {secretKeyRef: {name: {{ $database.secret }}, key: DB_CONNECTION}}}
{{- if $database.connection }}
- {name: DB_CONNECTION, valueFrom: {secretKeyRef: {name: {{ $database.connection }}, key: DB_CONNECTION}}}
{{- else }}
- {name: OPENSTACK_CONFIG_FILE, value: /etc/{{ $root.Chart.Name }}/{{ $database.file }}}
- {name: OPENSTACK_CONFIG_DB_SECTION, value: {{ $database.section }}}
- {name: OPENSTACK_CONFIG_DB_KEY, value: {{ $database.key | default "connection" }}}
{{- end }}
{{- end -}}

{{/* Brings the schema up. Arguments: root, weight, image, and optionally env, mounts, volumes. */}}
{{- define "toolkit.job.db_sync" -}}
{{- $root := .root -}}
{{- $container := dict "root" $root "application" $root.Chart.Name "name" (printf "%s-db-sync" $root.Chart.Name) "image" .image "command" (list "/bin/bash" "-c" "/scripts/db-sync.sh") "etc" true "resources" "jobs" -}}
{{- $_ := merge $container (pick . "env" "mounts") -}}
{{- include "toolkit.job" (dict "root" $root "name" "db-sync" "weight" .weight "retries" 1000 "containers" (include "toolkit.container" $container) "volumes" .volumes) -}}
{{- end -}}

{{/* Makes the user and the virtual host in the message queue. Arguments: root. */}}
{{- define "toolkit.job.rabbit_init" -}}
{{- $secrets := .Values.secrets.oslo_messaging -}}
{{- $env := printf "- {name: RABBITMQ_ADMIN_CONNECTION, valueFrom: {secretKeyRef: {name: %s, key: RABBITMQ_CONNECTION}}}\n- {name: RABBITMQ_USER_CONNECTION, valueFrom: {secretKeyRef: {name: %s, key: RABBITMQ_CONNECTION}}}" $secrets.admin (index $secrets .Chart.Name) -}}
{{- $container := include "toolkit.container" (dict "root" . "application" "rabbit_init" "name" "rabbit-init" "image" "rabbit_init" "command" (list "python3" "/scripts/rabbit-init.py") "env" $env "resources" "jobs") -}}
{{- include "toolkit.job" (dict "root" . "name" "rabbit-init" "weight" "-4" "retries" 1000 "containers" $container) -}}
{{- end -}}

{{/* The Jobs that most services have, each if its switch is on: database, schema, user of the message queue, entries of the
     catalog, users. Arguments: root, databases, image (of the schema), services (types), users. */}}
{{- define "toolkit.jobs" -}}
{{- $manifests := .root.Values.manifests -}}
{{- if $manifests.job_db_init }}
---
{{ include "toolkit.job.db_init" (pick . "root" "databases") }}
{{- end }}
{{- if $manifests.job_db_sync }}
---
{{ include "toolkit.job.db_sync" (merge (dict "weight" "-4") (pick . "root" "image")) }}
{{- end }}
{{- if $manifests.job_rabbit_init }}
---
{{ include "toolkit.job.rabbit_init" .root }}
{{- end }}
{{- if $manifests.job_ks_service }}
---
{{ include "toolkit.job.ks_service" (merge (dict "weight" "-3") (pick . "root" "services")) }}
{{- end }}
{{- if $manifests.job_ks_endpoints }}
---
{{ include "toolkit.job.ks_endpoints" (merge (dict "weight" "-2") (pick . "root" "services")) }}
{{- end }}
{{- if $manifests.job_ks_user }}
---
{{ include "toolkit.job.ks_user" (pick . "root" "users") }}
{{- end }}
{{- end -}}
