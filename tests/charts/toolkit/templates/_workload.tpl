{{/* A pod template. Arguments: root, component, account, label (a block of `labels`), application (of `pod.security_context`),
     dependencies, containers (text); optionally hashes, init and volumes (texts), restart, grace, bin and etc (names of what is mounted, `none`: no configuration). */}}
{{- define "toolkit.pod" -}}
{{- $root := .root -}}
{{- $application := index $root.Values.pod.security_context .application | default dict -}}
metadata:
  labels:
    {{- include "toolkit.labels" (list $root .component) | nindent 4 }}
  {{- with .hashes }}
  annotations:
    {{- include "toolkit.hashes" (list $root .) | trim | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ .account }}
  enableServiceLinks: false
  {{- with .restart }}
  restartPolicy: {{ . }}
  {{- end }}
  {{- with .grace }}
  terminationGracePeriodSeconds: {{ . }}
  {{- end }}
  nodeSelector:
    {{ .label.node_selector_key }}: {{ .label.node_selector_value | quote }}
  {{- with $application.pod }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  initContainers:
    {{- include "toolkit.entrypoint" (list $root .dependencies) | nindent 4 }}
    {{- with .init }}
    {{- . | trim | nindent 4 }}
    {{- end }}
  containers:
    {{- .containers | trim | nindent 4 }}
  volumes:
    - {name: pod-tmp, emptyDir: {}}
    - {name: bin, configMap: {name: {{ .bin | default (printf "%s-bin" $root.Chart.Name) }}, defaultMode: 0555}}
    {{- if ne (.etc | default "") "none" }}
    - {name: etc, secret: {secretName: {{ .etc | default (printf "%s-etc" $root.Chart.Name) }}, defaultMode: 0444}}
    {{- end }}
    {{- with .volumes }}
    {{- . | trim | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* A Deployment, StatefulSet or DaemonSet and its account. Arguments: as of the pod, and kind, name; replicas but for a
     DaemonSet; service and claims (text) of a StatefulSet. */}}
{{- define "toolkit.workload" -}}
{{- $root := .root -}}
{{- $upgrades := ($root.Values.pod.lifecycle.upgrades | default dict).deployments | default dict -}}
{{ include "toolkit.account" (list $root .account .dependencies) }}
---
apiVersion: apps/v1
kind: {{ .kind }}
metadata:
  name: {{ .name }}
  labels:
    {{- include "toolkit.labels" (list $root .component) | nindent 4 }}
spec:
  {{- if ne .kind "DaemonSet" }}
  replicas: {{ .replicas | int }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "toolkit.labels" (list $root .component) | nindent 6 }}
  {{- if eq .kind "Deployment" }}
  revisionHistoryLimit: {{ $upgrades.revision_history | int }}
  strategy:
    type: {{ $upgrades.pod_replacement_strategy }}
    {{- if eq $upgrades.pod_replacement_strategy "RollingUpdate" }}
    rollingUpdate:
      maxUnavailable: {{ $upgrades.rolling_update.max_unavailable }}
      maxSurge: {{ $upgrades.rolling_update.max_surge }}
    {{- end }}
  {{- else if eq .kind "StatefulSet" }}
  serviceName: {{ .service }}
  {{- with .claims }}
  volumeClaimTemplates:
    {{- . | trim | nindent 4 }}
  {{- end }}
  {{- end }}
  template:
    {{- include "toolkit.pod" . | nindent 4 }}
{{- end -}}

{{/* A Service before the pods of a component. Arguments: root, name, component, ports (text), headless. */}}
{{- define "toolkit.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels:
    {{- include "toolkit.labels" (list .root .component) | nindent 4 }}
spec:
  {{- if .headless }}
  clusterIP: None
  {{- end }}
  selector:
    {{- include "toolkit.labels" (list .root .component) | nindent 4 }}
  ports:
    {{- .ports | trim | nindent 4 }}
{{- end -}}

{{/* How many pods of a component may be away. Arguments: root, name, component, key of `pod.lifecycle.disruption_budget`. */}}
{{- define "toolkit.pdb" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
spec:
  minAvailable: {{ index .root.Values.pod.lifecycle.disruption_budget .budget "min_available" | int }}
  selector:
    matchLabels:
      {{- include "toolkit.labels" (list .root .component) | nindent 6 }}
{{- end -}}

{{/* What an API has in every chart: Deployment, Service, PodDisruptionBudget, each if its switch is on. Arguments: root, name,
     component, container (text), application, dependencies, label, replicas, grace, service (its name), port (text), and
     switches: keys of `manifests` for the three; optionally volumes, init, budget. */}}
{{- define "toolkit.api" -}}
{{- $root := .root -}}
{{- if index $root.Values.manifests (index .switches 0) }}
---
{{ include "toolkit.workload" (merge (dict "kind" "Deployment" "account" .name "hashes" (list "bin" "etc") "containers" .container) .) }}
{{- end }}
{{- if index $root.Values.manifests (index .switches 1) }}
---
{{ include "toolkit.service" (dict "root" $root "name" .service "component" .component "ports" .port) }}
{{- end }}
{{- if index $root.Values.manifests (index .switches 2) }}
---
{{ include "toolkit.pdb" (dict "root" $root "name" .name "component" .component "budget" .budget) }}
{{- end }}
{{- end -}}

{{/* The Deployment of what has no API, if its switch is on: named after its program, and ready once it is connected to the message
     queue if it has a probe. Arguments: root, worker; optionally application, init, mounts, volumes. */}}
{{- define "toolkit.worker" -}}
{{- $root := .root -}}
{{- if index $root.Values.manifests (printf "deployment_%s" .worker) -}}
{{- $chart := $root.Chart.Name -}}
{{- $name := printf "%s-%s" $chart (.worker | replace "_" "-") -}}
{{- $image := printf "%s_%s" $chart .worker -}}
{{- $application := .application | default $image -}}
{{- $probes := "" -}}
{{- if hasKey $root.Values.pod.probes .worker -}}
{{- $probes = include "toolkit.queue_probe" (list $root .worker "default") -}}
{{- end -}}
{{- $container := include "toolkit.container" (merge (dict "root" $root "application" $application "name" $name "image" $image "command" (list $name "--config-file" (printf "/etc/%s/%s.conf" $chart $chart)) "probes" $probes "etc" true "resources" .worker) (pick . "mounts")) -}}
---
{{ include "toolkit.workload" (merge (dict "root" $root "kind" "Deployment" "name" $name "component" .worker "account" $name "label" (index $root.Values.labels .worker) "application" $application "dependencies" .worker "replicas" (index $root.Values.pod.replicas .worker) "hashes" (list "bin" "etc") "containers" $container) (pick . "init" "volumes")) }}
{{- end }}
{{- end -}}
