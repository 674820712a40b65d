//! x
mod index;
mod plan;
mod resolve;
mod snapshot;
mod verdict;
