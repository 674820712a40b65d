//! Whole passes over the shipped reconciler.

mod look;
mod passes;
mod secrets;
