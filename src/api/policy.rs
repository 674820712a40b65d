//! `spec.managementPolicies`: which sets exist and what each allows (crossplane-runtime's list and table).

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One management policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ManagementPolicy {
    /// Look at the external resource.
    Observe,
    /// Create it where it does not exist.
    Create,
    /// Change it to match the spec.
    Update,
    /// Delete it with the managed resource.
    Delete,
    /// Fill unset spec fields from it.
    LateInitialize,
    /// All of them.
    #[serde(rename = "*")]
    All,
}

/// What a valid set of policies allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Create where it does not exist.
    pub create: bool,
    /// Change it.
    pub update: bool,
    /// Delete it with the managed resource; else it is left behind.
    pub delete: bool,
}

/// What to make of a set of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on within these limits.
    Manage(Allowed),
    /// The empty set: hands off, deletion included.
    Paused,
    /// A set that Crossplane does not support.
    Unsupported,
}

/// Judges a set of policies; order and repetition do not matter.
pub fn judge(policies: &[ManagementPolicy]) -> Verdict {
    use ManagementPolicy::{All, Create, Delete, LateInitialize, Observe, Update};
    let set: BTreeSet<_> = policies.iter().copied().collect();
    let has = |policy| set.contains(&policy);
    if set.is_empty() {
        return Verdict::Paused;
    }
    if has(All) {
        let allowed = Allowed { create: true, update: true, delete: true };
        return if set.len() == 1 { Verdict::Manage(allowed) } else { Verdict::Unsupported };
    }
    // Without Create, only these: Crossplane has no name for managing fully what one may not create.
    let partial: [&[ManagementPolicy]; 5] = [
        &[Observe],
        &[Observe, Delete],
        &[Observe, Update],
        &[Observe, LateInitialize],
        &[Observe, Update, LateInitialize],
    ];
    let supported =
        has(Observe) && (has(Create) || partial.iter().any(|p| set == p.iter().copied().collect()));
    let allowed = Allowed { create: has(Create), update: has(Update), delete: has(Delete) };
    if supported { Verdict::Manage(allowed) } else { Verdict::Unsupported }
}

#[cfg(test)]
mod tests {
    use super::{ManagementPolicy::*, *};

    #[test]
    fn the_fifteen_supported_sets_and_no_other_are_accepted() {
        let all = [Observe, Create, Update, Delete, LateInitialize];
        let mut supported = vec![];
        for bits in 0_u8..32 {
            let set: Vec<_> =
                all.iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0).map(|(_, p)| *p).collect();
            if judge(&set) != Verdict::Unsupported {
                supported.push(set);
            }
        }
        assert_eq!(supported.len(), 14, "the empty set, 13 explicit ones: {supported:?}");
        assert!(supported.iter().skip(1).all(|set| set.contains(&Observe)));
        assert_eq!(judge(&[All, Observe]), Verdict::Unsupported);
        assert!(matches!(judge(&[All]), Verdict::Manage(_)));
    }

    #[test]
    fn each_set_allows_just_what_it_names() {
        for (set, create, update, delete) in [
            (vec![All], true, true, true),
            (vec![Observe], false, false, false),
            (vec![Observe, Create, Update, Delete, LateInitialize], true, true, true),
            (vec![Delete, Observe, Create], true, false, true),
            (vec![Observe, Create, Update], true, true, false),
            (vec![Observe, Delete], false, false, true),
            (vec![Observe, Update, LateInitialize], false, true, false),
            (vec![Observe, Observe], false, false, false),
        ] {
            assert_eq!(judge(&set), Verdict::Manage(Allowed { create, update, delete }), "{set:?}");
        }
        assert_eq!(judge(&[]), Verdict::Paused);
        for set in [vec![Create], vec![Observe, Update, Delete], vec![Observe, Delete, LateInitialize]] {
            assert_eq!(judge(&set), Verdict::Unsupported, "{set:?}");
        }
    }
}
