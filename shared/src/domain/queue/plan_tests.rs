use jiff::Timestamp;

use super::*;
use crate::domain::playback::{LoopMode, Status, Volume};
use crate::domain::queue::{Caps, LeftOut, NOBODY, OpId, Place, Selection};
use crate::domain::settings::{GuildSettings, MaxTracks};
use crate::domain::track::Track;
use crate::ids::{InteractionId, UserId};
use crate::security::track_url::{Query, UrlPolicy};

const ANN: UserId = UserId::new(1);
const BOB: UserId = UserId::new(2);

fn track(words: &str) -> Track {
    Track::from_query(Query::parse(words, UrlPolicy::HTTPS_ONLY).unwrap())
}

/// A queue that is changed one command after the other.
struct Desk {
    view: QueueView,
    settings: GuildSettings,
    only_of: Option<UserId>,
    exempt: bool,
    ops: u64,
}

impl Desk {
    fn new() -> Self {
        let view = QueueView::new(Caps::PRODUCTION);
        Self { view, settings: GuildSettings::default(), only_of: None, exempt: true, ops: 0 }
    }

    fn with(count: usize) -> Self {
        let mut desk = Self::new();
        desk.add(ANN, count, Place::End).unwrap();
        desk
    }

    fn run(&mut self, command: &Command) -> Result<Outcome, QueueRefusal> {
        self.ops += 1;
        let op = OpId::Interaction(InteractionId::new(self.ops));
        let now = Timestamp::from_second(1_000).unwrap();
        let (settings, exempt, only_of) = (&self.settings, self.exempt, self.only_of);
        let (after, outcome) =
            plan(&self.view, &Request { op, command, now, settings, exempt, only_of })?.into_result();
        self.view = after;
        Ok(outcome)
    }

    fn add(&mut self, requester: UserId, count: usize, place: Place) -> Result<Outcome, QueueRefusal> {
        self.run(&Command::Add { tracks: vec![track("song"); count], requester, place })
    }

    fn now(&self) -> EntryId {
        self.view.now().unwrap().slot.entry
    }
}

const fn id(op: u64, index: u16) -> EntryId {
    EntryId::new(op, index)
}

#[test]
fn the_first_track_plays_and_the_rest_wait() {
    let mut desk = Desk::new();
    let added = desk.add(ANN, 3, Place::Next).unwrap();
    assert_eq!(added, Outcome::Added { first: id(1, 0), position: 0, count: 3, left_out: None });
    assert_eq!((desk.now(), desk.view.len(), desk.view.total()), (id(1, 0), 2, 3));
    assert_eq!(desk.view.playback().status(), Status::Playing);
    assert_eq!(desk.view.rev(), 1_000_000);
    let next = desk.add(BOB, 1, Place::Next).unwrap();
    assert_eq!(next, Outcome::Added { first: id(2, 0), position: 1, count: 1, left_out: None });
    let last = desk.add(BOB, 1, Place::End).unwrap();
    assert_eq!(last, Outcome::Added { first: id(3, 0), position: 4, count: 1, left_out: None });
    assert_eq!((desk.view.count_of(ANN), desk.view.count_of(BOB), desk.view.rev()), (3, 2, 1_000_002));
    assert_eq!(desk.view.position_of(id(1, 1)), Some(2));
    assert_eq!(
        desk.view.page(1, 3).first().map(|(position, slot)| (*position, slot.entry)),
        Some((4, id(3, 0)))
    );
}

#[test]
fn a_new_queue_has_the_guilds_volume_and_keeps_its_own() {
    let mut desk = Desk::new();
    desk.settings.default_volume = Volume::try_from(40).unwrap();
    desk.add(ANN, 1, Place::End).unwrap();
    assert_eq!(desk.view.playback().volume().get(), 40);
    desk.settings.default_volume = Volume::try_from(70).unwrap();
    desk.add(ANN, 1, Place::End).unwrap();
    assert_eq!(desk.view.playback().volume().get(), 40);
}

#[test]
fn what_fits_is_added_and_the_rest_is_named() {
    let mut desk = Desk::new();
    desk.exempt = false;
    let refusal = QueueRefusal::TooManyForUser { limit: 3 };
    let left_out = Some(LeftOut { count: 2, reason: refusal });
    assert_eq!(
        desk.add(ANN, 5, Place::End),
        Ok(Outcome::Added { first: id(1, 0), position: 0, count: 3, left_out })
    );
    assert_eq!(desk.add(ANN, 1, Place::End), Err(refusal));
    desk.run(&Command::Skip { expect: None }).unwrap();
    assert!(desk.add(ANN, 1, Place::End).is_ok(), "a played track does not count");
    desk.settings.max_tracks = MaxTracks::try_from(3).unwrap();
    assert_eq!(desk.add(BOB, 1, Place::End), Err(QueueRefusal::QueueFull { limit: 3 }));
}

