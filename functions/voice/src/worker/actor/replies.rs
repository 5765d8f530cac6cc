//! The people who wait: each deferred reply gets the answer that it asks for, once it is true (SPEC P8).

use core::time::Duration;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::discord::cards::Notice;
use shared::discord::escape::Escaped;
use shared::discord::rest::RestError;
use shared::discord::words::{Message, Words};
use shared::domain::observed::CardAt;
use shared::domain::queue::{EntryId, NOBODY, OpId};
use shared::ids::{InteractionId, UserId};
use shared::store::deferred::{Claim, DeferredReply, Purpose, ReplyKind};
use shared::telemetry::StoreOperation;

use super::Actor;
use super::sound::Line;
use crate::failure::PlayError;
use crate::worker::deps::Deps;
use crate::worker::mail::Mail;
use crate::worker::plan::Sound;
use crate::worker::tally::{Tally, tally};

/// How long somebody is looked for before they are told to join a channel.
const LOOK: Duration = Duration::from_secs(3);

/// How often, and how long apart, a reply that Discord does not know yet is tried. All of it ends before the claim.
const EARLY: u32 = 10;
const EARLY_WAIT: Duration = Duration::from_millis(300);

/// What to say.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    /// The player card; it stays and is kept up to date.
    Card(Box<Value>),
    /// A sentence, for everybody who sees the reply.
    Text(String),
    /// A sentence for the caller alone.
    Aside(String),
}

impl Actor {
    /// Reads who waits.
    pub(super) async fn collect_replies(&mut self) {
        let now = self.deps.clock.now();
        match self.deps.deferred.open_of(&self.tenant, now).await {
            Ok(open) => self.replies = open,
            Err(error) => self.deps.telemetry.store_failed(StoreOperation::Read, &error),
        }
        for (_, reply) in self.replies.clone() {
            self.called_by(&reply);
        }
    }

    /// Whoever plays or calls is whom the bot goes to.
    fn called_by(&mut self, reply: &DeferredReply) {
        if !matches!(reply.purpose(), Purpose::Play { .. } | Purpose::Join) {
            return;
        }
        self.caller = Some(reply.caller());
        reply.locale().clone_into(&mut self.locale);
        if self.channel_of(reply.caller()).is_none() {
            self.look_for(reply.caller());
        }
    }

    /// Whoever asked for the track is whom the bot goes to, when nobody has called it since.
    pub(super) fn look_for_requester(&mut self) {
        let requester = self.wanted.now.as_ref().map(|(entry, _)| entry.requester);
        let Some(requester) = requester.filter(|user| *user != NOBODY) else { return };
        if self.seat().is_none() && self.joining.is_none() && self.called_to().is_none() {
            self.look_for(requester);
        }
    }

    /// The gateway may not have told us yet; REST knows.
    fn look_for(&mut self, user: UserId) {
        if self.found.is_some_and(|(who, _)| who == user) {
            return;
        }
        let (deps, outbox, guild) = (self.deps.clone(), self.outbox.clone(), self.guild);
        tokio::spawn(async move {
            let found = tokio::time::timeout(LOOK, deps.bot.voice_channel(guild, user)).await;
            let channel = found.ok().and_then(Result::ok).flatten();
            drop(outbox.send(Mail::Found(user, channel)).await);
        });
    }

    /// Answers everybody whose answer is known by now.
    pub(super) async fn answer(&mut self) {
        for (interaction, reply) in self.replies.clone() {
            if self.answering.contains(&interaction) {
                continue;
            }
            if *reply.purpose() == Purpose::Join {
                self.come_to(reply.caller());
            }
            if let Some(said) = self.say(interaction, &reply).await {
                self.answering.insert(interaction);
                self.send(interaction, said);
            }
        }
        let is_told = self.deck.line() != Line::Unencrypted || self.replies.is_empty();
        if self.seat().is_none() && is_told {
            self.deck.hung_up();
        }
    }

    /// Whoever calls the bot is come to, whether there is something to play or not.
    fn come_to(&mut self, caller: UserId) {
        let may = self.allowed && !self.stale && !self.wanted.playback.away() && self.joining.is_none();
        let at = self.seat();
        if let Some(channel) = self.channel_of(caller).filter(|channel| may && at != Some(*channel)) {
            self.join(channel);
        }
    }

