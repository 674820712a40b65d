use super::*;
use serde_json::json;

/// A folder that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, files: &[(&str, &str)]) -> Self {
        let root = env::temp_dir().join(format!("rig-charts-{name}-{}", std::process::id()));
        for (path, text) in files {
            files::write(&root.join(path), text).unwrap();
        }
        Self(root)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        files::remove(&self.0).unwrap();
    }
}

#[test]
fn a_library_is_no_chart_to_install_and_nor_is_a_folder_without_a_chart() {
    let folder = Folder::with(
        "names",
        &[
            ("nova/Chart.yaml", "name: nova\n"),
            ("toolkit/Chart.yaml", "name: toolkit\ntype: library\n"),
            ("values/nova.yaml", ""),
        ],
    );
    assert_eq!(names(&folder.0).unwrap(), ["nova"]);
}

#[test]
fn a_folder_that_is_no_checkout_of_openstack_helm_is_refused() {
    let folder = Folder::with("refused", &[("nova/Chart.yaml", "name: nova\n")]);
    let refused = ChartSource::at(&folder.0, Some(folder.0.clone())).unwrap_err().to_string();
    assert!(refused.starts_with("$KUPENSTACK_RIG_CHARTS is ") && refused.ends_with("no helm-toolkit"));
}

#[test]
fn charts_of_a_checkout_have_its_versions_a_place_of_their_own_and_what_they_need_beside_our_values() {
    let folder = Folder::with(
        "checkout",
        &[
            ("osh/helm-toolkit/Chart.yaml", "name: helm-toolkit\n"),
            ("osh/nova/Chart.yaml", "---\nname: nova\nversion: 2026.2.0\n...\n"),
            ("osh/heat/Chart.yaml", "name: heat\n"),
            ("tests/charts/nova/Chart.yaml", "name: nova\nversion: 2026.1.0\n"),
            ("tests/charts/values/nova.yaml", "network: {backend: []}\nconf: {ceph: {enabled: false}}\n"),
            ("tests/charts/openstack-helm/nova.yaml", "conf: {hypervisor: {host_interface: cni0}}\n"),
        ],
    );
    let theirs = ChartSource::at(&folder.0, Some(folder.0.join("osh"))).unwrap();
    assert_eq!(theirs.names().unwrap(), ["nova"], "the rig has no values for others");
    assert_eq!(theirs.version("nova").unwrap(), "2026.2.0");
    let values: Value = serde_json::from_str(&theirs.values("nova").unwrap()).unwrap();
    let conf = json!({"ceph": {"enabled": false}, "hypervisor": {"host_interface": "cni0"}});
    assert_eq!(values, json!({"network": {"backend": []}, "conf": conf}));
    let ours = ChartSource::at(&folder.0, None).unwrap();
    assert_eq!(ours.version("nova").unwrap(), "2026.1.0");
    assert!(!ours.values("nova").unwrap().contains("hypervisor"));
    assert_ne!(ours.oci("nova"), theirs.oci("nova"));
}

#[test]
fn what_a_chart_takes_from_beside_it_is_found_and_what_it_takes_from_elsewhere_is_left_to_helm() {
    let folder = Folder::with(
        "libraries",
        &[(
            "nova/Chart.yaml",
            "name: nova\ndependencies:\n- {name: helm-toolkit, repository: file://../helm-toolkit, version: '>= 0'}\n\
             - {name: other, repository: https://charts.example.org}\n",
        )],
    );
    let nova = folder.0.join("nova");
    assert_eq!(libraries(&nova).unwrap(), [("helm-toolkit".to_owned(), nova.join("../helm-toolkit"))]);
}
