//! AWS's own runtime interface emulator, the one inside the base images and `sam local`, with our binary under it: what
//! our own emulator may have got wrong about the Runtime API shows here.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::signing::DiscordKey;

use crate::world::{Answer, GUILD, Sender, World, now, text};

/// Its wheel holds the emulator. The same version lints and builds the template (`tools/cli/src/dev/python.rs`).
const SAM: &str = "aws-sam-cli==1.170.0";
/// How long the emulator may take to listen, and a killed process to be gone.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(20);

/// The running emulator. Dropping it ends it and the function under it, each by its id.
struct Emulator {
    child: Child,
    port: u16,
    client: reqwest::Client,
}

impl Emulator {
    fn start(program: &Path, function: &Path, environment: BTreeMap<String, String>) -> Self {
        let (port, api) = (free_port(), free_port());
        let child = Command::new(program)
            .args(["--runtime-interface-emulator-address", &format!("127.0.0.1:{port}")])
            .args(["--runtime-api-address", &format!("127.0.0.1:{api}")])
            .arg(function)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LAMBDA_TASK_ROOT", function.parent().unwrap())
            .env("AWS_LAMBDA_FUNCTION_NAME", "timmybot-interactions")
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "10")
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, port, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// Runs an event through the function, as soon as the emulator listens.
    async fn invoke(&self, event: &Value) -> Answer {
        let url = format!("http://127.0.0.1:{}/2015-03-31/functions/function/invocations", self.port);
        let begin = Instant::now();
        let answer = loop {
            match self.client.post(&url).body(event.to_string()).send().await {
                Err(error) if error.is_connect() && begin.elapsed() < PATIENCE => {
                    tokio::time::sleep(LOOK).await;
                }
                answer => break answer.unwrap(),
            }
        };
        let text = answer.text().await.unwrap();
        Answer::read(&serde_json::from_str(&text).unwrap())
    }

    /// The processes that it has started.
    fn functions(&self) -> Vec<u32> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).into_iter().flatten();
        let lists =
            threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("children")).ok());
        lists
            .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
            .collect()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let functions = self.functions();
        // First the emulator, which would start a function that has died anew.
        let _ = self.child.kill();
        let _ = self.child.wait();
        for id in functions {
            let _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Where the wheel lies in its environment.
fn emulator() -> PathBuf {
    let venv = testkit::venv(&[SAM]).unwrap();
    let ask = "import samcli.local.rapid as rapid; print(list(rapid.__path__)[0])";
    let said = Command::new(venv.bin("python")).args(["-c", ask]).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    Path::new(String::from_utf8(said.stdout).unwrap().trim()).join(format!("aws-lambda-rie-{machine}"))
}

fn signed(body: &Value) -> Value {
    let mut event = json!({
        "version": "2.0", "headers": { "content-type": "application/json" }, "body": body.to_string(),
        "isBase64Encoded": false,
        "requestContext": { "requestId": "7f1d3c2a-9c54-4f0e-8a44-0d6c5a0b1c2d",
            "http": { "method": "POST", "path": "/", "sourceIp": "192.0.2.33" } },
    });
    DiscordKey::committed().sign_event(&mut event, now().as_second());
    event
}

/// Whether it runs; what has ended and waits to be collected does not.
fn runs(id: u32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    state.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

#[tokio::test]
async fn the_function_answers_under_the_emulator_of_aws_and_ends_with_it() {
    let world = World::at(now()).await;
    let function = Path::new(env!("CARGO_BIN_EXE_interactions"));
    let emulator = Emulator::start(&emulator(), function, world.environment());
    let ping = emulator
        .invoke(&signed(&json!({ "id": "1", "application_id": "2", "type": 1, "token": "t", "version": 1 })))
        .await;
    assert_eq!((ping.status, ping.json), (200, json!({ "type": 1 })));

    let before = world.queues().view(GUILD, now()).await.unwrap().len();
    let play =
        Sender::MEMBER.commands("play", &json!([text("query", "Dancing Queen")]), 1_456_000_000_000_000_000);
    let played = emulator.invoke(&signed(&play)).await;
    assert!(played.status == 200 && played.json.to_string().contains("Dancing Queen"), "{played:?}");
    assert_eq!(world.queues().view(GUILD, now()).await.unwrap().len(), before + 1);
    let mut forged = signed(&play);
    forged["headers"]["x-signature-ed25519"] = "00".repeat(64).into();
    assert!(emulator.invoke(&forged).await.is_refusal());

    let functions = emulator.functions();
    assert_eq!(functions.len(), 1);
    drop(emulator);
    let begin = Instant::now();
    while runs(functions[0]) {
        assert!(begin.elapsed() < PATIENCE, "the function outlives its test");
        tokio::time::sleep(LOOK).await;
    }
}

#[test]
fn the_emulator_comes_from_the_version_that_the_tool_pins() {
    let tool =
        std::fs::read_to_string(testkit::workspace_root().join("tools/cli/src/dev/python.rs")).unwrap();
    assert!(tool.contains(&format!("\"{SAM}\"")));
}
