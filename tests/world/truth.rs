//! The truth about the cloud, from a client that shares no code with the provider: one long-lived process with
//! openstacksdk, which answers line by line.

use rig::handle::Rig;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

pub struct Truth {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Truth {
    /// As a cloud of the rig's clouds.yaml.
    pub fn start(rig: &Rig, cloud: &str) -> Self {
        let mut words = rig.inside();
        words.push(rig.settings.venv.join("bin/python").display().to_string());
        words.extend([
            "-u".to_owned(),
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/world/truth.py").to_owned(),
        ]);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).envs(rig.environment()).env("OS_CLOUD", cloud);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (questions, answers) =
            (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, questions, answers }
    }

    pub fn ask(&mut self, service: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.ask_at(service, None, method, path, body)
    }

    /// With a microversion of its own.
    pub fn ask_at(
        &mut self,
        service: &str,
        version: Option<&str>,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        writeln!(
            self.questions,
            "{}",
            json!({"service": service, "microversion": version, "method": method, "path": path, "body": body})
        )
        .unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let mut answer: Value = serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: {line:?}"));
        (u16::try_from(answer["status"].as_u64().unwrap()).unwrap(), answer["body"].take())
    }
}

impl Drop for Truth {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
