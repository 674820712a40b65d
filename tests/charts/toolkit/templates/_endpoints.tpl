{{/* Host of a service in its short form. Arguments: root, service, endpoint. */}}
{{- define "toolkit.short_host" -}}
{{- $service := index (index . 0).Values.endpoints (index . 1) -}}
{{- index $service.hosts (index . 2) | default $service.hosts.default -}}
{{- end -}}

{{/* Namespace of a service. Arguments: root, service. */}}
{{- define "toolkit.namespace" -}}
{{- $service := index (index . 0).Values.endpoints (index . 1) -}}
{{- $service.namespace | default (index . 0).Release.Namespace -}}
{{- end -}}

{{/* Host of a service. Arguments: root, service, endpoint. */}}
{{- define "toolkit.host" -}}
{{- $root := index . 0 -}}
{{- $service := index $root.Values.endpoints (index . 1) -}}
{{- $overrides := $service.host_fqdn_override | default dict -}}
{{- $override := index $overrides (index . 2) | default $overrides.default -}}
{{- if kindIs "map" $override -}}
{{- $override.host -}}
{{- else if $override -}}
{{- $override -}}
{{- else -}}
{{- include "toolkit.short_host" . }}.{{ include "toolkit.namespace" (list $root (index . 1)) }}.svc.{{ $root.Values.endpoints.cluster_domain_suffix }}
{{- end -}}
{{- end -}}

{{/* Port of a service. Arguments: root, service, endpoint, name of the port. */}}
{{- define "toolkit.port" -}}
{{- $ports := index (index . 0).Values.endpoints (index . 1) "port" (index . 3) -}}
{{- index $ports (index . 2) | default $ports.default | int -}}
{{- end -}}

{{/* What is one text for all endpoints or a map with a default. Arguments: value, endpoint. */}}
{{- define "toolkit.by_endpoint" -}}
{{- $value := index . 0 -}}
{{- if kindIs "map" $value -}}
{{- index $value (index . 1) | default $value.default | default "" -}}
{{- else -}}
{{- $value | default "" -}}
{{- end -}}
{{- end -}}

{{/* Address of a service. Arguments: root, service, endpoint, name of the port. */}}
{{- define "toolkit.url" -}}
{{- $service := index (index . 0).Values.endpoints (index . 1) -}}
{{- $scheme := include "toolkit.by_endpoint" (list $service.scheme (index . 2)) -}}
{{- $port := include "toolkit.port" . -}}
{{- $known := or (and (eq $scheme "http") (eq $port "80")) (and (eq $scheme "https") (eq $port "443")) -}}
{{- $scheme }}://{{ include "toolkit.host" . }}{{ if not $known }}:{{ $port }}{{ end }}{{ include "toolkit.by_endpoint" (list $service.path (index . 2)) -}}
{{- end -}}

{{/* Address of a database. Arguments: root, service, user. */}}
{{- define "toolkit.database" -}}
{{- $service := index (index . 0).Values.endpoints (index . 1) -}}
{{- $user := index $service.auth (index . 2) -}}
{{- $place := list (index . 0) (index . 1) "internal" "mysql" -}}
{{- $service.scheme }}://{{ $user.username }}:{{ $user.password }}@{{ include "toolkit.host" $place }}:{{ include "toolkit.port" $place }}{{ $service.path -}}
{{- end -}}

{{/* Address of the message queue, naming each of its pods. Arguments: root, user. */}}
{{- define "toolkit.transport" -}}
{{- $root := index . 0 -}}
{{- $service := $root.Values.endpoints.oslo_messaging -}}
{{- $user := index $service.auth (index . 1) -}}
{{- $place := list $root "oslo_messaging" "internal" "amqp" -}}
{{- $hosts := list -}}
{{- if ($service.host_fqdn_override | default dict).default | or (not $service.statefulset) -}}
{{- $hosts = list (include "toolkit.host" $place) -}}
{{- else -}}
{{- range $ordinal := until ($service.statefulset.replicas | int) -}}
{{- $hosts = append $hosts (printf "%s-%d.%s" $service.statefulset.name $ordinal (include "toolkit.host" $place)) -}}
{{- end -}}
{{- end -}}
{{- $each := list -}}
{{- range $hosts -}}
{{- $each = append $each (printf "%s:%s@%s:%s" $user.username $user.password . (include "toolkit.port" $place)) -}}
{{- end -}}
{{- $service.scheme }}://{{ join "," $each }}{{ $service.path -}}
{{- end -}}

{{/* Address of the message queue's management. Arguments: root, user. */}}
{{- define "toolkit.management" -}}
{{- $service := (index . 0).Values.endpoints.oslo_messaging -}}
{{- $user := index $service.auth (index . 1) -}}
{{- $place := list (index . 0) "oslo_messaging" "internal" "http" -}}
{{- $service.scheme }}://{{ $user.username }}:{{ $user.password }}@{{ include "toolkit.host" $place }}:{{ include "toolkit.port" $place }}{{ $service.path -}}
{{- end -}}

{{/* Address of the cache. Arguments: root. */}}
{{- define "toolkit.cache" -}}
{{- $place := list . "oslo_cache" "internal" "memcache" -}}
{{- include "toolkit.host" $place }}:{{ include "toolkit.port" $place -}}
{{- end -}}
