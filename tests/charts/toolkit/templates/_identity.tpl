{{/* Makes a service's users in Keystone, one container each. Arguments: root, users. */}}
{{- define "toolkit.job.ks_user" -}}
{{- $root := .root -}}
{{- $containers := list -}}
{{- range $user := .users -}}
{{- $auth := index $root.Values.endpoints.identity.auth $user -}}
{{- $env := include "toolkit.env_admin" $root -}}
{{- $env = printf "%s\n- {name: SERVICE_OS_SERVICE_NAME, value: %s}" $env $root.Chart.Name -}}
{{- $own := include "toolkit.env_from" (list (index $root.Values.secrets.identity $user) "SERVICE_" (splitList " " "OS_REGION_NAME OS_PROJECT_DOMAIN_NAME OS_PROJECT_NAME OS_USER_DOMAIN_NAME OS_USERNAME OS_PASSWORD")) -}}
{{- $env = printf "%s%s\n- {name: SERVICE_OS_ROLES, value: %q}" $env $own $auth.role -}}
{{- $containers = append $containers (include "toolkit.container" (dict "root" $root "application" "ks_user" "name" (printf "%s-ks-user" ($user | replace "_" "-")) "security" "ks_user" "image" "ks_user" "command" (list "python3" "/scripts/ks.py" "user") "env" $env "resources" "jobs")) -}}
{{- end -}}
{{- include "toolkit.job" (dict "root" $root "name" "ks-user" "weight" "-1" "retries" 1000 "containers" (join "\n" $containers)) -}}
{{- end -}}

{{/* Puts services into the catalog, one container each. Arguments: root, weight, services (types). */}}
{{- define "toolkit.job.ks_service" -}}
{{- $root := .root -}}
{{- $containers := list -}}
{{- range $type := .services -}}
{{- $env := printf "%s\n%s" (include "toolkit.env_admin" $root) (include "toolkit.env_service" (list $root $type)) -}}
{{- $containers = append $containers (include "toolkit.container" (dict "root" $root "application" "ks_service" "name" (printf "%s-ks-service-registration" $type) "security" "ks_service" "image" "ks_service" "command" (list "python3" "/scripts/ks.py" "service") "env" $env "resources" "jobs")) -}}
{{- end -}}
{{- include "toolkit.job" (dict "root" $root "name" "ks-service" "weight" .weight "retries" 1000 "containers" (join "\n" $containers)) -}}
{{- end -}}

{{- define "toolkit.env_service" -}}
- {name: OS_SERVICE_NAME, value: {{ index (index . 0).Values.endpoints (index . 1 | replace "-" "_") "name" }}}
- {name: OS_SERVICE_TYPE, value: {{ index . 1 }}}
{{- end -}}

{{/* Puts endpoints into the catalog, one container for each interface. Arguments: root, weight, services (types). */}}
{{- define "toolkit.job.ks_endpoints" -}}
{{- $root := .root -}}
{{- $containers := list -}}
{{- range $type := .services -}}
{{- range $interface := list "admin" "internal" "public" -}}
{{- $env := printf "%s\n- {name: OS_SVC_ENDPOINT, value: %s}\n%s\n- {name: OS_SERVICE_ENDPOINT, value: %q}" (include "toolkit.env_admin" $root) $interface (include "toolkit.env_service" (list $root $type)) (include "toolkit.url" (list $root ($type | replace "-" "_") $interface "api")) -}}
{{- $containers = append $containers (include "toolkit.container" (dict "root" $root "application" "ks_endpoints" "name" (printf "%s-ks-endpoints-%s" $type $interface) "security" "ks_endpoints" "image" "ks_endpoints" "command" (list "python3" "/scripts/ks.py" "endpoint") "env" $env "resources" "jobs")) -}}
{{- end -}}
{{- end -}}
{{- include "toolkit.job" (dict "root" $root "name" "ks-endpoints" "weight" .weight "retries" 1000 "containers" (join "\n" $containers)) -}}
{{- end -}}

{{/* A job that looks after the component once it serves. Arguments: root, weight or none, hook, command, image. */}}
{{- define "toolkit.job.bootstrap" -}}
{{- $root := .root -}}
{{- $container := include "toolkit.container" (dict "root" $root "application" "bootstrap" "name" "bootstrap" "image" "bootstrap" "command" (list "/bin/bash" "-c" "/scripts/bootstrap.sh") "env" (include "toolkit.env_admin" $root) "resources" "jobs") -}}
{{- include "toolkit.job" (merge (dict "root" $root "name" "bootstrap" "retries" 1000 "containers" $container) (pick . "weight" "hook")) -}}
{{- end -}}

{{/* The Secrets with logins: to a project, or to a whole domain. Arguments: root. */}}
{{- define "toolkit.secrets.identity" -}}
{{- $root := . -}}
{{- range $user, $name := .Values.secrets.identity }}
{{- $auth := index $root.Values.endpoints.identity.auth $user }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ $name }}
type: Opaque
data:
  OS_AUTH_URL: {{ include "toolkit.url" (list $root "identity" "internal" "api") | b64enc }}
  OS_REGION_NAME: {{ $auth.region_name | b64enc }}
  OS_USERNAME: {{ $auth.username | b64enc }}
  OS_PASSWORD: {{ $auth.password | b64enc }}
  {{- if $auth.domain_name }}
  OS_DOMAIN_NAME: {{ $auth.domain_name | b64enc }}
  {{- else }}
  OS_INTERFACE: {{ $auth.interface | default "internal" | b64enc }}
  OS_PROJECT_DOMAIN_NAME: {{ $auth.project_domain_name | b64enc }}
  OS_PROJECT_NAME: {{ $auth.project_name | b64enc }}
  OS_USER_DOMAIN_NAME: {{ $auth.user_domain_name | b64enc }}
  OS_DEFAULT_DOMAIN: {{ $auth.default_domain_id | default "default" | b64enc }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The Secrets with the addresses of databases. Arguments: root, services (keys of `endpoints` and of `secrets`). */}}
{{- define "toolkit.secrets.database" -}}
{{- $root := index . 0 -}}
{{- range $service := index . 1 }}
{{- range $user, $name := index $root.Values.secrets $service }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ $name }}
type: Opaque
data:
  DB_CONNECTION: {{ include "toolkit.database" (list $root $service $user) | b64enc }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The Secrets with the addresses of the message queue's management. Arguments: root. */}}
{{- define "toolkit.secrets.messaging" -}}
{{- $root := . -}}
{{- range $user, $name := .Values.secrets.oslo_messaging }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ $name }}
type: Opaque
data:
  RABBITMQ_CONNECTION: {{ include "toolkit.management" (list $root $user) | b64enc }}
{{- end }}
{{- end -}}

{{/* All Secrets with logins and addresses, by their switches. Arguments: root, databases (keys of `endpoints`), by switch. */}}
{{- define "toolkit.secrets" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.manifests.secret_keystone }}
{{- include "toolkit.secrets.identity" $root }}
{{- end }}
{{- range $switch, $service := index . 1 }}
{{- if index $root.Values.manifests $switch }}
{{- include "toolkit.secrets.database" (list $root (list $service)) }}
{{- end }}
{{- end }}
{{- if $root.Values.manifests.secret_rabbitmq }}
{{- include "toolkit.secrets.messaging" $root }}
{{- end }}
{{- end -}}
