//! People who wait: each of them gets the answer that they asked for, as Discord shows it.

use shared::clock::Clock;
use shared::domain::playback::LoopMode;
use shared::domain::queue::{Command, EntryId};
use shared::ids::UserId;
use shared::store::Db;
use shared::store::deferred::{Purpose, ReplyKind};
use shared::store::votes::VoteStore;
use simulator::Fault;

use crate::PATIENCE;
use crate::asking::{Asked, Asker, IN_PUBLIC};
use crate::stage::{ADA, BOT, GUILD, LOUNGE, STAGE_DOOR, Stage};

const GRACE: UserId = UserId::new(5002);
/// `IS_COMPONENTS_V2`.
const CARD: u64 = 1 << 15;

#[tokio::test(flavor = "multi_thread")]
async fn play_is_answered_with_the_card_which_then_follows_the_music() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    let asked = stage.ask_to_play(1, IN_PUBLIC, &["440/60.wav", "660/61.wav"]).await;
    let answer = stage.answer(&asked).await;
    assert!(answer.flags() & CARD != 0 && !answer.ephemeral, "{answer:?}");
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    stage.card_shows(&asked, &["Current track", "60.wav", "Next: 61.wav"]).await;
    stage.command(2, &Command::Skip { expect: None }).await;
    stage.card_shows(&asked, &["61.wav", "Nothing comes next"]).await;
    stage.command(3, &Command::Pause).await;
    stage.card_shows(&asked, &["Paused"]).await;
    stage.nobody_waits().await;
}

/// A file knows better than its address what it is called, also when it follows without a gap.
#[tokio::test(flavor = "multi_thread")]
async fn the_card_calls_a_song_as_its_file_does() {
    let stage = Stage::start().await;
    let _ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.command(1, &Command::SetLoop(LoopMode::Queue)).await;
    let asked = stage.ask_to_play(2, IN_PUBLIC, &["fixtures/tone.m4a", "fixtures/tone.mp3"]).await;
    stage.answer(&asked).await;
    for next in ["Next: tone.mp3", "Next: tone.m4a", "Next: tone.mp3"] {
        stage.card_shows(&asked, &["Don't Stop", "R&B", next]).await;
    }
    stage.nobody_waits().await;
}

/// Discord keeps the picture from then on: it is sent once, and each later card names the place.
#[tokio::test(flavor = "multi_thread")]
async fn the_card_shows_the_cover_that_is_in_the_file() {
    let stage = Stage::start().await;
    let _ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.command(1, &Command::SetLoop(LoopMode::Track)).await;
    let asked = stage.ask_to_play(2, IN_PUBLIC, &["fixtures/covered.flac"]).await;
    stage.answer(&asked).await;
    stage.card_shows(&asked, &[r#""media":{"url":"https://cdn.discordapp.com/attachments/"#]).await;
    stage.nobody_waits().await;
}

/// A later card takes the place of the one before.
#[tokio::test(flavor = "multi_thread")]
async fn there_is_one_card() {
    let stage = Stage::start().await;
    let _ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    let first = stage.ask_to_play(1, IN_PUBLIC, &["440/60.wav"]).await;
    stage.answer(&first).await;
    stage.command(2, &Command::Stop).await;
    let second = stage.ask_to_play(3, IN_PUBLIC, &["660/61.wav"]).await;
    stage.card_shows(&second, &["61.wav"]).await;
    stage.until_deleted(&first).await;
    stage.nobody_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_in_no_voice_channel_is_told_so_alone() {
    let stage = Stage::start().await;
    let _worker = stage.worker(&[]);
    let asked = stage.ask_to_play(1, IN_PUBLIC, &["440/60.wav"]).await;
    let aside = stage.aside(&asked).await;
    assert!(aside.ephemeral && aside.content().starts_with("I cannot find you in a voice channel"));
    stage.nobody_waits().await;
    // What was queued stays, and is heard once they are there.
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let asked = stage.ask(2, Purpose::Join, IN_PRIVATE).await;
    stage.command(2, &Command::Join).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    assert_eq!(stage.answer(&asked).await.content(), "I am in your voice channel.");
    stage.nobody_waits().await;
}

/// There is nothing to play, and nobody to be found at first.
#[tokio::test(flavor = "multi_thread")]
async fn join_is_answered_when_the_bot_is_there() {
    let stage = Stage::start().await;
    let _worker = stage.worker(&[]);
    let nowhere = stage.ask(1, Purpose::Join, IN_PRIVATE).await;
    stage.command(1, &Command::Join).await;
    let answer = stage.answer(&nowhere).await;
    assert!(answer.ephemeral && answer.content().starts_with("I cannot find you"), "{answer:?}");
    for (op, channel) in [(2, LOUNGE), (3, STAGE_DOOR)] {
        stage.discord.join(ADA, channel).unwrap();
        // Gateway and doorbells are two ways: what goes by one may overtake what goes by the other.
        stage.until_observed(|seen| seen.listeners.as_ref().is_none_or(Vec::is_empty)).await;
        let asked = stage.ask(op, Purpose::Join, IN_PRIVATE).await;
        stage.command(op, &Command::Join).await;
        assert_eq!(stage.answer(&asked).await.content(), "I am in your voice channel.");
        let at = stage.discord.voice_state(GUILD, BOT).map(|state| state.channel);
        assert_eq!(at, Some(channel));
    }
    stage.nobody_waits().await;
}

/// A permission is missing: Discord says nothing, so the bot has to.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_calls_it_where_it_is_not_let_in_is_told_what_is_missing() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.discord.fault(Fault::ShutOut { on: true }).unwrap();
    let asked = stage.ask_to_play(1, IN_PUBLIC, &["440/60.wav"]).await;
    assert!(stage.answer(&asked).await.content().contains("View Channel, Connect and Speak"));
    stage.nobody_waits().await;
    stage.discord.fault(Fault::ShutOut { on: false }).unwrap();
    stage.command(2, &Command::Resume).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
}

/// Two of three are needed; the third vote would be one too many.
#[tokio::test(flavor = "multi_thread")]
async fn votes_are_counted_and_the_last_one_skips() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    stage.discord.join(GRACE, LOUNGE).unwrap();
    stage.discord.join(UserId::new(5003), LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.play(1, &["440/60", "660/60"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    let run = stage.until_observed(|seen| seen.heard.is_some()).await.heard.unwrap().run;
    let first = stage.vote(2, run, ADA).await;
    assert_eq!(stage.answer(&first).await.content(), "1 of 2 votes to skip.");
    let again = stage.vote(3, run, ADA).await;
    assert_eq!(stage.answer(&again).await.content(), "1 of 2 votes to skip.");
    let second = stage.vote(4, run, GRACE).await;
    assert_eq!(stage.answer(&second).await.content(), "Skipped by vote.");
    ada.wait_tone(660.0, PATIENCE).await.unwrap();
    stage.nobody_waits().await;
}

/// Ada, for herself.
const IN_PRIVATE: Asker = Asker { kind: ReplyKind::Ephemeral, ..IN_PUBLIC };

impl Stage {
    /// Somebody votes against the first track that was played.
    async fn vote(&self, op: u64, run: u64, user: UserId) -> Asked {
        let purpose = Purpose::VoteSkip { run, entry: EntryId::new(1, 0) };
        let asked = self.ask(op, purpose, Asker { user, ..IN_PUBLIC }).await;
        let votes = VoteStore::new(Db::new(self.aws.dynamodb(), self.aws.prefix()));
        votes.cast(GUILD, run, user, Clock::system().now()).await.unwrap();
        self.ring().await;
        asked
    }
}
