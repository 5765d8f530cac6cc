use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::frames::{Frames, FramesWriter, LiveRing};

fn entry(n: u16) -> EntryId {
    EntryId::new(1, n)
}

/// A track whose frame `n` is `[name, n]`.
fn track(name: u8, frames: u8) -> Playable {
    let (mut writer, log) = Frames::growing(tempfile::tempfile().unwrap());
    (0..frames).for_each(|n| writer.push(&[name, n]).unwrap());
    writer.finish();
    Playable::Track(log)
}

fn growing() -> (FramesWriter, Playable) {
    let (writer, log) = Frames::growing(tempfile::tempfile().unwrap());
    (writer, Playable::Track(log))
}

/// A deck whose listeners have their keys.
fn deck() -> (Arc<Deck>, UnboundedReceiver<PlayerEvent>) {
    let (deck, told, group) = deck_without_keys();
    group.open(1);
    (deck, told)
}

fn deck_without_keys() -> (Arc<Deck>, UnboundedReceiver<PlayerEvent>, Arc<Group>) {
    let (events, told) = unbounded_channel();
    let (deck, group) = (Deck::new(events), Arc::<Group>::default());
    deck.play_to(group.clone());
    (deck, told, group)
}

/// What the mixer gets in a tick.
#[derive(Clone, Debug, PartialEq)]
enum Heard {
    Packet(Vec<u8>),
    /// The end of songbird's track.
    Over,
}

fn ticks(deck: &Deck, count: usize) -> Vec<Heard> {
    let mut out = Vec::new();
    let mut tick = || match deck.tick(&mut out) {
        Tick::Packet => Heard::Packet(out.clone()),
        Tick::Over => Heard::Over,
    };
    (0..count).map(|_| tick()).collect()
}

fn told(events: &mut UnboundedReceiver<PlayerEvent>) -> Vec<PlayerEvent> {
    core::iter::from_fn(|| events.try_recv().ok()).collect()
}

/// A frame of a track.
fn some(frame: [u8; 2]) -> Heard {
    Heard::Packet(frame.to_vec())
}

#[test]
fn the_next_entry_follows_without_a_frame_between() {
    let (deck, mut events) = deck();
    assert!(deck.play(entry(1), track(1, 2), Duration::ZERO), "the mixer has no track yet");
    deck.prefetch(Some((entry(2), track(2, 1))));
    assert_eq!(ticks(&deck, 4), [some([1, 0]), some([1, 1]), some([2, 0]), Heard::Over]);
    let expected = [
        PlayerEvent::Started { entry: entry(1), after: None },
        PlayerEvent::Ended { entry: entry(1) },
        PlayerEvent::Started { entry: entry(2), after: Some(entry(1)) },
        PlayerEvent::Ended { entry: entry(2) },
    ];
    assert_eq!(told(&mut events), expected);
    assert!(deck.play(entry(3), track(3, 1), Duration::ZERO), "the mixer let go of its track");
    assert!(!deck.play(entry(4), track(4, 1), Duration::ZERO), "and has one again");
}

#[test]
fn a_seek_is_exact_to_a_frame_and_past_the_end_is_the_end() {
    let (deck, mut events) = deck();
    deck.play(entry(1), track(1, 100), Duration::from_millis(999));
    assert_eq!(deck.position(), Some(Position { entry: entry(1), at: Duration::from_millis(980) }));
    assert_eq!(ticks(&deck, 1), [some([1, 49])]);
    assert!(deck.seek(Duration::from_millis(60)));
    assert_eq!(ticks(&deck, 2), [some([1, 3]), some([1, 4])]);
    assert_eq!(deck.position().unwrap().at, Duration::from_millis(100));
    assert!(deck.seek(Duration::from_hours(1)));
    assert_eq!(ticks(&deck, 1), [Heard::Over]);
    assert_eq!(told(&mut events).len(), 2, "started and ended, once each");
    assert!(!deck.seek(Duration::ZERO), "nothing is played");
}

