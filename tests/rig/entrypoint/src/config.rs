//! `DEPENDENCY_CONFIG`: templates of a mounted ConfigMap, written as files with what only the pod itself knows.

use crate::error::Error;
use std::{env, fs, net::UdpSocket, path::Path};

const TEMPLATES: &str = "/configmaps";

/// Writes each file of the list from the template of its name.
pub fn write(files: &str) -> Result<(), Error> {
    let (host, address) = (env::var("HOSTNAME").unwrap_or_default(), own_address());
    for file in files.split(',').map(str::trim).filter(|file| !file.is_empty()) {
        let to = Path::new(file);
        let name = to.file_name().unwrap_or_default();
        let from = Path::new(TEMPLATES).join(name).join(name);
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |source| Error::File { path, source }
        };
        let template = fs::read_to_string(&from).map_err(failed(&from))?;
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(failed(folder))?;
        }
        fs::write(to, filled(&template, &host, &address)).map_err(failed(to))?;
        println!("{file} is written");
    }
    Ok(())
}

/// The pod's address towards the cluster. Nothing is sent: a datagram socket only chooses its way.
fn own_address() -> String {
    let host = env::var("KUBERNETES_SERVICE_HOST").unwrap_or_default();
    let address = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect((host.as_str(), 443))?;
        socket.local_addr()
    });
    address.map_or(String::new(), |address| address.ip().to_string())
}

fn filled(template: &str, host: &str, address: &str) -> String {
    let erlang = address.replace('.', ",");
    let values = [("HOSTNAME", host), ("IP", address), ("IP_ERLANG", erlang.as_str())];
    values.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{{ .{name} }}}}"), value).replace(&format!("{{{{.{name}}}}}"), value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_with_the_pods_name_and_address() {
        let text = filled("{{ .HOSTNAME }} {{.IP}} {{ .IP_ERLANG }} {{ .OTHER }}", "pod-0", "10.0.0.1");
        assert_eq!(text, "pod-0 10.0.0.1 10,0,0,1 {{ .OTHER }}");
    }
}
