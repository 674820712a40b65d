//! Which components a cloud has: all layers merged, and whether what they say can be carried out.

use super::{
    chain::FoundProfile,
    component::{COMPONENTS, Component},
    composed_resource::ComposedResource,
    input::{CloudInput, ComposedResources},
    layer::{self, Layer},
    occp,
    refusal::Refusal,
    spec::ComponentEntry,
    version::OpenStackRelease,
};
use crate::components::setting::{Setting, at};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The components of a cloud.
#[derive(Default)]
pub struct Selection {
    /// Those that are composed, in the order of their stages.
    pub composed: Vec<SelectedComponent>,
    /// Those of somebody else, and their Secrets.
    pub external: BTreeMap<&'static str, String>,
    /// Why it can't be carried out.
    pub refusals: Vec<Refusal>,
}

/// A component that is composed.
pub struct SelectedComponent {
    /// Which.
    pub component: &'static Component,
    /// What all layers say of it.
    pub entry: ComponentEntry,
    /// Release that it should have.
    pub target: OpenStackRelease,
}

/// Merges all layers and chooses.
pub fn select(cloud: &CloudInput<'_>) -> Selection {
    let mut selection = Selection::default();
    let mut merged = Layer::default();
    for profile in &cloud.profiles {
        match profile {
            Ok(FoundProfile { effective: Some(layer), .. }) => merged = merged.under(layer.clone()),
            Ok(FoundProfile { name, why, .. }) => {
                selection.refusals.push(Refusal::Unresolved { name: name.to_string(), why: why.clone() });
            }
            Err(refusal) => selection.refusals.push(refusal.clone()),
        }
    }
    let own = occp::read("spec.components", &cloud.spec.components);
    selection.refusals.extend(own.refusals);
    match cloud.spec.release.parse() {
        Ok(target) if selection.refusals.is_empty() => {
            let said = merged.under(own.layer);
            let implied = implied(&occp::document(&said));
            selection.choose(&occp::document(&implied.under(said)), target);
            selection.check(cloud.resources);
        }
        Ok(_) => {}
        Err(error) => selection.refusals.push(Refusal::Release(error)),
    }
    selection
}

/// Values that follow from which components there are. They lie below all that people say.
fn implied(document: &Map<String, Value>) -> Layer {
    let mut entries = Map::new();
    let there = COMPONENTS.iter().filter(|component| {
        ComponentEntry::of(document, component.key).enabled.unwrap_or(component.facts.usual)
    });
    for Setting { component, path, to } in there.flat_map(|component| component.facts.sets) {
        let entry = at(&format!("{component}.values.{path}"), to.value());
        layer::overlay(&mut entries, entry, &mut Vec::new(), &mut BTreeSet::new());
    }
    occp::read("", &entries).layer
}

impl Selection {
    /// Is the component composed, or somebody else's?
    pub fn has(&self, key: &str) -> bool {
        self.external.contains_key(key) || self.composed.iter().any(|other| other.component.key == key)
    }

    fn choose(&mut self, document: &Map<String, Value>, target: OpenStackRelease) {
        for component in COMPONENTS.iter() {
            let entry = ComponentEntry::of(document, component.key);
            if !entry.enabled.unwrap_or(component.facts.usual) {
                continue;
            }
            if let Some(external) = entry.external {
                self.external.insert(component.key, external.secret_name);
                continue;
            }
            let own = entry.release.as_deref().map(str::parse).transpose();
            match own {
                Err(error) => self.refusals.push(Refusal::Release(error)),
                Ok(own) => {
                    let target = own.unwrap_or(target);
                    self.composed.push(SelectedComponent { component, entry, target });
                }
            }
        }
    }

    fn check(&mut self, resources: &ComposedResources) {
        let mut found = Vec::new();
        for selected in &self.composed {
            let key = selected.component.key;
            let missing = selected.component.all_needs().filter(|needed| !self.has(needed));
            found.extend(missing.map(|component| Refusal::Needed { component, needed_by: key }));
            found.extend(resources.get(key).and_then(|resource| selected.blocked_from(resource)));
        }
        self.refusals.extend(found);
    }
}

impl SelectedComponent {
    /// Why there is no way from the release that a component has to the one that it should have.
    fn blocked_from(&self, resource: &ComposedResource) -> Option<Refusal> {
        let (from, to) = (resource.component_status().committed()?, self.target);
        let component = self.component.key;
        if to < from {
            return Some(Refusal::Downgrade { component, from, to });
        }
        if !from.leads_to(to) {
            return Some(Refusal::Skip { component, from, to });
        }
        let tags = self.entry.images.get("tags").and_then(Value::as_object);
        let pinned = tags.is_some_and(|tags| !tags.is_empty());
        (pinned && from != to).then_some(Refusal::Pinned { component, from, to })
    }
}
