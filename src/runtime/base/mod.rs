//! What the other wings stand on: time, waiting, and the queue. Knows no API server, no cloud and no kind.

pub mod backoff;
pub mod clock;
pub mod duties;
pub mod keys;
pub mod queue;
pub mod recent;
