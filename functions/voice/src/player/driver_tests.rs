use shared::domain::track::Title;

use super::*;
use crate::frames::{Frames, Playable};
use crate::media::Tags;
use crate::media::opus::SILENCE;

fn prepared(frames: usize) -> Prepared {
    let (mut writer, log) = Frames::growing(tempfile::tempfile().unwrap());
    (0..frames).for_each(|_| writer.push(&SILENCE).unwrap());
    writer.finish();
    let tags = Tags { title: Title::parse("A"), ..Tags::default() };
    Prepared { playable: Playable::Track(log), tags, length: None, titles: None, cached: false }
}

#[test]
fn volumes_keep_to_their_bounds_and_near_1_is_1() {
    for (asked, given) in [(1.0, 1.0), (0.996, 1.0), (0.5, 0.5), (-1.0, 0.0), (9.0, 2.0), (f32::NAN, 1.0)] {
        assert!((passthrough_or(asked) - given).abs() < f32::EPSILON, "{asked}");
    }
}

/// Without a connection songbird's mixer does not run: nothing advances, nothing hangs, everything can be said.
#[tokio::test(flavor = "multi_thread")]
async fn a_player_without_a_connection_takes_every_command() {
    let (player, mut events) = Player::new(&Engine::start().unwrap());
    let entry = EntryId::new(1, 0);
    player.pause();
    player.resume();
    assert_eq!(player.seek(Duration::ZERO), Err(PlayerError::NotSeekable));
    player.play(entry, &prepared(100), Duration::from_secs(1)).unwrap();
    player.prefetch(Some((EntryId::new(1, 1), &prepared(1))));
    player.set_volume(0.5);
    player.seek(Duration::from_millis(500)).unwrap();
    assert_eq!(player.position(), Some(Position { entry, at: Duration::from_millis(500) }));
    player.stop();
    assert_eq!((player.position(), player.late_frames()), (None, 0));
    player.leave();
    assert!(events.try_recv().is_err());
}

/// Nobody listens at the endpoint: it is an error, in time, and it is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_voice_server_that_is_not_there_is_an_error() {
    let (player, mut events) = Player::new(&Engine::start().unwrap());
    let one = core::num::NonZeroU64::MIN;
    let session = ConnectionInfo {
        channel_id: one.into(),
        endpoint: "127.0.0.1:1".to_owned(),
        guild_id: one.into(),
        session_id: "s".to_owned(),
        token: "t".to_owned(),
        user_id: one.into(),
    };
    player.play(EntryId::new(1, 0), &prepared(10), Duration::ZERO).unwrap();
    let connected = player.connect(session).await;
    assert!(matches!(connected, Err(PlayerError::NoConnection | PlayerError::TimedOut)), "{connected:?}");
    assert!(matches!(events.recv().await, Some(PlayerEvent::Disconnected { .. })));
    assert_eq!(player.position().unwrap().at, Duration::ZERO);
}
