//! Interactions as Discord sends them (Discord: "Interaction Object").

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::ids::{ApplicationId, ChannelId, GuildId, InteractionId, UserId};
use crate::world::{World, channel_view, merge, role, user};

/// Bytes that somebody without Nitro may attach.
const ATTACHMENT_MAX: u64 = 10 * 1024 * 1024;

/// Who does something where.
#[derive(Clone, Debug)]
pub(super) struct Envelope<'a> {
    pub(super) application: ApplicationId,
    pub(super) interaction: InteractionId,
    pub(super) token: &'a str,
    pub(super) user: UserId,
    /// None: between the two of them alone.
    pub(super) guild: Option<GuildId>,
    pub(super) channel: ChannelId,
    pub(super) locale: &'a str,
}

impl Envelope<'_> {
    /// The whole interaction. `kind` is Discord's type.
    pub(super) fn compose(&self, world: &World, kind: u8, data: &Value) -> Value {
        let mut whole = json!({
            "version": 1,
            "type": kind,
            "id": self.interaction,
            "application_id": self.application,
            "token": self.token,
            "channel_id": self.channel,
            "channel": { "id": self.channel, "type": 1 },
            "locale": self.locale,
            "entitlements": [],
            "attachment_size_limit": ATTACHMENT_MAX,
            "data": data,
        });
        let person = world.person(self.user).map(user);
        let more = match self.guild {
            Some(guild) => {
                let mut member = world.member_view(guild, self.user).unwrap_or_default();
                member["permissions"] = json!(world.permissions(guild, self.user).bits().to_string());
                json!({
                    "guild_id": guild,
                    "guild": { "id": guild, "locale": "en-US", "features": [] },
                    "guild_locale": "en-US",
                    "channel": world.channel(self.channel).map(|(_, channel)| channel_view(channel, guild, 0)),
                    "member": member,
                    "context": 0,
                    "app_permissions": world.permissions(guild, self.application.cast()).bits().to_string(),
                    "authorizing_integration_owners": { "0": guild },
                })
            }
            // "0" is what Discord writes for a conversation with the bot itself.
            None => json!({
                "user": person, "context": 1, "app_permissions": "562949953601536",
                "authorizing_integration_owners": { "0": "0" },
            }),
        };
        merge(&mut whole, more);
        whole
    }
}

/// Whom and what the options name, as objects (Discord: "Resolved Data Structure").
pub(super) fn resolved(
    world: &World,
    guild: Option<GuildId>,
    options: &[Value],
    attachments: &Map<String, Value>,
) -> Value {
    let mut found = Map::new();
    let mut put = |what: &str, id: &str, value: Value| {
        found.entry(what).or_insert_with(|| json!({}))[id] = value;
    };
    for (kind, id) in named(options) {
        let Ok(number) = id.parse::<u64>() else { continue };
        if let (6 | 9, Some(person)) = (kind, UserId::new_checked(number).and_then(|id| world.person(id))) {
            put("users", &id, user(person));
            let member = guild.and_then(|guild| {
                let mut member = world.member_view(guild, person.id)?;
                member["permissions"] = json!(world.permissions(guild, person.id).bits().to_string());
                member.as_object_mut()?.remove("user");
                Some(member)
            });
            if let Some(member) = member {
                put("members", &id, member);
            }
        }
        if let (7, Some((guild, channel))) =
            (kind, ChannelId::new_checked(number).and_then(|id| world.channel(id)))
        {
            put("channels", &id, channel_view(channel, guild, 0));
        }
        let roles = guild.and_then(|guild| world.guild(guild)).map(|guild| guild.roles.as_slice());
        if let (8 | 9, Some(held)) =
            (kind, roles.unwrap_or_default().iter().find(|one| one.id.get() == number))
        {
            put("roles", &id, role(held.id, &held.name, held.permissions, 1));
        }
        if let (11, Some(attachment)) = (kind, attachments.get(&id)) {
            let mut attachment = attachment.clone();
            attachment["id"] = json!(id);
            put("attachments", &id, attachment);
        }
    }
    found.into()
}

/// The ids that options name, with the options' types.
fn named(options: &[Value]) -> BTreeSet<(u64, String)> {
    let of = |option: &Value| {
        let inner = option["options"].as_array().map(|inner| named(inner)).unwrap_or_default();
        let own =
            option["value"].as_str().map(|id| (option["type"].as_u64().unwrap_or_default(), id.to_owned()));
        own.into_iter().chain(inner)
    };
    options.iter().flat_map(of).filter(|(kind, _)| matches!(kind, 6..=9 | 11)).collect()
}

#[cfg(test)]
mod tests {
    use twilight_model::application::interaction::Interaction;
    use twilight_model::guild::Permissions;

    use super::*;
    use crate::config::{Config, RoleConfig};
    use crate::ids::RoleId;

    fn world() -> World {
        let mut config = Config::default();
        let (id, permissions) = (RoleId::new(77), Permissions::MANAGE_MESSAGES);
        config.guilds[0].roles = vec![RoleConfig { id, name: "DJ".to_owned(), permissions }];
        config.users[1].roles = vec![id];
        World::new(&config)
    }

    fn envelope(guild: Option<GuildId>) -> Envelope<'static> {
        Envelope {
            application: ApplicationId::new(9001),
            interaction: InteractionId::new(5),
            token: "t",
            user: UserId::new(5002),
            guild,
            channel: ChannelId::new(1001),
            locale: "de",
        }
    }

    #[test]
    fn twilight_reads_it_from_a_guild_and_from_outside_of_one() {
        let data = json!({ "id": "1", "name": "play", "type": 1, "options": [] });
        let whole = envelope(Some(GuildId::new(1000))).compose(&world(), 2, &data);
        let read: Interaction = serde_json::from_value(whole).unwrap();
        let member = read.member.unwrap();
        assert_eq!((member.roles, member.user.unwrap().name), (vec![RoleId::new(77)], "grace".to_owned()));
        assert!(member.permissions.unwrap().contains(Permissions::MANAGE_MESSAGES));
        assert_eq!(read.guild_id, Some(GuildId::new(1000)));
        let alone = envelope(None).compose(&world(), 2, &data);
        let read: Interaction = serde_json::from_value(alone).unwrap();
        assert_eq!((read.user.unwrap().id, read.member.is_none()), (UserId::new(5002), true));
    }

    #[test]
    fn what_options_name_is_sent_along() {
        let options = json!([{ "name": "add", "type": 1, "options": [
            { "name": "who", "type": 6, "value": "5002" }, { "name": "role", "type": 8, "value": "77" },
            { "name": "where", "type": 7, "value": "1002" }, { "name": "any", "type": 9, "value": "77" },
            { "name": "file", "type": 11, "value": "3" }, { "name": "text", "type": 3, "value": "5001" },
        ] }]);
        let files = json!({ "3": { "filename": "a.mp3", "url": "https://example.org/a.mp3", "size": 1 } });
        let found = resolved(
            &world(),
            Some(GuildId::new(1000)),
            options.as_array().unwrap(),
            files.as_object().unwrap(),
        );
        assert_eq!(found["users"].as_object().unwrap().len(), 1);
        assert_eq!(found["members"]["5002"]["roles"], json!(["77"]));
        assert_eq!(found["members"]["5002"].get("user"), None);
        assert_eq!(
            (&found["roles"]["77"]["name"], &found["channels"]["1002"]["type"]),
            (&json!("DJ"), &json!(2))
        );
        assert_eq!(
            (&found["attachments"]["3"]["id"], &found["attachments"]["3"]["filename"]),
            (&json!("3"), &json!("a.mp3"))
        );
    }
}
