//! The body that asks Keystone for a token. Pure. It holds secrets: to be sent, never printed.
//! Reference: <https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management>

use crate::openstack::config::{DomainRef, Named, Passcode, Proof, Scope};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

/// Body of `POST /v3/auth/tokens`. `second` (since 1970) is the time of passcodes.
pub fn body(proofs: &[Proof], scope: &Scope, second: i64) -> Value {
    let proofs: Vec<_> = proofs.iter().map(|it| proof(it, second)).collect();
    let mut identity = Map::new();
    let methods: Vec<_> = proofs.iter().map(|(method, _)| *method).collect();
    identity.insert("methods".to_owned(), json!(methods));
    identity.extend(proofs.into_iter().map(|(method, proof)| (method.to_owned(), proof)));
    let mut auth = Map::new();
    auth.insert("identity".to_owned(), Value::Object(identity));
    auth.extend(scoped(scope).map(|scope| ("scope".to_owned(), scope)));
    json!({ "auth": auth })
}

fn proof(proof: &Proof, second: i64) -> (&'static str, Value) {
    let whose = |user: &Named, key: &str, secret: &str| {
        let mut user = named(user);
        user.insert(key.to_owned(), json!(secret));
        json!({ "user": user })
    };
    match proof {
        Proof::Password { user, password } => ("password", whose(user, "password", password.expose_secret())),
        Proof::Totp { user, passcode: Passcode::Given(passcode) } => {
            ("totp", whose(user, "passcode", passcode.expose_secret()))
        }
        Proof::Totp { user, passcode: Passcode::Computed(seed) } => {
            ("totp", whose(user, "passcode", &seed.passcode(second)))
        }
        Proof::Token(token) => ("token", json!({ "id": token.expose_secret() })),
        Proof::ApplicationCredential { id, secret } => {
            ("application_credential", json!({ "id": id, "secret": secret.expose_secret() }))
        }
        Proof::UsersApplicationCredential { name, user, secret } => (
            "application_credential",
            json!({ "name": name, "user": named(user), "secret": secret.expose_secret() }),
        ),
    }
}

/// The secrets among the proofs, which no error may repeat. Computed passcodes are void after half a minute.
pub(super) fn secrets(proofs: &[Proof]) -> Vec<&SecretString> {
    proofs.iter().filter_map(secret).collect()
}

fn secret(proof: &Proof) -> Option<&SecretString> {
    match proof {
        Proof::Password { password: secret, .. }
        | Proof::Totp { passcode: Passcode::Given(secret), .. }
        | Proof::Token(secret)
        | Proof::ApplicationCredential { secret, .. }
        | Proof::UsersApplicationCredential { secret, .. } => Some(secret),
        Proof::Totp { passcode: Passcode::Computed(_), .. } => None,
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

fn domain(domain: &DomainRef) -> Value {
    match domain {
        DomainRef::Id(id) => json!({ "id": id }),
        DomainRef::Name(name) => json!({ "name": name }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::config::totp::Seed;

    fn ada() -> Named {
        Named::In("ada".into(), DomainRef::Name("Default".into()))
    }

    #[test]
    fn every_login_has_its_body() {
        let password = Proof::Password { user: ada(), password: "p".into() };
        let seed = Seed::read(&"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into()).unwrap();
        let ada_json = json!({"name": "ada", "domain": {"name": "Default"}});
        for (login, method, proof) in [
            (
                Proof::Totp { user: Named::Id("u".into()), passcode: Passcode::Given("1".into()) },
                "totp",
                json!({"user": {"id": "u", "passcode": "1"}}),
            ),
            (
                Proof::Totp { user: Named::Id("u".into()), passcode: Passcode::Computed(seed) },
                "totp",
                json!({"user": {"id": "u", "passcode": "287082"}}),
            ),
            (
                password,
                "password",
                json!({"user": {"name": "ada", "domain": {"name": "Default"}, "password": "p"}}),
            ),
            (
                Proof::Password { user: Named::Id("u".into()), password: "p".into() },
                "password",
                json!({"user": {"id": "u", "password": "p"}}),
            ),
            (Proof::Token("t".into()), "token", json!({"id": "t"})),
            (
                Proof::ApplicationCredential { id: "i".into(), secret: "s".into() },
                "application_credential",
                json!({"id": "i", "secret": "s"}),
            ),
            (
                Proof::UsersApplicationCredential { name: "n".into(), user: ada(), secret: "s".into() },
                "application_credential",
                json!({"name": "n", "user": ada_json, "secret": "s"}),
            ),
        ] {
            let expected = json!({"auth": {"identity": {"methods": [method], method: proof}}});
            assert_eq!(body(&[login], &Scope::Implied, 59), expected);
        }
    }

    #[test]
    fn several_methods_go_in_one_body() {
        let user = Named::Id("u".into());
        let all = [
            Proof::Password { user: user.clone(), password: "p".into() },
            Proof::Totp { user, passcode: Passcode::Given("1".into()) },
        ];
        assert_eq!(
            body(&all, &Scope::Implied, 0)["auth"]["identity"],
            json!({"methods": ["password", "totp"], "password": {"user": {"id": "u", "password": "p"}},
                "totp": {"user": {"id": "u", "passcode": "1"}}})
        );
    }

    #[test]
    fn every_scope_has_its_body() {
        for (scope, expected) in [
            (Scope::Project(Named::Id("p".into())), json!({"project": {"id": "p"}})),
            (
                Scope::Project(Named::In("p".into(), DomainRef::Id("d".into()))),
                json!({"project": {"name": "p", "domain": {"id": "d"}}}),
            ),
            (Scope::Domain(DomainRef::Name("d".into())), json!({"domain": {"name": "d"}})),
            (Scope::System, json!({"system": {"all": true}})),
            (Scope::Trust("t".into()), json!({"OS-TRUST:trust": {"id": "t"}})),
        ] {
            assert_eq!(body(&[Proof::Token("t".into())], &scope, 0)["auth"]["scope"], expected);
        }
    }
}
