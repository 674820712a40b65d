//! What Cinder's kinds share.

use crate::kind::{
    Statuses, Step,
    awaited::Awaited,
    marker,
    request::{Keep, Read},
    rest::fault::Fault,
};

/// Room for people in a description.
pub(super) const DESCRIPTION: usize = marker::room_beside(255);

/// Cinder is at work in states that end in "ing", but for those in which somebody else is.
pub(super) const fn statuses(what: &'static str, usable: &'static [&'static str]) -> Statuses {
    let busy = |status: &str| status.ends_with("ing") && !matches!(status, "attaching" | "detaching");
    Statuses { busy, ..Statuses::of(what, usable) }
}

/// What is being deleted needs no second DELETE.
pub(super) fn deleting(what: &str, status: &str) -> Option<Step> {
    (status == "deleting").then(|| Step::Wait(format!("the {what}'s deletion")))
}

/// The volumes that are to be in a group.
pub(super) fn volumes_of(group: Option<&str>) -> Vec<Awaited> {
    group.map(|id| Awaited::having("blockstorage.Volume", "groupId", id)).into_iter().collect()
}

/// Cinder tells users why something failed in messages.
pub(super) const MESSAGES: Fault = Fault::of(
    |id| Read::List {
        path: "/messages".to_owned(),
        query: vec![],
        items: "messages",
        keep: Keep::Equals("resource_uuid", id.to_owned()),
    },
    "user_message",
);
