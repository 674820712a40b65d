//! The tests, one file or folder a topic.

mod alone;
mod charts;
mod cloud;
mod conformance;
mod contract;
mod documents;
mod exchanges;
mod faults;
mod fields;
mod function;
mod helm;
mod image;
mod layers;
mod login;
mod network;
mod package;
mod quickstart;
mod requirements;
mod rights;
