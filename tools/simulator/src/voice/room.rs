//! A voice channel on its server: who is there, their encrypted group, and what the listeners hear. No sockets: what
//! has to be sent comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::Packet;
use super::message::Message;
use crate::config::{Dave, VoiceRules};
use crate::dave::{CommitWelcome, DaveError, ExternalSender, Group, Kind, Next, Round};
use crate::ids::{ChannelId, UserId};
use crate::listener::{Arrival, Ear, PcmFrame};

/// What has to be sent, to whom, in order.
pub(super) type Outbox = Vec<(UserId, Message)>;

/// A channel.
pub(super) struct Room {
    channel: ChannelId,
    rules: VoiceRules,
    sender: Option<ExternalSender>,
    group: Group,
    ears: BTreeMap<UserId, Ear>,
    /// Clients, and whether each encrypts end to end.
    bots: BTreeMap<UserId, bool>,
    /// What listeners would commit in this round.
    alternatives: BTreeMap<UserId, CommitWelcome>,
    transitions: BTreeMap<u16, Transition>,
}

/// A change of keys that not everybody has confirmed.
struct Transition {
    bots: Vec<UserId>,
    missing: BTreeSet<UserId>,
    /// Listeners who could read nothing before it.
    newcomers: Vec<UserId>,
}

