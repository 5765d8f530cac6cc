//! Incoming webhooks (Discord: "Webhook"): whoever has the token may post into one channel, and edit what they posted. One
//! that an application made may post buttons: they are that application's.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Body, Message, Refusal, World};
use crate::ids::{ApplicationId, ChannelId, MessageId, UserId};
use crate::rules::{Violation, all_components};

/// An incoming webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Incoming {
    id: ApplicationId,
    channel: ChannelId,
    /// Whose it is; nobody's if a member made it.
    owner: Option<ApplicationId>,
}

impl World {
    /// Makes one, as a member with the right would, or an application; its id.
    pub(crate) fn make_webhook(
        &mut self,
        channel: ChannelId,
        token: &str,
        owner: Option<ApplicationId>,
        now: Timestamp,
    ) -> Result<ApplicationId, Refusal> {
        self.is_channel(channel)?;
        let id = self.snowflake(now).cast();
        self.incoming.insert(token.to_owned(), Incoming { id, channel, owner });
        Ok(id)
    }

    /// Whether a token is one of an incoming webhook's, and not of an interaction.
    pub(crate) fn is_incoming(&self, token: &str) -> bool {
        self.incoming.contains_key(token)
    }

    /// What of a body counts (Discord: `with_components`): without the wish, and an application that owns the webhook, no
    /// components; without an application, none that somebody can press.
    pub(crate) fn heeded(
        &self,
        token: &str,
        mut body: Value,
        with_components: bool,
    ) -> Result<Value, Refusal> {
        if self.incoming.get(token).is_none_or(|incoming| incoming.owner.is_some()) {
            return Ok(body);
        }
        let pressed = |(_, one): &(String, &Value)| one.get("custom_id").is_some();
        match body.get("components") {
            Some(components) if with_components && all_components(components).iter().any(pressed) => {
                let rule = "a webhook that no application owns has no interactive components";
                Err(Refusal::Form(Violation::new("components", rule)))
            }
            Some(_) if !with_components => {
                if let Some(body) = body.as_object_mut() {
                    body.remove("components");
                }
                Ok(body)
            }
            _ => Ok(body),
        }
    }

    /// Posts by one.
    pub(crate) fn execute(
        &mut self,
        id: ApplicationId,
        token: &str,
        body: Body,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        let channel = self.incoming(id, token)?.channel;
        self.post(channel, id.cast(), body, now)
    }

    /// Edits what one has posted.
    pub(crate) fn edit_executed(
        &mut self,
        id: ApplicationId,
        (token, message): (&str, MessageId),
        body: Body,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        let channel = self.incoming(id, token)?.channel;
        let edited = self.edit(channel, message, id.cast(), body, now);
        edited.map_err(|refusal| if refusal == Refusal::Author { Refusal::Message } else { refusal })
    }

    fn incoming(&self, id: ApplicationId, token: &str) -> Result<Incoming, Refusal> {
        self.incoming.get(token).filter(|incoming| incoming.id == id).copied().ok_or(Refusal::Webhook)
    }

    /// What a message of a webhook shows besides: the webhook, and the application that owns it.
    pub(super) fn webhook_view(&self, author: UserId) -> Option<Value> {
        let incoming = self.incoming.values().find(|incoming| incoming.id.cast() == author)?;
        Some(json!({ "webhook_id": incoming.id, "application_id": incoming.owner }))
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
    const APPLICATION: ApplicationId = ApplicationId::new(9001);

    fn now() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn text(content: &str) -> Body {
        Body::parse_new(json!({ "content": content })).unwrap()
    }

    #[test]
    fn whoever_has_the_token_posts_into_its_channel_and_nobody_else() {
        let mut world = World::new(&Config::default());
        let id = world.make_webhook(GENERAL, "t0k3n", None, now()).unwrap();
        let posted = world.execute(id, "t0k3n", text("one"), now()).unwrap();
        assert_eq!((world.messages(GENERAL).len(), posted.content()), (1, "one"));
        assert_eq!(world.message_view(&posted)["author"]["username"], "Announcements");
        assert_eq!(world.execute(ApplicationId::new(1), "t0k3n", text("x"), now()), Err(Refusal::Webhook));
        assert_eq!(world.execute(id, "other", text("x"), now()), Err(Refusal::Webhook));
        assert_eq!(world.make_webhook(ChannelId::new(1), "x", None, now()), Err(Refusal::Channel));
    }

    #[test]
    fn one_edits_what_it_posted_and_nothing_else() {
        let mut world = World::new(&Config::default());
        let one = world.make_webhook(GENERAL, "one", Some(APPLICATION), now()).unwrap();
        let other = world.make_webhook(GENERAL, "other", None, now()).unwrap();
        let posted = world.execute(one, "one", text("a"), now()).unwrap();
        let edited = world.edit_executed(one, ("one", posted.id), text("b"), now()).unwrap();
        assert_eq!(edited.content(), "b");
        let foreign = world.edit_executed(other, ("other", posted.id), text("c"), now());
        assert_eq!(foreign, Err(Refusal::Message));
        assert_eq!(world.edit_executed(one, ("other", posted.id), text("c"), now()), Err(Refusal::Webhook));
        let [own, nobodys] =
            [one, other].map(|id| world.webhook_view(id.cast()).unwrap()["application_id"].clone());
        assert_eq!((own, nobodys), (json!(APPLICATION), Value::Null));
        assert_eq!(world.message_view(&posted)["webhook_id"], json!(one));
    }

    #[test]
    fn only_an_application_has_buttons() {
        let mut world = World::new(&Config::default());
        world.make_webhook(GENERAL, "own", Some(APPLICATION), now()).unwrap();
        world.make_webhook(GENERAL, "nobodys", None, now()).unwrap();
        let button = json!({ "type": 2, "style": 2, "custom_id": "a", "label": "A" });
        let link = json!({ "type": 2, "style": 5, "url": "https://example.org", "label": "A" });
        let body =
            |inner: &Value| json!({ "content": "x", "components": [{ "type": 1, "components": [inner] }] });
        let bare = json!({ "content": "x" });
        for wish in [true, false] {
            assert_eq!(world.heeded("own", body(&button), wish), Ok(body(&button)));
        }
        assert!(matches!(world.heeded("nobodys", body(&button), true), Err(Refusal::Form(_))));
        assert_eq!(world.heeded("nobodys", body(&link), true), Ok(body(&link)));
        assert_eq!(world.heeded("nobodys", body(&button), false), Ok(bare.clone()));
        assert_eq!(world.heeded("nobodys", bare.clone(), true), Ok(bare));
    }
}
