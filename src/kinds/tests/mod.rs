mod admission;
mod complete;
mod marker;
pub mod references;
mod registry;
