//! Points at which a program can die or be left without an answer: everything that it says to anybody passes them.

use parking_lot::Mutex;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;

/// What happens to one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The program dies before it sends.
    DieBefore,
    /// It dies after the request is performed, before the answer comes.
    DieUnanswered,
    /// It dies right after the answer.
    DieAnswered,
    /// The connection breaks before the request is performed; the program lives.
    CutBefore,
    /// The connection breaks after the request is performed; the program lives.
    CutAfter,
    /// The answer is this status, and nothing is performed.
    Refused(u16),
    /// Something else comes instead of the answer, whether the request is performed or not.
    Instead {
        /// Is it performed?
        performed: bool,
        /// What comes.
        comes: Instead,
    },
    /// It takes so long.
    Slow(Duration),
}

/// What comes instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// This: status, headers, body.
    Answer(u16, &'static [(&'static str, &'static str)], &'static str),
    /// The first half of its body, as if that were all.
    Half,
    /// Nobody listens.
    Unreachable,
    /// Nothing, until the client gives up; it is performed so long after that, if at all.
    Silence(Option<Duration>),
}

/// Each trouble that every point is tried with.
pub const TROUBLES: [Trouble; 5] =
    [Trouble::DieBefore, Trouble::DieUnanswered, Trouble::DieAnswered, Trouble::CutBefore, Trouble::CutAfter];

/// Why an exchange has no proper answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The connection broke.
    Cut,
    /// This status instead.
    Refused(u16),
    /// This instead.
    Instead(Instead),
}

/// Which trouble the exchange of this number and line meets.
type Fate = dyn Fn(usize, &str) -> Option<Trouble> + Send + Sync;

/// The points of one life.
#[derive(Default)]
pub struct Points {
    passed: Mutex<Vec<String>>,
    fate: Option<Box<Fate>>,
    dead: AtomicBool,
    died: Notify,
}

impl Points {
    /// Points at which this happens.
    pub fn with(fate: impl Fn(usize, &str) -> Option<Trouble> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { fate: Some(Box::new(fate)), ..Self::default() })
    }

    /// The exchanges so far.
    pub fn passed(&self) -> Vec<String> {
        self.passed.lock().clone()
    }

    /// Has the program died?
    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Ends when the program has died.
    pub async fn death(&self) {
        self.died.notified().await;
    }

    /// An exchange, or what becomes of it. Who is dead says nothing any more, and nothing happens.
    pub async fn exchange<T>(&self, line: &str, perform: impl FnOnce() -> T) -> Result<T, Lost> {
        if self.dead.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let here = {
            let mut passed = self.passed.lock();
            passed.push(line.to_owned());
            passed.len() - 1
        };
        let trouble = self.fate.as_ref().and_then(|fate| fate(here, line));
        match trouble {
            None => Ok(perform()),
            Some(Trouble::DieBefore) => self.die().await,
            Some(Trouble::DieUnanswered) => {
                perform();
                self.die().await
            }
            Some(Trouble::DieAnswered) => {
                let answer = perform();
                self.dead.store(true, Ordering::SeqCst);
                self.died.notify_one();
                Ok(answer)
            }
            Some(Trouble::CutBefore) => Err(Lost::Cut),
            Some(Trouble::CutAfter) => {
                perform();
                Err(Lost::Cut)
            }
            Some(Trouble::Refused(status)) => Err(Lost::Refused(status)),
            Some(Trouble::Instead { performed, comes }) => {
                if performed {
                    perform();
                }
                Err(Lost::Instead(comes))
            }
            Some(Trouble::Slow(time)) => {
                tokio::time::sleep(time).await;
                Ok(perform())
            }
        }
    }

    async fn die<T>(&self) -> T {
        self.dead.store(true, Ordering::SeqCst);
        self.died.notify_one();
        std::future::pending().await
    }
}
