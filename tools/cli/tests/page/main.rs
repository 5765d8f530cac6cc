//! The page as people use it: `timmy up`, a browser without a window, and the stories of `tools/simulator/page/tests`.
//! And the simulator as a client sees it that is not ours: discord.js.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has to fail")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use testkit::silence::Silence;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

const PATIENCE: Duration = Duration::from_mins(1);

fn page() -> PathBuf {
    testkit::workspace_root().join("tools/simulator/page")
}

/// The packages of the page's lock file, installed once.
fn packages() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| testkit::npm(&page()).unwrap().join("node_modules"))
}

/// Node, with those packages.
fn node(arguments: &[&str], env: &[(&str, &str)]) -> Output {
    let mut node = Command::new("node");
    node.args(arguments).current_dir(page()).env("NODE_PATH", packages()).envs(env.iter().copied());
    node.output().expect("node is missing: ./timmy test installs it")
}

fn said(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A running `timmy up`, ended with this value.
struct Up {
    session: Value,
    process: Child,
    _silence: Silence,
    folder: tempfile::TempDir,
}

impl Up {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_timmy"));
        command.args(["up", "--port", "0", "--page-port", "0", "--json", "--data"]).arg(folder.path());
        command.current_dir(testkit::workspace_root()).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
        let silence = Silence::of_folder(folder.path());
        Self { session: serde_json::from_str(&line.unwrap()).unwrap(), process, _silence: silence, folder }
    }

    fn page(&self) -> &str {
        self.session["page"].as_str().unwrap()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let id = self.process.id().and_then(|id| i32::try_from(id).ok());
        // Its worker goes with it.
        id.map(|id| kill(Pid::from_raw(id), Signal::SIGTERM));
    }
}

#[test]
fn the_pages_own_parts_do_as_they_say() {
    let tests: Vec<String> = fs::read_dir(page().join("tests"))
        .unwrap()
        .map(|entry| format!("tests/{}", entry.unwrap().file_name().to_string_lossy()))
        .filter(|name| name.ends_with(".test.mjs"))
        .collect();
    assert!(!tests.is_empty());
    let arguments: Vec<&str> = ["--test"].into_iter().chain(tests.iter().map(String::as_str)).collect();
    let output = node(&arguments, &[]);
    assert!(output.status.success(), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stories_of_the_page_come_true() {
    let up = Up::start().await;
    let data = up.folder.path().to_str().unwrap();
    let env = [("TIMMY_URL", up.page()), ("TIMMY", env!("CARGO_BIN_EXE_timmy")), ("TIMMY_DATA", data)];
    let output = node(&["tests/run.mjs"], &env);
    assert!(output.status.success(), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_js_registers_listens_and_joins() {
    let mut config = simulator::Config::default();
    // `GUILD_MESSAGES`.
    config.gateway.further_intents = 1 << 9;
    let discord = simulator::Simulator::start(config).unwrap();
    let script = testkit::workspace_root().join("tools/simulator/tests/foreign/discord_js.mjs");
    let (info, trusted) = (serde_json::to_string(&discord.info()).unwrap(), discord.ca_pem_path());
    let env = [("SIMULATOR_INFO", info.as_str()), ("NODE_EXTRA_CA_CERTS", trusted.to_str().unwrap())];
    let output = node(&[script.to_str().unwrap()], &env);
    assert!(output.status.success(), "{}", said(&output));
}
