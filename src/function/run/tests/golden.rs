//! Whole answers: what `crossplane composition render` prints of `examples/cloud/render`, which the suite runs. Each folder there is a
//! case, and what lies beside them is that of `cloud.yaml`.

use super::*;
use std::{
    fs,
    path::{Path, PathBuf},
};

const RESOURCE_NAME: &str = "crossplane.io~1composition-resource-name";

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/cloud")
}

/// Documents of a file; none if there is no such file.
fn read(path: &Path) -> Vec<Value> {
    if path.exists() { documents(&fs::read_to_string(path).unwrap()) } else { vec![] }
}

/// A composite resource, in what state it is looked at, and what is rendered of it.
struct Case {
    composite: Value,
    folder: PathBuf,
}

impl Case {
    fn of(name: &str) -> Self {
        let folder = examples().join("render").join(name);
        Self { composite: read(&folder.join("composite.yaml")).remove(0), folder }
    }

    /// A whole cloud.
    fn cloud() -> Self {
        Self { composite: cloud_of_the_examples(), folder: examples().join("render") }
    }

    fn all() -> Vec<Self> {
        let entries = fs::read_dir(examples().join("render")).unwrap().map(|entry| entry.unwrap());
        let folders = entries.filter(|entry| entry.path().is_dir());
        let cases = folders.map(|folder| Self::of(folder.file_name().to_str().unwrap()));
        cases.chain([Self::cloud()]).collect()
    }

    fn file(&self, name: &str) -> Vec<Value> {
        read(&self.folder.join(name))
    }

    fn asked(&self) -> RunFunctionRequest {
        let mut asked = request(self.composite.clone());
        for object in self.file("observed.yaml") {
            asked.observed.as_mut().unwrap().resources.insert(named(&object), resource(object));
        }
        look_up(asked, &self.file("required.yaml"))
    }
}

fn named(object: &Value) -> String {
    let name = object.pointer(&format!("/metadata/annotations/{RESOURCE_NAME}")).unwrap();
    name.as_str().unwrap().to_owned()
}

/// Type, status, reason and message of our conditions.
fn conditions(response: &RunFunctionResponse) -> Value {
    let told = response.conditions.iter().map(|one| {
        let status = if one.status == i32::from(Status::ConditionTrue) { "True" } else { "False" };
        json!([one.r#type, status, one.reason, one.message])
    });
    Value::Array(told.collect())
}

/// Those of a rendered composite that have the types of ours.
fn rendered_conditions(composite: &Value, ours: &Value) -> Value {
    let is_ours = |one: &&Value| ours.as_array().unwrap().iter().any(|our| our[0] == one["type"]);
    let all = composite["status"]["conditions"].as_array().unwrap().iter().filter(is_ours);
    Value::Array(all.map(|one| json!([one["type"], one["status"], one["reason"], one["message"]])).collect())
}

#[test]
fn the_examples_come_to_what_the_golden_files_say() {
    for case in Case::all() {
        let at = case.folder.display();
        let response = run(case.asked());
        let mut golden = case.file("rendered.yaml").into_iter();
        let mut composite = golden.next().unwrap_or_else(|| panic!("{at} has no rendered.yaml"));
        let conditions = conditions(&response);
        assert_eq!(conditions, rendered_conditions(&composite, &conditions), "{at}");
        composite["status"].as_object_mut().unwrap().remove("conditions");
        assert_eq!(status(&response), composite["status"], "{at}");
        let mut desired = response.desired.unwrap().resources;
        for rendered in golden {
            let name = named(&rendered);
            let ours = desired.remove(&name).unwrap_or_else(|| panic!("{at}: {name}")).resource.unwrap();
            let ours = Value::Object(convert::to_json(ours));
            for field in ["/apiVersion", "/kind", "/metadata/namespace", "/spec"] {
                assert_eq!(ours.pointer(field), rendered.pointer(field), "{at}: {name}{field}");
            }
        }
        assert_eq!(desired.into_keys().collect::<Vec<_>>(), Vec::<String>::new(), "{at}");
    }
}

/// Crossplane waits two minutes for all of its calls. Prints what it takes; the bound is far, for slow machines.
#[test]
fn a_whole_cloud_is_answered_at_once() {
    let asked = Case::cloud().asked();
    let mut took: Vec<_> = (0..200)
        .map(|_| {
            let (asked, began) = (asked.clone(), tokio::time::Instant::now());
            std::hint::black_box(run(asked));
            began.elapsed()
        })
        .collect();
    took.sort();
    println!("p50 {:?}, p99 {:?}", took[100], took[197]);
    assert!(took[100] < std::time::Duration::from_millis(500), "{:?}", took[100]);
}

#[test]
fn the_profile_that_the_golden_file_was_made_with_is_what_this_function_resolves() {
    let given = Case::cloud().file("required.yaml").remove(0);
    let resolved = resolved_profile();
    assert_eq!(given["spec"], resolved["spec"]);
    assert_eq!(given["status"]["effectiveConfiguration"], resolved["status"]["effectiveConfiguration"]);
}

#[test]
fn the_cases_of_a_chain_are_the_examples_and_each_is_looked_up_as_the_last_one_was_rendered() {
    let [address, chain] = ["address", "chain"].map(Case::of);
    assert_eq!(
        [address.composite.clone(), chain.composite.clone()].to_vec(),
        read(&examples().join("chain.yaml"))
    );
    let base = read(&examples().join("base.yaml")).remove(0);
    assert_eq!(address.file("observed.yaml")[0]["status"]["atProvider"]["spec"], base["spec"]);
    let (rendered, required) =
        (address.file("rendered.yaml").remove(0), chain.file("required.yaml").remove(0));
    for field in ["effectiveConfiguration", "provenance", "parents"] {
        assert_eq!(required["status"][field], rendered["status"][field], "{field}");
    }
}

#[test]
fn the_case_of_kupenstacks_own_file_is_the_example_and_the_defaults_are_those_of_the_installation() {
    let case = Case::of("kupenstack");
    let mut file = case.composite.clone();
    file["metadata"].as_object_mut().unwrap().remove("namespace");
    assert_eq!([file].to_vec(), read(&examples().join("kupenstack.yaml")));
    let installed = read(&examples().join("install.yaml"));
    let defaults: Vec<_> =
        installed.into_iter().filter(|object| object["kind"] == "EnvironmentConfig").collect();
    assert_eq!(case.file("required.yaml"), defaults);
}

#[test]
fn a_plan_is_agreed_with_by_the_digest_that_it_was_told_with() {
    let [plan, approved] = ["plan", "approved"].map(Case::of);
    let told = plan.file("rendered.yaml").remove(0)["status"]["plan"].take();
    let mut agreed = plan.composite.clone();
    agreed["metadata"]["annotations"] = json!({"cluster.kupenstack.io/approve": told["digest"]});
    assert_eq!(agreed, approved.composite);
    let updates = |case: &Case| {
        let objects = case.file("rendered.yaml").into_iter().skip(1);
        let components =
            objects.filter(|object| named(object) != "passwords" && named(object) != "provider-config");
        let may = |object: Value| {
            let policies = &object["spec"]["managementPolicies"];
            policies.as_array().is_none_or(|all| all.iter().any(|policy| policy == "Update"))
        };
        components.map(may).collect::<Vec<_>>()
    };
    assert!(updates(&plan).iter().all(|may| !may) && updates(&approved).iter().all(|may| *may));
}
