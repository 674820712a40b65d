//! Which programs the rig consists of, and what they are told when they are linked.

/// A Go module of the checkout and the programs built from it.
pub(super) struct Module {
    /// Where it is in the checkout.
    pub(super) folder: &'static str,
    /// What people read while it is built.
    pub(super) what: &'static str,
    /// Counts up when what is kept beside the programs changes.
    pub(super) revision: u8,
    pub(super) scope: Scope,
    pub(super) programs: &'static [Program],
}

/// How much of the rig's programs is wanted: each contains those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// All that runs in the cluster.
    Lean,
    /// What people look at it with as well.
    #[default]
    All,
}

pub(super) struct Program {
    pub(super) package: &'static str,
    pub(super) name: &'static str,
    /// Seconds that its build took on two cores with empty caches: expected where it was never built.
    pub(super) seconds: u16,
    /// Where the program keeps its version, and the module whose version it is.
    pub(super) stamp: Option<Stamp>,
}

impl Module {
    /// Then Crossplane's own files are beside the programs.
    pub(super) fn holds_crossplane(&self) -> bool {
        self.programs.iter().any(|program| program.name == "crossplane-core")
    }
}

impl Program {
    /// The step by which its duration is remembered.
    pub(super) fn step(&self) -> String {
        format!("build {}", self.name)
    }
}

#[derive(Clone, Copy)]
pub(super) enum Stamp {
    /// Kubernetes refuses skew it cannot judge, so its programs must know what they are.
    Kubernetes,
    /// Without it every version constraint in a package fails. Program and CLI keep it in the same variable.
    Crossplane,
    /// The CLI has a version of its own.
    Cli,
    /// Without it helm takes itself for 4.1 of no patch version, and no check of its version would mean anything.
    Helm,
}

const fn program(package: &'static str, name: &'static str, seconds: u16) -> Program {
    Program { package, name, seconds, stamp: None }
}

const fn kubernetes(package: &'static str, name: &'static str, seconds: u16) -> Program {
    Program { package, name, seconds, stamp: Some(Stamp::Kubernetes) }
}

/// In the order they are built: what takes longest first, one after the other, since each uses all cores.
pub(super) const MODULES: &[Module] = &[
    KUBERNETES_MODULE,
    Module {
        folder: "tests/rig/tools/crossplane",
        what: "Crossplane and crane",
        revision: 2,
        scope: Scope::Lean,
        programs: &[
            Program {
                package: "github.com/crossplane/crossplane/v2/cmd/crossplane",
                name: "crossplane-core",
                seconds: 238,
                stamp: Some(Stamp::Crossplane),
            },
            program("github.com/google/go-containerregistry/cmd/crane", "crane", 3),
        ],
    },
    Module {
        folder: "tests/rig/tools/dns",
        what: "CoreDNS",
        revision: 1,
        scope: Scope::Lean,
        programs: &[program("github.com/coredns/coredns", "coredns", 189)],
    },
    CLI_MODULE,
    HELM_MODULE,
];

const ETCD: Program = program("go.etcd.io/etcd/server/v3", "etcd", 80);
const API_SERVER: Program = kubernetes("k8s.io/kubernetes/cmd/kube-apiserver", "kube-apiserver", 319);

/// A cluster with nodes.
pub(super) const KUBERNETES_MODULE: Module = Module {
    folder: "tests/rig/tools/kubernetes",
    what: "etcd and Kubernetes",
    revision: 1,
    scope: Scope::Lean,
    programs: &[
        ETCD,
        API_SERVER,
        kubernetes("k8s.io/kubernetes/cmd/kube-controller-manager", "kube-controller-manager", 91),
        kubernetes("k8s.io/kubernetes/cmd/kube-scheduler", "kube-scheduler", 7),
        kubernetes("k8s.io/kubernetes/cmd/kubelet", "kubelet", 28),
        kubernetes("k8s.io/kubernetes/cmd/kube-proxy", "kube-proxy", 8),
        kubernetes("k8s.io/kubernetes/cmd/kubectl", "kubectl", 37),
    ],
};

/// A cluster without. Where all of Kubernetes is built, these are taken from there.
pub(super) const SERVERS_MODULE: Module =
    Module { what: "etcd and kube-apiserver", programs: &[ETCD, API_SERVER], ..KUBERNETES_MODULE };

