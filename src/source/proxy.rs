//! The proxy between here and the web, as the environment names it. Pure.

use reqwest::{NoProxy, Proxy, Url};
use std::fmt;

/// The proxies of an environment; none of an empty one.
#[derive(Clone, Default)]
pub struct Proxies {
    all: Vec<Proxy>,
    hosts: Vec<String>,
}

/// Only hosts: an address may hold a password.
impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.hosts).finish()
    }
}

impl Proxies {
    /// Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in capitals or not.
    ///
    /// # Errors
    /// A variable holds no address of a proxy. Its value is not repeated: it may hold a password.
    pub fn of(environment: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let variable = |name: &str| {
            let found = environment(name).or_else(|| environment(&name.to_lowercase()));
            found.filter(|value| !value.is_empty())
        };
        let except = variable("NO_PROXY").and_then(|list| NoProxy::from_string(&list));
        let mut proxies = Self::default();
        for (name, through) in [
            ("HTTPS_PROXY", Proxy::https::<Url> as fn(Url) -> reqwest::Result<Proxy>),
            ("HTTP_PROXY", Proxy::http::<Url>),
        ] {
            let Some(value) = variable(name) else { continue };
            let wrong =
                || format!("the variable {name} is no address of a proxy, such as http://10.0.0.1:3128");
            let value = if value.contains("://") { value } else { format!("http://{value}") };
            let url = Url::parse(&value).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            let url = url.ok_or_else(wrong)?;
            proxies.hosts.extend(url.host_str().map(str::to_owned));
            proxies.all.push(through(url).map_err(|_| wrong())?.no_proxy(except.clone()));
        }
        Ok(proxies)
    }

    /// There is one.
    pub(super) fn any(&self) -> bool {
        !self.all.is_empty()
    }

    /// Each, with what it is not for.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Proxy> {
        self.all.iter()
    }

    /// Is it the name of one?
    pub(super) fn named(&self, host: &str) -> bool {
        self.hosts.iter().any(|name| name.eq_ignore_ascii_case(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<Proxies, String> {
        Proxies::of(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn proxies_are_read_as_other_programs_read_them() {
        for (variables, hosts) in [
            (&[][..], "[]"),
            (&[("HTTPS_PROXY", "")], "[]"),
            (&[("NO_PROXY", "*")], "[]"),
            (&[("HTTPS_PROXY", "http://user:word@proxy.example.org:3128/")], r#"["proxy.example.org"]"#),
            (&[("https_proxy", "10.0.0.1:3128"), ("HTTP_PROXY", "proxy:3128")], r#"["10.0.0.1", "proxy"]"#),
        ] {
            assert_eq!(format!("{:?}", of(variables).unwrap()), hosts, "{variables:?}");
        }
        for wrong in ["socks5://10.0.0.1", "http://", "http://user:word@:1", "://"] {
            let why = of(&[("HTTP_PROXY", wrong)]).unwrap_err();
            assert!(why.contains("HTTP_PROXY") && !why.contains("word"), "{wrong}: {why}");
        }
    }
}
