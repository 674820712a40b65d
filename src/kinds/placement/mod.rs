//! Kinds of Placement: what there is for servers, and what it can do.

pub mod placement_trait;
pub mod resource_class;
pub mod resource_provider;
pub mod resource_provider_inventory;

kinds! {
    placement_trait::PlacementTrait,
    resource_class::ResourceClass,
    resource_provider::ResourceProvider,
    resource_provider_inventory::ResourceProviderInventory,
}

#[cfg(test)]
mod tests;
