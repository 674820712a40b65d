//! Glance: <https://docs.openstack.org/api-ref/image/v2/>

use crate::{call::Call, cloud::Cloud, collection::Collection, reply::Outcome};

pub(crate) static COLLECTIONS: &[Collection] = &[];

/// What is no plain collection.
pub(crate) fn special(_: &mut Cloud, _: &mut Call) -> Option<Outcome> {
    None
}
