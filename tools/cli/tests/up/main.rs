//! `timmy up`, `timmy send` and `timmy listen` as people run them: processes, nothing in this one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has to fail")]

mod doctor;
mod game_day;
mod stack;

use std::time::Duration;

use serde_json::{Value, json};
use stack::Up;

const PATIENCE: Duration = Duration::from_mins(1);

/// What a newcomer does first: play the song that comes with the stack, and hear it.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_song_is_heard() {
    let up = Up::start().await;
    let song = format!("{}/Hello.flac", up.session["music"].as_str().unwrap());
    let said = up.timmy(&["send", "play", &song]).await;
    assert!(said.contains("thinking") && said.contains("Hello"), "{said}");
    let file = up.data().join("heard.wav");
    let heard = up.timmy(&["listen", "--sound", "3", "--out", file.to_str().unwrap()]).await;
    assert!(heard.contains("3 s with sound"), "{heard}");
    let mut wav = hound::WavReader::open(&file).unwrap();
    let loud = wav.samples::<i16>().filter(|sample| sample.as_ref().unwrap().unsigned_abs() > 2_000).count();
    assert!(loud > 20_000, "{loud} loud samples");
    let said = up.timmy(&["send", "pause"]).await;
    assert!(!said.is_empty());
    let quiet = up.timmy(&["listen", "--seconds", "3", "--out", file.to_str().unwrap()]).await;
    assert!(quiet.contains("of them 0 s") || quiet.contains("of them 1 s"), "{quiet}");
}

/// Other services reach the stack: what is signed is read in the channel, what is forged is refused.
#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_believed_by_their_signature() {
    let up = Up::start().await;
    for (words, status) in [
        (&["generic", "--forged"][..], "401"),
        (&["twitch", "challenge"], "200 OK, pogchamp"),
        (&["youtube", "confirm"], "200 OK, 1318"),
        (&["discord", "ping"], "204"),
        (&["twitch", "chat", "--say", "vogue"], "204"),
        (&["slack"], "204"),
        (&["standard"], "204"),
        (&["youtube", "--say", "A video of cats"], "204"),
        (&["github", "--say", "Second light"], "204"),
    ] {
        let said = up.webhook(words).await;
        assert!(said.contains(status), "{words:?}: {said}");
    }
    for title in ["A video of cats", "Second light", "Build 512 is green"] {
        up.until_read(title).await;
    }
}

/// What somebody asks about their own data is done while the stack runs, and anybody can check that it was.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_ends_in_a_receipt_that_holds() {
    let up = Up::start().await;
    let song = format!("{}/Hello.flac", up.session["music"].as_str().unwrap());
    up.timmy(&["send", "play", &song]).await;
    let receipt = up.data().join("receipt.txt");
    std::fs::write(&receipt, up.erase(0).await).unwrap();
    let said = up.timmy_of(["receipt", "verify"], &[receipt.to_str().unwrap()]).await;
    assert!(said.starts_with("This receipt holds") && said.contains("guild-queues"), "{said}");
    assert!(!said.contains(up.session["users"]["member"].as_str().unwrap()), "{said}");
}

/// The page's timeline: what an interaction was checked for, and what it wrote, can be told from all others.
#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_is_followed_from_the_gate_to_the_table() {
    let up = Up::start().await;
    let said = up.timmy(&["send", "settings", "volume", "50"]).await;
    assert!(said.contains("Manage Server"), "{said}");
    up.timmy(&["send", "play", &up.song(440, 5)]).await;
    let stored =
        |entry: &&Value| entry["kind"] == "store" && entry["title"].as_str().unwrap().contains("queues");
    let (timeline, id) = up
        .timeline_with(&|all| {
            let id = all.iter().find(stored)?["interaction"].as_str()?;
            Some(id.to_owned())
        })
        .await;
    let own: Vec<&Value> = timeline.iter().filter(|entry| entry["interaction"] == id.as_str()).collect();
    let checks = own.iter().find_map(|entry| entry["detail"]["checks"].as_array()).unwrap();
    assert!(checks.len() == 6 && checks.iter().all(|check| check["ok"] == true), "{checks:?}");
    assert!(own.iter().any(|entry| entry["kind"] == "doorbell"), "{own:?}");
    let refused = timeline.iter().find(|entry| entry["title"] == "refused: allowed to this person").unwrap();
    assert_eq!(refused["detail"]["checks"][5]["ok"], false);
    assert_ne!(refused["interaction"], id.as_str());
}

