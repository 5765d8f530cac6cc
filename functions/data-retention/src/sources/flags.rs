//! `flags`: which operators have raised the containment flag, and who wants it down.

use shared::domain::queue::NOBODY;
use shared::privacy::DataSubject;
use shared::store::walk::Revision;
use shared::store::{Item, StoreError, Table};

use super::row::{id, is, n};
use super::{Forgotten, Mention};
use crate::app::App;

const RAISED: &str = "SET raised_by = :nobody, #guard = #guard + :one";
/// A wish of nobody's could be granted by the very person who had it: it takes two.
const RESUME: &str = "SET #guard = #guard + :one REMOVE resume_by, resume_at";
const BOTH: &str = "SET raised_by = :nobody, #guard = #guard + :one REMOVE resume_by, resume_at";

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    let Some(user) = subject.user() else { return Mention::None };
    let is_named = is(item, "raised_by", user) || is(item, "resume_by", user);
    if is_named { Mention::Named } else { Mention::None }
}

/// With another version: who has planned a move from what the flag was before plans again.
pub(super) async fn forget(app: &App, item: &Item, subject: DataSubject) -> Result<Forgotten, StoreError> {
    let Some(user) = subject.user() else { return Ok(Forgotten::Before) };
    let (nobody, one) = ((":nobody", id(NOBODY)), (":one", n(1)));
    let (expression, values) = match (is(item, "raised_by", user), is(item, "resume_by", user)) {
        (true, true) => (BOTH, vec![nobody, one]),
        (true, false) => (RAISED, vec![nobody, one]),
        (false, _) => (RESUME, vec![one]),
    };
    Ok(app.walk.change(Table::Flags, item, Revision::new("version", expression).with(&values)).await?.into())
}