#[test]
fn a_track_that_is_not_there_yet_is_silence_and_told_once_a_gap() {
    let (deck, mut events) = deck();
    let (mut writer, playable) = growing();
    deck.play(entry(1), playable, Duration::ZERO);
    let silent = Heard::Packet(SILENCE.to_vec());
    assert_eq!(ticks(&deck, 2), [silent.clone(), silent.clone()]);
    writer.push(&[1, 0]).unwrap();
    assert_eq!(ticks(&deck, 2), [some([1, 0]), silent]);
    assert_eq!(deck.position().unwrap().at, FRAME_LENGTH, "silence does not count");
    let started = PlayerEvent::Started { entry: entry(1), after: None };
    assert_eq!(told(&mut events), [PlayerEvent::Late, started, PlayerEvent::Late]);
    assert_eq!(deck.late(), 3);
}

#[test]
fn a_track_that_breaks_off_gives_its_reason_and_way() {
    let (deck, mut events) = deck();
    let (mut writer, playable) = growing();
    writer.push(&[1, 0]).unwrap();
    writer.fail(PlayError::CutShort);
    deck.play(entry(1), playable, Duration::ZERO);
    deck.prefetch(Some((entry(2), track(2, 1))));
    assert_eq!(ticks(&deck, 2), [some([1, 0]), some([2, 0])]);
    assert!(
        told(&mut events).contains(&PlayerEvent::Failed { entry: entry(1), reason: PlayError::CutShort })
    );
}

#[test]
fn music_waits_for_the_listeners_keys() {
    let (deck, _events) = deck();
    deck.play(entry(1), track(1, 3), Duration::ZERO);
    deck.settle();
    let heard = ticks(&deck, SETTLE as usize + 1);
    assert!(heard[..SETTLE as usize].iter().all(|frame| *frame == Heard::Packet(SILENCE.to_vec())));
    assert_eq!(heard[SETTLE as usize], some([1, 0]));
    assert_eq!(deck.late(), 0, "that silence is on purpose");
}

#[test]
fn music_waits_until_it_is_encrypted_and_loses_nothing() {
    let (deck, mut events, group) = deck_without_keys();
    deck.play(entry(1), track(1, 3), Duration::ZERO);
    let silent = Heard::Packet(SILENCE.to_vec());
    let heard = ticks(&deck, SECRECY_WAIT as usize + 9);
    assert!(heard.iter().all(|frame| *frame == silent));
    assert_eq!(told(&mut events), [PlayerEvent::Unencrypted], "once");
    group.open(1);
    assert_eq!(ticks(&deck, 1), [some([1, 0])]);
    deck.play_to(Arc::default());
    assert_eq!(ticks(&deck, 1), [silent], "another channel has its own");
}

#[test]
fn what_is_replaced_or_cleared_does_not_end() {
    let (deck, mut events) = deck();
    deck.play(entry(1), track(1, 3), Duration::ZERO);
    deck.prefetch(Some((entry(9), track(9, 3))));
    ticks(&deck, 1);
    deck.play(entry(2), track(2, 1), Duration::ZERO);
    assert_eq!(ticks(&deck, 2), [some([2, 0]), Heard::Over], "the old prefetch is gone too");
    deck.play(entry(3), track(3, 3), Duration::ZERO);
    deck.clear();
    assert_eq!((ticks(&deck, 1), deck.position()), (vec![Heard::Over], None));
    assert!(!told(&mut events).contains(&PlayerEvent::Ended { entry: entry(1) }));
}

#[test]
fn a_stream_goes_on_and_cannot_be_sought_in() {
    let (deck, _events) = deck();
    let ring = Arc::new(LiveRing::default());
    ring.push([7, 7].into());
    deck.play(entry(1), Playable::Stream(ring.clone()), Duration::ZERO);
    assert!(!deck.seek(Duration::from_secs(1)));
    assert_eq!(ticks(&deck, 2), [some([7, 7]), Heard::Packet(SILENCE.to_vec())]);
    ring.end(PlayError::CutShort);
    assert_eq!(ticks(&deck, 1), [Heard::Over]);
}

#[test]
fn a_length_is_told_once_it_is_known() {
    let (deck, _events) = deck();
    assert_eq!(deck.length(), None);
    let (mut writer, playable) = growing();
    deck.play(entry(1), playable, Duration::ZERO);
    writer.push(&[1]).unwrap();
    assert_eq!(deck.length(), None);
    writer.finish();
    assert_eq!(deck.length(), Some(FRAME_LENGTH));
}
