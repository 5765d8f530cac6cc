//! The gateway session of a shard: `GUILDS` and `GUILD_VOICE_STATES` and nothing else (SPEC P13). It is resumed across
//! workers; an IDENTIFY is counted before it is sent (SPEC P12).

use core::time::Duration;
use std::sync::Arc;

use shared::domain::workers::GatewaySession;
use shared::store::leases::{Held, Saved, Spend};
use shared::telemetry::StoreOperation;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use twilight_gateway::{
    CloseFrame, ConfigBuilder, Event, EventTypeFlags, Intents, MessageSender, Session, Shard, ShardId,
    StreamExt as _,
};

use super::at;
use super::deps::Deps;

/// Events that may wait for the router.
const WAITING: usize = 1024;
/// How often the place in the session is written down.
const SAVE: Duration = Duration::from_secs(5);
/// How long Discord may take to answer our close. Twilight would connect again a second after it.
const CLOSE: Duration = Duration::from_millis(700);
/// How long the end of a session may take in all, with writing it down.
const END: Duration = Duration::from_secs(3);

/// What the gateway says.
#[derive(Debug)]
pub(crate) enum News {
    /// An event of Discord's.
    Event(Box<Event>),
    /// Discord does not want this bot: the token, the intents or the sharding are wrong.
    Refused,
}

/// The session.
#[derive(Debug)]
pub(crate) struct Gateway {
    sender: MessageSender,
    closing: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Gateway {
    /// Resumes the session of the worker before, else identifies when the budget allows it.
    pub(crate) async fn start(
        deps: &Arc<Deps>,
        held: watch::Receiver<Option<Held>>,
    ) -> (Self, Receiver<News>) {
        let session = stored(deps).await;
        if session.is_none() {
            identify(deps).await;
        }
        let mut shard = shard(deps, session);
        let sender = shard.sender();
        let (news, heard) = channel(WAITING);
        let deps = deps.clone();
        let (closing, is_closing) = watch::channel(false);
        let task = tokio::spawn(async move { listen(&deps, &mut shard, &held, &news, is_closing).await });
        (Self { sender, closing, task }, heard)
    }

    pub(crate) fn sender(&self) -> MessageSender {
        self.sender.clone()
    }

    /// Ends the connection and keeps the session for the next worker.
    pub(crate) async fn stop(self, deps: &Deps) {
        self.closing.send_replace(true);
        let abort = self.task.abort_handle();
        if tokio::time::timeout(END, self.task).await.is_err() {
            deps.telemetry.fault("gateway.close", "timeout");
            abort.abort();
        }
    }
}

async fn stored(deps: &Deps) -> Option<GatewaySession> {
    match deps.sessions.load(deps.config.shard, deps.clock.now()).await {
        Ok(session) => session,
        Err(error) => {
            deps.telemetry.store_failed(StoreOperation::Read, &error);
            None
        }
    }
}

/// Counts an IDENTIFY, and waits while there is none left: a token that identifies too often is reset by Discord.
async fn identify(deps: &Deps) {
    loop {
        match deps.budgets.spend(deps.config.application_id, deps.clock.now()).await {
            Ok(Spend::Allowed) => return,
            Ok(Spend::Refused { .. }) => deps.telemetry.fault("gateway.identify", "budget"),
            Err(error) => deps.telemetry.store_failed(StoreOperation::Guard, &error),
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}

fn shard(deps: &Deps, session: Option<GatewaySession>) -> Shard {
    let token = String::from_utf8_lossy(deps.token.expose()).into_owned();
    let mut config = ConfigBuilder::new(token, Intents::GUILDS | Intents::GUILD_VOICE_STATES);
    if let Some(url) = &deps.config.gateway_url {
        config = config.proxy_url(url.clone());
    }
    if let Some(session) = session {
        config = config.session(Session::new(session.seq, session.session_id));
        if deps.config.gateway_url.is_none() {
            config = config.resume_url(session.resume_url);
        }
    }
    let (shard, count) = (deps.config.shard.get(), deps.config.shard_count.get());
    Shard::with_config(ShardId::new(shard.into(), count.into()), config.build())
}

const WANTED: EventTypeFlags = EventTypeFlags::GUILD_CREATE
    .union(EventTypeFlags::GUILD_DELETE)
    .union(EventTypeFlags::VOICE_STATE_UPDATE)
    .union(EventTypeFlags::VOICE_SERVER_UPDATE)
    .union(EventTypeFlags::READY)
    .union(EventTypeFlags::RESUMED)
    .union(EventTypeFlags::GATEWAY_INVALIDATE_SESSION);

async fn listen(
    deps: &Deps,
    shard: &mut Shard,
    held: &watch::Receiver<Option<Held>>,
    news: &Sender<News>,
    mut closing: watch::Receiver<bool>,
) {
    let mut save = tokio::time::interval(SAVE);
    let sender = shard.sender();
    let mut closes_at = None;
    loop {
        let event = tokio::select! {
            event = shard.next_event(WANTED) => event,
            _ = save.tick() => {
                keep(deps, place(shard), held).await;
                continue;
            }
            // Discord ends a session that is closed with 1000 or 1001; this one is to be resumed.
            () = told(&mut closing), if closes_at.is_none() => {
                closes_at = Some(Instant::now() + CLOSE);
                if sender.close(CloseFrame::RESUME).is_err() {
                    break;
                }
                continue;
            }
            () = at(closes_at) => break,
        };
        match event {
            // Our own close, answered; or theirs, which comes to the same.
            None | Some(Err(_) | Ok(Event::GatewayClose(_))) if closes_at.is_some() => break,
            Some(Ok(Event::GatewayClose(_))) => {}
            None => {
                drop(news.send(News::Refused).await);
                break;
            }
            Some(Err(_)) => deps.telemetry.fault("gateway.receive", "failed"),
            Some(Ok(Event::GatewayInvalidateSession(false))) => identify(deps).await,
            Some(Ok(event)) => drop(news.send(News::Event(Box::new(event))).await),
        }
    }
    keep(deps, place(shard), held).await;
}

async fn told(closing: &mut watch::Receiver<bool>) {
    // An error is the end of whoever could tell.
    drop(closing.wait_for(|closing| *closing).await);
}

/// Where the session stands.
fn place(shard: &Shard) -> Option<GatewaySession> {
    let (session, url) = shard.session().zip(shard.resume_url())?;
    let (session_id, seq) = (session.id().to_owned(), session.sequence());
    Some(GatewaySession { session_id, seq, resume_url: url.to_owned() })
}

/// Writes it down.
async fn keep(deps: &Deps, session: Option<GatewaySession>, held: &watch::Receiver<Option<Held>>) {
    let Some(fence) = held.borrow().as_ref().map(Held::fence) else { return };
    let Some(session) = session else { return };
    match deps.sessions.save(deps.config.shard, &session, fence, deps.clock.now()).await {
        Ok(Saved::Now | Saved::Fenced) => {}
        Err(error) => deps.telemetry.store_failed(StoreOperation::Write, &error),
    }
}
