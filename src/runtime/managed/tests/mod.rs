//! Whole passes over the shipped reconciler.

mod compared;
mod connections;
mod gone;
mod look;
mod passes;
mod secrets;
mod told;
