//! The world as Discord's JSON.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::guild::EVERYONE_MAY;
use super::voice::VoiceState;
use super::{Channel, Guild, Person, World};
use crate::config::ChannelKind;
use crate::ids::{ApplicationId, ChannelId, GuildId, RoleId, UserId};

/// When every member joined; nothing depends on it.
const JOINED: &str = "2026-01-01T00:00:00.000000+00:00";

impl World {
    /// `GUILD_CREATE` (Discord: "Guild" with the fields that only the gateway sends).
    pub(crate) fn guild_view(&self, guild: &Guild) -> Value {
        let states = self.voice.values().filter(|state| state.guild == guild.id);
        let mut view = rest_guild(guild);
        let more = json!({
            "joined_at": JOINED,
            "large": false,
            "unavailable": false,
            "member_count": guild.members.len(),
            "voice_states": states.map(|state| self.voice_state_view(state, Some(state.channel))).collect::<Vec<_>>(),
            "members": guild.members.iter().filter_map(|user| self.member_view(guild.id, *user)).collect::<Vec<_>>(),
            "channels": guild.channels.iter().enumerate().map(|(at, one)| channel(one, guild.id, at)).collect::<Vec<_>>(),
            "threads": [], "presences": [], "stage_instances": [], "guild_scheduled_events": [],
            "soundboard_sounds": [],
        });
        merge(&mut view, more);
        view
    }

    /// A voice state; `channel` is none for who leaves.
    pub(crate) fn voice_state_view(&self, state: &VoiceState, channel: Option<ChannelId>) -> Value {
        json!({
            "guild_id": state.guild,
            "channel_id": channel,
            "user_id": state.user,
            "member": self.member_view(state.guild, state.user),
            "session_id": state.session_id,
            "deaf": state.flags.deaf,
            "mute": state.flags.mute,
            "self_deaf": state.flags.self_deaf,
            "self_mute": state.flags.self_mute,
            "self_video": false,
            "suppress": false,
            "request_to_speak_timestamp": null,
        })
    }

    /// A member of a guild.
    pub(crate) fn member_view(&self, guild: GuildId, member: UserId) -> Option<Value> {
        let person = self.people.get(&member)?;
        let roles: Vec<RoleId> = self.roles(guild, member).map(|role| role.id).collect();
        Some(json!({
            "user": user(person),
            "nick": null,
            "avatar": null,
            "roles": roles,
            "joined_at": JOINED,
            "premium_since": null,
            "deaf": false,
            "mute": false,
            "flags": 0,
            "pending": false,
            "communication_disabled_until": null,
        }))
    }

    /// `READY` of a bot (Discord: "Ready").
    pub(crate) fn ready_view(&self, application: ApplicationId, session: &str, resume_url: &str) -> Value {
        let guilds = self.guilds.keys().map(|id| json!({ "id": id, "unavailable": true }));
        json!({
            "v": 10,
            "user": self.bot_user(application).map(user),
            "guilds": guilds.collect::<Vec<_>>(),
            "session_id": session,
            "session_type": "normal",
            "resume_gateway_url": resume_url,
            "application": { "id": application, "flags": 0 },
            "shard": [0, 1],
            "private_channels": [], "presences": [], "relationships": [],
        })
    }
}

/// A user (Discord: "User").
pub(crate) fn user(person: &Person) -> Value {
    json!({
        "id": person.id,
        "username": person.name,
        "discriminator": "0",
        "global_name": person.name,
        "avatar": null,
        "bot": person.bot,
        "system": false,
        "mfa_enabled": false,
        "flags": 0,
        "public_flags": 0,
    })
}

/// The part of a guild that REST shows as well.
fn rest_guild(guild: &Guild) -> Value {
    json!({
        "id": guild.id,
        "name": guild.name,
        "owner_id": guild.owner,
        "icon": null, "splash": null, "discovery_splash": null, "banner": null, "description": null,
        "afk_channel_id": null, "afk_timeout": 300, "application_id": null,
        "default_message_notifications": 1, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0,
        "verification_level": 1, "premium_tier": 0, "premium_progress_bar_enabled": false,
        "preferred_locale": "en-US", "public_updates_channel_id": null, "rules_channel_id": null,
        "system_channel_id": null, "system_channel_flags": 0, "vanity_url_code": null,
        "emojis": [], "features": [], "stickers": [],
        "roles": all_roles(guild),
    })
}

fn all_roles(guild: &Guild) -> Vec<Value> {
    let everyone = role(guild.id.cast(), "@everyone", EVERYONE_MAY, 0);
    let others = guild.roles.iter().zip(1..);
    let others = others.map(|(one, position)| role(one.id, &one.name, one.permissions, position));
    std::iter::once(everyone).chain(others).collect()
}

/// A role (Discord: "Role").
pub(crate) fn role(id: RoleId, name: &str, permissions: Permissions, position: usize) -> Value {
    json!({
        "id": id,
        "name": name,
        "color": 0,
        "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
        "hoist": false,
        "managed": false,
        "mentionable": false,
        "permissions": permissions.bits().to_string(),
        "position": position,
        "flags": 0,
    })
}

pub(crate) fn channel(channel: &Channel, guild: GuildId, position: usize) -> Value {
    let mut view = json!({
        "id": channel.id,
        "guild_id": guild,
        "name": channel.name,
        "position": position,
        "permission_overwrites": [],
        "nsfw": false,
        "parent_id": null,
        "flags": 0,
    });
    let more = match channel.kind {
        ChannelKind::Text => {
            json!({ "type": 0, "topic": null, "last_message_id": null, "rate_limit_per_user": 0 })
        }
        ChannelKind::Voice => {
            json!({ "type": 2, "bitrate": 64_000, "user_limit": 0, "rtc_region": null, "last_message_id": null })
        }
    };
    merge(&mut view, more);
    view
}

pub(crate) fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use twilight_model::gateway::payload::incoming::{GuildCreate, Ready, VoiceStateUpdate};

    use super::*;
    use crate::config::Config;
    use crate::world::VoiceFlags;

    #[test]
    fn twilight_reads_a_guild_with_its_voice_states() {
        let mut world = World::new(&Config::default());
        let (lounge, ada) = (ChannelId::new(1002), UserId::new(5001));
        world.join(lounge, ada, VoiceFlags::default(), "s".into()).unwrap();
        let view = world.guild_view(world.guild(GuildId::new(1000)).unwrap());
        let GuildCreate::Available(guild) = serde_json::from_value(view).unwrap() else {
            panic!("unavailable")
        };
        assert_eq!(guild.channels.len(), 3);
        assert_eq!(guild.members.len(), 4);
        assert_eq!(guild.voice_states[0].channel_id, Some(lounge));
    }

    #[test]
    fn twilight_reads_ready_and_a_voice_state() {
        let mut world = World::new(&Config::default());
        let ready: Ready =
            serde_json::from_value(world.ready_view(ApplicationId::new(9001), "s", "ws://x")).unwrap();
        assert_eq!((ready.user.id, ready.guilds.len()), (UserId::new(9001), 2));
        let told =
            world.join(ChannelId::new(1002), UserId::new(9001), VoiceFlags::default(), "v".into()).unwrap();
        let update: VoiceStateUpdate = serde_json::from_value(told[0].data.clone()).unwrap();
        assert_eq!((update.session_id.as_str(), update.user_id), ("v", UserId::new(9001)));
    }
}
