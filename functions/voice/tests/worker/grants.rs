//! The worker's rights: those of its task's role, those that it lists and those that it needs are the same (SPEC T13).

use std::time::Duration;

use shared::grant::Grant;
use shared::ids::GuildId;
use simulator::Fault;
use testkit::Call;
use testkit::iam::{allowed, listed, needed};
use voice::grants::{GRANTS, GRANTS_IN_TROUBLE};

use crate::PATIENCE;
use crate::asking::IN_PUBLIC;
use crate::stage::{ADA, LOUNGE, Stage};

const SUPERVISOR: &str = "timmybot-voice-supervisor";

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    assert_eq!(
        allowed("VoiceTaskRole").unwrap(),
        listed([GRANTS, GRANTS_IN_TROUBLE].concat().iter().map(Grant::parts))
    );
}

/// A worker's whole life: a missing song, a song that is stored, one that was stored before, a guild that sends the
/// bot away, a successor asked for.
#[tokio::test(flavor = "multi_thread")]
async fn each_grant_is_used_and_nothing_is_called_without_one() {
    let stage = Stage::start().await;
    let asked = stage.aws.listen_as(SUPERVISOR);
    let bucket = stage.aws.bucket("audio");
    let env = [
        ("AUDIO_BUCKET", bucket.as_str()),
        ("VOICE_SUPERVISOR_FUNCTION", SUPERVISOR),
        ("REREAD_S", "1"),
        ("HAND_OVER_S", "1"),
    ];
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let asked_for =
        stage.ask_to_play(1, IN_PUBLIC, &["missing.wav", "440/3.wav", "440/3.wav", "660/60.wav"]).await;
    stage.aws.record_calls();
    let mut worker = stage.worker(&env);
    ada.wait_tone(660.0, PATIENCE).await.unwrap();
    stage.nobody_waits().await;
    stage.answer(&asked_for).await;
    stage.discord.fault(Fault::GuildGone { guild: GuildId::new(77), outage: false }).unwrap();
    let mut calls = until_called(&stage, "queue/privacy").await;
    crate::takeover::signal(&worker, nix::sys::signal::Signal::SIGTERM);
    asked.next().await;
    assert!(tokio::time::timeout(PATIENCE, worker.wait()).await.unwrap().unwrap().success());
    calls.extend(stage.aws.take_calls());
    assert_eq!(needed(calls), listed(GRANTS.iter().map(Grant::parts)));
}

/// What was called until this resource was. Looking into its queue would be a call, too.
async fn until_called(stage: &Stage, resource: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    let look = async {
        let mut often = tokio::time::interval(Duration::from_millis(20));
        while !calls.iter().any(|call: &Call| call.needs.iter().any(|need| need.resource == resource)) {
            often.tick().await;
            calls.extend(stage.aws.take_calls());
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap();
    calls
}
