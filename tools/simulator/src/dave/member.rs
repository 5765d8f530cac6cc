//! A listener's place in a group.

use std::num::NonZeroU16;

use davey::{DaveSession, MediaType, ProposalsOperationType};

use super::DaveError;
use super::sender::{CommitWelcome, ExternalSender};
use crate::ids::{ChannelId, UserId};

/// The only version that there is.
const VERSION: NonZeroU16 = NonZeroU16::MIN;

/// A member, or one who waits to be added.
#[derive(Debug)]
pub(crate) struct Member {
    user: UserId,
    channel: ChannelId,
    session: DaveSession,
}

impl Member {
    pub(crate) fn new(user: UserId, channel: ChannelId, sender: &ExternalSender) -> Result<Self, DaveError> {
        let mut session =
            DaveSession::new(VERSION, user.get(), channel.get(), None).map_err(DaveError::of)?;
        session.set_external_sender(sender.package()).map_err(DaveError::of)?;
        Ok(Self { user, channel, session })
    }

    /// A fresh key package (op 26).
    pub(crate) fn key_package(&mut self) -> Result<Vec<u8>, DaveError> {
        self.session.create_key_package().map_err(DaveError::of)
    }

    /// Leaves whatever group it was in and waits again.
    pub(crate) fn start_anew(&mut self) -> Result<(), DaveError> {
        self.session.reinit(VERSION, self.user.get(), self.channel.get(), None).map_err(DaveError::of)
    }

    /// What it would commit to these proposals (op 27 → op 28).
    pub(crate) fn propose(
        &mut self,
        proposals: &[u8],
        epoch: u64,
    ) -> Result<Option<CommitWelcome>, DaveError> {
        let made = self
            .session
            .process_proposals(ProposalsOperationType::APPEND, proposals, None)
            .map_err(DaveError::of)?;
        Ok(made.map(|one| CommitWelcome {
            epoch,
            commit: one.commit,
            welcome: one.welcome.unwrap_or_default(),
        }))
    }

    /// The commit that won (op 29).
    pub(crate) fn commit(&mut self, commit: &[u8]) -> Result<(), DaveError> {
        self.session.process_commit(commit).map_err(DaveError::of)
    }

    /// It was added (op 30).
    pub(crate) fn welcome(&mut self, welcome: &[u8]) -> Result<(), DaveError> {
        self.session.process_welcome(welcome).map_err(DaveError::of)
    }

    /// Whether it has keys at all.
    pub(crate) fn is_ready(&self) -> bool {
        self.session.is_ready()
    }

    /// The frame inside a packet. None: it cannot be read.
    pub(crate) fn decrypt(&mut self, from: UserId, frame: &[u8]) -> Option<Vec<u8>> {
        self.session.decrypt(from.get(), MediaType::AUDIO, frame).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Group, Kind, Next, Round};
    use super::*;
    use crate::config::Commits;

    const CHANNEL: ChannelId = ChannelId::new(1002);
    const BOT: UserId = UserId::new(9001);
    const ADA: UserId = UserId::new(5001);
    const GRACE: UserId = UserId::new(5002);

    struct Talk {
        sender: ExternalSender,
        group: Group,
        bot: Member,
    }

    fn talk() -> Talk {
        let sender = ExternalSender::new(CHANNEL).unwrap();
        let mut bot = Member::new(BOT, CHANNEL, &sender).unwrap();
        let mut group = Group::new(Commits::Bots);
        group.offer(BOT, Kind::Bot, bot.key_package().unwrap());
        Talk { sender, group, bot }
    }

    impl Talk {
        fn waits(&mut self, user: UserId) -> Member {
            let mut member = Member::new(user, CHANNEL, &self.sender).unwrap();
            self.group.offer(user, Kind::Listener, member.key_package().unwrap());
            member
        }

        fn round(&mut self, others: &mut [&mut Member]) -> (Round, CommitWelcome) {
            let Next::Propose(round) = self.group.next() else { panic!("nothing to propose") };
            let proposals = self.sender.proposals(&round).unwrap();
            let commit = self.bot.propose(&proposals, round.epoch).unwrap().unwrap();
            for other in others {
                other.propose(&proposals, round.epoch).unwrap();
                other.commit(&commit.commit).unwrap();
            }
            self.bot.commit(&commit.commit).unwrap();
            self.group.committed(BOT, round.epoch).unwrap();
            (round, commit)
        }

        fn says(&mut self, opus: &[u8]) -> Vec<u8> {
            self.bot.session.encrypt_opus(opus).unwrap().into_owned()
        }
    }

    #[test]
    fn a_listener_who_is_added_reads_what_the_bot_sends() {
        let mut talk = talk();
        let mut ada = talk.waits(ADA);
        let (_, commit) = talk.round(&mut []);
        ada.welcome(&commit.welcome).unwrap();
        let frame = talk.says(&[1, 2, 3, 4]);
        assert_ne!(frame, [1, 2, 3, 4]);
        assert_eq!(ada.decrypt(BOT, &frame).unwrap(), [1, 2, 3, 4]);
    }

    #[test]
    fn a_second_listener_comes_and_goes_and_reads_only_in_between() {
        let mut talk = talk();
        let mut ada = talk.waits(ADA);
        let (_, commit) = talk.round(&mut []);
        ada.welcome(&commit.welcome).unwrap();
        let before = talk.says(&[1, 2, 3, 4]);

        let mut grace = talk.waits(GRACE);
        let (_, commit) = talk.round(&mut [&mut ada]);
        grace.welcome(&commit.welcome).unwrap();
        assert!(grace.decrypt(BOT, &before).is_none());
        let during = talk.says(&[5, 6, 7, 8]);
        assert_eq!(grace.decrypt(BOT, &during).unwrap(), [5, 6, 7, 8]);
        assert_eq!(ada.decrypt(BOT, &during).unwrap(), [5, 6, 7, 8]);

        talk.group.leave(GRACE);
        talk.round(&mut [&mut ada]);
        let after = talk.says(&[9, 9, 9, 9]);
        assert!(grace.decrypt(BOT, &after).is_none());
        assert_eq!(ada.decrypt(BOT, &after).unwrap(), [9, 9, 9, 9]);
    }

    #[test]
    fn op_28_is_split_where_the_commit_ends() {
        let mut talk = talk();
        talk.waits(ADA);
        let (_, made) = talk.round(&mut []);
        let whole = [made.commit.clone(), made.welcome.clone()].concat();
        assert_eq!(CommitWelcome::parse(&whole).unwrap(), made);
        assert!(!made.welcome.is_empty());
        assert!(CommitWelcome::parse(&whole[..10]).is_err());
    }

    #[test]
    fn a_key_package_names_its_user() {
        let talk = talk();
        let package = Member::new(ADA, CHANNEL, &talk.sender).unwrap().key_package().unwrap();
        assert!(talk.sender.check(ADA, &package).is_ok());
        assert!(talk.sender.check(GRACE, &package).is_err());
        assert!(talk.sender.check(ADA, &package[1..]).is_err());
    }
}
