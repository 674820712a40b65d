//! The tests, one file or folder a topic.

mod admission;
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
mod imports;
mod in_place;
mod layers;
mod login;
mod network;
mod package;
mod quickstart;
mod requirements;
mod rights;
mod tenancy;
mod together;
mod tried;
mod without_crossplane;
