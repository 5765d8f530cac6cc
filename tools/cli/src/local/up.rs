//! `timmy up`: the whole bot on this machine, with a Discord to play in. Tables, queues and secrets come from
//! `template.yaml`; data stays in a folder, so that a queue survives a restart.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use aws_local::function_url::{self, Front};
use aws_local::{Data, Stack, StackOptions};
use axum::Router;
use interactions::{App, Machine};
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::telemetry::Sink;
use simulator::Simulator;
use tokio::sync::mpsc::unbounded_channel;

use super::accounts::OauthFunction;
use super::discord::{self, APPLICATION, CHANNEL, GUILD, VOICE_CHANNEL};
use super::function::Function;
use super::register::register;
use super::session::{Session, Users, signing_seed};
use super::stage::LocalStage;
use super::voice::{self, Places, SUPERVISOR};
use super::watch::watch;
use super::webhooks::WebhooksFunction;
use super::{accounts, alarms, api, evidence, music, seed, thread, webhooks};
use crate::say;

/// What the functions write.
pub(crate) const LOG: &str = "log.jsonl";

/// Where to listen and where to keep data.
#[derive(Debug, clap::Args)]
pub(crate) struct Up {
    /// The port of the bot's HTTP address; 0 takes a free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The port of the page that one plays with the bot on; 0 takes a free one.
    #[arg(long, default_value_t = 8788)]
    page_port: u16,
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
        say::progress(self.json, "Starting the services, the bot and the page …");
        let stack = Arc::new(Stack::start(&options(root, &self.data))?);
        let seed = signing_seed(&self.data, Rng::system().bytes()?)?;
        let listener =
            tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).await;
        let listener =
            listener.with_context(|| format!("port {} is taken: choose another with --port", self.port))?;
        let address = listener.local_addr()?;
        let discord = discord::start(&Users::default(), seed, self.page_port);
        let discord = Arc::new(discord.with_context(|| {
            format!("if port {} is taken, choose another with --page-port", self.page_port)
        })?);
        let session = self.session(&stack, &discord, address)?;
        let (witness, checked) = unbounded_channel();
        let function = Function::start(app(&session, &discord, &self.data)?.witnessed(witness))?;
        seed::approve_demo_guild(&stack.endpoint(), GUILD.parse()?, &session.users, Clock::system().now())
            .await?;
        let songs = music::songs(&session.music);
        let member = session.users.member.parse()?;
        seed::have_played(&stack.endpoint(), GUILD.parse()?, member, &songs, Clock::system().now()).await?;
        let places = Places { stack: &stack, discord: &discord, data: &self.data, port: address.port() };
        voice::start(&places).await?;
        let oauth = accounts::start(&places, &public_base(address)).await?;
        let hooks = webhooks::start(&places, &public_base(address)).await?;
        let evidence = evidence::start(&places, &public_base(address))?;
        let alarms = alarms::start(&stack, &places, &public_base(address)).await?;
        let door = door(function, oauth, hooks).nest("/music", music::router(music::folder(&self.data)?));
        let door = door.merge(api::start(&places, &session.users, &public_base(address))?);
        let serving = tokio::spawn(axum::serve(listener, door).with_graceful_shutdown(ended()).into_future());
        discord.stand_on(Arc::new(LocalStage::new(Arc::clone(&stack), songs)));
        let logs = [self.data.join(LOG), self.data.join(voice::LOG)];
        let watching = tokio::spawn(watch(Arc::clone(&stack), Arc::clone(&discord), logs, checked));
        register(&discord.rest_url(), &session.discord).await?;
        session.save(&self.data)?;
        self.welcome(&session)?;
        let served = serving.await;
        Session::remove(&self.data);
        evidence.end().await;
        alarms.end();
        watching.abort();
        let _ = watching.await;
        if let Some(discord) = Arc::into_inner(discord) {
            discord.stop().await;
        }
        drop(stack);
        served.context("the server ended")?.context("serving")
    }

    fn session(&self, stack: &Stack, discord: &Simulator, address: SocketAddr) -> Result<Session> {
        Ok(Session {
            discord: format!("http://{address}/discord"),
            public: public_base(address),
            aws_endpoint: stack.endpoint(),
            test_signing_key: fs::read_to_string(self.data.join("test-signing-key"))?.trim().to_owned(),
            application_id: APPLICATION.to_owned(),
            guild_id: GUILD.to_owned(),
            channel_id: CHANNEL.to_owned(),
            voice_channel_id: VOICE_CHANNEL.to_owned(),
            simulator: discord.control_url(),
            page: discord.page_url(),
            music: format!("http://{}:{}/music", music::HOST, address.port()),
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
        writeln!(out, "  Play with it in your browser:  {}\n", session.page)?;
        writeln!(out, "  interactions   {}", session.discord)?;
        writeln!(out, "  API            {}/api/v1 (described at {0}/openapi.json)", session.public)?;
        writeln!(out, "  AWS services   {}", session.aws_endpoint)?;
        writeln!(out, "  music          {} is {}", self.data.join("music").display(), session.music)?;
        writeln!(out, "  data, logs     {}\n", self.data.display())?;
        writeln!(out, "Or in another terminal:\n")?;
        writeln!(out, "  ./timmy chat                         the same as the page, in text")?;
        writeln!(out, "  ./timmy send play {}/{}", session.music, music::HELLO)?;
        writeln!(out, "  ./timmy listen                       what the member in the voice channel hears")?;
        writeln!(out, "  ./timmy send press 1                 the first button of the last answer")?;
        writeln!(out, "  ./timmy send --as operator admin list pending")?;
        writeln!(out, "  ./timmy status                       how it does; the page can trip an alarm")?;
        writeln!(out, "  ./timmy api login --as operator      then ./timmy api --help\n")?;
        Ok(writeln!(out, "Ctrl-C ends it.")?)
    }
}

fn options(root: &Path, data: &Path) -> StackOptions {
    let template = root.join("template.yaml");
    StackOptions { template, parameters: [].into(), data: Data::Dir(data.to_owned()), port: 0 }
}

/// What the function is told: the local addresses, and the key that the stack's Discord signs with.
pub(crate) fn environment(session: &Session, public_key: String, rest_url: String) -> Env {
    Env::of([
        ("DISCORD_APPLICATION_ID", session.application_id.clone()),
        ("DISCORD_PUBLIC_KEYS", public_key),
        ("DISCORD_API_BASE_URL", rest_url),
        ("OPERATOR_IDS", format!("{},{}", session.users.operator, session.users.second_operator)),
        ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key".to_owned()),
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("ALLOW_HTTP", "true".to_owned()),
        ("VOICE_QUEUE_URL_TEMPLATE", voice::doorbells(&session.aws_endpoint)),
        ("REPLY_DEADLINE_QUEUE_URL", voice::deadline_queue(&session.aws_endpoint)),
        ("PRIVACY_QUEUE_URL", voice::privacy_queue(&session.aws_endpoint)),
        ("CONTROL_QUEUE_URL", voice::control_queue(&session.aws_endpoint)),
        ("VOICE_SUPERVISOR_FUNCTION", SUPERVISOR.to_owned()),
        ("OAUTH_FUNCTION", accounts::OAUTH.to_owned()),
        ("PUBLIC_BASE_URL", session.public.clone()),
        ("LINK_SERVICES", accounts::SERVICES.to_owned()),
    ])
}

/// The function as Lambda would start it; its log goes to a file.
fn app(session: &Session, discord: &Simulator, data: &Path) -> Result<App> {
    let key = discord.public_key(session.application_id.parse()?).context("the application has no key")?;
    let env = environment(session, key, discord.rest_url());
    let config = interactions::config::Config::from_env(&env)?;
    let machine = Machine { sink: Sink::file(log(data)?), clock: Clock::system(), rng: Rng::system() };
    let sdk = thread::told(&testkit::sdk_config(&session.aws_endpoint));
    Ok(App::new(config, &sdk, &machine))
}

/// The functions' log.
pub(super) fn log(data: &Path) -> Result<fs::File> {
    let log = data.join(LOG);
    let file = fs::File::options().create(true).append(true).open(&log);
    file.with_context(|| format!("opening {}", log.display()))
}

/// Where browsers reach the pages for linking, as an HTTP API's own address in the cloud.
fn public_base(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Behind the doors that a Function URL and an HTTP API are, at `/discord`, `/oauth` and `/webhooks`.
fn door(function: Function, oauth: OauthFunction, hooks: WebhooksFunction) -> Router {
    let invoke = move |event| {
        let function = function.clone();
        async move { function.invoke(event).await }
    };
    let link = move |event| {
        let oauth = oauth.clone();
        async move { oauth.invoke(event).await }
    };
    let take = move |event| {
        let hooks = hooks.clone();
        async move { hooks.invoke(event).await }
    };
    Router::new()
        .nest("/discord", function_url::router(Front::FunctionUrl, invoke))
        .merge(function_url::route("/oauth/{*proxy}", link))
        .merge(function_url::route("/webhooks/{*proxy}", take))
}

async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
