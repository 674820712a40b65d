//! Everything that is tested on real parts, in one program: one rig, one provider installed through Crossplane. The
//! bench is a program of its own (`measure.rs`); its arithmetic is tested here.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a test that meets something unexpected fails; real parts run in real time"
)]

#[allow(dead_code, reason = "the bench uses it all; here its arithmetic is tested")]
mod bench {
    mod machine;
    mod table;
}
mod suite;
mod world;
