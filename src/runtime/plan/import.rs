//! What to do about a filter's finds, while the managed resource stands for nothing yet (rows 11a and 11b).

use super::{
    common::{failed, release},
    effect::{
        Effect,
        Planned::{self, Finish, Perform},
    },
    pass_result::PassResult,
    state::{NOT_OURS, PassState, Sought},
};
use crate::api::{condition::Condition, meta, policy::Allowed};

/// How many finds are named.
pub const NAMED: usize = 5;

/// One is recorded, unless it is another's and would be written to. None and several are said, and looked for again at the poll:
/// nothing is created.
pub(super) fn import(s: &PassState, allowed: Allowed, sought: &Sought) -> Planned {
    if s.object.deleting() {
        return release(s); // 13c
    }
    let writes = allowed.create || allowed.update || allowed.delete;
    Finish(match sought {
        Sought::One { foreign: Some(why), .. } if writes => {
            unavailable(s, why.clone(), NOT_OURS, "the external resource that was found is another's")
        }
        Sought::One { external_name, .. } => {
            return Perform(Effect::RecordFound(external_name.clone())); // 11b
        }
        Sought::None(filter) => {
            let why = format!("import failed: nothing is as spec.import.filter says: {filter}");
            unavailable(s, why, "ImportNotFound", "the filter finds no external resource") // 11a
        }
        Sought::Several { first, count } => {
            let why = several(first, *count);
            unavailable(s, why, "ImportAmbiguous", "the filter finds several external resources") // 11a
        }
    })
}

fn unavailable(s: &PassState, why: String, reason: &str, ready: &str) -> PassResult {
    let verdict = failed(s, why, "CannotObserveExternalResource").stalled(reason);
    verdict.with(Condition::unavailable(ready)).with(Condition::unnamed())
}

fn several(first: &[String], count: usize) -> String {
    let more = count.saturating_sub(first.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!(
        "import failed: {count} objects are as spec.import.filter says: say more of the one that is meant, or set the annotation {} to its id: {}{more}",
        meta::EXTERNAL_NAME,
        first.join(", "),
    )
}
