//! What a cloud in pods needs of the rig: images of its services, charts, and a node that takes its pods. Nothing here
//! is made before a test or a person asks for it.

mod chart_source;
mod charts;
mod entrypoint;
mod image_set;
mod node;
mod projects;
mod root;
mod scripts;

pub use self::{
    chart_source::ChartSource,
    charts::{Chart, charts},
    image_set::{DISTRIBUTION, further_images, images, reference, registry},
    node::{LABELS, NAME as NODE, label as label_node, prepare as prepare_node, unshare as unshare_node},
    projects::{FURTHER, PROJECTS, Project},
};