    async fn say(&mut self, interaction: InteractionId, reply: &DeferredReply) -> Option<Said> {
        let words = Words::for_locale(Some(reply.locale()), None);
        match reply.purpose() {
            Purpose::Play { entry } if !self.is_queued(interaction, *entry).await => None,
            Purpose::Play { entry } => self.say_play(*entry, reply.caller(), words),
            Purpose::Join => self.say_join(reply.caller(), words),
            Purpose::VoteSkip { run, entry } => self.say_votes(*run, *entry, reply.caller(), words).await,
            // The oauth function's, or data-retention's; they do not stand among a guild's replies either.
            Purpose::Unlink { .. }
            | Purpose::Import { .. }
            | Purpose::Channel { .. }
            | Purpose::PrivacyStatus { .. } => None,
        }
    }

    /// Whether the track is in what we know of the queue. The reply is owed before the queue is changed, and whatever
    /// rings in between is not the track's own doorbell.
    async fn is_queued(&mut self, interaction: InteractionId, entry: EntryId) -> bool {
        let is_known = self.wanted.entry() == Some(entry) || self.deck.trouble_of(entry).is_some();
        if is_known || self.queued.contains(&interaction) {
            return true;
        }
        match self.deps.queue.has_done(self.guild, OpId::Interaction(interaction)).await {
            // What was read before may be from before it.
            Ok(true) => self.stale = self.queued.insert(interaction) || self.stale,
            Ok(false) => {}
            Err(error) => self.deps.telemetry.store_failed(StoreOperation::Read, &error),
        }
        false
    }

    fn say_play(&self, entry: EntryId, caller: UserId, words: Words) -> Option<Said> {
        if let Some(error) = self.deck.trouble_of(entry) {
            return Some(Said::Text(trouble(error, words)));
        }
        if let Some(refused) = self.refused(words) {
            return Some(refused);
        }
        let current = self.wanted.entry() == Some(entry);
        let heard = matches!(self.deck.sound(), Sound::On { .. }) && self.is_connected();
        if self.stale || (current && !heard) {
            return self.is_nowhere(caller).then(|| Said::Aside(words.say(&Message::VoiceNoChannel)));
        }
        self.body().and_then(|body| card_of(&body))
    }

    /// Why the bot does not get to where it was called.
    fn refused(&self, words: Words) -> Option<Said> {
        if self.deck.line() == Line::Unencrypted {
            return Some(Said::Text(words.say(&Message::VoiceUnencrypted)));
        }
        let notice = self.notice.filter(|notice| *notice == Notice::ShutOut)?;
        Some(Said::Text(words.say(&notice.message())))
    }

    fn is_connected(&self) -> bool {
        self.seat().is_some_and(|channel| self.deck.line() == Line::In(channel))
    }

    fn say_join(&self, caller: UserId, words: Words) -> Option<Said> {
        if let Some(refused) = self.refused(words) {
            return Some(refused);
        }
        let at = self.seat();
        let wanted = self.channel_of(caller);
        if self.is_connected() && at == wanted {
            return Some(Said::Text(words.say(&Message::VoiceJoined)));
        }
        self.is_nowhere(caller).then(|| Said::Aside(words.say(&Message::VoiceNoChannel)))
    }

    /// Whether we have looked for somebody everywhere and they are in no channel, nor are we.
    fn is_nowhere(&self, user: UserId) -> bool {
        let looked = self.found.is_some_and(|(who, _)| who == user);
        looked && self.channel_of(user).is_none() && self.seat().is_none()
    }

    async fn say_votes(&mut self, run: u64, entry: EntryId, caller: UserId, words: Words) -> Option<Said> {
        match self.wanted.run() {
            Some(current) if current == run => {}
            // Whoever voted knows of a change that we have not read yet.
            Some(current) if current < run => {
                self.stale = true;
                return None;
            }
            _ => return Some(Said::Text(words.say(&Message::VotesPassed))),
        }
        let channel = self.seat()?;
        let votes = self.deps.votes.read(self.guild, self.deps.clock.now()).await.ok()??;
        // The reply comes before the vote; until then those of others would be counted without it.
        if votes.run != run || !votes.voters.contains(&caller) {
            return None;
        }
        let listening = votes.voters.iter().filter(|user| self.room.hears(**user, channel)).count();
        let people = self.room.listeners(channel);
        let Tally { votes, needed } = tally(listening, people, self.wanted.settings.vote_skip.get());
        if votes < needed {
            return Some(Said::Text(words.say(&Message::VotesCount { votes, needed })));
        }
        self.voted_off(entry).await;
        Some(Said::Text(words.say(&Message::VotesPassed)))
    }

