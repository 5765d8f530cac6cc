//! What to do next so that what is heard becomes what is wanted. Pure: the actor asks after every event and does the
//! steps; doing none is the sign that both agree.

use shared::domain::playback::{SeekTarget, Status};
use shared::ids::ChannelId;

/// What somebody wants, what is so, and where people are.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own; any combination may occur")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Situation {
    /// The guild is approved, nothing is paused by containment, and we hold the shard.
    pub(crate) allowed: bool,
    /// Somebody sent the bot away, or it is time to leave an empty room.
    pub(crate) leave: bool,
    /// Of the desired state.
    pub(crate) status: Status,
    /// Which run should be heard.
    pub(crate) run: Option<u64>,
    /// The last seek, if it is of that run's entry.
    pub(crate) seek: Option<SeekTarget>,
    /// The last seek that was made.
    pub(crate) sought: u64,
    /// Percent that is wanted, and that is set.
    pub(crate) volume: (u8, u8),
    /// The channel that the bot is in, as the gateway says.
    pub(crate) at: Option<ChannelId>,
    /// It has asked to be let into a channel and waits.
    pub(crate) joining: bool,
    /// The worker before may still play there: come when there is something to play, not before.
    pub(crate) taking_over: bool,
    /// Where the one who asked for the track, or called the bot, is.
    pub(crate) called_to: Option<ChannelId>,
    /// Nobody is there to hear it.
    pub(crate) alone: bool,
    /// What the player does.
    pub(crate) sound: Sound,
}

/// What the player does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sound {
    /// Nothing.
    Silent,
    /// A run's track is being fetched.
    Preparing {
        /// Which run.
        run: u64,
    },
    /// A run is on the deck.
    On {
        /// Which run.
        run: u64,
        /// Whether it is held.
        paused: bool,
    },
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Take the track off the deck, keeping its place.
    Silence,
    /// Leave the voice channel.
    Leave,
    /// Ask to be let into a channel.
    Join(ChannelId),
    /// Fetch the current run's track.
    Prepare(u64),
    /// Hold it.
    Pause,
    /// Go on.
    Resume,
    /// Go to a place.
    Seek(SeekTarget),
    /// Set the loudness in percent.
    Volume(u8),
}

/// The steps from here, in order.
pub(crate) fn plan(s: &Situation) -> Vec<Step> {
    if !s.allowed || s.leave {
        return leaving(s);
    }
    let Some(run) = s.run.filter(|_| s.status != Status::Stopped) else {
        // It stays for a while where it is, unless that is only where another worker was.
        return if s.taking_over { leaving(s) } else { silencing(s) };
    };
    let mut steps = Vec::new();
    let ready = !s.taking_over || matches!(s.sound, Sound::On { run: on, .. } if on == run);
    if let (None, false, true, Some(channel)) = (s.at, s.joining, ready, s.called_to) {
        steps.push(Step::Join(channel));
    }
    match s.sound {
        Sound::On { run: on, paused } if on == run => steps.extend(tuning(s, paused)),
        Sound::Preparing { run: next } if next == run => {}
        Sound::Silent => steps.push(Step::Prepare(run)),
        Sound::On { .. } | Sound::Preparing { .. } => steps.extend([Step::Silence, Step::Prepare(run)]),
    }
    steps
}

fn leaving(s: &Situation) -> Vec<Step> {
    let mut steps = silencing(s);
    if s.at.is_some() || s.joining || s.taking_over {
        steps.push(Step::Leave);
    }
    steps
}

fn silencing(s: &Situation) -> Vec<Step> {
    if s.sound == Sound::Silent { Vec::new() } else { vec![Step::Silence] }
}

