//! The planner against a model made of plain vectors, through rows, with segments of a handful of slots.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::playback::{LoopMode, Status};
use crate::domain::settings::{GuildSettings, MaxTracks, PerUser};
use crate::domain::track::Track;
use crate::ids::{InteractionId, UserId};
use crate::security::track_url::{Query, UrlPolicy};

const MAX_TRACKS: usize = 60;

/// What the table would hold.
#[derive(Clone)]
struct Rows {
    head: Option<(Head, Vec<SegmentRef>, u32)>,
    segments: BTreeMap<u32, Segment>,
}

impl Rows {
    fn read(&self, caps: Caps) -> QueueView {
        let Some((head, directory, next_id)) = &self.head else {
            return QueueView::new(caps);
        };
        let segment = |listed: &SegmentRef| {
            let segment = &self.segments[&listed.id];
            assert_eq!((segment.rev, segment.slots.len()), (listed.rev, listed.len as usize));
            assert!((1..=caps.segment).contains(&segment.slots.len()));
            segment.clone()
        };
        assert_eq!(self.segments.len(), directory.len(), "no row is left behind");
        let segments = directory.iter().map(segment).collect();
        QueueView::from_rows(head.clone(), Order::from_segments(segments, *next_id, caps))
    }

    fn write(&mut self, plan: &Plan) {
        for segment in plan.changed() {
            self.segments.insert(segment.id, segment.clone());
        }
        for id in plan.dropped() {
            self.segments.remove(id);
        }
        let order = plan.after().order();
        self.head = Some((plan.after().head().clone(), order.directory().collect(), order.next_id()));
    }
}

#[derive(Default)]
struct Model {
    now: Option<EntryId>,
    upcoming: Vec<EntryId>,
    history: Vec<EntryId>,
    gone: BTreeSet<EntryId>,
    owners: BTreeMap<EntryId, UserId>,
    looping: LoopMode,
    paused: bool,
    away: bool,
}

impl Model {
    /// What the command should do; `false` when it should be refused.
    fn run(&mut self, command: &Command, op: u64) -> bool {
        let len = self.upcoming.len();
        let within = |position: usize| (1..=len).contains(&position);
        match command {
            Command::Add { tracks, requester, place } => {
                let total = len + usize::from(self.now.is_some());
                let own =
                    self.now.iter().chain(&self.upcoming).filter(|id| self.owners[id] == *requester).count();
                let room = (MAX_TRACKS - total.min(MAX_TRACKS)).min(8 - own.min(8));
                let count = tracks.len().min(room);
                let added: Vec<EntryId> =
                    (0..count).map(|n| EntryId::new(op, u16::try_from(n).unwrap())).collect();
                self.owners.extend(added.iter().map(|id| (*id, *requester)));
                let at = if *place == Place::End { len } else { 0 };
                self.upcoming.splice(at..at, added);
                if self.now.is_none() && count > 0 {
                    self.now = Some(self.upcoming.remove(0));
                    self.begin();
                } else if self.away && count > 0 {
                    self.begin();
                }
                count > 0
            }
            Command::Remove(Selection::Position(position)) if within(*position) => {
                self.gone.insert(self.upcoming.remove(position - 1));
                true
            }
            Command::Remove(Selection::Range(first, last)) if within(*first) && within(*last) => {
                let (first, last) = (*first.min(last), *first.max(last));
                self.gone.extend(self.upcoming.drain(first - 1..last));
                true
            }
            Command::Remove(Selection::Of(user)) => {
                let (owners, before) = (&self.owners, len);
                self.gone.extend(self.upcoming.extract_if(.., |id| owners[id] == *user));
                self.upcoming.len() < before
            }
            Command::Move { from, to } if within(*from) && within(*to) => {
                let entry = self.upcoming.remove(from - 1);
                self.upcoming.insert(to - 1, entry);
                true
            }
            Command::SetLoop(mode) => {
                self.looping = *mode;
                true
            }
            Command::Clear if len > 0 => {
                self.gone.extend(self.upcoming.drain(..));
                true
            }
            Command::Jump { position } if self.now.is_some() && within(*position) => {
                self.forward(*position);
                true
            }
            Command::Skip { .. } if self.now.is_some() => {
                self.forward(1);
                true
            }
            Command::Previous => self.back(),
            Command::Replay if self.now.is_some() => {
                self.begin();
                true
            }
            Command::Advance { .. } if self.now.is_some() => {
                let away = self.away;
                match self.looping {
                    LoopMode::Track => self.begin(),
                    _ => self.forward(1),
                }
                self.away = away;
                self.paused = away && self.now.is_some();
                true
            }
            Command::Pause if self.now.is_some() && !self.paused => {
                self.paused = true;
                true
            }
            Command::Resume if self.now.is_some() && self.paused => {
                self.begin();
                true
            }
            Command::Leave if !self.away => {
                self.away = true;
                self.paused = self.now.is_some();
                true
            }
            Command::Join => {
                self.away = false;
                true
            }
            Command::Stop if self.now.is_some() => {
                self.gone.extend(self.upcoming.drain(..));
                self.history.extend(self.now.take());
                self.paused = false;
                self.forget();
                true
            }
            _ => false,
        }
    }

    fn forward(&mut self, steps: usize) {
        let mut left = vec![self.now.unwrap()];
        left.extend(self.upcoming.drain(..steps - 1));
        match self.looping {
            LoopMode::Queue => self.upcoming.extend(left),
            _ => self.history.extend(left),
        }
        self.now = if self.upcoming.is_empty() { None } else { Some(self.upcoming.remove(0)) };
        self.paused = false;
        self.away &= self.now.is_none();
        self.forget();
    }

    /// There is sound.
    fn begin(&mut self) {
        (self.paused, self.away) = (false, false);
    }

