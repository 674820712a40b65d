//! Whole passes over the shipped reconciler.

mod gone;
mod look;
mod passes;
mod secrets;
