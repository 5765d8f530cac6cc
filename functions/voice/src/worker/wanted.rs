//! What a guild wants, read from its rows.

use jiff::Timestamp;
use shared::domain::playback::{LoopMode, Playback};
use shared::domain::queue::{Entry, EntryId, QueueView};
use shared::domain::settings::GuildSettings;
use shared::ids::GuildId;
use shared::store::StoreError;

use super::deps::Deps;

/// The desired state with the tracks that it names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) rev: u64,
    pub(crate) playback: Playback,
    /// What is current, and which run.
    pub(crate) now: Option<(Entry, u64)>,
    /// What comes after it by itself.
    pub(crate) next: Option<Entry>,
    pub(crate) has_previous: bool,
    pub(crate) settings: GuildSettings,
}

impl Wanted {
    /// As the rows say now.
    pub(crate) async fn read(deps: &Deps, guild: GuildId, now: Timestamp) -> Result<Self, StoreError> {
        let (queue, settings) = tokio::join!(deps.queue.view(guild, now), deps.settings.load(guild));
        Self::of(deps, guild, &queue?, settings?.settings, now).await
    }

    /// As this view of the queue says.
    pub(crate) async fn of(
        deps: &Deps,
        guild: GuildId,
        queue: &QueueView,
        settings: GuildSettings,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let current = queue.now();
        let next = follower(queue);
        let ids: Vec<EntryId> = current.map(|current| current.slot.entry).into_iter().chain(next).collect();
        let entries = deps.queue.entries(guild, &ids, now).await?;
        let entry = |id: EntryId| entries.get(&id).cloned();
        Ok(Self {
            rev: queue.rev(),
            playback: queue.playback(),
            now: current.and_then(|current| Some((entry(current.slot.entry)?, current.run))),
            next: next.and_then(entry),
            has_previous: queue.history().next().is_some(),
            settings,
        })
    }

    /// Which run should be heard.
    pub(crate) fn run(&self) -> Option<u64> {
        self.now.as_ref().map(|(_, run)| *run)
    }

    /// Which entry should be heard.
    pub(crate) fn entry(&self) -> Option<EntryId> {
        self.now.as_ref().map(|(entry, _)| entry.id)
    }
}

/// The entry that the end of the current one leads to.
fn follower(queue: &QueueView) -> Option<EntryId> {
    let current = queue.now().map(|current| current.slot.entry);
    let upcoming = queue.at(1).map(|slot| slot.entry);
    match queue.playback().loop_mode() {
        LoopMode::Off => upcoming,
        LoopMode::Track => current,
        LoopMode::Queue => upcoming.or(current),
    }
}