#[test]
fn a_track_that_is_too_long_does_not_keep_the_others_out() {
    let mut desk = Desk::new();
    let tracks = vec![track("a").with_duration_s(601), track("b"), track("c")];
    let outcome = desk.run(&Command::Add { tracks, requester: ANN, place: Place::End }).unwrap();
    let left_out = Some(LeftOut { count: 1, reason: QueueRefusal::TooLong { limit_s: 600 } });
    assert_eq!(outcome, Outcome::Added { first: id(1, 1), position: 0, count: 2, left_out });
    assert_eq!(desk.add(ANN, 0, Place::End), Err(QueueRefusal::Empty));
}

#[test]
fn an_idle_queue_refuses_what_needs_a_track() {
    for command in [
        Command::Skip { expect: None },
        Command::Jump { position: 1 },
        Command::Replay,
        Command::Stop,
        Command::Pause,
        Command::Resume,
        Command::Seek { position_ms: 0, expect: None },
        Command::Advance { finished: id(1, 0), run: 1 },
    ] {
        assert_eq!(Desk::new().run(&command), Err(QueueRefusal::NothingPlaying), "{command:?}");
    }
    assert_eq!(Desk::new().run(&Command::Previous), Err(QueueRefusal::NoHistory));
    for command in [
        Command::Clear,
        Command::Shuffle { seed: 1 },
        Command::Move { from: 1, to: 1 },
        Command::Remove(Selection::Position(1)),
    ] {
        assert_eq!(Desk::new().run(&command), Err(QueueRefusal::Empty), "{command:?}");
        assert_eq!(Desk::with(1).run(&command), Err(QueueRefusal::Empty), "{command:?}");
    }
}

#[test]
fn positions_that_do_not_exist_say_how_many_do() {
    let refusal = Err(QueueRefusal::NoSuchPosition { len: 2 });
    for command in [
        Command::Remove(Selection::Position(0)),
        Command::Remove(Selection::Position(3)),
        Command::Remove(Selection::Range(1, 3)),
        Command::Move { from: 0, to: 1 },
        Command::Move { from: 1, to: usize::MAX },
        Command::Jump { position: 3 },
    ] {
        assert_eq!(Desk::with(3).run(&command), refusal, "{command:?}");
    }
    assert_eq!(
        Desk::with(3).run(&Command::Remove(Selection::Entry(id(1, 0)))),
        Err(QueueRefusal::NoSuchEntry)
    );
}

#[test]
fn the_end_of_a_track_counts_once() {
    let mut desk = Desk::with(3);
    let run = desk.view.now().unwrap().run;
    let ended = Command::Advance { finished: id(1, 0), run };
    assert_eq!(desk.run(&ended), Ok(Outcome::Stepped { from: Some(id(1, 0)), to: Some(id(1, 1)) }));
    assert_eq!(desk.run(&ended), Err(QueueRefusal::MovedOn));
    desk.run(&Command::Previous).unwrap();
    assert_eq!(desk.run(&ended), Err(QueueRefusal::MovedOn), "the same track in another run");
}

#[test]
fn looping_a_track_repeats_it_at_its_end_but_not_on_skip() {
    let mut desk = Desk::with(2);
    desk.run(&Command::SetLoop(LoopMode::Track)).unwrap();
    let run = desk.view.now().unwrap().run;
    let ended = Command::Advance { finished: id(1, 0), run };
    assert_eq!(desk.run(&ended), Ok(Outcome::Stepped { from: Some(id(1, 0)), to: Some(id(1, 0)) }));
    assert_eq!(desk.run(&ended), Err(QueueRefusal::MovedOn));
    desk.run(&Command::Skip { expect: None }).unwrap();
    assert_eq!(desk.now(), id(1, 1));
}

#[test]
fn looping_the_queue_goes_round() {
    let mut desk = Desk::with(3);
    desk.run(&Command::SetLoop(LoopMode::Queue)).unwrap();
    for expected in [1, 2, 0, 1] {
        desk.run(&Command::Skip { expect: None }).unwrap();
        assert_eq!(desk.now(), id(1, expected));
    }
    desk.run(&Command::Previous).unwrap();
    assert_eq!(desk.now(), id(1, 0));
    desk.run(&Command::Jump { position: 2 }).unwrap();
    assert_eq!((desk.now(), desk.view.total(), desk.view.history().count()), (id(1, 2), 3, 0));
}

