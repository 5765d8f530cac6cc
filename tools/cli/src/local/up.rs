//! `timmy up`: the whole bot on this machine. Tables, queues and secrets come from `template.yaml`; data stays in a
//! folder, so that a queue survives a restart.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use aws_local::function_url::{self, Front};
use aws_local::{Data, Stack, StackOptions};
use axum::Router;
use interactions::{App, Machine};
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::telemetry::Sink;
use testkit::signing::DiscordKey;

use super::function::Function;
use super::seed;
use super::session::{Session, Users, signing_seed};

/// The demo application, guild and channel.
const APPLICATION: &str = "775799577604522054";
const GUILD: &str = "290926798626357999";
const CHANNEL: &str = "645027906669510667";

/// Where to listen and where to keep data.
#[derive(Debug, clap::Args)]
pub(crate) struct Up {
    /// The port of the bot's HTTP address; 0 takes a free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The folder for queues, settings and keys.
    #[arg(long, default_value = ".timmy")]
    data: PathBuf,
    /// Print one line of JSON instead of the welcome: addresses, test signing key and ids.
    #[arg(long)]
    json: bool,
}

impl Up {
    /// Runs until Ctrl-C or SIGTERM.
    pub(crate) async fn run(&self, root: &Path) -> Result<()> {
        fs::create_dir_all(&self.data).with_context(|| format!("making {}", self.data.display()))?;
        let stack = Stack::start(&options(root, &self.data))?;
        let key = DiscordKey::from_seed(signing_seed(&self.data, Rng::system().bytes()?)?);
        let listener =
            tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).await;
        let listener =
            listener.with_context(|| format!("port {} is taken: choose another with --port", self.port))?;
        let session = self.session(&stack, listener.local_addr()?)?;
        let function = Function::start(app(&session, &key, &self.data)?)?;
        seed::approve_demo_guild(&stack.endpoint(), GUILD.parse()?, &session.users, Clock::system().now())
            .await?;
        session.save(&self.data)?;
        self.welcome(&session)?;
        let served = axum::serve(listener, door(function)).with_graceful_shutdown(ended()).await;
        Session::remove(&self.data);
        stack.shutdown();
        served.context("serving")
    }

    fn session(&self, stack: &Stack, address: SocketAddr) -> Result<Session> {
        Ok(Session {
            discord: format!("http://{address}/discord"),
            aws_endpoint: stack.endpoint(),
            test_signing_key: fs::read_to_string(self.data.join("test-signing-key"))?.trim().to_owned(),
            application_id: APPLICATION.to_owned(),
            guild_id: GUILD.to_owned(),
            channel_id: CHANNEL.to_owned(),
            users: Users::default(),
            pid: std::process::id(),
        })
    }

    fn welcome(&self, session: &Session) -> Result<()> {
        let mut out = std::io::stdout().lock();
        if self.json {
            return Ok(writeln!(out, "{}", serde_json::to_string(session)?)?);
        }
        writeln!(out, "TimmyBot is up on this machine; nobody else can reach it.\n")?;
        writeln!(out, "  interactions   {}", session.discord)?;
        writeln!(out, "  AWS services   {}", session.aws_endpoint)?;
        writeln!(out, "  data, log      {}\n", self.data.display())?;
        writeln!(out, "In another terminal:\n")?;
        writeln!(out, "  ./timmy send play \"some song\"        a member queues a song")?;
        writeln!(out, "  ./timmy send queue                   what waits")?;
        writeln!(out, "  ./timmy send press 1                 the first button of the last answer")?;
        writeln!(out, "  ./timmy send --as operator admin list pending")?;
        writeln!(out, "  ./timmy send --locale de help\n")?;
        Ok(writeln!(out, "Ctrl-C ends it.")?)
    }
}

fn options(root: &Path, data: &Path) -> StackOptions {
    let template = root.join("template.yaml");
    StackOptions { template, parameters: [].into(), data: Data::Dir(data.to_owned()), port: 0 }
}

/// The function as Lambda would start it, with the local addresses in its environment; its log goes to a file.
fn app(session: &Session, key: &DiscordKey, data: &Path) -> Result<App> {
    let env = Env::of([
        ("DISCORD_APPLICATION_ID", session.application_id.clone()),
        ("DISCORD_PUBLIC_KEYS", key.public_hex()),
        ("OPERATOR_IDS", format!("{},{}", session.users.operator, session.users.second_operator)),
        ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key".to_owned()),
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
    ]);
    let config = interactions::config::Config::from_env(&env)?;
    let log = data.join("log.jsonl");
    let log = fs::File::options()
        .create(true)
        .append(true)
        .open(&log)
        .with_context(|| format!("opening {}", log.display()))?;
    let machine = Machine { sink: Sink::file(log), clock: Clock::system(), rng: Rng::system() };
    Ok(App::new(config, &testkit::sdk_config(&session.aws_endpoint), &machine))
}

/// Behind the door that a Function URL is, at `/discord`.
fn door(function: Function) -> Router {
    let invoke = move |event| {
        let function = function.clone();
        async move { function.invoke(event).await }
    };
    Router::new().nest("/discord", function_url::router(Front::FunctionUrl, invoke))
}

async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
