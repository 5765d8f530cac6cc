//! What every music command does with the queue: change it under the caller's rights, read entries, name titles.

use shared::discord::escape::Escaped;
use shared::domain::queue::{Command, Entry, EntryId, OpId, Outcome, QueueView, Request, plan};
use shared::domain::track::Track;
use shared::domain::workers::Errand;
use shared::ids::UserId;
use shared::security::permissions::{Authorized, Permission, Right, Role};
use shared::store::queue::{QueueError, count_turned_away};
use shared::voice_call::News;

use crate::refused::Refused;
use crate::visit::Visit;

/// How much of a title fits into a sentence, in UTF-16 units.
const TITLE_IN_SENTENCE: usize = 120;

/// A change that was made.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) outcome: Outcome,
    /// The queue after it.
    pub(crate) view: QueueView,
}

impl Visit<'_> {
    /// Changes the queue in one transaction, once, however often it is tried.
    pub(crate) async fn change(&self, command: &Command) -> Result<Changed, Refused> {
        self.change_own(command, None).await
    }

    /// The same, but only what `own` has asked for may be touched, where it is set.
    pub(crate) async fn change_own(
        &self,
        command: &Command,
        own: Option<UserId>,
    ) -> Result<Changed, Refused> {
        let (request, guild) = (self.request(command, own), self.guild()?);
        let seen = self.pass.queue.clone();
        let tried = self.app.queue.apply_seen(guild, &request, seen).await;
        count_turned_away(self.report.log(), &tried);
        match tried {
            Ok(applied) => {
                self.debt.made();
                self.tell_worker(&applied.queue).await;
                Ok(Changed { outcome: applied.outcome, view: applied.queue })
            }
            Err(QueueError::Refused(refusal)) => Err(Refused::Queue(refusal)),
            Err(QueueError::Store(error)) => self.wrote(Err(error)),
        }
    }

    /// What becomes of the command if the queue is still as the wave saw it.
    pub(crate) fn foresee(&self, command: &Command) -> Result<Outcome, Refused> {
        let planned = plan(self.queue()?, &self.request(command, None)).map_err(Refused::Queue)?;
        Ok(planned.outcome().clone())
    }

    /// The bell, and a worker if nobody hears it; the change is made whatever becomes of them.
    pub(crate) async fn tell_worker(&self, queue: &QueueView) {
        let (Some(voice), Ok(guild)) = (self.voice(), self.guild()) else { return };
        let after = queue.playback();
        let before = self.pass.queue.as_ref().map_or(after, QueueView::playback);
        let errand = if self.debt.is_open() { Errand::Reply } else { Errand::Change { before, after } };
        voice.caller.call(News { guild, rev: queue.rev(), errand }, self.report.log(), self.now).await;
    }

    fn request<'a>(&'a self, command: &'a Command, own: Option<UserId>) -> Request<'a> {
        Request {
            op: OpId::Interaction(self.interaction.id),
            command,
            now: self.now,
            settings: &self.pass.settings,
            exempt: self.pass.holder.role() >= Role::Moderator,
            only_of: own,
        }
    }

    /// The proof that the caller may, or the refusal.
    pub(crate) fn authorize<R: Right>(&self) -> Result<Authorized<R>, Refused> {
        self.pass.holder.authorize::<R>().map_err(|denied| self.not_permitted(denied.needs))
    }

    /// Whose things only may be touched: everybody's with the permission, else the caller's own.
    pub(crate) fn unless(&self, permission: Permission) -> Option<UserId> {
        (!self.pass.holder.may(permission)).then_some(self.caller.user())
    }

    /// Entries, in the order in which they are asked for; what is gone is left out.
    pub(crate) async fn entries(&self, ids: &[EntryId]) -> Result<Vec<Entry>, Refused> {
        let mut found = self.read(self.app.queue.entries(self.guild()?, ids, self.now).await)?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// The title of what is current after a step; `None` is silence.
    pub(crate) async fn stepped_to(&self, changed: &Changed) -> Result<Option<Escaped>, Refused> {
        match changed.outcome {
            Outcome::Stepped { to: Some(entry), .. } => self.title(entry).await.map(Some),
            _ => Ok(None),
        }
    }

    /// An entry's title.
    pub(crate) async fn title(&self, entry: EntryId) -> Result<Escaped, Refused> {
        let found = self.entries(&[entry]).await?;
        Ok(found.first().map_or_else(untitled, |entry| titled(&entry.track)))
    }
}

/// A track's title, as it stands in a sentence.
pub(crate) fn titled(track: &Track) -> Escaped {
    Escaped::within(track.title().as_str(), TITLE_IN_SENTENCE)
}

/// Stands for a title that cannot be read any more.
pub(crate) fn untitled() -> Escaped {
    Escaped::new("…")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{MEMBER, World, member, other};

    /// An operator sees how often a queue was too small for somebody; the person reads it anyway.
    #[tokio::test]
    async fn who_meets_a_limit_of_the_queue_is_counted() {
        let mut world = World::empty().await;
        for (op, title) in (1..).zip(["one", "two", "three"]) {
            world.enqueue(op, title, MEMBER).await;
        }
        let song = || json!([{ "name": "query", "type": 3, "value": "one more" }]);
        world.command(other(), "play", song()).await;
        assert!(!world.log.text().contains("queue_full"), "somebody else has room");
        world.command(member(), "play", song()).await;
        let lines = world.log.lines();
        let counted: Vec<_> = lines.iter().filter(|line| line["queue_full"] == 1).collect();
        assert_eq!(counted.len(), 1);
        assert_eq!(counted[0]["scope"], "user");
    }
}
