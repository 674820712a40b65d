//! The steps of a node in their order, and what is made of what was gathered.

mod gathered;
mod steps;