fn tuning(s: &Situation, paused: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(seek) = s.seek.filter(|seek| seek.seq > s.sought) {
        steps.push(Step::Seek(seek));
    }
    let (wanted, set) = s.volume;
    if wanted != set {
        steps.push(Step::Volume(wanted));
    }
    let hold = s.status == Status::Paused || s.alone || s.at.is_none();
    match (hold, paused) {
        (true, false) => steps.push(Step::Pause),
        (false, true) => steps.push(Step::Resume),
        _ => {}
    }
    steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::domain::queue::EntryId;

    use super::*;

    const LOUNGE: ChannelId = ChannelId::new(10);
    const ATTIC: ChannelId = ChannelId::new(11);

    fn playing() -> Situation {
        Situation {
            allowed: true,
            leave: false,
            status: Status::Playing,
            run: Some(7),
            seek: None,
            sought: 0,
            volume: (100, 100),
            at: Some(LOUNGE),
            joining: false,
            taking_over: false,
            called_to: Some(LOUNGE),
            alone: false,
            sound: Sound::On { run: 7, paused: false },
        }
    }

    /// The world after a step succeeded.
    fn done(mut s: Situation, step: Step) -> Situation {
        match step {
            Step::Silence => s.sound = Sound::Silent,
            Step::Leave => (s.at, s.joining, s.taking_over) = (None, false, false),
            Step::Join(channel) => (s.at, s.taking_over) = (Some(channel), false),
            Step::Prepare(run) => s.sound = Sound::On { run, paused: true },
            Step::Pause => s.sound = hold(s.sound, true),
            Step::Resume => s.sound = hold(s.sound, false),
            Step::Seek(seek) => s.sought = seek.seq,
            Step::Volume(percent) => s.volume.1 = percent,
        }
        s
    }

    fn hold(sound: Sound, paused: bool) -> Sound {
        match sound {
            Sound::On { run, .. } => Sound::On { run, paused },
            other => other,
        }
    }

    #[test]
    fn nothing_to_do_is_no_step() {
        assert_eq!(plan(&playing()), []);
        let stopped = Situation { status: Status::Stopped, run: None, sound: Sound::Silent, ..playing() };
        assert_eq!(plan(&stopped), [], "it stays in the room until it is time to leave");
    }

    #[test]
    fn the_first_track_is_fetched_while_the_bot_joins() {
        let first = Situation { at: None, sound: Sound::Silent, ..playing() };
        assert_eq!(plan(&first), [Step::Join(LOUNGE), Step::Prepare(7)]);
        let waiting = Situation { joining: true, sound: Sound::Preparing { run: 7 }, ..first.clone() };
        assert_eq!(plan(&waiting), []);
        let nowhere = Situation { called_to: None, ..first };
        assert_eq!(plan(&nowhere), [Step::Prepare(7)], "nobody to join: the track waits");
    }

    #[test]
    fn a_channel_is_taken_over_when_the_track_is_ready() {
        let before = Situation { at: None, taking_over: true, sound: Sound::Silent, ..playing() };
        assert_eq!(plan(&before), [Step::Prepare(7)]);
        let fetching = Situation { sound: Sound::Preparing { run: 7 }, ..before.clone() };
        assert_eq!(plan(&fetching), []);
        let ready = Situation { sound: Sound::On { run: 7, paused: true }, ..before };
        assert_eq!(plan(&ready), [Step::Join(LOUNGE)]);
        let over = Situation { status: Status::Stopped, run: None, sound: Sound::Silent, ..ready };
        assert_eq!(plan(&over), [Step::Leave], "nothing to play: the channel is only left");
    }

    #[test]
    fn a_bot_that_was_moved_stays_where_it_was_put() {
        assert_eq!(plan(&Situation { at: Some(ATTIC), ..playing() }), []);
    }

    #[test]
    fn another_run_replaces_what_plays_or_is_fetched() {
        for sound in [Sound::On { run: 6, paused: false }, Sound::Preparing { run: 6 }] {
            assert_eq!(plan(&Situation { sound, ..playing() }), [Step::Silence, Step::Prepare(7)]);
        }
    }

    #[test]
    fn alone_or_paused_or_outside_it_holds() {
        let paused = Situation { status: Status::Paused, ..playing() };
        let alone = Situation { alone: true, ..playing() };
        let kicked = Situation { at: None, called_to: None, ..playing() };
        for situation in [paused, alone, kicked] {
            assert_eq!(plan(&situation), [Step::Pause], "{situation:?}");
        }
        let back = Situation { sound: Sound::On { run: 7, paused: true }, ..playing() };
        assert_eq!(plan(&back), [Step::Resume]);
    }

    #[test]
    fn a_seek_is_made_once() {
        let seek = SeekTarget { entry: EntryId::new(1, 0), position_ms: 30_000, seq: 3 };
        let sought = Situation { seek: Some(seek), ..playing() };
        assert_eq!(plan(&sought), [Step::Seek(seek)]);
        assert_eq!(plan(&Situation { sought: 3, ..sought }), []);
    }

    #[test]
    fn who_is_not_allowed_is_silent_and_leaves() {
        for situation in [Situation { allowed: false, ..playing() }, Situation { leave: true, ..playing() }] {
            assert_eq!(plan(&situation), [Step::Silence, Step::Leave]);
        }
    }

    fn any_situation() -> impl Strategy<Value = Situation> {
        let sound = prop_oneof![
            Just(Sound::Silent),
            (5_u64..9).prop_map(|run| Sound::Preparing { run }),
            (5_u64..9, any::<bool>()).prop_map(|(run, paused)| Sound::On { run, paused }),
        ];
        let status = prop_oneof![Just(Status::Stopped), Just(Status::Playing), Just(Status::Paused)];
        let channel = || prop_oneof![Just(None), Just(Some(LOUNGE)), Just(Some(ATTIC))];
        let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
        let seek = prop::option::of((0_u64..4).prop_map(|seq| SeekTarget {
            entry: EntryId::new(1, 0),
            position_ms: 0,
            seq,
        }));
        let run = prop::option::of(5_u64..9);
        (flags, status, run, seek, 0_u64..4, (0_u8..3, 0_u8..3), channel(), channel(), sound).prop_map(
            |(
                (allowed, leave, joining, alone, taking_over),
                status,
                run,
                seek,
                sought,
                volume,
                at,
                called_to,
                sound,
            )| {
                let joining = joining && at.is_none();
                Situation {
                    allowed,
                    leave,
                    status,
                    run,
                    seek,
                    sought,
                    volume,
                    at,
                    joining,
                    taking_over,
                    called_to,
                    alone,
                    sound,
                }
            },
        )
    }

    proptest! {
        /// Whatever the situation, doing what is said ends in one where nothing is left to do, and soon.
        #[test]
        fn it_settles(start in any_situation()) {
            let mut now = start;
            for _ in 0..4 {
                let steps = plan(&now);
                if steps.is_empty() {
                    break;
                }
                now = steps.into_iter().fold(now, done);
                // A fetch that was under way ends by itself.
                if let Sound::Preparing { run } = now.sound {
                    now.sound = Sound::On { run, paused: true };
                }
            }
            prop_assert_eq!(plan(&now), []);
        }

        /// Nobody is ever played to who must not be, or is not there.
        #[test]
        fn silence_where_silence_is_due(start in any_situation()) {
            let steps = plan(&start);
            if !start.allowed || start.leave {
                prop_assert!(!steps.iter().any(|s| matches!(s, Step::Join(_) | Step::Prepare(_) | Step::Resume)));
            }
            if start.status == Status::Paused || start.alone {
                prop_assert!(!steps.contains(&Step::Resume));
            }
        }
    }
}
