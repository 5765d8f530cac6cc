//! A local stack of one test.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::Client;
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::observed::Observed;
use shared::domain::playback::Status;
use shared::domain::queue::QueueView;
use shared::domain::workers::{LeaseTimes, ShardId};
use shared::ids::GuildId;
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource};
use shared::privacy::{CaseState, DataSubject};
use shared::queues::PrivacyQueue;
use shared::store::Db;
use shared::store::leases::Leases;
use shared::store::observed::ObservedStore;
use shared::store::queue::QueueStore;
use shared::store::tombstones::TombstoneStore;
use testkit::signing::DiscordKey;
use testkit::silence::Silence;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

/// The people of the stack, by the names in its session.
const PEOPLE: [&str; 4] = ["member", "moderator", "owner", "operator"];

/// A running `timmy up`.
pub(crate) struct Up {
    /// What it printed.
    pub(crate) session: Value,
    process: Child,
    _silence: Silence,
    folder: tempfile::TempDir,
    pub(crate) client: Client,
}

impl Up {
    pub(crate) async fn start() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), "0", &[]).await
    }

    /// With short times.
    pub(crate) async fn start_with(env: &[(&str, &str)]) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), "0", env).await
    }

    /// Puts a tone of that many seconds into the music folder; its address.
    pub(crate) fn song(&self, hz: u32, seconds: u32) -> String {
        let name = format!("{hz}.wav");
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 48_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::create(self.data().join("music").join(&name), spec).unwrap();
        for n in 0..48_000 * seconds {
            let phase = std::f64::consts::TAU * f64::from(hz) * f64::from(n) / 48_000.0;
            #[expect(clippy::cast_possible_truncation, reason = "half of an i16's range")]
            wav.write_sample((phase.sin() * 16_000.0) as i16).unwrap();
        }
        wav.finalize().unwrap();
        format!("{}/{name}", self.text("music"))
    }

    /// Waits until the member hears this tone, with more than 0.9 of the energy; what was heard since the last reset.
    pub(crate) async fn wait_tone(&self, hz: f64) -> Value {
        let (member, channel) = (self.person(0), self.text("voice_channel_id"));
        let bot = self.text("application_id");
        let url = format!("{}/heard?listener={member}&channel={channel}&bot={bot}", self.text("simulator"));
        let heard = until(crate::PATIENCE, async || {
            let heard = self.client.get(&url).send().await.unwrap();
            let heard: Value = heard.error_for_status().ok()?.json().await.unwrap();
            let near = (heard["dominant_tone_hz"].as_f64()? - hz).abs() <= 5.0;
            (near && heard["energy_share_of_tone"].as_f64()? > 0.9).then_some(heard)
        });
        heard.await.unwrap()
    }

    /// Waits until nobody holds the shard and the bot is nowhere.
    pub(crate) async fn until_gone(&self) {
        let db = self.db();
        let leases = Leases::new(db, LeaseTimes::DEFAULT);
        let gone = until(crate::PATIENCE, async || {
            let lease = leases.read(ShardId::new(0)).await.unwrap()?;
            lease.owner.is_none().then_some(())
        });
        assert!(gone.await.is_some(), "the worker stays");
    }

    pub(crate) fn db(&self) -> Db {
        Db::new(shared::store::client(&testkit::sdk_config(self.text("aws_endpoint"))), "timmybot")
    }

    async fn in_folder(folder: tempfile::TempDir, port: &str, env: &[(&str, &str)]) -> Self {
        let mut process =
            timmy(&["up", "--port", port, "--page-port", "0", "--json", "--data"], folder.path());
        let mut process = process.envs(env.iter().copied()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(crate::PATIENCE, lines.next_line()).await.unwrap().unwrap();
        let session = serde_json::from_str(&line.unwrap()).unwrap();
        let silence = Silence::of_folder(folder.path());
        let client = Client::builder().no_proxy().build().unwrap();
        Self { session, process, _silence: silence, folder, client }
    }

    /// Ends it as Ctrl-C does, and starts it again over the same data.
    pub(crate) async fn restart(mut self) -> Self {
        let id = i32::try_from(self.process.id().unwrap()).unwrap();
        kill(Pid::from_raw(id), Signal::SIGTERM).unwrap();
        assert!(tokio::time::timeout(crate::PATIENCE, self.process.wait()).await.unwrap().unwrap().success());
        // The queue names the music by its port.
        let port = self.text("discord").rsplit(':').next().unwrap().trim_end_matches("/discord").to_owned();
        Self::in_folder(self.folder, &port, &[]).await
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// What another command prints.
    pub(crate) async fn timmy(&self, args: &[&str]) -> String {
        let (command, words) = args.split_first().unwrap();
        let output = timmy(&[command, "--data"], self.folder.path()).args(words).output();
        let output = tokio::time::timeout(crate::PATIENCE, output).await.unwrap().unwrap();
        let problem = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{args:?}: {problem}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Whether `timmy doctor` ends well, and what it says.
    pub(crate) async fn doctor(&self, words: &[&str]) -> (bool, Value) {
        let output = timmy(&["doctor", "--json", "--data"], self.folder.path()).args(words).output();
        let output = tokio::time::timeout(crate::PATIENCE, output).await.unwrap().unwrap();
        let problem = String::from_utf8_lossy(&output.stderr).into_owned();
        let report = serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {problem}"));
        (output.status.success(), report.unwrap())
    }

    /// What `timmy webhook send` prints.
    pub(crate) async fn webhook(&self, words: &[&str]) -> String {
        self.timmy_of(["webhook", "send"], words).await
    }

    /// What a command of two words prints.
    pub(crate) async fn timmy_of(&self, [command, part]: [&str; 2], words: &[&str]) -> String {
        let output = timmy(&[command, part, "--data"], self.folder.path()).args(words).output();
        let output = tokio::time::timeout(crate::PATIENCE, output).await.unwrap().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Asks for the erasure of one of the people as a function would, and waits for the receipt.
    pub(crate) async fn erase(&self, person: usize) -> String {
        let user = DataSubject::User(self.person(person).parse().unwrap());
        let id = PrivacyRequestId::new(Rng::system()).unwrap();
        let request = PrivacyRequest::new(id, user, PrivacyAction::Erase, PrivacySource::Command);
        let endpoint = self.text("aws_endpoint");
        let queue = format!("{endpoint}/{}/timmybot-privacy", aws_local::ACCOUNT);
        PrivacyQueue::new(&testkit::sdk_config(endpoint), &queue).ask(&request).await.unwrap();
        let cases = TombstoneStore::new(self.db());
        let receipt = until(crate::PATIENCE, async || {
            match cases.case(user, id, Clock::system().now()).await.unwrap()?.state {
                CaseState::Erased { receipt, .. } => Some(receipt),
                _ => None,
            }
        });
        receipt.await.unwrap()
    }

    /// Waits until this stands in the demo channel.
    pub(crate) async fn until_read(&self, text: &str) {
        let url = format!("{}/messages/{}", self.text("simulator"), self.text("channel_id"));
        let found = until(crate::PATIENCE, async || {
            let all = self.client.get(&url).send().await.unwrap().text().await.unwrap();
            all.contains(text).then_some(())
        });
        assert!(found.await.is_some(), "{text} is not read");
    }

    /// Types lines into `timmy chat`, each after what has to be read before it; all that was read.
    pub(crate) async fn chat(&self, person: &str, lines: &[(&str, &str)]) -> String {
        let mut command = timmy(&["chat", "--as", person, "--data"], self.folder.path());
        let mut chat = command.stdin(Stdio::piped()).spawn().unwrap();
        let (mut keys, mut screen) = (chat.stdin.take().unwrap(), chat.stdout.take().unwrap());
        let mut read = Vec::new();
        let talk = async {
            for (awaited, line) in lines {
                while !String::from_utf8_lossy(&read).contains(awaited) {
                    assert!(
                        screen.read_buf(&mut read).await.unwrap() > 0,
                        "{}",
                        String::from_utf8_lossy(&read)
                    );
                }
                keys.write_all(format!("{line}\n").as_bytes()).await.unwrap();
            }
            drop(keys);
            screen.read_to_end(&mut read).await.unwrap();
        };
        let ended = tokio::time::timeout(crate::PATIENCE, talk).await;
        let said = String::from_utf8_lossy(&read).into_owned();
        assert!(ended.is_ok() && chat.wait().await.unwrap().success(), "{said}");
        said
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.session[name].as_str().unwrap()
    }

    fn person(&self, number: usize) -> &str {
        self.session["users"][PEOPLE[number]].as_str().unwrap()
    }

    /// All of them sit in the voice channel.
    pub(crate) async fn everybody_joins(&self) {
        for number in 0..PEOPLE.len() {
            let body = json!({ "user": self.person(number), "channel": self.text("voice_channel_id") });
            self.post("join", &body).await;
        }
    }

    async fn post(&self, path: &str, body: &Value) {
        let sent = self.client.post(format!("{}/{path}", self.text("simulator"))).json(body).send().await;
        let answer = sent.unwrap();
        let status = answer.status();
        assert!(status.is_success(), "{path}: {status} {}", answer.text().await.unwrap());
    }

    /// Somebody uses a command; its token.
    pub(crate) async fn interact(&self, person: usize, command: &str, options: &Value) -> Option<String> {
        let id: u64 = rand_id();
        let token = format!("test-{id}");
        let application = self.text("application_id");
        let body = json!({ "application": application, "channel": self.text("channel_id"), "token": token });
        self.post("interactions", &body).await;
        let user =
            json!({ "id": self.person(person), "username": "x", "discriminator": "0", "avatar": null });
        let interaction = json!({
            "version": 1, "type": 2, "id": id.to_string(), "token": token, "application_id": application,
            "guild_id": self.text("guild_id"), "channel_id": self.text("channel_id"), "locale": "en-US",
            "context": 0, "entitlements": [], "app_permissions": "2222085186637376",
            "authorizing_integration_owners": {},
            "member": { "user": user, "roles": [], "permissions": "1071698669121" },
            "data": { "id": "1", "name": command, "type": 1, "options": options },
        });
        let answer = self.sign_and_send(&interaction).await;
        self.post(&format!("interactions/{token}/callback"), &answer).await;
        Some(token)
    }

    async fn sign_and_send(&self, interaction: &Value) -> Value {
        let (status, answer) = self.send_signed(&self.key(), interaction).await;
        assert_eq!(status, 200);
        answer
    }

    /// What Discord signs with here.
    pub(crate) fn key(&self) -> DiscordKey {
        let seed = hex::decode(self.text("test_signing_key")).unwrap().try_into().unwrap();
        DiscordKey::from_seed(seed)
    }

    /// Sends an interaction that is signed with this key; what comes back.
    pub(crate) async fn send_signed(&self, key: &DiscordKey, interaction: &Value) -> (u16, Value) {
        let (body, at) = (interaction.to_string(), Clock::system().now().as_second());
        let signature = key.sign(at, body.as_bytes());
        let request = self.client.post(self.text("discord")).body(body);
        let request = request.header("content-type", "application/json");
        let request = request.header("x-signature-timestamp", at.to_string());
        let answer = request.header("x-signature-ed25519", signature).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Waits until nobody waits any more.
    pub(crate) async fn until_all_answered(&self, tokens: &[String], patience: Duration) {
        for token in tokens {
            let url = format!("{}/interactions/{token}", self.text("simulator"));
            let answered = until(patience, async || {
                let state: Value = self.client.get(&url).send().await.unwrap().json().await.unwrap();
                let state = state["state"].as_str().unwrap().to_owned();
                (state != "deferred" && state != "open").then_some(())
            });
            assert!(answered.await.is_some(), "{token} waits for ever");
        }
    }

    /// The page's timeline, once `look` finds something in it.
    pub(crate) async fn timeline_with<T>(&self, look: &dyn Fn(&[Value]) -> Option<T>) -> (Vec<Value>, T) {
        let url = format!("{}sim/timeline", self.text("page"));
        let found = until(crate::PATIENCE, async || {
            let all: Vec<Value> = self.client.get(&url).send().await.unwrap().json().await.unwrap();
            let found = look(&all)?;
            Some((all, found))
        });
        found.await.unwrap()
    }

    /// Waits until the worker says that what is heard is what is wanted.
    pub(crate) async fn until_heard_is_wanted(&self, patience: Duration) {
        let db = self.db();
        let guild: GuildId = self.text("guild_id").parse().unwrap();
        let queue = QueueStore::new(db.clone(), Rng::system());
        let observed = ObservedStore::new(db);
        let mut last = None;
        let agreed = until(patience, async || {
            let now = Clock::system().now();
            let (wanted, heard) =
                (queue.view(guild, now).await.unwrap(), observed.load(guild, now).await.unwrap());
            let agree = agree(&wanted, &heard);
            last = Some((wanted, heard));
            agree.then_some(())
        });
        assert!(agreed.await.is_some(), "{last:?}");
    }
}

/// Whether the worker does what is wanted.
fn agree(wanted: &QueueView, observed: &Observed) -> bool {
    let playback = wanted.playback();
    let heard = observed.heard.filter(|heard| Some(heard.run) == wanted.now().map(|now| now.run));
    let sounds = match playback.status() {
        Status::Playing => heard.is_some_and(|heard| heard.playing),
        Status::Paused => heard.is_some_and(|heard| !heard.playing),
        Status::Stopped => true,
    };
    let sought = playback.seek().is_none_or(|seek| {
        heard.is_none_or(|heard| heard.entry != seek.entry) || observed.seek_seq >= seek.seq
    });
    observed.rev == wanted.rev() && sounds && sought
}

/// All of them at once.
pub(crate) async fn all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    futures.collect::<FuturesUnordered<F>>().collect().await
}

pub(crate) async fn until<T>(patience: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let looking = async {
        let mut often = tokio::time::interval(Duration::from_millis(100));
        loop {
            often.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    tokio::time::timeout(patience, looking).await.ok()
}

fn rand_id() -> u64 {
    Rng::system().u64().unwrap() >> 1
}

fn timmy(args: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_timmy"));
    command.args(args).arg(data).current_dir(testkit::workspace_root());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}
