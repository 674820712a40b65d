//! What identifies a route of a router or subnet, and its external-name: `<owner>/<destination>/<nexthop>`.

use crate::kind::{Found, KindError, normalise, request::Answer};
use serde::de::Error as _;
use serde_json::{Value, json};

/// A route, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route<'a> {
    pub(super) owner: &'a str,
    pub(super) destination: &'a str,
    pub(super) nexthop: &'a str,
}

impl<'a> Route<'a> {
    /// The external-name's, or else the one that is wanted.
    ///
    /// # Errors
    /// Nothing says which one is meant.
    pub(super) fn meant(
        external_name: Option<&'a str>,
        [owner, destination, nexthop]: [&'a Option<String>; 3],
    ) -> Result<Self, KindError> {
        let given = |field: &'a Option<String>| field.as_deref().filter(|text| !text.is_empty());
        let Some(name) = external_name else {
            let wanted = || {
                Some(Self {
                    owner: given(owner)?,
                    destination: given(destination)?,
                    nexthop: given(nexthop)?,
                })
            };
            return wanted().ok_or(KindError::Missing("the parts of the route"));
        };
        let read = || {
            let (owner, route) = name.split_once('/')?;
            let (destination, nexthop) = route.rsplit_once('/')?;
            destination.contains('/').then_some(Self { owner, destination, nexthop })
        };
        let form = "it is not of the form <id>/<destination>/<nexthop>";
        read().ok_or_else(|| KindError::Value {
            place: "the external-name",
            source: serde_json::Error::custom(form),
        })
    }

    /// As its owner has it.
    pub(super) fn item(&self) -> Value {
        json!({"destination": self.destination, "nexthop": self.nexthop})
    }

    /// The route in the answer to a look at its owner, or in the owner's answer to a change: below `list` of the object
    /// `owner`, whose id the field `named` shows.
    pub(super) fn found(
        &self,
        answers: &[Answer],
        owner: &'static str,
        list: &str,
        named: &str,
    ) -> Result<Found, KindError> {
        let Some(Answer::Body(body)) = answers.last() else { return Ok(Found::Absent) };
        let owner = body.get(owner).ok_or(KindError::Missing(owner))?;
        let text = |item: &Value, field: &str| {
            item.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let spelt = |destination: &str, nexthop: &str| (normalise::cidr(destination), normalise::ip(nexthop));
        let mine = |item: &&Value| {
            spelt(&text(item, "destination"), &text(item, "nexthop")) == spelt(self.destination, self.nexthop)
        };
        let mut all = owner.get(list).and_then(Value::as_array).into_iter().flatten();
        let Some(told) = all.find(mine) else { return Ok(Found::Absent) };
        let (destination, nexthop) = (text(told, "destination"), text(told, "nexthop"));
        let name = format!("{}/{destination}/{nexthop}", self.owner);
        let body = json!({"id": name, named: self.owner, "destination": destination, "nexthop": nexthop});
        Ok(Found::One { external_name: name, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_named_by_its_owner_and_what_it_says_and_known_in_every_spelling() {
        let name = "r/2001:db8::/32/fd00::1";
        let route = Route::meant(Some(name), [&None; 3]).unwrap();
        assert_eq!(route, Route { owner: "r", destination: "2001:db8::/32", nexthop: "fd00::1" });
        for odd in ["r", "r/fd00::1", "r/10.0.0.0/10.0.0.1", ""] {
            assert!(Route::meant(Some(odd), [&None; 3]).is_err(), "{odd}");
        }
        let parts = ["r", "2001:DB8:0::/32", "fd00:0::1"].map(|part| Some(part.to_owned()));
        let [owner, destination, nexthop] = &parts;
        let wanted = Route::meant(None, [owner, destination, nexthop]).unwrap();
        assert!(Route::meant(None, [owner, destination, &None]).is_err());
        let body = json!({"router": {"id": "r", "routes": [{"destination": "10.0.0.0/8", "nexthop": "10.1.0.1"},
            {"destination": "2001:db8::/32", "nexthop": "fd00::1"}]}});
        let found = wanted.found(&[Answer::Body(body)], "router", "routes", "router_id").unwrap();
        let Found::One { external_name, body } = found else { panic!("{found:?}") };
        assert_eq!((external_name.as_str(), &body["router_id"]), (name, &json!("r")));
        let none = json!({"router": {"id": "r", "routes": []}});
        assert_eq!(
            wanted.found(&[Answer::Body(none)], "router", "routes", "router_id").unwrap(),
            Found::Absent
        );
    }
}
