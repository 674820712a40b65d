//! The composition function, as Crossplane's own tools see it: its protocol, and what it makes of the examples.

use crate::world::{checkout, world};
use rig::lifecycle::block_on;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Once,
    time::{Duration, Instant},
};

const PROTOCOL: &str = "proto/fn/v1/run_function.proto";
/// As `examples/cloud/render/functions.yaml` has it.
const ADDRESS: &str = "127.0.0.1:19443";

/// Names and numbers of a proto file, as `run_function.txt` has them.
fn numbers(proto: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut owners: Vec<String> = vec![];
    let plain = proto.lines().map(|line| line.split("//").next().unwrap().trim());
    for line in plain {
        let words: Vec<_> = line.split_whitespace().collect();
        if line.ends_with('{') || line.ends_with("{}") {
            let block = matches!(words[0], "message" | "enum").then(|| words[1].to_owned());
            if line.ends_with('{') {
                owners.push(block.or(owners.last().cloned()).unwrap_or_default());
            }
        } else if line == "}" {
            owners.pop();
        } else if let (Some((left, right)), Some(owner)) = (line.split_once('='), owners.last()) {
            let number: String = right.trim().chars().take_while(char::is_ascii_digit).collect();
            found.insert(format!("{owner} {} {number}", left.split_whitespace().last().unwrap()));
        }
    }
    found
}

#[test]
fn names_and_numbers_are_those_that_crossplane_publishes() {
    let folder = checkout().join("tests/rig/tools/crossplane");
    let module = ["list", "-m", "-f", "{{.Dir}}", "github.com/crossplane/crossplane/v2"];
    let listed = Command::new("go").args(module).current_dir(&folder).output().unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let module = String::from_utf8(listed.stdout).unwrap();
    let path = Path::new(module.trim()).join(PROTOCOL);
    let proto = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let ours = fs::read_to_string(checkout().join("src/function/protocol/run_function.txt")).unwrap();
    assert_eq!(numbers(&proto), ours.lines().map(str::to_owned).collect());
}

/// The function as it is shipped, until it is dropped.
struct Function(Child);

impl Function {
    fn serve() -> Self {
        let program = world().package.parent().unwrap().join("x86_64-unknown-linux-gnu/release/kupenstack");
        let mut words = world().rig.inside();
        words.push(program.display().to_string());
        let flags =
            ["function", "--insecure", "--address", ADDRESS, "--metrics-bind-address", "127.0.0.1:19080"];
        words.extend(flags.map(str::to_owned));
        words.extend(["--health-probe-bind-addr", "127.0.0.1:19081"].map(str::to_owned));
        let (program, arguments) = words.split_first().unwrap();
        let child = Command::new(program).args(arguments).stderr(Stdio::null()).spawn().unwrap();
        Self(child)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the official CLI prints for a composite resource of `examples/cloud`, with what a folder says that was observed and looked up.
fn rendered(composite: &Path, folder: &Path, core: &str) -> String {
    let object: serde_json::Value = serde_saphyr::from_str(&fs::read_to_string(composite).unwrap()).unwrap();
    let text = |field: &str| object[field].as_str().unwrap();
    let group = text("apiVersion").split('/').next().unwrap();
    let kind = format!("{group}_{}s", text("kind").to_lowercase());
    let file = |path: PathBuf| path.display().to_string();
    let compositions = checkout().join("compositions");
    let functions = checkout().join("examples/cloud/render/functions.yaml");
    let mut arguments = vec!["composition".to_owned(), "render".to_owned(), file(composite.to_owned())];
    arguments.extend([file(compositions.join(format!("{kind}.composition.yaml"))), file(functions)]);
    for (option, name) in
        [("--required-resources", "required.yaml"), ("--observed-resources", "observed.yaml")]
    {
        let path = folder.join(name);
        if path.exists() {
            arguments.extend([option.to_owned(), file(path)]);
        }
    }
    arguments.extend(["--xrd".to_owned(), file(compositions.join(format!("{kind}.definition.yaml")))]);
    arguments.push(format!("--crossplane-binary={core}"));
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let began = Instant::now();
    loop {
        match block_on(world().rig.crossplane(&arguments)) {
            Ok(rendered) => return rendered,
            Err(error) if began.elapsed() > Duration::from_secs(30) => panic!("{error}"),
            Err(_) => std::thread::sleep(Duration::from_millis(500)),
        }
    }
}

#[test]
fn the_official_cli_renders_the_examples_offline_as_the_golden_files_say() {
    let _function = Function::serve();
    let core = block_on(world().rig.run("sh", &["-c", "command -v crossplane-core"])).unwrap();
    let examples = checkout().join("examples/cloud");
    let entries = fs::read_dir(examples.join("render")).unwrap().map(|entry| entry.unwrap().path());
    let cases = entries.filter(|path| path.is_dir()).map(|folder| (folder.join("composite.yaml"), folder));
    for (composite, folder) in cases.chain([(examples.join("cloud.yaml"), examples.join("render"))]) {
        let golden = fs::read_to_string(folder.join("rendered.yaml")).unwrap();
        let rendered = rendered(&composite, &folder, core.trim());
        assert_eq!(rendered.trim(), golden.trim(), "{}", folder.display());
    }
}

/// The definitions and compositions of the package, established; by whoever comes first.
fn established() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (kind, group) in [
            ("openstackclouds", "cluster.kupenstack.io"),
            ("xopenstackclouds", "cluster.kupenstack.io"),
            ("openstackcloudconfigurationprofiles", "cluster.kupenstack.io"),
            ("kupenstackconfigurations", "kupenstack.io"),
        ] {
            for part in ["definition", "composition"] {
                let file = checkout().join(format!("compositions/{group}_{kind}.{part}.yaml"));
                let file = file.display().to_string();
                world().kubectl(&["apply", "--server-side", "--force-conflicts", "-f", &file]);
            }
            let name = format!("compositeresourcedefinition/{kind}.{group}");
            world().kubectl(&["wait", &name, "--for=condition=Established", "--timeout=60s"]);
        }
    });
}

