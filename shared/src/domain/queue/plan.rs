//! From a view and a request to what has to be written. Pure: the same in gives the same out.

use super::view::Current;
use super::{
    Command, ENTRY_TTL_S, Entry, EntryId, HISTORY_MAX, Outcome, QueueRefusal, QueueView, Request, Segment,
    Slot,
};
use crate::domain::playback::Playback;

/// What has to be written, all or nothing, while the queue is still at [`Plan::expected_rev`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    expected_rev: Option<u64>,
    changed: Vec<Segment>,
    dropped: Vec<u32>,
    created: Vec<Entry>,
    retired: Vec<EntryId>,
    after: QueueView,
    outcome: Outcome,
}

impl Plan {
    /// The `rev` that the head row must have; `None`: there must be none.
    pub fn expected_rev(&self) -> Option<u64> {
        self.expected_rev
    }

    /// Segments to write.
    pub fn changed(&self) -> &[Segment] {
        &self.changed
    }

    /// Segments to delete.
    pub fn dropped(&self) -> &[u32] {
        &self.dropped
    }

    /// Entries to write; the order refers to them.
    pub fn created(&self) -> &[Entry] {
        &self.created
    }

    /// Entries that nothing refers to any more.
    pub fn retired(&self) -> &[EntryId] {
        &self.retired
    }

    /// The queue once it is written.
    pub fn after(&self) -> &QueueView {
        &self.after
    }

    /// The answer.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The queue and the answer, taken out.
    pub fn into_result(self) -> (QueueView, Outcome) {
        (self.after, self.outcome)
    }
}

/// Plans one command against one view.
pub fn plan(view: &QueueView, request: &Request<'_>) -> Result<Plan, QueueRefusal> {
    let mut draft = Draft::of(view, request);
    let outcome = draft.run(request)?;
    Ok(draft.finish(view.expected_rev(), outcome))
}

/// The queue while it is being changed.
pub(super) struct Draft {
    pub(super) view: QueueView,
    pub(super) created: Vec<Entry>,
    pub(super) retired: Vec<EntryId>,
}

impl Draft {
    fn of(view: &QueueView, request: &Request<'_>) -> Self {
        let mut view = view.clone();
        if view.references().next().is_none() {
            view.head.fresh_until = request.now.as_second() + ENTRY_TTL_S;
        }
        if view.fresh {
            view.head.playback = Playback::stopped_at(request.settings.default_volume);
            view.fresh = false;
        }
        let millis = u64::try_from(request.now.as_millisecond()).unwrap_or(0);
        view.head.rev = if view.stored { view.head.rev + 1 } else { millis };
        Self { view, created: Vec::new(), retired: Vec::new() }
    }

    fn run(&mut self, request: &Request<'_>) -> Result<Outcome, QueueRefusal> {
        match request.command {
            Command::Add { tracks, requester, place } => self.add(tracks, *requester, *place, request),
            Command::Remove(selection) => self.remove(*selection, request.only_of),
            Command::Promote { entry } => {
                let from = self.view.order.index_of(*entry).ok_or(QueueRefusal::NoSuchEntry)? + 1;
                self.relocate(from, 1, request.only_of)
            }
            Command::Move { from, to } => self.relocate(*from, *to, request.only_of),
            Command::Shuffle { seed } => self.shuffle(*seed),
            Command::SetLoop(mode) => {
                self.view.head.playback = self.view.head.playback.looping(*mode);
                Ok(Outcome::LoopSet { mode: *mode })
            }
            Command::Clear => self.clear(),
            Command::Jump { position } => self.jump(*position),
            Command::Skip { expect } => self.skip(*expect, request.only_of),
            Command::Advance { finished, run } => self.advance(*finished, *run),
            Command::Previous => self.previous(),
            Command::Replay => self.replay(),
            Command::Stop => self.stop(),
            Command::Pause => self.pause(),
            Command::Resume => self.resume(),
            Command::Seek { position_ms, expect } => self.seek(*position_ms, *expect),
            Command::SetVolume(volume) => {
                self.view.head.playback = self.view.head.playback.at_volume(*volume);
                Ok(Outcome::VolumeSet { volume: *volume })
            }
            Command::Leave => self.leave(),
            Command::Join => Ok(self.join()),
            Command::Disown(user) => self.disown(*user),
        }
    }

    fn finish(mut self, expected_rev: Option<u64>, outcome: Outcome) -> Plan {
        self.view.order.settle(self.view.head.rev);
        let changed = self.view.order.changed().cloned().collect();
        let dropped = self.view.order.dropped().to_vec();
        let after = QueueView { order: self.view.order.written(), stored: true, ..self.view };
        Plan { expected_rev, changed, dropped, created: self.created, retired: self.retired, after, outcome }
    }

    /// What is current, or the refusal that nothing is.
    pub(super) fn current(&self) -> Result<Current, QueueRefusal> {
        self.view.head.now.ok_or(QueueRefusal::NothingPlaying)
    }

    /// What is current, if it is what the caller thinks.
    pub(super) fn current_if(&self, expect: Option<EntryId>) -> Result<Current, QueueRefusal> {
        let now = self.current()?;
        match expect {
            Some(entry) if entry != now.slot.entry => Err(QueueRefusal::MovedOn),
            _ => Ok(now),
        }
    }

    /// Begins a run of `slot`, or silence.
    pub(super) fn play(&mut self, slot: Option<Slot>) {
        let head = &mut self.view.head;
        head.now = slot.map(|slot| Current { slot, run: head.rev });
        head.playback = if slot.is_some() { head.playback.started() } else { head.playback.stopped() };
    }

    /// Remembers played entries, the latest last; the oldest are forgotten.
    pub(super) fn remember(&mut self, slots: &[Slot]) {
        let history = &mut self.view.head.history;
        history.extend_from_slice(slots);
        let surplus = history.len().saturating_sub(HISTORY_MAX);
        self.retired.extend(history.drain(..surplus).map(|slot| slot.entry));
    }

    /// Forgets entries for good.
    pub(super) fn retire(&mut self, slots: &[Slot]) {
        self.retired.extend(slots.iter().map(|slot| slot.entry));
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
