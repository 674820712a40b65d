//! The body that asks Keystone for a token. Pure. It holds secrets: send it, never print it.
//! Reference: <https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management>

use crate::openstack::config::{Domain, Login, Named, Scope};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

/// Body of `POST /v3/auth/tokens`.
pub fn body(login: &Login, scope: &Scope) -> Value {
    let (method, proof) = proof(login);
    let mut identity = Map::new();
    identity.insert("methods".to_owned(), json!([method]));
    identity.insert(method.to_owned(), proof);
    let mut auth = Map::new();
    auth.insert("identity".to_owned(), Value::Object(identity));
    auth.extend(scoped(scope).map(|scope| ("scope".to_owned(), scope)));
    json!({ "auth": auth })
}

fn proof(login: &Login) -> (&'static str, Value) {
    match login {
        Login::Password { user, password } => {
            let mut user = named(user);
            user.insert("password".to_owned(), json!(password.expose_secret()));
            ("password", json!({ "user": user }))
        }
        Login::Token(token) => ("token", json!({ "id": token.expose_secret() })),
        Login::ApplicationCredential { id, secret } => {
            ("application_credential", json!({ "id": id, "secret": secret.expose_secret() }))
        }
        Login::UsersApplicationCredential { name, user, secret } => (
            "application_credential",
            json!({ "name": name, "user": named(user), "secret": secret.expose_secret() }),
        ),
    }
}

fn scoped(scope: &Scope) -> Option<Value> {
    match scope {
        Scope::Implied => None,
        Scope::Project(project) => Some(json!({ "project": named(project) })),
        Scope::Domain(domain) => Some(json!({ "domain": self::domain(domain) })),
        Scope::System => Some(json!({ "system": { "all": true } })),
        Scope::Trust(id) => Some(json!({ "OS-TRUST:trust": { "id": id } })),
    }
}

fn named(named: &Named) -> Map<String, Value> {
    match named {
        Named::Id(id) => Map::from_iter([("id".to_owned(), json!(id))]),
        Named::In(name, domain) => {
            Map::from_iter([("name".to_owned(), json!(name)), ("domain".to_owned(), self::domain(domain))])
        }
    }
}

fn domain(domain: &Domain) -> Value {
    match domain {
        Domain::Id(id) => json!({ "id": id }),
        Domain::Name(name) => json!({ "name": name }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Named {
        Named::In("ada".into(), Domain::Name("Default".into()))
    }

    #[test]
    fn every_login_has_its_body() {
        let password = Login::Password { user: ada(), password: "p".into() };
        let ada_json = json!({"name": "ada", "domain": {"name": "Default"}});
        for (login, method, proof) in [
            (
                password,
                "password",
                json!({"user": {"name": "ada", "domain": {"name": "Default"}, "password": "p"}}),
            ),
            (
                Login::Password { user: Named::Id("u".into()), password: "p".into() },
                "password",
                json!({"user": {"id": "u", "password": "p"}}),
            ),
            (Login::Token("t".into()), "token", json!({"id": "t"})),
            (
                Login::ApplicationCredential { id: "i".into(), secret: "s".into() },
                "application_credential",
                json!({"id": "i", "secret": "s"}),
            ),
            (
                Login::UsersApplicationCredential { name: "n".into(), user: ada(), secret: "s".into() },
                "application_credential",
                json!({"name": "n", "user": ada_json, "secret": "s"}),
            ),
        ] {
            let expected = json!({"auth": {"identity": {"methods": [method], method: proof}}});
            assert_eq!(body(&login, &Scope::Implied), expected);
        }
    }

    #[test]
    fn every_scope_has_its_body() {
        for (scope, expected) in [
            (Scope::Project(Named::Id("p".into())), json!({"project": {"id": "p"}})),
            (
                Scope::Project(Named::In("p".into(), Domain::Id("d".into()))),
                json!({"project": {"name": "p", "domain": {"id": "d"}}}),
            ),
            (Scope::Domain(Domain::Name("d".into())), json!({"domain": {"name": "d"}})),
            (Scope::System, json!({"system": {"all": true}})),
            (Scope::Trust("t".into()), json!({"OS-TRUST:trust": {"id": "t"}})),
        ] {
            assert_eq!(body(&Login::Token("t".into()), &scope)["auth"]["scope"], expected);
        }
    }
}
