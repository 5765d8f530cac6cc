//! Who speaks, as the ring around a picture shows it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;

use crate::core::Core;
use crate::ids::{ChannelId, UserId};

/// Tells the page whenever a bot begins or ends to speak, for as long as the simulator runs.
pub(crate) async fn watch_speaking(core: Arc<Core>) {
    let (mut changes, mut before) = (core.changes(), BTreeSet::new());
    // The sender lives in the core, which we hold.
    while changes.changed().await.is_ok() {
        let now = speaking(&core);
        for (channel, user) in now.symmetric_difference(&before) {
            let on = now.contains(&(*channel, *user));
            core.feed.tell(&json!({ "type": "speaking", "channel": channel, "user": user, "on": on }));
        }
        before = now;
    }
}

/// Which bots speak, and where.
pub(super) fn speaking(core: &Core) -> BTreeSet<(ChannelId, UserId)> {
    let bots: Vec<_> = {
        let world = core.world();
        let of_guild = |guild: &crate::world::Guild| {
            guild
                .members
                .iter()
                .filter_map(|user| world.voice_state(guild.id, *user))
                .cloned()
                .collect::<Vec<_>>()
        };
        let states = world.guilds().flat_map(of_guild);
        states.filter(|state| world.person(state.user).is_some_and(|person| person.bot)).collect()
    };
    let speaks = bots.into_iter().filter(|state| core.voice.speaking(state.guild, state.user) != 0);
    speaks.map(|state| (state.channel, state.user)).collect()
}
