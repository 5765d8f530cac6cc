//! All that the page shows at its start.

use serde_json::{Value, json};

use super::{speaking, stage};
use crate::config::ChannelKind;
use crate::core::Core;
use crate::ids::{ChannelId, UserId};
use crate::world::{Channel, Guild, World};

/// Languages that the page offers: one of each that this bot speaks, and one that it does not.
const LOCALES: [&str; 7] = ["en-US", "de", "fr", "es-ES", "pt-BR", "ja", "nl"];

/// The whole state.
pub(super) fn view(core: &Core) -> Value {
    let speak = speaking::speaking(core);
    let world = core.world();
    let application = core.config.applications.first();
    let people = core.config.users.iter().filter_map(|user| world.person(user.id)).map(|person| {
        let guilds = world.guilds().filter(|guild| guild.members.contains(&person.id));
        json!({
            "id": person.id, "name": person.name, "about": person.about, "dm": person.dm,
            "guilds": guilds.map(|guild| guild.id).collect::<Vec<_>>(),
        })
    });
    let guilds = core.config.guilds.iter().filter_map(|one| world.guild(one.id));
    let mut faults = core.stage().map(|stage| stage.offers()).unwrap_or_default();
    faults.extend(stage::of_discord());
    let worker = core.feed.worker_since();
    json!({
        "me": application.map(|one| json!({ "application": one.id, "bot": one.user(), "name": one.name })),
        "people": people.collect::<Vec<_>>(),
        "guilds": guilds.map(|guild| guild_view(&world, guild, &|at| speak.contains(&at))).collect::<Vec<_>>(),
        "commands": application.map(|one| world.commands(one.id).to_vec()).unwrap_or_default(),
        "locales": LOCALES,
        "songs": core.stage().map(|stage| stage.songs()).unwrap_or_default(),
        "worker": { "running": worker.is_some(), "since": worker.map(|since| since.to_string()) },
        "faults": faults,
    })
}

fn guild_view(world: &World, guild: &Guild, speaks: &dyn Fn((ChannelId, UserId)) -> bool) -> Value {
    let may = |user: &UserId| {
        let names: Vec<_> =
            world.permissions(guild.id, *user).iter_names().map(|(name, _)| name.to_owned()).collect();
        (user.to_string(), json!(names))
    };
    let roles = guild.roles.iter().map(|role| json!({ "id": role.id, "name": role.name }));
    let channels = guild.channels.iter().map(|channel| channel_view(world, channel, speaks));
    json!({
        "id": guild.id,
        "name": guild.name,
        "roles": roles.collect::<Vec<_>>(),
        "permissions": guild.members.iter().map(may).collect::<serde_json::Map<_, _>>(),
        "channels": channels.collect::<Vec<_>>(),
    })
}

fn channel_view(world: &World, channel: &Channel, speaks: &dyn Fn((ChannelId, UserId)) -> bool) -> Value {
    let mut view = json!({ "id": channel.id, "name": channel.name });
    if channel.kind == ChannelKind::Text {
        view["kind"] = json!("text");
        return view;
    }
    let people = world.in_channel(channel.id).filter_map(|state| world.person(state.user));
    let people = people.map(|person| {
        let speaking = speaks((channel.id, person.id));
        json!({ "id": person.id, "name": person.name, "bot": person.bot, "speaking": speaking })
    });
    view["kind"] = json!("voice");
    view["status"] = json!(world.voice_status(channel.id));
    view["people"] = people.collect();
    view
}
