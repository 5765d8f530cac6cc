//! Adding tracks, under the guild's limits (SPEC P9).

use super::plan::Draft;
use super::{Entry, EntryId, LeftOut, Outcome, Place, QueueRefusal, Request, Slot};
use crate::domain::track::Track;
use crate::ids::UserId;

impl Draft {
    pub(super) fn add(
        &mut self,
        tracks: &[Track],
        requester: UserId,
        place: Place,
        request: &Request<'_>,
    ) -> Result<Outcome, QueueRefusal> {
        let (admitted, left_out) = self.admit(tracks, requester, request);
        let slots: Vec<Slot> = admitted.iter().map(Entry::slot).collect();
        let Some((first, rest)) = slots.split_first() else {
            return Err(left_out.map_or(QueueRefusal::Empty, |left| left.reason));
        };
        self.created = admitted;
        let idle = self.view.head.now.is_none();
        let upcoming = if idle { rest } else { &slots };
        let index = if place == Place::End { self.view.len() } else { 0 };
        self.view.order.insert(index, upcoming);
        if idle {
            self.play(Some(*first));
        } else if self.view.head.playback.away() {
            // Who adds a track wants to hear it: what waited since the bot was sent away goes on.
            let back = self.view.head.playback.joined();
            self.view.head.playback = back.resumed().unwrap_or(back);
        }
        let position = if idle { 0 } else { index + 1 };
        Ok(Outcome::Added { first: first.entry, position, count: slots.len(), left_out })
    }

    /// A track's id is its place in the request, so that a retry that admits others does not reuse an id.
    fn admit(
        &self,
        tracks: &[Track],
        requester: UserId,
        request: &Request<'_>,
    ) -> (Vec<Entry>, Option<LeftOut>) {
        let (own, total) = (self.view.count_of(requester), self.view.total());
        let mut admitted: Vec<Entry> = Vec::new();
        let mut left_out: Option<LeftOut> = None;
        for (index, track) in tracks.iter().enumerate() {
            let added = admitted.len();
            let verdict = request.settings.admits(track, own + added, total + added, request.exempt);
            let number = u16::try_from(index).map_err(|_| QueueRefusal::QueueFull { limit: u16::MAX.into() });
            match verdict.and(number) {
                Ok(number) => admitted.push(Entry {
                    id: EntryId::new(request.op.origin(), number),
                    track: track.clone(),
                    requester,
                    added_at: request.now,
                }),
                Err(reason) => left_out.get_or_insert(LeftOut { count: 0, reason }).count += 1,
            }
        }
        (admitted, left_out)
    }
}
