//! What a fresh local stack starts with: the demo guild, approved the way an operator would do it, and songs that it knows.

use anyhow::Result;
use jiff::Timestamp;
use shared::clock::Rng;
use shared::domain::access::{InvalidTransition, Reason, Step};
use shared::domain::queue::{Command, OpId, Place, Request};
use shared::domain::settings::GuildSettings;
use shared::domain::track::Track;
use shared::ids::{GuildId, InteractionId, UserId};
use shared::security::track_url::{Query, UrlPolicy};
use shared::store::Db;
use shared::store::access::{AccessError, AccessStore, DEFAULT_CAP};
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use simulator::Song;

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

/// Lets a guild that has never played anything have played these songs, so that `/play` suggests them.
pub(crate) async fn have_played(
    endpoint: &str,
    guild: GuildId,
    requester: UserId,
    songs: &[Song],
    now: Timestamp,
) -> Result<()> {
    let client = shared::store::client(&testkit::sdk_config(endpoint));
    let queue = QueueStore::new(Db::new(client, "timmybot"), Rng::system());
    if queue.view(guild, now).await?.rev() > 0 {
        return Ok(());
    }
    let settings = GuildSettings::default();
    let queries = songs.iter().map(|song| Query::parse(&song.url, UrlPolicy { allow_http: true }));
    for (query, number) in queries.zip((1..).step_by(2)) {
        let add = Command::Add { tracks: vec![Track::from_query(query?)], requester, place: Place::End };
        for (command, op) in [(add, number), (Command::Stop, number + 1)] {
            let op = OpId::Interaction(InteractionId::new(op));
            let request =
                Request { op, command: &command, now, settings: &settings, exempt: true, only_of: None };
            queue.apply(guild, &request).await?;
        }
    }
    Ok(())
}
