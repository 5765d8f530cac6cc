//! A community's queue: what plays, what comes next, adding and taking out (SPEC P9, T17, T18).

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared::domain::queue::{
    Command, Entry, EntryId, NOBODY, OpId, Outcome, Place, QueueRefusal, QueueView, Request, Selection,
};
use shared::domain::settings::GuildSettings;
use shared::domain::track::{Title, Track, TrackSource};
use shared::domain::workers::Errand;
use shared::http_error::{ErrorCode, HttpError};
use shared::http_event::HeaderFault;
use shared::security::permissions::{Permission, Role};
use shared::security::track_url::{Query, TrackUrl, UrlPolicy};
use shared::store::queue::{Applied, QueueError, count_turned_away};
use shared::telemetry::StoreOperation;
use shared::voice_call::News;

use crate::handlers::playback::Playing;
use crate::reply::Reply;
use crate::visit::{Visit, forbidden, not_found};

/// How many upcoming tracks are shown.
const SHOWN: usize = 100;
/// What a client calls its request, so that sending it twice does it once.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const IDEMPOTENCY_KEY_MAX: usize = 100;

/// Something to hear.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddTrack {
    /// An https address, or words to look for.
    #[schemars(length(min = 1, max = 2048))]
    query: String,
    /// Whether it comes before everything that is upcoming; that takes `queue:edit`.
    #[serde(default)]
    next: bool,
}

/// A track in a queue.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct QueuedTrack {
    /// By which it is taken out.
    entry: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    /// Its address; none while it is words to look for.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// In seconds, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_s: Option<u32>,
    /// The Discord user who asked for it; null: somebody who is erased.
    requester: Option<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    added_at: Timestamp,
}

/// A queue.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Queue {
    playing: Playing,
    /// At most 100.
    upcoming: Vec<QueuedTrack>,
    /// How many are upcoming in all.
    total: usize,
}

/// A track that was added.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Added {
    entry: String,
    /// Its place, from 1; 0: it is current now.
    position: usize,
}

pub(crate) async fn view(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let guild = visit.guild()?;
    let queue = visit.read(visit.app.queue.view(guild, visit.now).await)?;
    let upcoming: Vec<EntryId> = queue.order().iter().take(SHOWN).map(|slot| slot.entry).collect();
    let found = visit.read(visit.app.queue.entries(guild, &upcoming, visit.now).await)?;
    let upcoming = upcoming.iter().filter_map(|entry| found.get(entry)).map(shown).collect();
    let playing = Playing::read(visit, &queue).await?;
    Ok(Reply::ok(&Queue { playing, upcoming, total: queue.len() }))
}

pub(crate) async fn add(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: AddTrack = visit.body()?;
    if asked.next && !visit.may(Permission::QueueEdit) {
        return Err(forbidden("To jump ahead needs the permission queue:edit."));
    }
    let policy = UrlPolicy { allow_http: visit.app.config.allow_http };
    let query =
        Query::parse(&asked.query, policy).map_err(|bad| HttpError::field("query", bad.to_string()))?;
    let place = if asked.next { Place::Next } else { Place::End };
    let command = Command::Add { tracks: vec![Track::from_query(query)], requester: visit.user()?, place };
    match change(visit, &command).await?.outcome {
        Outcome::Added { first, position, .. } => {
            Ok(Reply::json(201, &Added { entry: first.to_string(), position }))
        }
        _ => Err(not_found("track")),
    }
}

pub(crate) async fn remove(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let entry: EntryId = visit.place("entry")?;
    match tried(visit, &Command::Remove(Selection::Entry(entry))).await? {
        Ok(_) => Ok(Reply::done()),
        // An empty queue has no such track either.
        Err(QueueRefusal::Empty) => Err(not_found("track")),
        Err(refusal) => Err(refused(refusal)),
    }
}

/// Changes the queue once, however often it is tried, and tells the worker.
pub(crate) async fn change(visit: &Visit<'_>, command: &Command) -> Result<Applied, HttpError> {
    tried(visit, command).await?.map_err(refused)
}

async fn tried(visit: &Visit<'_>, command: &Command) -> Result<Result<Applied, QueueRefusal>, HttpError> {
    let (guild, op) = (visit.guild()?, op(visit)?);
    let settings = visit.read(visit.app.settings.load(guild).await)?.settings;
    let request = request(visit, op, command, &settings);
    let before = visit.read(visit.app.queue.view(guild, visit.now).await)?;
    let tried = visit.app.queue.apply_seen(guild, &request, Some(before.clone())).await;
    count_turned_away(visit.report.log(), &tried);
    match tried {
        Ok(applied) => {
            tell_worker(visit, &before, &applied.queue).await?;
            Ok(Ok(applied))
        }
        Err(QueueError::Refused(refusal)) => Ok(Err(refusal)),
        Err(QueueError::Store(error)) => Err(visit.failed(StoreOperation::Write, &error)),
    }
}

fn request<'a>(
    visit: &Visit<'_>,
    op: OpId,
    command: &'a Command,
    settings: &'a GuildSettings,
) -> Request<'a> {
    // Whoever moderates has no limit of their own; a key has the one of the person who made it.
    let exempt = visit.role().is_some_and(|role| role >= Role::Moderator);
    Request { op, command, now: visit.now, settings, exempt, only_of: None }
}

/// The change is made whatever becomes of the bell.
async fn tell_worker(visit: &Visit<'_>, before: &QueueView, after: &QueueView) -> Result<(), HttpError> {
    if let Some(voice) = &visit.app.voice {
        let errand = Errand::Change { before: before.playback(), after: after.playback() };
        let news = News { guild: visit.guild()?, rev: after.rev(), errand };
        voice.call(news, visit.report.log(), visit.now).await;
    }
    Ok(())
}

/// What makes a request the same one: what its client calls it, among the requests of the same caller.
fn op(visit: &Visit<'_>) -> Result<OpId, HttpError> {
    let key = match visit.request.header_once(IDEMPOTENCY_KEY) {
        Err(HeaderFault::Missing) => return Ok(OpId::Outside(u64::from_be_bytes(visit.random()?))),
        Ok(key) if (1..=IDEMPOTENCY_KEY_MAX).contains(&key.len()) => key,
        Ok(_) | Err(HeaderFault::Repeated) => {
            return Err(HttpError::field("Idempotency-Key", "1 to 100 characters, without a comma"));
        }
    };
    let named = format!("{}#{}#{key}", visit.user()?, visit.route.id.name());
    let digest = Sha256::digest(named);
    let mut first = [0; 8];
    first.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    Ok(OpId::Outside(u64::from_be_bytes(first)))
}

fn refused(refusal: QueueRefusal) -> HttpError {
    match refusal {
        QueueRefusal::NoSuchEntry | QueueRefusal::NoSuchPosition { .. } => not_found("track"),
        other => HttpError::new(ErrorCode::Conflict, format!("Not done: {other}.")),
    }
}

pub(crate) fn shown(entry: &Entry) -> QueuedTrack {
    let track = &entry.track;
    QueuedTrack {
        entry: entry.id.to_string(),
        title: track.title().as_str().to_owned(),
        artist: track.artist().map(Title::as_str).map(str::to_owned),
        url: match track.source() {
            TrackSource::Url(url) => Some(TrackUrl::as_str(url).to_owned()),
            TrackSource::Search(_) => None,
        },
        duration_s: track.duration_s(),
        requester: (entry.requester != NOBODY).then(|| entry.requester.to_string()),
        added_at: entry.added_at,
    }
}
