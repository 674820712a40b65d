//! x
use super::*;
use crate::{kind::request::Answer, release::state::ReleaseState};
impl Releases {
    /// x
    pub async fn compare(self: &Arc<Self>, _: &str, _: &Desired) -> Result<Answer, Error> { Ok(Answer::Gone) }
    pub(super) async fn state(&self, _: &str, _: Option<&Wanted>) -> Result<ReleaseState, Error> { Ok(ReleaseState::default()) }
}
