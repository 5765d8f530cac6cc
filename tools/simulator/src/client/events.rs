//! What people see change, as the page is told.

use serde_json::{Value, json};

use crate::ids::{ChannelId, GuildId, UserId};
use crate::world::{Dispatch, Message, News, World};

/// What has changed on screens, and who came and went in voice channels.
pub(crate) fn events(world: &World, news: &[News], dispatches: &[Dispatch]) -> Vec<Value> {
    let seen = news.iter().filter_map(|one| of_news(world, one));
    seen.chain(dispatches.iter().filter_map(|one| of_voice(world, one))).collect()
}

fn of_news(world: &World, news: &News) -> Option<Value> {
    Some(match news {
        News::Message { channel, id, .. } => {
            let found = world.any_message(*channel, *id)?;
            let seen_by =
                found.ephemeral.then(|| found.origin.iter().map(|one| one.user).collect::<Vec<_>>());
            json!({ "type": "message", "message": message(world, found), "visible_to": seen_by })
        }
        News::Gone { channel, id } => json!({ "type": "message_gone", "channel": channel, "id": id }),
        News::Status { channel } => {
            json!({ "type": "status", "channel": channel, "text": world.voice_status(*channel) })
        }
        News::Commands => json!({ "type": "commands" }),
    })
}

/// A message as it is shown; "thinking…" has an end.
pub(super) fn message(world: &World, message: &Message) -> Value {
    let mut view = world.message_view(message);
    view["deadline"] = json!(message.thinking_until.map(|until| until.to_string()));
    view
}

fn of_voice(world: &World, dispatch: &Dispatch) -> Option<Value> {
    if dispatch.event != "VOICE_STATE_UPDATE" {
        return None;
    }
    let user: UserId = serde_json::from_value(dispatch.data["user_id"].clone()).ok()?;
    let channel: Option<ChannelId> = serde_json::from_value(dispatch.data["channel_id"].clone()).ok()?;
    let (guild, person): (GuildId, _) = (dispatch.guild, world.person(user)?);
    Some(json!({
        "type": "voice", "guild": guild, "channel": channel, "user": user,
        "name": person.name, "bot": person.bot,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::world::{Asked, Body, Origin, VoiceFlags};

    fn noon() -> jiff::Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn told(world: &mut World) -> Vec<Value> {
        let news = world.take_news();
        events(world, &news, &[])
    }

    #[test]
    fn a_private_answer_is_seen_by_who_asked() {
        let mut world = World::new(&Config::default());
        let ada = UserId::new(5001);
        let origin =
            Origin { interaction: crate::ids::InteractionId::new(1), kind: 2, user: ada, command: None };
        let (application, channel) = (crate::ids::ApplicationId::new(9001), ChannelId::new(1001));
        let asked = Asked { origin: Some(origin), ..Asked::by_nobody(application, channel, "t") };
        world.ask(asked, noon()).unwrap();
        world.call_back("t", &json!({ "type": 5, "data": { "flags": 64 } }), noon()).unwrap();
        let told = told(&mut world);
        assert_eq!(told[0]["visible_to"], json!(["5001"]));
        assert_eq!(told[0]["message"]["flags"], 64 + 128);
        assert_eq!(told[0]["message"]["deadline"], "2026-01-02T12:15:00Z");
        assert_eq!(told[0]["message"]["interaction_metadata"]["user"]["username"], "ada");
    }

    #[test]
    fn messages_come_and_go_and_everybody_sees_them() {
        let mut world = World::new(&Config::default());
        let (general, ada) = (ChannelId::new(1001), UserId::new(5001));
        let body = Body::parse_new(json!({ "content": "hello" })).unwrap();
        let posted = world.post(general, ada, body, noon()).unwrap();
        world.delete(general, posted.id).unwrap();
        let told = told(&mut world);
        assert_eq!(told, [json!({ "type": "message_gone", "channel": "1001", "id": posted.id })]);
    }

    #[test]
    fn voice_has_names_and_a_place_or_none() {
        let mut world = World::new(&Config::default());
        let (lounge, ada) = (ChannelId::new(1002), UserId::new(5001));
        let mut dispatches = world.join(lounge, ada, VoiceFlags::default(), "s".into()).unwrap();
        dispatches.extend(world.leave(GuildId::new(1000), ada));
        let told = events(&world, &[], &dispatches);
        assert_eq!((&told[0]["channel"], &told[0]["name"]), (&json!("1002"), &json!("ada")));
        assert_eq!((&told[1]["channel"], &told[1]["bot"]), (&Value::Null, &json!(false)));
    }
}
