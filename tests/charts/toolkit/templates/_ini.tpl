{{/* A map of sections as an INI file. What is null is left out; a list is one option with commas,
     and {type: multistring, values: […]} one line each. */}}
{{- define "toolkit.ini" -}}
{{- range $section, $options := . }}
{{- if not (kindIs "invalid" $options) }}
[{{ $section }}]
{{- range $option, $value := $options }}
{{- if kindIs "map" $value }}
{{- range $value.values }}
{{ $option }} = {{ include "toolkit.scalar" . }}
{{- end }}
{{- else if kindIs "slice" $value }}
{{ $option }} = {{ join "," $value }}
{{- else if not (kindIs "invalid" $value) }}
{{ $option }} = {{ include "toolkit.scalar" $value }}
{{- end }}
{{- end }}
{{ end }}
{{- end }}
{{- end -}}

{{/* A number as people write it: Helm knows floating point only. */}}
{{- define "toolkit.scalar" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) -}}
{{- printf "%.0f" . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/* Sets an option that stands in the values without a text. One that a null took away stays away.
     Arguments: configuration, section, option, text. */}}
{{- define "toolkit.fill" -}}
{{- $section := index (index . 0) (index . 1) -}}
{{- if kindIs "map" $section -}}
{{- if and (hasKey $section (index . 2)) (eq (toString (index $section (index . 2))) "") -}}
{{- $_ := set $section (index . 2) (index . 3) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* How a service signs in, in one section. Arguments: root, configuration, section, user. */}}
{{- define "toolkit.client" -}}
{{- $root := index . 0 -}}
{{- $conf := index . 1 -}}
{{- $section := index . 2 -}}
{{- $user := index $root.Values.endpoints.identity.auth (index . 3) -}}
{{- include "toolkit.fill" (list $conf $section "auth_url" (include "toolkit.url" (list $root "identity" "internal" "api"))) -}}
{{- range $option := list "username" "password" "project_name" "user_domain_name" "project_domain_name" "region_name" -}}
{{- include "toolkit.fill" (list $conf $section $option (index $user $option)) -}}
{{- end -}}
{{- end -}}

{{/* How a service checks tokens. The key of its cache is random unless the values pin it, as in OpenStack-Helm.
     Arguments: root, configuration, user. */}}
{{- define "toolkit.authtoken" -}}
{{- $root := index . 0 -}}
{{- $conf := index . 1 -}}
{{- $auth := $root.Values.endpoints.oslo_cache.auth -}}
{{- if empty $auth.memcache_secret_key -}}
{{- $_ := set $auth "memcache_secret_key" (randAlphaNum 64) -}}
{{- end -}}
{{- include "toolkit.client" (list $root $conf "keystone_authtoken" (index . 2)) -}}
{{- $address := include "toolkit.url" (list $root "identity" "internal" "api") -}}
{{- include "toolkit.fill" (list $conf "keystone_authtoken" "www_authenticate_uri" $address) -}}
{{- include "toolkit.fill" (list $conf "keystone_authtoken" "memcached_servers" (include "toolkit.cache" $root)) -}}
{{- include "toolkit.fill" (list $conf "keystone_authtoken" "memcache_secret_key" $auth.memcache_secret_key) -}}
{{- end -}}

{{/* The Secret with a chart's configuration. Arguments: root, map of files. */}}
{{- define "toolkit.etc" -}}
{{- $root := index . 0 -}}
apiVersion: v1
kind: Secret
metadata:
  name: {{ $root.Chart.Name }}-etc
type: Opaque
data:
  {{- range $name, $text := index . 1 }}
  {{ $name }}: {{ trim $text | printf "%s\n" | b64enc }}
  {{- end }}
{{- end -}}

{{/* The ConfigMap with a chart's scripts. Arguments: root, name, map of files. */}}
{{- define "toolkit.bin" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ index . 1 }}
data:
  {{- range $name, $text := index . 2 }}
  {{ $name }}: |
    {{- trim $text | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The same with the scripts that the Jobs of most services run. Arguments: root, map of further files. */}}
{{- define "toolkit.service_bin" -}}
{{- $root := index . 0 -}}
{{- $scripts := dict "db-init.py" (include "toolkit.script.db_init" $root) "ks.py" (include "toolkit.script.ks" $root) "rabbit-init.py" (include "toolkit.script.rabbit_init" $root) -}}
{{- include "toolkit.bin" (list $root (printf "%s-bin" $root.Chart.Name) (merge $scripts (index . 1))) -}}
{{- end -}}

{{/* uWSGI's configuration, with the port where it listens unless the values say so.
     Arguments: root, key of `conf`, service, endpoint, name of the port. */}}
{{- define "toolkit.uwsgi" -}}
{{- $root := index . 0 -}}
{{- $conf := deepCopy (index $root.Values.conf (index . 1)) -}}
{{- if not (index $conf.uwsgi "http-socket") -}}
{{- $_ := set $conf.uwsgi "http-socket" (printf "0.0.0.0:%s" (include "toolkit.port" (list $root (index . 2) (index . 3) (index . 4)))) -}}
{{- end -}}
{{- include "toolkit.ini" $conf -}}
{{- end -}}