#[test]
fn the_last_track_ends_in_silence_and_can_be_brought_back() {
    let mut desk = Desk::with(1);
    let skipped = desk.run(&Command::Skip { expect: None });
    assert_eq!(skipped, Ok(Outcome::Stepped { from: Some(id(1, 0)), to: None }));
    assert_eq!((desk.view.now(), desk.view.playback().status()), (None, Status::Stopped));
    assert_eq!(desk.run(&Command::Previous), Ok(Outcome::Stepped { from: None, to: Some(id(1, 0)) }));
    assert_eq!(desk.view.playback().status(), Status::Playing);
}

#[test]
fn a_vote_skips_the_track_that_it_was_for() {
    let mut desk = Desk::with(3);
    let vote = Command::Skip { expect: Some(id(1, 0)) };
    assert!(desk.run(&vote).is_ok());
    assert_eq!(desk.run(&vote), Err(QueueRefusal::MovedOn));
    let seek = Command::Seek { position_ms: 5, expect: Some(id(1, 0)) };
    assert_eq!(desk.run(&seek), Err(QueueRefusal::MovedOn));
}

#[test]
fn who_may_touch_only_their_own_touches_only_their_own() {
    let mut desk = Desk::with(3);
    desk.add(BOB, 1, Place::End).unwrap();
    desk.only_of = Some(BOB);
    for command in [
        Command::Skip { expect: None },
        Command::Remove(Selection::Position(1)),
        Command::Remove(Selection::Range(2, 3)),
        Command::Remove(Selection::Entry(id(1, 1))),
        Command::Move { from: 1, to: 2 },
    ] {
        assert_eq!(desk.run(&command), Err(QueueRefusal::NotYours), "{command:?}");
    }
    assert_eq!(desk.run(&Command::Move { from: 3, to: 1 }), Ok(Outcome::Moved { entry: id(2, 0), to: 1 }));
    assert_eq!(desk.run(&Command::Promote { entry: id(999, 0) }), Err(QueueRefusal::NoSuchEntry));
    let promoted = desk.run(&Command::Promote { entry: id(2, 0) });
    assert_eq!(promoted, Ok(Outcome::Moved { entry: id(2, 0), to: 1 }));
    assert_eq!(
        desk.run(&Command::Remove(Selection::Of(BOB))),
        Ok(Outcome::Removed { first: id(2, 0), count: 1 })
    );
}

#[test]
fn stop_ends_everything_and_pause_only_holds() {
    let mut desk = Desk::with(3);
    assert_eq!(desk.run(&Command::Pause), Ok(Outcome::Paused { entry: id(1, 0) }));
    assert_eq!(desk.run(&Command::Pause), Err(QueueRefusal::AlreadyPaused));
    assert_eq!(desk.run(&Command::Resume), Ok(Outcome::Resumed { entry: id(1, 0) }));
    assert_eq!(desk.run(&Command::Resume), Err(QueueRefusal::AlreadyPlaying));
    let volume = Volume::try_from(30).unwrap();
    assert_eq!(desk.run(&Command::SetVolume(volume)), Ok(Outcome::VolumeSet { volume }));
    assert_eq!(desk.run(&Command::Stop), Ok(Outcome::Stopped { dropped: 2 }));
    assert_eq!((desk.view.total(), desk.view.history().count()), (0, 1));
    assert_eq!(desk.view.playback().volume(), volume);
}

#[test]
fn history_is_bounded_and_what_falls_off_is_retired() {
    let mut desk = Desk::with(60);
    let jump = Command::Jump { position: 55 };
    let request = Request {
        op: OpId::Interaction(InteractionId::new(99)),
        command: &jump,
        now: Timestamp::UNIX_EPOCH,
        settings: &desk.settings,
        exempt: true,
        only_of: None,
    };
    let retired: Vec<EntryId> = (0..5).map(|index| id(1, index)).collect();
    assert_eq!(plan(&desk.view, &request).unwrap().retired(), retired);
    desk.run(&jump).unwrap();
    assert_eq!(desk.view.history().count(), HISTORY_MAX);
    assert_eq!(desk.view.history().next().map(|slot| slot.entry), Some(id(1, 54)));
}