/// The whole story at once: signed, joined, encrypted end to end, heard without a loss, the next by itself, and then
/// nothing that costs.
#[tokio::test(flavor = "multi_thread")]
async fn a_signed_play_is_heard_then_the_next_then_nothing_runs() {
    let up = Up::start_with(&[("STOP_LEAVE_S", "1"), ("IDLE_EXIT_S", "1")]).await;
    let (first, second) = (up.song(440, 5), up.song(660, 5));
    let said = up.timmy(&["send", "play", &first]).await;
    assert!(said.contains("440.wav"), "{said}");
    let said = up.timmy(&["send", "play", &second]).await;
    assert!(said.contains("660.wav"), "{said}");
    up.wait_tone(440.0).await;
    let heard = up.wait_tone(660.0).await;
    for nothing in ["lost", "undecryptable", "undecodable"] {
        assert_eq!(heard[nothing], 0, "{heard}");
    }
    assert!(heard["p99_gap_ms"].as_f64().unwrap() < 30.0, "{heard}");
    up.until_gone().await;
}

/// Twenty commands of four people at once, in three orders: what is heard is what is wanted, and nobody waits.
#[tokio::test(flavor = "multi_thread")]
async fn many_commands_at_once_end_in_what_is_wanted() {
    let up = Up::start().await;
    up.everybody_joins().await;
    let song = format!("{}/Hello.flac", up.session["music"].as_str().unwrap());
    for seed in [1, 2, 3] {
        let mut tokens = Vec::new();
        let sent = commands(seed, &song).into_iter().enumerate().map(|(n, (command, options))| {
            let up = &up;
            async move { up.interact(n % 4, command, &options).await }
        });
        for answered in stack::all(sent).await {
            tokens.extend(answered);
        }
        up.until_all_answered(&tokens, PATIENCE).await;
        up.until_heard_is_wanted(PATIENCE).await;
    }
}

/// A mix of everything that changes what is heard; `seed` turns it.
fn commands(seed: usize, song: &str) -> Vec<(&'static str, Value)> {
    let option = |name: &str, kind: u8, value: Value| json!([{ "name": name, "type": kind, "value": value }]);
    let play = || ("play", option("query", 3, song.into()));
    let plain = |name| (name, json!([]));
    let mut all = vec![
        play(),
        play(),
        plain("skip"),
        plain("pause"),
        play(),
        ("volume", option("percent", 4, 50.into())),
        plain("resume"),
        ("loop", option("mode", 3, "queue".into())),
        plain("shuffle"),
        play(),
        ("seek", option("time", 3, "0:05".into())),
        plain("previous"),
        play(),
        plain("replay"),
        ("volume", option("percent", 4, 100.into())),
        plain("pause"),
        ("jump", option("position", 4, 1.into())),
        plain("skip"),
        plain("resume"),
        play(),
    ];
    let turns = all.len();
    all.rotate_left(seed * 7 % turns);
    all
}

/// The stack ends and begins again: the queue is still there, and plays on.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_the_song_goes_on() {
    let up = Up::start().await;
    let song = format!("{}/Hello.flac", up.session["music"].as_str().unwrap());
    up.timmy(&["send", "play", &song]).await;
    up.timmy(&["listen", "--sound", "2", "--out", up.data().join("a.wav").to_str().unwrap()]).await;
    let up = up.restart().await;
    let heard =
        up.timmy(&["listen", "--sound", "1", "--out", up.data().join("b.wav").to_str().unwrap()]).await;
    assert!(heard.contains("1 s with sound"), "{heard}");
}

/// Discord in a terminal: an answer comes by itself, a stranger's server is refused, and one can be somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn one_can_talk_in_a_terminal() {
    let up = Up::start().await;
    let lines = [
        ("Type a command", "/queue"),
        ("queue", "hello everybody"),
        ("hello everybody", "/dance"),
        ("there is no command dance", "as stranger"),
        ("", "/queue"),
        ("/admin request", "quit"),
    ];
    let said = up.chat("member", &lines).await;
    assert!(said.contains("Timmy:") && said.contains("member:"), "{said}");
}

/// What was done is kept, and done once more.
#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_is_recorded_and_replayed() {
    let up = Up::start().await;
    let first = up.timmy(&["send", "help"]).await;
    let file = up.data().join("help.json");
    let file = file.to_str().unwrap();
    let said = up.timmy(&["record", file]).await;
    assert!(said.contains("/help"), "{said}");
    let again = up.timmy(&["replay", file]).await;
    assert_eq!(first, again);
}
