//! Kinds that are judged by a comparison, such as [`Game`].

mod looks;
mod status;
mod steps;

use crate::{
    kind::{
        any::{AnyKind, Erased},
        sealed::Sealed,
    },
    runtime::{
        base::keys::ObjectKey,
        testing::{game::Game, scripted::Harness},
    },
};
use serde_json::{Value, json};
use std::sync::LazyLock;

static GAMES: LazyLock<Vec<Box<dyn AnyKind>>> = LazyLock::new(|| vec![Box::new(Erased::<Game>::new())]);

const COMPARE: &str = "COMPARE /games/chess";
const DETAILS: &str = "/api/v1/namespaces/a/secrets/details";

/// A game that nobody has looked at, wanted in version 1.
fn wanted() -> (Harness, ObjectKey) {
    let harness = Harness::new(GAMES.as_slice());
    let key = harness.key("shop.Game", "chess");
    let spec = json!({"forProvider": {"version": "1"}, "writeConnectionSecretToRef": {"name": "details"}});
    harness.put(&key, json!({}), spec);
    *harness.cloud.sealed.lock() = Sealed([("password".to_owned(), "hunter2".into())].into());
    (harness, key)
}

/// A game that is installed, and was looked at.
async fn installed() -> (Harness, ObjectKey) {
    let (harness, key) = wanted();
    harness.change(&key, |object| {
        object["metadata"]["annotations"] = json!({(crate::api::meta::EXTERNAL_NAME): "chess"});
        object["metadata"]["finalizers"] = json!([crate::api::meta::FINALIZER]);
    });
    harness.cloud.answers(COMPARE, game(json!({})));
    harness.pass(&key).await;
    harness.cloud.asked();
    harness.cloud.same.store(true, std::sync::atomic::Ordering::SeqCst);
    (harness, key)
}

fn game(more: Value) -> Value {
    let mut game = json!({"version": "1", "score": 0});
    game.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    game
}

async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}
