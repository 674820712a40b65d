use super::*;
use std::fs;

/// A program in the place of helm, started by a stand-in for our own word `confined`.
async fn program(name: &str, script: &str) -> Result<Program, Error> {
    program_of("v4.1.4", name, script).await
}

/// The same, which calls itself by another version.
async fn program_of(version: &str, name: &str, script: &str) -> Result<Program, Error> {
    let home = std::env::temp_dir().join(format!("kupenstack-helm-{}-{name}", std::process::id()));
    fs::create_dir_all(&home).unwrap();
    // Both are read by a shell: a file that was just written can't always be executed while other threads start programs.
    let version = format!("[ \"$1\" = version ] && {{ echo {version}; exit 0; }}");
    fs::write(home.join("helm"), format!("{version}\n{script}\n")).unwrap();
    fs::write(home.join("confined"), "shift\nexec sh \"$@\"\n").unwrap();
    Program::find(home.join("helm"), "/bin/sh".into(), home).await
}

async fn render(program: &Program, values: &str) -> Result<String, Error> {
    let values = values.into();
    let chart = Path::new("/charts/a.tgz");
    let template = Template { release: "a", namespace: "n", chart, values: &values, kube_version: "v1.36.3" };
    program.template(&template).await
}

#[tokio::test]
async fn values_go_in_by_stdin_and_nothing_of_our_environment_goes_along() {
    let program = program("stdin", "echo \"$@\"; cat; echo; env").await.unwrap();
    let said = render(&program, r#"{"a":1}"#).await.unwrap();
    assert!(
        said.starts_with("template a /charts/a.tgz -n n -f - --kube-version v1.36.3\n{\"a\":1}\n"),
        "{said}"
    );
    let names: Vec<_> = said.lines().skip(2).filter_map(|line| Some(line.split_once('=')?.0)).collect();
    let ours = |name: &&str| !["PWD", "OLDPWD", "SHLVL", "_"].contains(name);
    let mut names: Vec<_> = names.into_iter().filter(ours).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "GOMAXPROCS",
            "GOMEMLIMIT",
            "HELM_CACHE_HOME",
            "HELM_CONFIG_HOME",
            "HELM_DATA_HOME",
            "HELM_NO_PLUGINS",
            "HOME",
            "KUBECONFIG"
        ]
    );
}

#[tokio::test]
async fn what_does_not_render_is_said_in_helms_words_without_secrets() {
    let script = "echo 'Error: execution error at (a.yaml:1): no hunter2-hunter2 for' >&2; echo ' keystone' >&2; exit 1";
    let program = program("words", script).await.unwrap();
    let error = render(&program, r#"{"auth": {"password": "hunter2-hunter2"}, "name": "keystone"}"#).await;
    assert!(
        matches!(&error, Err(Error::Rendering(words)) if words == "execution error at (a.yaml:1): no *** for keystone"),
        "{error:?}"
    );
}

#[tokio::test]
async fn too_much_output_and_too_many_words_are_cut_off_and_do_not_block() {
    let program = program("much", "head -c 20000000 /dev/zero; head -c 200000 /dev/zero >&2").await.unwrap();
    let error = render(&program, "{}").await;
    assert!(matches!(&error, Err(Error::Rendering(words)) if words.contains("16 MiB")), "{error:?}");
}

#[test]
fn only_tested_versions_are_taken() {
    for version in ["v4.1.4", "v4.1.9"] {
        assert_eq!(checked(version).unwrap(), version);
    }
    for version in ["v4.1.3", "v4.2.0", "v3.18.0", "v4.1", "v5.1.4", "", "v4.1.4-rc.1"] {
        let error = checked(version).unwrap_err();
        assert!(error.to_string().contains("4.1.4"), "{error}");
    }
}

#[tokio::test]
async fn scenario_05_a_helm_3_18_0_in_place_is_refused_by_its_version_and_renders_nothing() {
    let error = program_of("v3.18.0", "old", "touch rendered").await.err().unwrap();
    assert!(error.to_string().contains(r#"version "v3.18.0" can't be used"#), "{error}");
    let home = std::env::temp_dir().join(format!("kupenstack-helm-{}-old", std::process::id()));
    assert!(!home.join("rendered").exists());
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named_in_the_error() {
    let nowhere = PathBuf::from("/nowhere");
    let error = Program::find(nowhere.clone(), nowhere, std::env::temp_dir()).await.err().unwrap();
    assert!(error.to_string().starts_with("cannot start helm"), "{error}");
}