/// A paused cloud of release 2025.2, with these changes of its spec.
fn cloud(changes: &serde_json::Value) -> serde_json::Value {
    let mut spec = serde_json::json!({"release": "2025.2", "chart": {"oci": "oci://registry.example.org/charts", "version": "1.0.0"}});
    spec.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    serde_json::json!({"apiVersion": "cluster.kupenstack.io/v1alpha1", "kind": "OpenStackCloud",
        "metadata": {"name": "c", "annotations": {"crossplane.io/paused": "true"}}, "spec": spec})
}

#[test]
fn the_definitions_are_established_and_kubectl_explains_them() {
    established();
    let said = world().kubectl(&["explain", "openstackcloud.spec.components.nova"]);
    assert!(said.contains("A Nova is the compute service of an OpenStack cloud"), "{said}");
    let columns = world().kubectl(&[
        "get",
        "crd",
        "openstackclouds.cluster.kupenstack.io",
        "-o",
        "jsonpath={.spec.versions[0].additionalPrinterColumns[*].name}",
    ]);
    for column in ["PHASE", "RELEASE", "PROGRESS", "STAGE", "READY"] {
        assert!(columns.contains(column), "{columns}");
    }
    let theirs = checkout().join("examples/cloud/kupenstack.yaml").display().to_string();
    let accepted = world().kubectl(&["apply", "--dry-run=server", "-n", "default", "-f", &theirs]);
    assert!(accepted.contains("configfile created"), "KupenStack's own file, as it is: {accepted}");
    let theirs = checkout().join("examples/cloud/render/documented/composite.yaml").display().to_string();
    let accepted = world().kubectl(&["apply", "--dry-run=server", "-f", &theirs]);
    assert!(accepted.contains("site created"), "a profile with all that KupenStack documented: {accepted}");
}

#[test]
fn a_wrong_cloud_is_refused_by_field_and_a_pinned_image_holds_its_release() {
    established();
    let ns = world().namespace("clouds");
    let pinned =
        serde_json::json!({"components": {"nova": {"images": {"tags": {"nova_api": "x"}}}, "keystoen": {}}});
    ns.apply(&cloud(&pinned));
    let kept = ns.get("openstackcloud", "c");
    assert!(kept["spec"]["components"].get("keystoen").is_some(), "what is unknown is kept, to be named");
    for (changes, why) in [
        (serde_json::json!({"release": "train"}), "spec.release"),
        (serde_json::json!({"chart": {"version": "1.0.0"}}), "chart.oci or chart.repository"),
    ] {
        let refused = ns.try_apply(&cloud(&changes)).unwrap_err();
        assert!(refused.contains(why), "{refused}");
    }
    let refused =
        ns.patch("openstackcloud", "c", &serde_json::json!({"spec": {"release": "2026.1"}})).unwrap_err();
    assert!(refused.contains("images.tags pins images"), "{refused}");
    ns.delete("openstackcloud", "c");
}

#[test]
fn what_crossplane_leaves_of_a_claims_emptied_maps_pins_nothing() {
    established();
    let ns = world().namespace("emptied");
    let clouds = world().cluster.place("openstackclouds.cluster.kupenstack.io", &ns.name);
    for emptied in [
        serde_json::Value::Null,
        serde_json::json!({"nova": null}),
        serde_json::json!({"nova": {"images": null}}),
        serde_json::json!({"nova": {"images": {"tags": null}, "values": null, "replicas": null}}),
    ] {
        let made = cloud(&serde_json::json!({"components": emptied}));
        world().cluster.ask("POST", clouds.all(), &made).unwrap();
        assert_eq!(ns.get("openstackcloud", "c")["spec"]["components"], emptied);
        ns.patch("openstackcloud", "c", &serde_json::json!({"spec": {"release": "2026.1"}})).unwrap();
        ns.delete("openstackcloud", "c");
    }
}