    fn send(&self, interaction: InteractionId, said: Said) {
        let (deps, outbox, tenant) = (self.deps.clone(), self.outbox.clone(), self.tenant.clone());
        tokio::spawn(async move {
            let card = Box::pin(deliver(&deps, &tenant, interaction, &said)).await;
            drop(outbox.send(Mail::Posted(interaction, card)).await);
        });
    }
}

/// Claims the reply, says it, and ends it. Whoever lost the claim says nothing: somebody else answers.
async fn deliver(deps: &Deps, tenant: &str, interaction: InteractionId, said: &Said) -> Option<CardAt> {
    let claim = deps.deferred.claim(tenant, interaction, deps.clock.now()).await;
    let claimed = match claim {
        Ok(Claim::Mine(claimed)) => claimed,
        Ok(Claim::Busy | Claim::Ended | Claim::Missing) => return None,
        Err(error) => {
            deps.telemetry.store_failed(StoreOperation::Write, &error);
            return None;
        }
    };
    let card = match tell_in_time(deps, claimed.reply(), said).await {
        Ok(card) => card,
        // Nobody will ever see an answer: the token is dead, or somebody deleted the reply.
        Err(code) if code == RestError::Gone.code() => None,
        // The claim runs out by itself; the deadline ends what nobody could say.
        Err(code) => {
            deps.telemetry.fault("discord.reply", &code);
            return None;
        }
    };
    if let Err(error) = deps.deferred.finish(&claimed).await {
        deps.telemetry.store_failed(StoreOperation::Write, &error);
    }
    card
}

/// A worker can be faster than the deferral itself: what is gone now may only be there in a moment.
async fn tell_in_time(deps: &Deps, reply: &DeferredReply, said: &Said) -> Result<Option<CardAt>, String> {
    let gone = RestError::Gone.code();
    for _ in 0..EARLY {
        match tell(deps, reply, said).await {
            Err(code) if code == gone => tokio::time::sleep(EARLY_WAIT).await,
            told => return told,
        }
    }
    Err(gone)
}

async fn tell(deps: &Deps, reply: &DeferredReply, said: &Said) -> Result<Option<CardAt>, String> {
    let (app, token) = (reply.application(), reply.token());
    let sent = match said {
        Said::Card(body) => {
            let posted = deps.rest.post_original(app, token, body).await;
            return posted
                .map(|at| Some(CardAt { channel: at.channel, message: at.message }))
                .map_err(|e| e.code());
        }
        Said::Text(text) => deps.rest.edit_original(app, token, &plain(text)).await,
        Said::Aside(text) if reply.kind() == ReplyKind::Ephemeral => {
            deps.rest.edit_original(app, token, &plain(text)).await
        }
        // Public was fixed at the deferral: the public reply goes, and an ephemeral one comes.
        Said::Aside(text) => match deps.rest.delete_original(app, token).await {
            Ok(()) => deps.rest.followup(app, token, &ephemeral(text)).await,
            failed => failed,
        },
    };
    sent.map(|()| None).map_err(|error| error.code())
}

fn card_of(body: &RawValue) -> Option<Said> {
    serde_json::from_str(body.get()).ok().map(|body| Said::Card(Box::new(body)))
}

fn plain(text: &str) -> Value {
    json!({ "content": text, "allowed_mentions": { "parse": [] } })
}

fn ephemeral(text: &str) -> Value {
    let mut body = plain(text);
    body["flags"] = 64.into();
    body
}

/// Why a track was passed over.
fn trouble(error: PlayError, words: Words) -> String {
    words.say(&Message::SourceFailed { code: Escaped::new(error.words_key()) })
}
