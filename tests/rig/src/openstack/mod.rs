//! A real OpenStack control plane without hardware: the real APIs, policies, quotas, schedulers and databases
//! of release 2025.2, with drivers of the rig's own (`tests/rig/drivers`) where a cloud has machines.
//!
//! No data plane: no guest boots, no address answers, no volume holds data. Errors are provoked ([`faults`], [`answers`]).

pub mod answers;
mod catalog;
mod cinder;
mod clouds;
mod common;
mod databases;
pub mod faults;
mod glance;
mod http;
mod ini;
mod job;
mod keystone;
mod mariadb;
mod neutron;
mod nova;
mod placement;
mod queue;
mod release;
pub mod requests;
mod site;
mod smoke;
mod uwsgi;
mod venv;
mod web;

pub use self::{
    databases::provision_databases,
    http::USER_AGENT,
    release::{PREVIOUS_RELEASE, RELEASE},
    site::{
        ADMIN_PASSWORD, CINDER, CORE, GLANCE, KEYSTONE, NEUTRON, NOVA, PLACEMENT, REGION, Service, auth_url,
    },
    smoke::smoke,
    venv::{provision_further, provision_release, provision_venv},
    web::{PRIVATE, web_root, web_url},
};
use crate::part::Part;

/// What an OpenStack consists of.
pub fn parts() -> Vec<Box<dyn Part>> {
    vec![
        Box::new(mariadb::MariaDb),
        Box::new(queue::Epmd),
        Box::new(queue::RabbitMq),
        Box::new(queue::Memcached),
        Box::new(keystone::Keystone),
        Box::new(placement::Placement),
        Box::new(glance::Glance),
        Box::new(neutron::Neutron),
        Box::new(nova::Nova),
        Box::new(cinder::Cinder),
    ]
}

/// What serves files, whichever half there is.
pub fn web() -> Box<dyn Part> {
    Box::new(web::Web)
}
