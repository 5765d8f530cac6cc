//! Incoming webhooks (Discord: "Execute Webhook"): whoever has the token may post into one channel.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Body, Message, Refusal, World};
use crate::ids::{ApplicationId, ChannelId, UserId};

impl World {
    /// Makes one, as a member with the right would; its id.
    pub(crate) fn make_webhook(
        &mut self,
        channel: ChannelId,
        token: &str,
        now: Timestamp,
    ) -> Result<ApplicationId, Refusal> {
        self.is_channel(channel)?;
        let id = self.snowflake(now).cast();
        self.incoming.insert(token.to_owned(), (id, channel));
        Ok(id)
    }

    /// Whether a token is one of an incoming webhook's, and not of an interaction.
    pub(crate) fn is_incoming(&self, token: &str) -> bool {
        self.incoming.contains_key(token)
    }

    /// Posts by one.
    pub(crate) fn execute(
        &mut self,
        id: ApplicationId,
        token: &str,
        body: Body,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        match self.incoming.get(token) {
            Some((own, channel)) if *own == id => self.post(*channel, id.cast(), body, now),
            _ => Err(Refusal::Webhook),
        }
    }
}

/// Who wrote what no person and no bot wrote.
pub(super) fn author(id: UserId) -> Value {
    json!({ "id": id, "username": "Announcements", "discriminator": "0000", "avatar": null, "bot": true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const GENERAL: ChannelId = ChannelId::new(1001);

    #[test]
    fn whoever_has_the_token_posts_into_its_channel_and_nobody_else() {
        let mut world = World::new(&Config::default());
        let now: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        let id = world.make_webhook(GENERAL, "t0k3n", now).unwrap();
        let text = || Body::parse_new(json!({ "content": "one" })).unwrap();
        let posted = world.execute(id, "t0k3n", text(), now).unwrap();
        assert_eq!((world.messages(GENERAL).len(), posted.content()), (1, "one"));
        assert_eq!(world.message_view(&posted)["author"]["username"], "Announcements");
        assert_eq!(world.execute(ApplicationId::new(1), "t0k3n", text(), now), Err(Refusal::Webhook));
        assert_eq!(world.execute(id, "other", text(), now), Err(Refusal::Webhook));
        assert_eq!(world.make_webhook(ChannelId::new(1), "x", now), Err(Refusal::Channel));
    }
}
