//! The simulator's claims, checked against the real services: the same exchanges, by the same code.

use crate::world::world;
use simulator::exchanges::{Exchange, exchanges, play};
use std::time::Duration;

#[test]
fn the_real_services_answer_as_the_simulator_claims() {
    let all = exchanges().unwrap();
    let verified = all.iter().filter(|exchange: &&Exchange| exchange.verified);
    let wrong = play(verified, &mut |asked| world().answer(asked), &mut || {
        std::thread::sleep(Duration::from_millis(200));
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