/// What people look at composed resources with.
pub(super) const CLI_MODULE: Module = Module {
    folder: "tests/rig/tools/cli",
    what: "the crossplane CLI",
    revision: 1,
    scope: Scope::All,
    programs: &[Program {
        package: "github.com/crossplane/cli/v2/cmd/crossplane",
        name: "crossplane",
        seconds: 275,
        stamp: Some(Stamp::Cli),
    }],
};

/// What packages hold as well: the rig's own helm is the one that is shipped.
pub(super) const HELM_MODULE: Module = Module {
    folder: "package/helm",
    what: "helm",
    revision: 1,
    scope: Scope::Lean,
    programs: &[Program {
        package: "helm.sh/helm/v4/cmd/helm",
        name: "helm",
        seconds: 25,
        stamp: Some(Stamp::Helm),
    }],
};

pub(super) const CROSSPLANE: &str = "github.com/crossplane/crossplane/v2";
pub(super) const CLI: &str = "github.com/crossplane/cli/v2";
pub(super) const KUBERNETES: &str = "k8s.io/kubernetes";
pub(super) const HELM: &str = "helm.sh/helm/v4";

/// The version of a module that a `go.mod` asks for.
pub fn version<'a>(go_mod: &'a str, module: &str) -> Option<&'a str> {
    go_mod.lines().find_map(|line| {
        let mut words = line.trim().trim_start_matches("require ").split_ascii_whitespace();
        (words.next() == Some(module)).then(|| words.next()).flatten().filter(|word| word.starts_with('v'))
    })
}

/// Flags of the linker. `-s -w` leaves out what only a debugger reads: a third of a gigabyte over all programs.
pub(super) fn ldflags(stamp: Option<Stamp>, go_mod: &str) -> String {
    let stamps = match stamp {
        None => String::new(),
        Some(Stamp::Kubernetes) => {
            let version = version(go_mod, KUBERNETES).unwrap_or("v0.0.0");
            let mut numbers = version.trim_start_matches('v').split('.');
            let (major, minor) = (numbers.next().unwrap_or("0"), numbers.next().unwrap_or("0"));
            let at = "-X k8s.io/component-base/version";
            format!(" {at}.gitVersion={version} {at}.gitMajor={major} {at}.gitMinor={minor}")
        }
        Some(Stamp::Crossplane) => crossplane_stamp(version(go_mod, CROSSPLANE)),
        Some(Stamp::Cli) => crossplane_stamp(version(go_mod, CLI)),
        Some(Stamp::Helm) => {
            format!(" -X {HELM}/internal/version.version={}", version(go_mod, HELM).unwrap_or("v0.0.0"))
        }
    };
    format!("-s -w{stamps}")
}

fn crossplane_stamp(version: Option<&str>) -> String {
    let version = version.unwrap_or("v0.0.0");
    format!(" -X github.com/crossplane/crossplane-runtime/v2/pkg/version.version={version}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GO_MOD: &str = "module x\n\nrequire k8s.io/kubernetes v1.36.3\n\nrequire (\n\tgithub.com/crossplane/crossplane/v2 v2.4.0 // indirect\n)\nreplace k8s.io/api => k8s.io/api v0.36.3\n";

    #[test]
    fn versions_come_from_go_mod() {
        assert_eq!(version(GO_MOD, KUBERNETES), Some("v1.36.3"));
        assert_eq!(version(GO_MOD, CROSSPLANE), Some("v2.4.0"));
        assert_eq!(version(GO_MOD, "k8s.io/api"), None);
    }

    #[test]
    fn programs_that_ask_for_their_version_are_told() {
        assert!(
            ldflags(Some(Stamp::Kubernetes), GO_MOD)
                .ends_with("gitMajor=1 -X k8s.io/component-base/version.gitMinor=36")
        );
        assert!(ldflags(Some(Stamp::Crossplane), GO_MOD).ends_with("version.version=v2.4.0"));
        assert!(
            ldflags(Some(Stamp::Helm), "\thelm.sh/helm/v4 v4.1.4 // indirect")
                .ends_with("helm.sh/helm/v4/internal/version.version=v4.1.4")
        );
        assert_eq!(ldflags(None, GO_MOD), "-s -w");
    }
}
