//! The lower floors: what needs no kind of OpenStack, so that the edit of one compiles none of it.

pub mod api;
pub mod components;
pub mod function;
pub mod kind;
pub mod node;
pub mod profile;
pub mod release;
pub mod source;
pub mod xpkg;
