//! The voice worker as it is deployed, as a process against our Discord: what a player costs, how long a listener waits,
//! and the same songs played by others in the same run.

mod bots;
mod cores;
pub(crate) mod gauge;
pub(crate) mod idle;
mod latency;
mod load;
mod report;
mod song;
mod songs;
mod stage;
mod tone;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use self::bots::Bot;
use self::cores::Cores;
use self::load::Load;
use self::songs::Songs;
use self::stage::Stage;
use crate::figure::Section;

/// What everybody plays, and what our worker skips to.
const TONE: u16 = 500;
const OTHER_TONE: u16 = 700;
/// How long a song is: nobody comes to its end while it is measured.
const SONG_SECONDS: usize = 180;
/// Guilds in which all play at the same time.
const PLAYERS: u32 = 20;
/// Guilds in which our worker's memory is looked at.
const MANY: u32 = 50;
/// The volume at which a song does not pass through.
const QUIETER: u32 = 80;

/// Where `./timmy build` leaves the worker.
pub fn default_worker(root: &Path) -> PathBuf {
    root.join("target/lambda/voice/voice")
}

/// What every measurement needs.
struct Kit {
    worker: PathBuf,
    songs: Songs,
    /// The file that others play.
    song: PathBuf,
    /// What our worker keeps of its songs.
    cache: TempDir,
    folder: PathBuf,
    cores: Cores,
}

impl Kit {
    async fn new(root: &Path, worker: &Path) -> Result<Self> {
        Self::on(Cores::split()?, root, worker).await
    }

    async fn on(cores: Cores, root: &Path, worker: &Path) -> Result<Self> {
        ensure!(worker.is_file(), "{} is missing: run ./timmy build", worker.display());
        let folder = root.join("target/bench/voice");
        fs::create_dir_all(&folder)?;
        let song = folder.join("song.opus");
        let mut files = BTreeMap::new();
        for hz in [TONE, OTHER_TONE] {
            files.insert(hz, song::file(hz, SONG_SECONDS)?.into());
        }
        fs::write(&song, &files[&TONE])?;
        let songs = Songs::start(files).await?;
        Ok(Self { worker: worker.to_owned(), songs, song, cache: TempDir::new_in(&folder)?, folder, cores })
    }

    /// Keeps a measurement for whoever wonders about the medians.
    fn note(&self, line: &str) -> Result<()> {
        let mut notes = File::options().create(true).append(true).open(self.log("measured"))?;
        Ok(writeln!(notes, "{line}")?)
    }

    /// Where a bot writes what it says.
    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension("log")
    }
}

/// What one of those who are compared has cost.
struct Player {
    name: String,
    bot: Bot,
    cpu: Vec<f64>,
    memory: Vec<f64>,
}

impl Player {
    fn new((name, bot): (String, Bot)) -> Self {
        Self { name, bot, cpu: vec![], memory: vec![] }
    }

    async fn measure(&mut self, players: u32, kit: &Kit) -> Result<()> {
        let Load { cpu, memory_mb } =
            load(&self.bot, players, kit).await.with_context(|| self.name.clone())?;
        kit.note(&format!("{} x {players}: {cpu:.3} % a player, {memory_mb:.1} MB", self.name))?;
        self.cpu.push(cpu);
        self.memory.push(memory_mb);
        Ok(())
    }
}

/// Measures everything; a library that cannot be installed is left out, and the page says so.
pub async fn run(runs: usize, root: &Path, worker: &Path) -> Result<Section> {
    let kit = Kit::new(root, worker).await?;
    let ours = |name: &str, volume| Player::new((name.to_owned(), Bot::Ours(volume)));
    let (mut players, mut left_out) = (vec![ours("TimmyBot (Rust, songbird)", 100)], vec![]);
    for (name, installed) in [("@discordjs/voice", Bot::node(root)), ("discord.py", Bot::python(root))] {
        match installed {
            Ok(peer) => players.push(Player::new(peer)),
            Err(error) => left_out.push(format!("{name} was not measured: {error:#}.")),
        }
    }
    // Fetches, decodes and keeps every song: from here on the cache has them.
    let mut fetching = ours("a worker that fetches", 100);
    fetching.measure(MANY, &kit).await?;
    let (mut transcoding, mut many) = (ours("transcoding", QUIETER), ours("many players", 100));
    for _ in 0..runs {
        for player in &mut players {
            player.measure(PLAYERS, &kit).await?;
        }
        transcoding.measure(PLAYERS, &kit).await?;
        many.measure(MANY, &kit).await?;
    }
    let latencies = latency::measure(&kit).await?;
    let figures = report::Figures { players, transcoding, many, fetching, latencies };
    let mut section = figures.section()?;
    section.missed.extend(left_out.iter().cloned());
    section.text.extend(left_out.iter().map(|note| format!("\n{note}\n")));
    Ok(section)
}

/// One process from its start to its end.
async fn load(bot: &Bot, players: u32, kit: &Kit) -> Result<Load> {
    let stage = Stage::start(players).await?;
    let process = bot.start(&stage, kit).await?;
    load::until_heard(&stage).await?;
    let load = load::measure(&stage, &process).await;
    stage.end(process).await?;
    load
}
