//! The body of a request with its secrets in it. Pure.

use super::Request;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

impl Request {
    /// The body with its secrets where they belong: to be sent, never printed.
    ///
    /// # Errors
    /// The body has no place for one of them.
    pub fn body_with_secrets(&self) -> Result<Option<Value>, String> {
        let Some(mut body) = self.body.clone() else {
            let none = self.secrets.is_empty();
            return if none { Ok(None) } else { Err("it has secrets and no body".to_owned()) };
        };
        for (pointer, secret) in &self.secrets {
            splice(&mut body, pointer, secret).ok_or_else(|| format!("its body has no place {pointer:?}"))?;
        }
        Ok(Some(body))
    }
}

/// Sets a value at a JSON pointer. The last part may be new in its object, which may be a text that holds one in JSON.
fn splice(body: &mut Value, pointer: &str, secret: &SecretString) -> Option<()> {
    let value = Value::from(secret.expose_secret());
    if let Some(place) = body.pointer_mut(pointer) {
        *place = value;
        return Some(());
    }
    let (parent, key) = pointer.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    match body.pointer_mut(parent)? {
        Value::Object(object) => drop(object.insert(key, value)),
        Value::String(text) => {
            let mut object: Map<String, Value> = serde_json::from_str(text).ok()?;
            object.insert(key, value);
            *text = Value::Object(object).to_string();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::request::{Method, service::NETWORK};
    use serde_json::json;

    #[test]
    fn secrets_go_where_their_pointers_lead() {
        let body = Some(json!({"user": {"password": null}, "list": [{}]}));
        let mut request = Request::new(&NETWORK, Method::Post, "/x", body);
        request.secrets.insert("/user/password".into(), "p".into());
        request.secrets.insert("/list/0/a~1b".into(), "q".into());
        let whole = json!({"user": {"password": "p"}, "list": [{"a/b": "q"}]});
        assert_eq!(request.body_with_secrets(), Ok(Some(whole)));
        request.body = Some(json!({}));
        assert_eq!(request.body_with_secrets().unwrap_err(), "its body has no place \"/list/0/a~1b\"");
        request.body = None;
        assert!(request.body_with_secrets().is_err());
    }

    #[test]
    fn a_secret_goes_into_a_text_that_holds_an_object_and_into_no_other() {
        let blob = |text: &str| Some(json!({"credential": {"blob": text}}));
        let mut request = Request::new(&NETWORK, Method::Post, "/x", blob(r#"{"access":"a"}"#));
        request.secrets.insert("/credential/blob/secret".into(), "p".into());
        let whole = request.body_with_secrets().unwrap();
        assert_eq!(whole, blob(r#"{"access":"a","secret":"p"}"#));
        request.body = blob("no object");
        assert!(request.body_with_secrets().is_err());
    }
}