impl Room {
    pub(super) fn new(channel: ChannelId, rules: &VoiceRules) -> Result<Self, DaveError> {
        let sender = (rules.dave != Dave::Off).then(|| ExternalSender::new(channel)).transpose()?;
        Ok(Self {
            channel,
            rules: rules.clone(),
            sender,
            group: Group::new(rules.commits),
            ears: BTreeMap::new(),
            bots: BTreeMap::new(),
            alternatives: BTreeMap::new(),
            transitions: BTreeMap::new(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ears.is_empty() && self.bots.is_empty()
    }

    /// A client has agreed on its protocol. Who is there is told before anybody is proposed: clients refuse proposals
    /// of users whom they do not know.
    pub(super) fn bot_joins(&mut self, bot: UserId, dave: bool, out: &mut Outbox) {
        let others: Vec<UserId> = self.users().filter(|user| *user != bot).collect();
        if !others.is_empty() {
            out.push((bot, Message::clients_connect(&others)));
        }
        self.tell_others(bot, &Message::clients_connect(&[bot]), out);
        self.bots.insert(bot, dave);
        if let Some(sender) = self.sender.as_ref().filter(|_| dave) {
            out.push((bot, Message::external_sender(sender.package())));
        }
    }

    /// Op 26.
    pub(super) fn key_package(
        &mut self,
        bot: UserId,
        bytes: Vec<u8>,
        out: &mut Outbox,
    ) -> Result<(), DaveError> {
        let Some(sender) = &self.sender else { return Ok(()) };
        sender.check(bot, &bytes)?;
        self.group.offer(bot, Kind::Bot, bytes);
        self.advance(out)
    }

    /// Op 28. A commit that comes too late is no error: clients race for it.
    pub(super) fn commit(&mut self, bot: UserId, bytes: &[u8], out: &mut Outbox) -> Result<(), DaveError> {
        let made = CommitWelcome::parse(bytes)?;
        if self.settle(bot, &made, out) { self.advance(out) } else { Ok(()) }
    }

    /// Op 23. When all have confirmed, all are told to go on (op 22).
    pub(super) fn ready(&mut self, bot: UserId, transition: u16, out: &mut Outbox) {
        if let Some(found) = self.transitions.get_mut(&transition) {
            found.missing.remove(&bot);
        }
        self.execute(out);
    }

    /// A client is gone for good.
    pub(super) fn bot_leaves(&mut self, bot: UserId, out: &mut Outbox) -> Result<(), DaveError> {
        if self.bots.remove(&bot).is_none() {
            return Ok(());
        }
        self.leaves(bot, out)
    }

    /// A listener comes.
    pub(super) fn listener_joins(&mut self, user: UserId, out: &mut Outbox) -> Result<(), DaveError> {
        if self.ears.contains_key(&user) {
            return Ok(());
        }
        let mut ear = Ear::new(user, self.channel, self.rules.pcm, self.sender.as_ref())?;
        self.tell_others(user, &Message::clients_connect(&[user]), out);
        if let Some(member) = ear.member() {
            self.group.offer(user, Kind::Listener, member.key_package()?);
        }
        self.ears.insert(user, ear);
        self.advance(out)
    }

    /// A listener goes.
    pub(super) fn listener_leaves(&mut self, user: UserId, out: &mut Outbox) -> Result<(), DaveError> {
        if self.ears.remove(&user).is_none() {
            return Ok(());
        }
        self.leaves(user, out)
    }

    /// A client's packet.
    pub(super) fn packet(&mut self, bot: UserId, packet: &Packet, arrival: Arrival) -> Vec<PcmFrame> {
        let encrypted = self.bots.get(&bot).copied().unwrap_or_default();
        let is_new = encrypted && !self.is_settled(bot);
        let heard = self.ears.values_mut().map(|ear| ear.hear(bot, packet, (encrypted, is_new), arrival));
        heard.filter_map(Result::ok).flatten().collect()
    }

    /// Whether a client is in the group and has said that it knows.
    fn is_settled(&self, bot: UserId) -> bool {
        let coming = |transition: &Transition| {
            transition.missing.contains(&bot) && transition.newcomers.contains(&bot)
        };
        self.group.members().any(|member| member == bot) && !self.transitions.values().any(coming)
    }

    /// A listener.
    pub(super) fn ear(&mut self, user: UserId) -> Option<&mut Ear> {
        self.ears.get_mut(&user)
    }

    /// Who is in the encrypted group.
    pub(super) fn group_members(&self) -> Vec<UserId> {
        self.group.members().collect()
    }

    /// The number of the round that waits for a client's commit.
    pub(super) fn waiting_round(&self) -> Option<u64> {
        self.group.round().map(|round| round.number)
    }

    /// Nobody has committed in time.
    pub(super) fn round_timed_out(&mut self, number: u64, out: &mut Outbox) -> Result<(), DaveError> {
        if self.waiting_round() != Some(number) {
            return Ok(());
        }
        self.replace_committer(out)
    }

    fn users(&self) -> impl Iterator<Item = UserId> {
        self.ears.keys().copied().chain(self.bots.keys().copied())
    }

    fn tell_others(&self, about: UserId, message: &Message, out: &mut Outbox) {
        let others = self.bots.keys().filter(|bot| **bot != about);
        out.extend(others.map(|bot| (*bot, message.clone())));
    }

    fn leaves(&mut self, user: UserId, out: &mut Outbox) -> Result<(), DaveError> {
        self.tell_others(user, &Message::client_disconnect(user), out);
        let was_to_commit = self.group.round().is_some_and(|round| round.committer == user);
        self.group.leave(user);
        self.alternatives.remove(&user);
        for transition in self.transitions.values_mut() {
            transition.missing.remove(&user);
        }
        self.execute(out);
        if was_to_commit { self.replace_committer(out) } else { self.advance(out) }
    }

    /// Does what is next until somebody else has to act.
    fn advance(&mut self, out: &mut Outbox) -> Result<(), DaveError> {
        loop {
            match self.group.next() {
                Next::Idle => return Ok(()),
                Next::Dissolve => self.start_listeners_anew()?,
                Next::Propose(round) => {
                    self.propose(&round, out)?;
                    let Some(made) = self.alternatives.get(&round.committer).cloned() else { return Ok(()) };
                    self.settle(round.committer, &made, out);
                }
            }
        }
    }

    /// Op 27 to all in the group but those who are to be removed.
    fn propose(&mut self, round: &Round, out: &mut Outbox) -> Result<(), DaveError> {
        let Some(sender) = &self.sender else { return Ok(()) };
        let proposals = sender.proposals(round)?;
        self.alternatives.clear();
        let stay = round.members.iter().filter(|member| !round.removes.iter().any(|(one, _)| one == *member));
        for user in stay {
            if self.bots.contains_key(user) {
                out.push((*user, Message::proposals(&proposals)));
            } else if let Some(member) = self.ears.get_mut(user).and_then(Ear::member)
                && let Some(made) = member.propose(&proposals, round.epoch)?
            {
                self.alternatives.insert(*user, made);
            }
        }
        Ok(())
    }

    /// Accepts a commit, if it is the one that counts, and tells everybody: op 29 to who was there, op 30 to who is
    /// new.
    fn settle(&mut self, by: UserId, made: &CommitWelcome, out: &mut Outbox) -> bool {
        let adds = self.group.round().is_some_and(|round| !round.adds.is_empty());
        if adds && made.welcome.is_empty() {
            return false;
        }
        let Some(settled) = self.group.committed(by, made.epoch) else { return false };
        let mut bots = Vec::new();
        let informed = settled.informed.iter().map(|user| (*user, false));
        for (user, is_new) in informed.chain(settled.welcomed.iter().map(|user| (*user, true))) {
            if self.bots.contains_key(&user) {
                bots.push(user);
                out.push((user, told(settled.transition, made, is_new)));
            } else if let Some(ear) = self.ears.get_mut(&user) {
                learn(ear, made, is_new);
            }
        }
        let missing = bots.iter().copied().collect();
        let newcomers = settled.welcomed;
        self.transitions.insert(settled.transition, Transition { bots, missing, newcomers });
        self.execute(out);
        true
    }

    fn execute(&mut self, out: &mut Outbox) {
        let done: Vec<(u16, Transition)> =
            self.transitions.extract_if(.., |_, transition| transition.missing.is_empty()).collect();
        for (id, transition) in done {
            let present = transition.bots.into_iter().filter(|bot| self.bots.contains_key(bot));
            out.extend(present.map(|bot| (bot, Message::execute_transition(id))));
            for user in transition.newcomers {
                if let Some(ear) = self.ears.get_mut(&user) {
                    ear.keys_settle(Instant::now());
                }
            }
        }
    }

    /// A listener commits instead, or the group is made anew by all.
    fn replace_committer(&mut self, out: &mut Outbox) -> Result<(), DaveError> {
        let able: Vec<UserId> = self.alternatives.keys().copied().collect();
        if let Some(other) = self.group.replace_committer(&able)
            && let Some(made) = self.alternatives.get(&other).cloned()
        {
            self.settle(other, &made, out);
            return self.advance(out);
        }
        self.start_listeners_anew()?;
        let clients = self.bots.iter().filter(|(_, dave)| **dave);
        out.extend(clients.map(|(bot, _)| (*bot, Message::prepare_epoch())));
        self.advance(out)
    }

    fn start_listeners_anew(&mut self) -> Result<(), DaveError> {
        self.group.start_anew();
        self.alternatives.clear();
        for (user, ear) in &mut self.ears {
            ear.keys_change();
            if let Some(member) = ear.member() {
                member.start_anew()?;
                self.group.offer(*user, Kind::Listener, member.key_package()?);
            }
        }
        Ok(())
    }
}

fn told(transition: u16, made: &CommitWelcome, is_new: bool) -> Message {
    if is_new {
        Message::welcome(transition, &made.welcome)
    } else {
        Message::announce_commit(transition, &made.commit)
    }
}

/// What a listener cannot read shows in what it hears, so errors are not raised here.
fn learn(ear: &mut Ear, made: &CommitWelcome, is_new: bool) {
    let Some(member) = ear.member() else { return };
    let learned = if is_new { member.welcome(&made.welcome) } else { member.commit(&made.commit) };
    if is_new && learned.is_ok() {
        ear.keys_change();
    }
}

#[cfg(test)]
#[path = "room_tests.rs"]
mod tests;
