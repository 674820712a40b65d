//! What a kind of resource is: it says the next request and never sends one. Pure.

pub mod cloud;
pub mod failure;
pub mod marker;
pub mod request;
pub mod service;
