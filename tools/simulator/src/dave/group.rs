//! Who has to be added to a group and removed from it, who commits that, and what follows. Pure; one round at a time,
//! so that no two commits race for an epoch.

use std::collections::{BTreeMap, BTreeSet};

use super::roster::Roster;
use crate::config::Commits;
use crate::ids::UserId;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A client at the other end of a socket.
    Bot,
    /// One of ours.
    Listener,
}

/// The members of a channel's group, and those who wait.
#[derive(Debug)]
pub(crate) struct Group {
    commits: Commits,
    kinds: BTreeMap<UserId, Kind>,
    roster: Roster,
    offers: BTreeMap<UserId, Vec<u8>>,
    leaving: BTreeSet<UserId>,
    round: Option<Round>,
    rounds: u64,
    transitions: u16,
}

/// Proposals that wait for a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Round {
    /// Which one, for timers.
    pub(crate) number: u64,
    /// The epoch that is to be left.
    pub(crate) epoch: u64,
    /// Who commits.
    pub(crate) committer: UserId,
    /// Everybody in the group.
    pub(crate) members: Vec<UserId>,
    /// Who goes, with their leaves.
    pub(crate) removes: Vec<(UserId, u32)>,
    /// Who comes, with their key packages.
    pub(crate) adds: Vec<(UserId, Vec<u8>)>,
}

/// What is to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing.
    Idle,
    /// No bot is left: everybody who stays starts anew.
    Dissolve,
    /// These proposals.
    Propose(Round),
}

/// An accepted commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// The id of the transition, never 0.
    pub(crate) transition: u16,
    /// Who was in the group and still is: they get the commit.
    pub(crate) informed: Vec<UserId>,
    /// Who is new: they get the welcome.
    pub(crate) welcomed: Vec<UserId>,
}

impl Group {
    pub(crate) fn new(commits: Commits) -> Self {
        Self {
            commits,
            kinds: BTreeMap::new(),
            roster: Roster::default(),
            offers: BTreeMap::new(),
            leaving: BTreeSet::new(),
            round: None,
            rounds: 0,
            transitions: 0,
        }
    }

    /// Somebody wants to be a member, or to be one anew, with this key package.
    pub(crate) fn offer(&mut self, user: UserId, kind: Kind, key_package: Vec<u8>) {
        self.kinds.insert(user, kind);
        self.offers.insert(user, key_package);
    }

    /// Somebody left the channel.
    pub(crate) fn leave(&mut self, user: UserId) {
        self.offers.remove(&user);
        let being_added =
            self.round.as_ref().is_some_and(|round| round.adds.iter().any(|(add, _)| *add == user));
        if self.roster.contains(user) || being_added {
            self.leaving.insert(user);
        }
    }

    /// Everybody in the group.
    pub(crate) fn members(&self) -> impl Iterator<Item = UserId> {
        self.roster.members()
    }

    /// The round that waits for its commit.
    pub(crate) fn round(&self) -> Option<&Round> {
        self.round.as_ref()
    }

    /// What is to be done. A round that waits has to end first.
    pub(crate) fn next(&mut self) -> Next {
        if self.round.is_some() {
            return Next::Idle;
        }
        if !self.has_bot() {
            return if self.roster.is_empty() { Next::Idle } else { Next::Dissolve };
        }
        if self.remaining().next().is_none() {
            // All who were in it are gone or have started anew.
            self.roster = Roster::default();
            self.leaving.clear();
            return self.first_round();
        }
        self.further_round()
    }

    /// One of those who wait creates the group and adds the others.
    fn first_round(&mut self) -> Next {
        if self.offers.len() < 2 {
            return Next::Idle;
        }
        let Some(creator) = self.pick(&self.offers.keys().copied().collect::<Vec<_>>()) else {
            return Next::Idle;
        };
        self.offers.remove(&creator);
        self.roster = Roster::of(creator);
        self.propose(creator, Vec::new())
    }

