mod admission;
pub mod asked;
mod awaited;
mod complete;
mod imports;
mod marker;
mod microversions;
pub mod references;
mod registry;
