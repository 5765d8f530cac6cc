//! Suggestions while somebody types. A refusal is at most one explaining choice; nothing is counted towards bans.

use shared::discord::envelope::{CommandData, Focused};
use shared::discord::response::{Answer, Choice};
use shared::discord::words::{Message, Words};
use shared::domain::queue::{Entry, EntryId};
use shared::domain::track::TrackSource;
use shared::security::input::fold;

use crate::refused::Refused;
use crate::visit::Visit;

/// How many suggestions are made; Discord takes at most 25.
const SUGGESTIONS: usize = 10;
/// How many playlists are suggested.
const SUGGESTED_PLAYLISTS: i32 = 10;
/// Stands before an entry's id where an address is too long for a choice's value.
const ENTRY: &str = "entry:";

/// What fits to the option that is being typed.
pub(crate) async fn run(visit: &Visit<'_>, command: &CommandData) -> Answer {
    let suggested = match (command.name.as_str(), command.focused()) {
        ("play", Some(Focused { name: "query", value })) => {
            tokio::join!(tracks(visit, value), prewake(visit)).0
        }
        ("playlist", Some(Focused { name: "name", value })) => playlists(visit, value).await,
        _ => Ok(Vec::new()),
    };
    match suggested {
        Ok(choices) => Answer::Choices(choices),
        Err(refused) => self::refused(visit.words, &refused),
    }
}

/// Whoever types `/play …` will want a worker; only an approved guild has an id here (SPEC P7).
async fn prewake(visit: &Visit<'_>) {
    let (Some(voice), Ok(guild)) = (visit.voice(), visit.guild()) else { return };
    voice.caller.wake_early(guild, &visit.app.limits, visit.report.log(), visit.now).await;
}

/// One choice that says why there are none. Choosing it searches for those words, which does no harm.
pub(crate) fn refused(words: Words, refused: &Refused) -> Answer {
    let message = match refused {
        Refused::Limited { .. } => Message::ChoiceSlowDown,
        Refused::Unavailable | Refused::Busy => Message::ChoiceUnavailable,
        _ => Message::ChoiceRefused,
    };
    let said = words.say(&message);
    Answer::Choices(Choice::new(&said, &said).into_iter().collect())
}

/// The entry that a suggestion stands for, when its value is not what was typed.
pub(crate) fn chosen(value: &str) -> Option<EntryId> {
    value.strip_prefix(ENTRY)?.parse().ok()
}

/// What was typed comes first, then what this guild has played or queued and fits.
async fn tracks(visit: &Visit<'_>, typed: &str) -> Result<Vec<Choice>, Refused> {
    let guild = visit.guild()?;
    let queue = visit.read(visit.app.queue.view(guild, visit.now).await)?;
    let mut ids: Vec<EntryId> = queue.history().map(|slot| slot.entry).collect();
    ids.extend(queue.order().iter().take(SUGGESTIONS).map(|slot| slot.entry));
    let known = visit.entries(&ids).await?;
    let wanted = fold(typed);
    let fitting = known.iter().filter(|entry| fold(entry.track.title().as_str()).contains(&wanted));
    let typed = Choice::new(typed.trim(), typed.trim());
    let mut choices: Vec<Choice> = typed.into_iter().collect();
    for choice in fitting.filter_map(suggestion) {
        if choices.len() < SUGGESTIONS && !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    Ok(choices)
}

fn suggestion(entry: &Entry) -> Option<Choice> {
    let title = entry.track.title().as_str();
    match entry.track.source() {
        TrackSource::Url(url) => {
            Choice::new(title, url.as_str()).or_else(|| Choice::new(title, &format!("{ENTRY}{}", entry.id)))
        }
        TrackSource::Search(query) => Choice::new(title, query.as_str()),
    }
}

async fn playlists(visit: &Visit<'_>, typed: &str) -> Result<Vec<Choice>, Refused> {
    let found = visit.app.playlists.suggest(visit.guild()?, typed, SUGGESTED_PLAYLISTS).await;
    let found = visit.read(found)?;
    Ok(found.iter().filter_map(|list| Choice::new(list.name.as_str(), list.name.as_str())).collect())
}
