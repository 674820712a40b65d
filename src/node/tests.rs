//! The steps of a node in their order, what is made of what was gathered, and what is done about silent agents.

mod gathered;
mod remedies;
mod steps;