#[test]
fn outcomes_read_back() {
    let left_out = Some(LeftOut { count: 2, reason: QueueRefusal::TooLong { limit_s: 600 } });
    let outcome = Outcome::Added { first: id(1, 0), position: 0, count: 3, left_out };
    let text = serde_json::to_string(&outcome).unwrap();
    insta::assert_snapshot!(text, @r#"{"kind":"added","first":"00000000000000010000","position":0,"count":3,"left_out":{"count":2,"reason":{"too_long":{"limit_s":600}}}}"#);
    assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome);
}

#[test]
fn who_leaves_waits_until_somebody_plays_resumes_or_joins() {
    let mut desk = Desk::with(2);
    let (rev, run) = (desk.view.rev(), desk.view.now().unwrap().run);
    assert_eq!(desk.run(&Command::Leave), Ok(Outcome::Left));
    assert_eq!((desk.view.playback().status(), desk.view.playback().away()), (Status::Paused, true));
    assert_eq!((desk.view.rev(), desk.view.now().unwrap().run), (rev + 1, run));
    assert_eq!(desk.run(&Command::Leave), Err(QueueRefusal::NotThere));
    assert_eq!(desk.run(&Command::Join), Ok(Outcome::Joined));
    assert_eq!((desk.view.playback().status(), desk.view.playback().away()), (Status::Paused, false));
    assert_eq!(desk.view.rev(), rev + 2);
    for back in [Command::Resume, Command::Skip { expect: None }, Command::Previous] {
        desk.run(&Command::Leave).unwrap();
        desk.run(&back).unwrap();
        assert_eq!((desk.view.playback().status(), desk.view.playback().away()), (Status::Playing, false));
    }
}

#[test]
fn who_adds_a_track_wants_to_hear_it() {
    let mut desk = Desk::with(1);
    desk.run(&Command::Leave).unwrap();
    desk.add(BOB, 1, Place::End).unwrap();
    assert_eq!((desk.view.playback().status(), desk.view.playback().away()), (Status::Playing, false));
    desk.run(&Command::Pause).unwrap();
    desk.add(BOB, 1, Place::End).unwrap();
    assert_eq!(desk.view.playback().status(), Status::Paused, "a pause is not being away");
}

#[test]
fn a_track_that_ends_while_the_bot_is_sent_away_does_not_bring_it_back() {
    for mode in [LoopMode::Off, LoopMode::Track, LoopMode::Queue] {
        let mut desk = Desk::with(2);
        desk.run(&Command::SetLoop(mode)).unwrap();
        desk.run(&Command::Leave).unwrap();
        let now = desk.view.now().unwrap();
        desk.run(&Command::Advance { finished: now.slot.entry, run: now.run }).unwrap();
        assert_eq!((desk.view.playback().status(), desk.view.playback().away()), (Status::Paused, true));
    }
    let mut desk = Desk::with(1);
    desk.run(&Command::Leave).unwrap();
    let now = desk.view.now().unwrap();
    desk.run(&Command::Advance { finished: now.slot.entry, run: now.run }).unwrap();
    assert_eq!((desk.view.playback().status(), desk.view.playback().away()), (Status::Stopped, true));
}

#[test]
fn an_empty_queue_can_be_left_and_joined() {
    let mut desk = Desk::new();
    assert_eq!(desk.run(&Command::Join), Ok(Outcome::Joined));
    assert_eq!(desk.run(&Command::Leave), Ok(Outcome::Left));
    assert_eq!(desk.run(&Command::Join), Ok(Outcome::Joined));
    assert_eq!((desk.view.playback().status(), desk.view.now()), (Status::Stopped, None));
}

#[test]
fn what_somebody_asked_for_is_nobodys_and_stays() {
    let mut desk = Desk::new();
    for requester in [ANN, BOB, ANN, BOB] {
        desk.add(requester, 2, Place::End).unwrap();
    }
    for step in [Command::Skip { expect: None }, Command::Skip { expect: None }, Command::Previous] {
        desk.run(&step).unwrap();
    }
    let slots = |view: &QueueView| -> Vec<Slot> {
        let head = view.head();
        let played = head.history.iter().copied();
        head.now.map(|now| now.slot).into_iter().chain(view.order().iter()).chain(played).collect()
    };
    let before = slots(&desk.view);
    assert_eq!(desk.run(&Command::Disown(ANN)), Ok(Outcome::Disowned { count: 4 }));
    let disowned =
        |slot: &Slot| if slot.requester == ANN { Slot { requester: NOBODY, ..*slot } } else { *slot };
    assert_eq!(slots(&desk.view), before.iter().map(disowned).collect::<Vec<_>>(), "each keeps its place");
    assert_eq!(desk.run(&Command::Disown(ANN)), Err(QueueRefusal::NothingOfTheirs));
}
