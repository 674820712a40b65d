//! Whole passes over the shipped reconciler.

mod claims;
mod compared;
mod connections;
mod edits;
mod gone;
mod held;
mod imports;
mod look;
mod lost;
mod passes;
mod rest;
mod restored;
mod secrets;
mod stalled;
mod told;
