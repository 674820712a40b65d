//! The simulator's claims, checked against the real services: the same exchanges, by the same code.

use crate::world::world;
use serde_json::{Value, json};
use simulator::exchanges::{Asked, Exchange, exchanges, play};
use std::time::Duration;

/// Names in the exchanges, and what becomes of them here: somebody else's, or a former run's, are in nobody's way.
fn names() -> [(String, String); 4] {
    let run = std::process::id();
    ["exchange", "Exchange", "EXCHANGE", "[kupenstack:u"]
        .map(|name| (name.to_owned(), format!("{name}{run}")))
}

/// The same value with the names of one side in place of the other's.
fn renamed(value: &Value, there: bool) -> Value {
    let replace = |text: String, (plain, own): (String, String)| match there {
        true => text.replace(&plain, &own),
        false => text.replace(&own, &plain),
    };
    names().into_iter().fold(value.to_string(), replace).parse().unwrap()
}

/// Asks the real services, by names of this run alone.
fn ask(asked: &Asked) -> (u16, Value) {
    let path = renamed(&json!(asked.path), true).as_str().unwrap().to_owned();
    let (status, answer) = world().answer(&Asked { path, body: renamed(&asked.body, true), ..asked.clone() });
    (status, renamed(&answer, false))
}

#[test]
fn the_real_services_answer_as_the_simulator_claims() {
    let all = exchanges().unwrap();
    let verified = all.iter().filter(|exchange: &&Exchange| exchange.verified);
    let wrong = play(verified, &mut ask, &mut || {
        std::thread::sleep(Duration::from_millis(200));
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_of_a_run_are_its_own_and_come_back_as_the_exchanges_have_them() {
    let plain = json!({"exchange-n": ["x-exchange", "ExchangeNorth", "[kupenstack:u:o]", 1]});
    let own = renamed(&plain, true);
    assert!(!own.to_string().contains("exchange-n") && !own.to_string().contains("u:o"), "{own}");
    assert_eq!(renamed(&own, false), plain);
}
