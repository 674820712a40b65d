//! What the daemons of Kubernetes read: pure text.

use crate::{
    kubernetes::{registry, state},
    paths::{BRIDGE, Paths, WEB_NAME},
    pki,
};

/// Image of the container that holds a pod's namespaces.
pub const PAUSE: &str = "pause:1";

/// A client of the API server; its certificate is `pki/<name>.crt`.
pub fn kubeconfig(paths: &Paths, name: &str, server: &str) -> String {
    let file = |file: String| pki::file(paths, &file).display().to_string();
    let (ca, crt, key) =
        (file("ca.crt".to_owned()), file(format!("{name}.crt")), file(format!("{name}.key")));
    format!(
        r#"apiVersion: v1
kind: Config
clusters: [{{name: rig, cluster: {{server: "{server}", certificate-authority: "{ca}"}}}}]
users: [{{name: {name}, user: {{client-certificate: "{crt}", client-key: "{key}"}}}}]
contexts: [{{name: rig, context: {{cluster: rig, user: {name}}}}}]
current-context: rig
"#
    )
}

/// Everything at level Metadata once it is answered, so that tests can count requests by user, verb and resource.
pub const AUDIT_POLICY: &str = r#"apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    nonResourceURLs: ["/healthz*", "/readyz*", "/livez*"]
  - level: Metadata
"#;

/// Everything host-global that containerd has by default is moved into the rig's state.
/// `discard_unpacked_layers`: the registry has them, on the same disk.
/// `restrict_oom_score_adj`: without CAP_SYS_RESOURCE runc dies with "can't get final child's PID from pipe".
pub fn containerd(paths: &Paths) -> String {
    let at = |name: &str| state(paths, name).display().to_string();
    let socket = paths.run().join("containerd.sock").display().to_string();
    format!(
        r#"version = 2
root = "{root}"
state = "{run}"
[grpc]
  address = "{socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{opt}"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  disable_tcp_service = true
  netns_mounts_under_state_dir = true
  sandbox_image = "{registry}/{PAUSE}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    discard_unpacked_layers = true
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "{runc}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{cni}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{hosts}"
"#,
        root = at("containerd"),
        run = at("containerd-run"),
        opt = at("containerd-opt"),
        runc = at("runc-run"),
        cni = at("cni"),
        hosts = at("registries"),
        registry = registry::ADDRESS,
    )
}

/// How containerd reaches the registry under its address for pods: the one on the loopback needs no word.
/// [Format](https://github.com/containerd/containerd/blob/main/docs/hosts.md).
pub fn registry_host() -> String {
    let address = registry::bridge_address();
    // Without a table of hosts, containerd 1.6 does not read the file at all.
    format!(
        "server = \"http://{address}\"\n[host.\"http://{address}\"]\n  capabilities = [\"pull\", \"resolve\"]\n"
    )
}

/// Pods are on the rig's bridge; nothing is masqueraded, so nothing leaves the namespace.
pub fn cni(paths: &Paths) -> String {
    serde_json::json!({
        "cniVersion": "1.0.0",
        "name": paths.netns(),
        "plugins": [
            {
                "type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
                "ipam": {
                    "type": "host-local",
                    "dataDir": state(paths, "addresses"),
                    "ranges": [[{"subnet": "10.85.0.0/16", "rangeStart": "10.85.1.1"}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": true}},
        ],
    })
    .to_string()
}

/// Works with both versions of control groups, with swap, and in a control group of the rig's own.
pub fn kubelet(paths: &Paths) -> String {
    format!(
        r"apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://{socket}
cgroupDriver: cgroupfs
cgroupRoot: /{cgroup}
failCgroupV1: false
failSwapOn: false
clusterDNS: [{BRIDGE}]
clusterDomain: cluster.local
resolvConf: {resolv}
podLogsDir: {logs}
address: {BRIDGE}
healthzBindAddress: 127.0.0.1
authentication: {{anonymous: {{enabled: false}}, webhook: {{enabled: true}}, x509: {{clientCAFile: {ca}}}}}
authorization: {{mode: Webhook}}
evictionHard: {{memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}}
imageGCHighThresholdPercent: 100
nodeStatusUpdateFrequency: 10s
syncFrequency: 10s
",
        socket = paths.run().join("containerd.sock").display(),
        cgroup = paths.netns(),
        resolv = state(paths, "resolv.conf").display(),
        logs = state(paths, "pod-logs").display(),
        ca = pki::file(paths, "ca.crt").display(),
    )
}

/// Connection tracking limits belong to the machine and are left alone.
pub fn kube_proxy(paths: &Paths) -> String {
    format!(
        r"apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: {{kubeconfig: {kubeconfig}}}
clusterCIDR: 10.85.0.0/16
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
conntrack: {{maxPerCore: 0, min: 0}}
hostnameOverride: rig
",
        kubeconfig = state(paths, "kproxy.kubeconfig").display(),
    )
}

/// Cluster names, and that of the rig's web server: there is nobody to ask about others.
pub fn corefile(paths: &Paths) -> String {
    let file = |name: &str| pki::file(paths, name).display().to_string();
    format!(
        "cluster.local:53 in-addr.arpa:53 {{
  bind {BRIDGE}
  ready 127.0.0.1:8181
  kubernetes cluster.local in-addr.arpa {{
    endpoint https://{BRIDGE}:6443
    tls {} {} {}
    pods insecure
    ttl 5
  }}
  cache 5
}}
{WEB_NAME}:53 {{
  bind {BRIDGE}
  hosts {{
    {BRIDGE} {WEB_NAME}
  }}
}}
",
        file("coredns.crt"),
        file("coredns.key"),
        file("ca.crt"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths() -> Paths {
        Paths { id: "0a1b2c3d".to_owned(), checkout: "/c".into(), cache: "/k".into(), state: "/s".into() }
    }

    #[test]
    fn everything_of_the_container_runtime_lies_in_the_state_folder() {
        let text = containerd(&paths());
        for line in text.lines().filter(|line| line.contains("= \"/") && !line.contains("bin_dir")) {
            assert!(line.contains("= \"/s/"), "{line}");
        }
    }

    #[test]
    fn pods_of_each_rig_are_in_a_control_group_and_an_address_pool_of_its_own() {
        assert!(kubelet(&paths()).contains("cgroupRoot: /kupenstack-rig-0a1b2c3d\n"));
        assert!(cni(&paths()).contains("/s/kubernetes/addresses"));
    }
}