    fn back(&mut self) -> bool {
        let from_end = self.looping == LoopMode::Queue && self.now.is_some() && !self.upcoming.is_empty();
        let Some(entry) = (if from_end { self.upcoming.pop() } else { self.history.pop() }) else {
            return false;
        };
        self.upcoming.splice(0..0, self.now.replace(entry));
        self.begin();
        true
    }

    fn forget(&mut self) {
        let surplus = self.history.len().saturating_sub(HISTORY_MAX);
        self.gone.extend(self.history.drain(..surplus));
    }
}

fn track() -> Track {
    Track::from_query(Query::parse("song", UrlPolicy::HTTPS_ONLY).unwrap())
}

fn command() -> impl Strategy<Value = Command> {
    let position = 0usize..40;
    let mode = prop_oneof![Just(LoopMode::Off), Just(LoopMode::Track), Just(LoopMode::Queue)];
    let place = prop_oneof![Just(Place::End), Just(Place::Next)];
    prop_oneof![
        8 => (0usize..7, 1u64..12, place).prop_map(|(count, user, place)| Command::Add {
            tracks: vec![track(); count],
            requester: UserId::new(user),
            place,
        }),
        3 => position.clone().prop_map(|at| Command::Remove(Selection::Position(at))),
        1 => (position.clone(), position.clone()).prop_map(|(a, b)| Command::Remove(Selection::Range(a, b))),
        1 => (1u64..12).prop_map(|user| Command::Remove(Selection::Of(UserId::new(user)))),
        4 => (position.clone(), position.clone()).prop_map(|(from, to)| Command::Move { from, to }),
        1 => any::<u64>().prop_map(|seed| Command::Shuffle { seed }),
        2 => mode.prop_map(Command::SetLoop),
        1 => Just(Command::Clear),
        2 => position.prop_map(|position| Command::Jump { position }),
        4 => Just(Command::Skip { expect: None }),
        3 => Just(Command::Previous),
        1 => Just(Command::Replay),
        1 => Just(Command::Stop),
        3 => Just(Command::Advance { finished: EntryId::new(0, 0), run: 0 }),
        2 => Just(Command::Pause),
        1 => Just(Command::Resume),
        2 => Just(Command::Leave),
        1 => Just(Command::Join),
    ]
}

/// A worker reports the end of what plays; the strategy cannot know what that is.
fn about(view: &QueueView, command: &Command) -> Command {
    match (command, view.now()) {
        (Command::Advance { .. }, Some(now)) => Command::Advance { finished: now.slot.entry, run: now.run },
        _ => command.clone(),
    }
}

fn settings() -> GuildSettings {
    let mut settings = GuildSettings::default();
    settings.max_tracks = MaxTracks::try_from(60).unwrap();
    settings.per_user = PerUser::try_from(8).unwrap();
    settings
}

fn ids(slots: impl Iterator<Item = Slot>) -> Vec<EntryId> {
    slots.map(|slot| slot.entry).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_plan_does_what_the_model_does(
        commands in prop::collection::vec(command(), 1..60),
        segment in 2usize..9,
        directory in 2usize..40,
    ) {
        let caps = Caps { segment, directory };
        let (settings, mut model) = (settings(), Model::default());
        let mut rows = Rows { head: None, segments: BTreeMap::new() };
        let mut retired = BTreeSet::new();
        for (number, command) in commands.iter().enumerate() {
            let op = number as u64 + 1;
            let view = rows.read(caps);
            let command = &about(&view, command);
            let request = Request {
                op: OpId::Interaction(InteractionId::new(op)),
                command,
                now: Timestamp::UNIX_EPOCH,
                settings: &settings,
                exempt: false,
                only_of: None,
            };
            let planned = plan(&view, &request);
            if let Command::Shuffle { .. } = command {
                // The order is the planner's own affair; that nothing is lost is not.
                let Ok(planned) = planned else { prop_assert!(model.upcoming.is_empty()); continue };
                rows.write(&planned);
                let shuffled = ids(rows.read(caps).order().iter());
                let sorted = |ids: &[EntryId]| ids.iter().copied().collect::<BTreeSet<_>>();
                prop_assert_eq!(sorted(&shuffled), sorted(&model.upcoming));
                model.upcoming = shuffled;
                continue;
            }
            prop_assert_eq!(planned.is_ok(), model.run(command, op), "{:?} {:?}", command, planned);
            let Ok(planned) = planned else { continue };
            prop_assert_eq!(planned.expected_rev(), view.expected_rev());
            prop_assert!(planned.after().rev() == view.rev() + u64::from(view.expected_rev().is_some()));
            retired.extend(planned.retired().iter().copied());
            rows.write(&planned);
            let after = rows.read(caps);
            prop_assert_eq!(&after, planned.after());
            prop_assert_eq!(after.now().map(|now| now.slot.entry), model.now);
            prop_assert_eq!(ids(after.order().iter()), model.upcoming.clone());
            prop_assert_eq!(ids(after.head().history.iter().copied()), model.history.clone());
            prop_assert_eq!(&retired, &model.gone);
            prop_assert_eq!(after.playback().status() == Status::Stopped, model.now.is_none());
            prop_assert!(model.now.is_some() || after.is_empty());
            prop_assert_eq!((after.playback().status() == Status::Paused, after.playback().away()), (model.paused, model.away));
            prop_assert!(!(after.playback().away() && after.playback().status() == Status::Playing));
            for slot in after.order().iter() {
                prop_assert_eq!(model.owners[&slot.entry], slot.requester);
            }
            if let Command::Add { requester, .. } = command {
                prop_assert!(after.count_of(*requester) <= 8 && after.total() <= MAX_TRACKS);
            }
        }
    }
}
