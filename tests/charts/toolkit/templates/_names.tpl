{{/* Labels of an object and of its pods. Arguments: root, component. */}}
{{- define "toolkit.labels" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
release_group: {{ $root.Values.release_group | default $root.Release.Name }}
application: {{ $root.Chart.Name }}
component: {{ $component }}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/component: {{ $component }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
{{- end -}}

{{/* Hashes of what pods mount, so that a change of it replaces them. Arguments: root, names of the templates without the chart's. */}}
{{- define "toolkit.hashes" -}}
{{- $root := index . 0 -}}
{{- range index . 1 }}
configmap-{{ . }}-hash: {{ include (printf "%s.%s" $root.Chart.Name .) $root | sha256sum }}
{{- end }}
{{- end -}}

{{/* Security context of one container. Arguments: root, application, container. */}}
{{- define "toolkit.security" -}}
{{- $application := index (index . 0).Values.pod.security_context (index . 1) | default dict -}}
{{- index ($application.container | default dict) (index . 2) | default (dict "allowPrivilegeEscalation" false "readOnlyRootFilesystem" true) | toYaml -}}
{{- end -}}

{{/* A container. Arguments: root, name, image (the role), application, security (the key), command;
     optionally env, ports, probes, mounts (texts), etc (mounts the configuration), resources (the key). */}}
{{- define "toolkit.container" -}}
{{- $root := .root -}}
- name: {{ .name }}
  image: {{ index $root.Values.images.tags .image | quote }}
  imagePullPolicy: {{ $root.Values.images.pull_policy }}
  securityContext:
    {{- include "toolkit.security" (list $root .application (.security | default (.name | replace "-" "_"))) | nindent 4 }}
  command: {{ toJson .command }}
  {{- with .env }}
  env:
    {{- . | trim | nindent 4 }}
  {{- end }}
  {{- with .ports }}
  ports:
    {{- . | trim | nindent 4 }}
  {{- end }}
  {{- with .probes }}
  {{- . | trim | nindent 2 }}
  {{- end }}
  {{- /* OpenStack-Helm has no such value: see README. */}}
  {{- if and .ports $root.Values.pod.lifecycle.pause_before_stop }}
  lifecycle: {preStop: {sleep: {seconds: {{ $root.Values.pod.lifecycle.pause_before_stop | int }}}}}
  {{- end }}
  {{- if and $root.Values.pod.resources.enabled .resources }}
  {{- with index $root.Values.pod.resources .resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  volumeMounts:
    - {name: pod-tmp, mountPath: /tmp}
    - {name: bin, mountPath: /scripts, readOnly: true}
    {{- if .etc }}
    - {name: etc, mountPath: /etc/{{ $root.Chart.Name }}, readOnly: true}
    {{- end }}
    {{- with .mounts }}
    {{- . | trim | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* A probe as `pod.probes` wants it. Arguments: root, application, container, readiness or liveness, what it does. */}}
{{- define "toolkit.probe" -}}
{{- $kind := index . 3 -}}
{{- $probe := index (index . 0).Values.pod.probes (index . 1) (index . 2) $kind -}}
{{- if $probe.enabled }}
{{ $kind }}Probe:
  {{- index . 4 | trim | nindent 2 }}
  {{- toYaml $probe.params | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Readiness and liveness of an HTTP API. Arguments: root, application, container, path, port. */}}
{{- define "toolkit.http_probes" -}}
{{- $get := printf "httpGet: {path: %s, port: %v}" (index . 3) (index . 4) -}}
{{- range list "readiness" "liveness" }}
{{- include "toolkit.probe" (list (index $ 0) (index $ 1) (index $ 2) . $get) }}
{{- end }}
{{- end -}}

{{/* Readiness of a worker: it is connected to the message queue. Arguments: root, application, container. */}}
{{- define "toolkit.queue_probe" -}}
{{- $root := index . 0 -}}
{{- $port := include "toolkit.port" (list $root "oslo_messaging" "internal" "amqp") | int | printf "%04X" -}}
{{- $exec := printf "exec: {command: [grep, -q, -E, ':%s 01 ', /proc/net/tcp]}" $port -}}
{{- include "toolkit.probe" (list $root (index . 1) (index . 2) "readiness" $exec) }}
{{- end -}}
