//! What a fresh local stack starts with: the demo guild, approved the way an operator would do it.

use anyhow::Result;
use jiff::Timestamp;
use shared::domain::access::{InvalidTransition, Reason, Step};
use shared::ids::GuildId;
use shared::store::Db;
use shared::store::access::{AccessError, AccessStore, DEFAULT_CAP};
use shared::store::rate_limits::RateLimitStore;

use super::session::Users;

/// Requests and approves the demo guild; on a data folder that knows it already, nothing changes.
pub(crate) async fn approve_demo_guild(
    endpoint: &str,
    guild: GuildId,
    users: &Users,
    now: Timestamp,
) -> Result<()> {
    let client = shared::store::client(&testkit::sdk_config(endpoint));
    let db = Db::new(client, "timmybot");
    let store = AccessStore::new(db.clone(), RateLimitStore::new(db), DEFAULT_CAP);
    let reason: Reason = "the local stack's own guild".parse()?;
    let steps =
        [Step::Request { by: users.owner.parse()? }, Step::Approve { by: users.operator.parse()?, reason }];
    for step in steps {
        match store.take(guild, &step, now).await {
            Ok(_)
            | Err(AccessError::Transition(
                InvalidTransition::AlreadyPending
                | InvalidTransition::AlreadyApproved
                | InvalidTransition::TooSoon { .. },
            )) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
