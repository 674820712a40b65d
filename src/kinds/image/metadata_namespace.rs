//! Glance metadata definitions: <https://docs.openstack.org/api-ref/image/v2/metadefs-index.html>
//!
//! Created in one request; later each object, property and resource type is changed below the namespace by itself.

mod answer;
mod change;
mod fields;

pub use fields::*;

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, Options, Rights, Seen, Step,
        request::service::IMAGE,
        requests,
        rest::{
            Rest,
            change::{By, Change},
            listing::Listing,
        },
    },
};
use serde_json::{Map, Value, json};

/// What metadata of images, flavors and others mean.
pub struct MetadataNamespace;

impl Kind for MetadataNamespace {
    type Parameters = MetadataNamespaceParameters;
    type Observation = MetadataNamespaceObservation;
    const INFO: Info = Info {
        kind: "MetadataNamespace",
        plural: "metadatanamespaces",
        short: "osmdns",
        about: "A MetadataNamespace defines in OpenStack Glance what metadata there are of images, flavors and others, and what they mean.",
        docs: "https://docs.openstack.org/api-ref/image/v2/metadefs-index.html",
        columns: &[Column { name: "VISIBILITY", field: "visibility" }],
        external_name: "the name of the namespace",
        rights: Rights::System,
        ..Info::of(&IMAGE)
    };
    /// A list tells neither objects nor properties.
    const OPTIONS: Options = Options { imports: false, ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest { path: "metadefs/namespaces", ..Rest::plain("namespaces", "") });
    const LISTING: Listing = Listing::None;
    const CHANGES: Changes<Self> = &[
        Change::new(&["resourceTypeAssociations"], By::Function(change::resource_type)),
        Change::new(&["properties"], By::Function(change::property)),
        Change::new(&["objects"], By::Function(change::object)),
        Change::new(&["tags"], By::Function(change::tags)),
    ];

    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        Some(key.params.namespace.clone().unwrap_or_else(|| key.any.meta.name.to_owned()))
    }

    /// The name is said under another name than most, and that of a property twice once it was replaced.
    fn complete_answer(key: &Key<'_, Self::Parameters>, namespace: &mut Map<String, Value>) {
        let name = json!(namespace.get("namespace"));
        namespace.insert("id".to_owned(), name);
        let properties = namespace.get_mut("properties").and_then(Value::as_object_mut);
        for property in properties.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
            property.remove("name");
        }
        answer::defaults(key.params, namespace);
    }

    fn complete_update(
        key: &Key<'_, Self::Parameters>,
        seen: &Seen<'_, Self>,
        body: &mut Map<String, Value>,
    ) {
        change::whole(key, seen, body);
    }

    fn before_delete(key: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        let why = "the namespace is protected: set spec.forProvider.protected to false to let it be deleted";
        (seen.params.protected == Some(true)).then(|| match key.params.protected {
            Some(false) => {
                let mut body: Map<_, _> = [("protected".to_owned(), json!(false))].into_iter().collect();
                change::whole(key, seen, &mut body);
                requests::<Self>(key).set_all(body)
            }
            Some(true) | None => Step::Refuse(why.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests;
