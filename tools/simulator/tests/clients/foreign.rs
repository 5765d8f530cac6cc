//! A client in another language, by other people: discord.py with its voice parts, from the registry.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use simulator::{ChannelId, Commits, Config, Simulator, UserId, VoiceRules};

use super::python;
use super::tone::{TONE, packets};

/// The library, and the releases of what it encrypts with.
const PACKAGES: [&str; 3] = ["discord.py[voice]==2.7.1", "davey==0.1.7", "PyNaCl==1.5.0"];

const PATIENCE: Duration = Duration::from_secs(40);

struct Python(Child);

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn discord_py_is_heard_whoever_commits() {
    let python = tokio::task::spawn_blocking(|| python::interpreter("discord-py", &PACKAGES)).await.unwrap();
    for commits in [Commits::Bots, Commits::Listeners] {
        let voice = VoiceRules { commits, ..VoiceRules::default() };
        let simulator = Simulator::start(Config { voice, ..Config::default() }).unwrap();
        let ada = simulator.join(UserId::new(5001), ChannelId::new(1002)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("packets");
        write_packets(&file);
        let _bot = start(&python, &file, &simulator);
        let (bot, _) = ada.wait_tone(TONE, PATIENCE).await.unwrap();
        ada.reset();
        let (_, heard) = ada.wait_tone(TONE, PATIENCE).await.unwrap();
        assert_eq!((heard.lost, heard.undecryptable, heard.undecodable), (0, 0, 0), "{commits:?} {heard:?}");
        assert_eq!(bot, UserId::new(9001));
        simulator.stop().await;
    }
}

fn start(python: &Path, packets: &Path, simulator: &Simulator) -> Python {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/discord_py_bot.py");
    let child = Command::new(python)
        .arg(script)
        .env("SIMULATOR_INFO", serde_json::to_string(&simulator.info()).unwrap())
        .env("OPUS_PACKETS", packets)
        .env("SSL_CERT_FILE", simulator.ca_pem_path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Python(child)
}

/// Each after its length.
fn write_packets(path: &Path) {
    let mut file = File::create(path).unwrap();
    for packet in packets() {
        file.write_all(&u16::try_from(packet.len()).unwrap().to_be_bytes()).unwrap();
        file.write_all(&packet).unwrap();
    }
}
