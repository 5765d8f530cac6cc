//! A guild sent the bot away: what is held of it goes (SPEC T30). An outage of Discord's looks almost the same and is
//! none of it; the router tells them apart.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use shared::ids::GuildId;
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource};
use shared::privacy::DataSubject;

use super::deps::Deps;

/// Names what is hashed, so that the same bytes elsewhere give another request.
const PURPOSE: &[u8] = b"timmybot guild left ";

/// Asks for the guild's erasure.
pub(crate) async fn tell(deps: Arc<Deps>, guild: GuildId) {
    let id = request_id(guild, deps.clock.now());
    let subject = DataSubject::Guild(guild);
    let request = PrivacyRequest::new(id, subject, PrivacyAction::Erase, PrivacySource::Left);
    match deps.privacy.ask(&request).await {
        Ok(()) => {
            let action = request.action().as_str();
            deps.telemetry.note("privacy_request", &[("action", action.into())]);
        }
        Err(error) => deps.telemetry.fault("privacy_queue", error.code()),
    }
}

/// One request a day: a session that is resumed tells the same once more, and two workers may hear it during a hand-over. A
/// guild that comes back and leaves again another day is asked about anew.
fn request_id(guild: GuildId, now: Timestamp) -> PrivacyRequestId {
    let day = now.to_zoned(TimeZone::UTC).date();
    let digest = Sha256::new_with_prefix(PURPOSE).chain_update(format!("{guild} {day}")).finalize();
    PrivacyRequestId::of_digest(&digest.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_guild_that_leaves_is_one_request_a_day() {
        let (guild, other) = (GuildId::new(42), GuildId::new(43));
        let morning = request_id(guild, at("2026-01-02T00:00:00Z"));
        assert_eq!(morning, request_id(guild, at("2026-01-02T23:59:59.999Z")));
        assert_ne!(morning, request_id(guild, at("2026-01-03T00:00:00Z")));
        assert_ne!(morning, request_id(other, at("2026-01-02T00:00:00Z")));
    }
}
