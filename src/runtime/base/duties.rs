//! Tasks without which a provider does not do what it is for. None of them ends while it works; one that does, by a panic or
//! because it has nothing left to do, is the end of the process, which Kubernetes begins anew.

use std::collections::HashMap;
use tokio::task::{Id, JoinError, JoinSet};

/// The tasks, which end with this.
#[derive(Default)]
pub struct Duties {
    tasks: JoinSet<()>,
    names: HashMap<Id, String>,
}

impl Duties {
    /// Begins one.
    pub fn begin(&mut self, name: impl Into<String>, duty: impl Future<Output = ()> + Send + 'static) {
        let task = self.tasks.spawn(duty);
        self.names.insert(task.id(), name.into());
    }

    /// Waits until one ends that should not; says which, and how.
    pub async fn broken(&mut self) -> String {
        match self.tasks.join_next_with_id().await {
            // Without duties nothing can break.
            None => std::future::pending().await,
            Some(Ok((id, ()))) => how(self.name(id), &Ok(())),
            Some(Err(error)) => how(self.name(error.id()), &Err(error)),
        }
    }

    /// Ends them all, and returns once none is left.
    pub async fn end(mut self) {
        self.tasks.shutdown().await;
    }

    fn name(&self, id: Id) -> &str {
        self.names.get(&id).map_or("a task", String::as_str)
    }
}

/// How a task ended that should not have.
pub fn how(task: &str, ended: &Result<(), JoinError>) -> String {
    match ended {
        Ok(()) => format!("{task} ended"),
        Err(_) => format!("{task} broke; this is a bug of the provider"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_duty_that_ends_or_breaks_is_named_and_the_others_end_with_it() {
        let mut duties = Duties::default();
        let held = Arc::new(());
        let holds = held.clone();
        duties.begin("the watch of ports", async move {
            std::future::pending::<()>().await;
            drop(holds);
        });
        duties.begin("the dispatcher", async { panic!("no") });
        assert_eq!(duties.broken().await, "the dispatcher broke; this is a bug of the provider");
        duties.begin("the gate", async {});
        assert_eq!(duties.broken().await, "the gate ended");
        duties.end().await;
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