    fn further_round(&mut self) -> Next {
        let remaining: Vec<UserId> = self.remaining().collect();
        let removes: Vec<(UserId, u32)> = self
            .roster
            .members()
            .filter(|member| !remaining.contains(member))
            .filter_map(|member| Some((member, self.roster.leaf(member)?)))
            .collect();
        if removes.is_empty() && self.offers.is_empty() {
            return Next::Idle;
        }
        match self.pick(&remaining) {
            Some(committer) => self.propose(committer, removes),
            None => Next::Idle,
        }
    }

    fn propose(&mut self, committer: UserId, removes: Vec<(UserId, u32)>) -> Next {
        self.rounds += 1;
        // They are being seen to. Who comes back and leaves again meanwhile is noted anew.
        self.leaving.retain(|user| !removes.iter().any(|(removed, _)| removed == user));
        let round = Round {
            number: self.rounds,
            epoch: self.roster.epoch(),
            committer,
            members: self.roster.members().collect(),
            removes,
            adds: std::mem::take(&mut self.offers).into_iter().collect(),
        };
        self.round = Some(round.clone());
        Next::Propose(round)
    }

    /// A member's commit of `epoch`. None: too late, too early, or not a member who may.
    pub(crate) fn committed(&mut self, by: UserId, epoch: u64) -> Option<Settled> {
        let round = self.round.as_ref()?;
        let may = round.members.contains(&by) && !round.removes.iter().any(|(removed, _)| *removed == by);
        if !may || epoch != round.epoch || (by != round.committer && self.loses(by)) {
            return None;
        }
        let round = self.round.take()?;
        let removed: Vec<UserId> = round.removes.iter().map(|(user, _)| *user).collect();
        let added: Vec<UserId> = round.adds.iter().map(|(user, _)| *user).collect();
        self.roster.commit(&removed, &added);
        self.leaving.retain(|user| self.roster.contains(*user));
        let informed = round.members.iter().copied().filter(|member| !removed.contains(member)).collect();
        Some(Settled { transition: self.next_transition(), informed, welcomed: added })
    }

    /// Listeners win: then a bot's commit comes too late by definition.
    fn loses(&self, by: UserId) -> bool {
        self.commits == Commits::Listeners && self.kind(by) == Some(Kind::Bot)
    }

    /// Nobody commits: the members who are named may try instead of the one who was asked. None: the group is lost.
    pub(crate) fn replace_committer(&mut self, able: &[UserId]) -> Option<UserId> {
        let round = self.round.as_mut()?;
        let removed = |user: &UserId| round.removes.iter().any(|(one, _)| one == user);
        let other = round.members.iter().copied().find(|user| able.contains(user) && !removed(user))?;
        round.committer = other;
        Some(other)
    }

    /// Forgets the group and who waits for it: all have to offer again.
    pub(crate) fn start_anew(&mut self) {
        self.round = None;
        self.roster = Roster::default();
        self.offers.clear();
        self.leaving.clear();
    }

    /// What somebody is.
    fn kind(&self, user: UserId) -> Option<Kind> {
        self.kinds.get(&user).copied()
    }

    /// Members who neither leave nor start anew.
    fn remaining(&self) -> impl Iterator<Item = UserId> {
        self.roster
            .members()
            .filter(|member| !self.leaving.contains(member) && !self.offers.contains_key(member))
    }

    fn has_bot(&self) -> bool {
        let stays = self.roster.members().filter(|member| !self.leaving.contains(member));
        stays.chain(self.offers.keys().copied()).any(|user| self.kind(user) == Some(Kind::Bot))
    }

    fn pick(&self, from: &[UserId]) -> Option<UserId> {
        let wanted = match self.commits {
            Commits::Bots => Kind::Bot,
            Commits::Listeners => Kind::Listener,
        };
        from.iter().copied().find(|user| self.kind(*user) == Some(wanted)).or_else(|| from.first().copied())
    }

    /// 0 means "at once" in the protocol, so it is skipped when the counter wraps.
    fn next_transition(&mut self) -> u16 {
        self.transitions = self.transitions.checked_add(1).unwrap_or(1);
        self.transitions
    }
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
