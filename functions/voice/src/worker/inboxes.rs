//! The inboxes of the actors that run, and the bells that nobody could put into one.

use std::collections::{HashMap, HashSet};

use shared::ids::GuildId;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::mail::Mail;

/// Letters that may wait for an actor.
const INBOX: usize = 256;

/// Each guild has one actor at most: the next is started when the one before has said that it is over.
#[derive(Debug, Default)]
pub(crate) struct Inboxes {
    open: HashMap<GuildId, Sender<Mail>>,
    /// Guilds whose actor had closed its inbox when their bell was rung.
    missed: HashSet<GuildId>,
}

impl Inboxes {
    pub(crate) fn contains(&self, guild: GuildId) -> bool {
        self.open.contains_key(&guild)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Sender<Mail>> {
        self.open.values()
    }

    /// Both ends of a new actor's inbox.
    pub(crate) fn open(&mut self, guild: GuildId) -> (Sender<Mail>, Receiver<Mail>) {
        let (outbox, inbox) = channel(INBOX);
        self.open.insert(guild, outbox.clone());
        (outbox, inbox)
    }

    /// News for an actor, if there is one: who starts later reads for itself how things are.
    pub(crate) async fn send(&self, guild: GuildId, mail: Mail) {
        if let Some(actor) = self.open.get(&guild) {
            drop(actor.send(mail).await);
        }
    }

    /// Rings at an actor. One that is ending hears nothing any more; [`Self::over`] then says that it was missed.
    pub(crate) async fn ring(&mut self, guild: GuildId) {
        if let Some(actor) = self.open.get(&guild)
            && actor.send(Mail::Bell).await.is_err()
        {
            self.missed.insert(guild);
        }
    }

    /// An actor is over. Whether its guild has rung since it closed its inbox.
    pub(crate) fn over(&mut self, guild: GuildId) -> bool {
        self.open.remove(&guild);
        self.missed.remove(&guild)
    }

    /// Actors that are over without having said so.
    pub(crate) fn forget_closed(&mut self) {
        self.open.retain(|_, actor| !actor.is_closed());
        self.missed.retain(|guild| self.open.contains_key(guild));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUILD: GuildId = GuildId::new(1);

    #[tokio::test]
    async fn a_bell_at_the_door_of_an_actor_that_ends_is_not_lost() {
        let mut inboxes = Inboxes::default();
        let (_outbox, mut inbox) = inboxes.open(GUILD);
        inboxes.ring(GUILD).await;
        assert!(matches!(inbox.recv().await, Some(Mail::Bell)));
        inbox.close();
        assert!(inbox.recv().await.is_none(), "it looked a last time, and ends");
        inboxes.ring(GUILD).await;
        assert!(inboxes.over(GUILD));
        assert!(!inboxes.over(GUILD) && inboxes.is_empty());
    }

    #[tokio::test]
    async fn who_heard_everything_missed_nothing() {
        let mut inboxes = Inboxes::default();
        let (_outbox, _inbox) = inboxes.open(GUILD);
        inboxes.ring(GUILD).await;
        inboxes.send(GUILD, Mail::Bell).await;
        assert!(inboxes.contains(GUILD) && inboxes.len() == 1);
        assert!(!inboxes.over(GUILD));
        inboxes.ring(GUILD).await;
        assert!(!inboxes.over(GUILD), "there was nobody to ring at");
    }

    #[tokio::test]
    async fn an_actor_that_broke_leaves_nothing_behind() {
        let mut inboxes = Inboxes::default();
        let (_, inbox) = inboxes.open(GUILD);
        drop(inbox);
        inboxes.ring(GUILD).await;
        inboxes.forget_closed();
        assert!(!inboxes.contains(GUILD) && !inboxes.over(GUILD));
    }
}
