{{/* What a component waits for, as JSON: its own static dependencies and those of the network's backends.
     Arguments: root, key below `dependencies.static`. */}}
{{- define "toolkit.dependencies" -}}
{{- $root := index . 0 -}}
{{- $key := index . 1 -}}
{{- $static := index $root.Values.dependencies.static $key | default dict -}}
{{- $all := dict "jobs" ($static.jobs | default list) "services" ($static.services | default list) "pod" ($static.pod | default list) -}}
{{- $targeted := ($root.Values.dependencies.dynamic | default dict).targeted | default dict -}}
{{- range $backend := ($root.Values.network | default dict).backend | default list -}}
{{- $more := index (index $targeted $backend | default dict) $key | default dict -}}
{{- range $what := list "jobs" "services" "pod" -}}
{{- $_ := set $all $what (concat (index $all $what) (index $more $what | default list)) -}}
{{- end -}}
{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{/* The init container that waits. Arguments: root, key below `dependencies.static`. */}}
{{- define "toolkit.entrypoint" -}}
{{- $root := index . 0 -}}
{{- $all := include "toolkit.dependencies" . | fromJson -}}
{{- $services := list -}}
{{- range $all.services -}}
{{- $services = append $services (printf "%s:%s" (include "toolkit.namespace" (list $root .service)) (include "toolkit.short_host" (list $root .service .endpoint))) -}}
{{- end -}}
- name: init
  image: {{ $root.Values.images.tags.dep_check | quote }}
  imagePullPolicy: {{ $root.Values.images.pull_policy }}
  securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsUser: 65534}
  env:
    - {name: POD_NAME, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}}
    - {name: NAMESPACE, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}}}
    - {name: INTERFACE_NAME, value: eth0}
    - {name: PATH, value: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/"}
    - {name: DEPENDENCY_SERVICE, value: {{ join "," $services | quote }}}
    - {name: DEPENDENCY_JOBS, value: {{ join "," $all.jobs | quote }}}
    - {name: DEPENDENCY_DAEMONSET, value: ""}
    - {name: DEPENDENCY_CONTAINER, value: ""}
    - {name: DEPENDENCY_POD_JSON, value: {{ empty $all.pod | ternary "" (toJson $all.pod) | quote }}}
    - {name: DEPENDENCY_CUSTOM_RESOURCE, value: ""}
  command: [kubernetes-entrypoint]
{{- end -}}

{{/* The account of a pod, with the right to look at what it waits for. Arguments: root, name, key of the dependencies. */}}
{{- define "toolkit.account" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $all := include "toolkit.dependencies" (list $root (index . 2)) | fromJson -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
{{- if or $all.jobs $all.services $all.pod }}
{{- include "toolkit.role" (list $root (printf "%s-%s-%s" $root.Release.Name $root.Release.Namespace $name) $name (include "toolkit.entrypoint_rules" $all)) }}
{{- end }}
{{- end -}}

{{- define "toolkit.entrypoint_rules" -}}
{{- $resources := list -}}
{{- if .services -}}
{{- $resources = concat $resources (list "services" "endpoints" "endpointslices") -}}
{{- end -}}
{{- if .jobs -}}
{{- $resources = append $resources "jobs" -}}
{{- end -}}
{{- if or .jobs .pod -}}
{{- $resources = append $resources "pods" -}}
{{- end -}}
- apiGroups: ["", extensions, batch, apps, discovery.k8s.io]
  resources: {{ toJson $resources }}
  verbs: [get, list]
{{- end -}}

{{/* A Role, bound to an account. Arguments: root, name, account, rules. */}}
{{- define "toolkit.role" }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ index . 1 }}
rules:
  {{- index . 3 | trim | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ index . 1 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ index . 1 }}}
subjects:
  - {kind: ServiceAccount, name: {{ index . 2 }}, namespace: {{ (index . 0).Release.Namespace }}}
{{- end -}}
