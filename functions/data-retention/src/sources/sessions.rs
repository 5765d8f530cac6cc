//! `sessions`: sign-ins at the API, and how often somebody has signed out everywhere. That number is counted up and kept
//! for as long as an access token lives: without it, one that was signed out would be good again.

use jiff::{SignedDuration, Timestamp};
use shared::privacy::DataSubject;
use shared::store::walk::Revision;
use shared::store::{Item, StoreError, Table};

use super::row::{is, n, number, text};
use super::{Forgotten, Mention, delete, own_if};
use crate::app::App;

const EPOCH: &str = "epoch";
/// Longer than an access token is good, by any instance's clock.
const KEPT: SignedDuration = SignedDuration::from_mins(20);
const END: &str = "SET #guard = #guard + :one, expires_at = :until";

pub(super) fn mention(item: &Item, subject: DataSubject) -> Mention {
    let Some(user) = subject.user() else { return Mention::None };
    let counts = text(item, "owner") == Some(format!("epoch#{user}").as_str());
    own_if(counts || is(item, "user", user))
}

pub(super) async fn forget(app: &App, item: &Item, now: Timestamp) -> Result<Forgotten, StoreError> {
    if text(item, "sk") != Some(EPOCH) {
        return delete(app, Table::Sessions, item).await;
    }
    match number(item, "expires_at") {
        None => {
            let until = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX).as_second();
            let values = [(":one", n(1)), (":until", n(until))];
            Ok(app.walk.change(Table::Sessions, item, Revision::new(EPOCH, END).with(&values)).await?.into())
        }
        Some(end) if end > now.as_second() => Ok(Forgotten::Stays),
        Some(end) => {
            let gone = app.walk.expire(Table::Sessions, item, end).await?;
            Ok(if gone { Forgotten::Now } else { Forgotten::Before })
        }
    }
}
