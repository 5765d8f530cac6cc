//! Every function as it is deployed: how soon it is there, what it holds then, what one more event takes, and how big it is.

mod warm;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use aws_local::lambda::{Function, FunctionOptions};
use testkit::Aws;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::figure::{Section, number};
use crate::machine::status_mb;
use crate::sample::Sample;
use crate::world::{APPLICATION, World};
use crate::{accounts, alarms, api, retention};

/// The function that answers people in Discord.
pub(crate) const DOOR: &str = "interactions";
/// The functions, by their folders.
const ALL: [&str; 8] = [
    DOOR,
    "oauth",
    "api",
    "webhooks",
    "token-rotation",
    "data-retention",
    "security-alarms",
    "voice-supervisor",
];
/// Start to first poll, at most, in milliseconds. Somebody waits for the first two.
const START_MS: f64 = 20.0;
const STRICT_START_MS: f64 = 15.0;
const STRICT: [&str; 2] = [DOOR, "security-alarms"];
/// The stripped binary that people wait for, in megabytes; `./timmy build` looks at all of them.
const DOOR_MB: f64 = 10.0;
/// What is uploaded, at most, in megabytes.
const ZIP_MB: f64 = 5.0;
/// Those that hand over to themselves when their time is nearly up.
const NIGHTLY: [&str; 2] = ["token-rotation", "data-retention"];
/// Nobody: no request is made before the first poll.
const NOWHERE: &str = "http://127.0.0.1:9";

/// What was measured of one.
#[derive(Debug)]
struct Measured {
    name: &'static str,
    start: Sample,
    memory: Sample,
    /// What one more event takes; `None` of those that the page holds against others.
    warm: Option<Sample>,
    binary_mb: f64,
    zip_mb: f64,
}

/// Measures all of them, in turns; `door` is the binary that answers people.
pub async fn run(runs: usize, root: &Path, door: &Path) -> Result<Section> {
    let world = World::start().await?;
    let mut all = Vec::new();
    for name in ALL {
        let binary = if name == DOOR { door.to_owned() } else { binary(root, name) };
        all.push((name, options(&world, name, &binary)?, vec![], vec![]));
    }
    // The first round reads the files from disk.
    for round in 0..=runs {
        for (name, options, starts, memory) in &mut all {
            let [start, resident] = start(options).await.with_context(|| (*name).to_owned())?;
            if round > 0 {
                starts.push(start);
                memory.push(resident);
            }
        }
    }
    let mut measured = Vec::new();
    for (name, options, starts, memory) in all {
        let bytes = std::fs::read(&options.binary)?;
        let warm = match warm::Ask::of(name) {
            Some(ask) => Some(warm::measure(ask, root, &options).await.with_context(|| name.to_owned())?),
            None => None,
        };
        let (start, memory) = (Sample::try_from(starts)?, Sample::try_from(memory)?);
        let (binary_mb, zip_mb) = (mb(bytes.len())?, mb(zipped(&bytes)?)?);
        measured.push(Measured { name, start, memory, warm, binary_mb, zip_mb });
    }
    Ok(report(&measured))
}

/// Where `./timmy build` leaves a function.
pub(crate) fn binary(root: &Path, name: &str) -> PathBuf {
    root.join("target/lambda").join(name).join("bootstrap")
}

/// How a function is started under the Runtime API emulator.
pub(crate) fn options(world: &World, name: &str, binary: &Path) -> Result<FunctionOptions> {
    ensure!(binary.is_file(), "{} is missing: run ./timmy build", binary.display());
    let mut options = FunctionOptions::new(binary.to_owned(), name);
    options.env = env(world, name);
    if NIGHTLY.contains(&name) {
        options.timeout = accounts::LAMBDA_TIMEOUT;
    }
    Ok(options)
}

fn env(world: &World, name: &str) -> BTreeMap<String, String> {
    let aws = world.aws();
    let with = |ours: Vec<(&str, String)>| -> BTreeMap<String, String> {
        let ours = ours.into_iter().map(|(name, value)| (name.to_owned(), value));
        aws.env().into_iter().chain(ours).collect()
    };
    match name {
        "api" => api::environment(aws),
        "webhooks" => api::hooks(aws),
        "security-alarms" => alarms::environment(aws, None),
        "data-retention" => with(retention::env(aws)),
        "oauth" | "token-rotation" => with(accounts::environment(aws, NOWHERE)),
        "voice-supervisor" => with(supervisor(aws)),
        _ => world.env(),
    }
}

fn supervisor(aws: &Aws) -> Vec<(&'static str, String)> {
    vec![
        ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
        ("DISCORD_APPLICATION_ID", APPLICATION.to_owned()),
        ("REPLY_DEADLINE_QUEUE_URL", aws.queue_url("reply-deadline")),
        ("ECS_CLUSTER", "timmybot-voice".to_owned()),
        ("VOICE_TASK_DEFINITION", "timmybot-voice:1".to_owned()),
        ("VOICE_SUBNETS", "subnet-1,subnet-2".to_owned()),
        ("VOICE_SECURITY_GROUP", "sg-1".to_owned()),
    ]
}

/// Milliseconds from the start of a process to its first poll, and what it holds then in megabytes.
async fn start(options: &FunctionOptions) -> Result<[f64; 2]> {
    let function = Function::start(options)?;
    let ready = function.ready().await?.as_secs_f64() * 1e3;
    Ok([ready, status_mb(function.pid(), "VmRSS").context("/proc tells no memory")?])
}

/// How many bytes an archive has that holds this as its `bootstrap`. At this library's best level it has within 1 % what
/// SAM's zlib makes of it at its usual one.
fn zipped(bytes: &[u8]) -> Result<usize> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(
        "bootstrap",
        SimpleFileOptions::default().unix_permissions(0o755).compression_level(Some(9)),
    )?;
    zip.write_all(bytes)?;
    Ok(zip.finish()?.into_inner().len())
}

fn mb(bytes: usize) -> Result<f64> {
    Ok(f64::from(u32::try_from(bytes).context("a binary is over 4 GB")?) / 1e6)
}

fn report(all: &[Measured]) -> Section {
    let mut section = Section::default();
    section.text.push_str(
        "| function | start to first poll, median | spread | runs | target | resident memory then |",
    );
    section.text.push_str(" one more event, p50 | p99 | binary | zip | |\n");
    section.text.push_str("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n");
    for one in all {
        let missed = one.missed();
        let verdict = if missed.is_empty() { "reached" } else { "**missed**" };
        let (low, high) = one.start.spread();
        // Writing to a String cannot fail.
        let _ = writeln!(
            section.text,
            "| {} | {} ms | {}–{} ms | {} | ≤ {} ms | {} MB | {} | {} | {} MB | {} MB | {verdict} |",
            one.name,
            number(one.start.median()),
            number(low),
            number(high),
            one.start.count(),
            number(one.target()),
            number(one.memory.median()),
            one.event(50),
            one.event(99),
            number(one.binary_mb),
            number(one.zip_mb),
        );
        section.missed.extend(missed);
    }
    let _ = writeln!(
        section.text,
        "\nA zip may have {} MB, the binary of {DOOR} {} MB. Where people wait, one more event is held against others' below.",
        number(ZIP_MB),
        number(DOOR_MB)
    );
    section
}

impl Measured {
    /// So many of a hundred events took at most this.
    fn event(&self, percent: usize) -> String {
        self.warm
            .as_ref()
            .map_or_else(|| "below".to_owned(), |warm| format!("{} ms", number(warm.percentile(percent))))
    }

    fn target(&self) -> f64 {
        if STRICT.contains(&self.name) { STRICT_START_MS } else { START_MS }
    }

    fn missed(&self) -> Vec<String> {
        let start = self.start.median();
        let limits = [
            (start > self.target(), format!("{} starts in {} ms", self.name, number(start))),
            (self.zip_mb > ZIP_MB, format!("the zip of {} has {} MB", self.name, number(self.zip_mb))),
            (
                self.name == DOOR && self.binary_mb > DOOR_MB,
                format!("the binary of {} has {} MB", self.name, number(self.binary_mb)),
            ),
        ];
        limits.into_iter().filter(|(is_missed, _)| *is_missed).map(|(_, words)| words).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(name: &'static str, start: f64, binary_mb: f64, zip_mb: f64) -> Measured {
        let of = |value: f64| Sample::try_from(vec![value]).unwrap();
        Measured { name, start: of(start), memory: of(9.0), warm: None, binary_mb, zip_mb }
    }

    #[test]
    fn every_function_of_the_workspace_is_measured() {
        let folder = testkit::workspace_root().join("functions");
        let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut folders: Vec<_> = folders.map(|name| name.into_string().unwrap()).collect();
        // The worker is no function; its figures are its own section.
        folders.retain(|name| name != "voice");
        folders.sort();
        let mut ours = ALL.to_vec();
        ours.sort_unstable();
        assert_eq!(ours, folders);
    }

    #[test]
    fn a_row_has_start_memory_and_sizes() {
        let warm = Some(Sample::try_from(vec![1.0, 2.0, 4.0]).unwrap());
        let section = report(&[
            Measured { warm, ..measured("oauth", 19.0, 11.0, 4.5) },
            measured("api", 9.0, 8.0, 3.5),
        ]);
        let rows: Vec<_> = section.text.lines().skip(2).take(2).collect();
        let expected = [
            "| oauth | 19.0 ms | 19.0–19.0 ms | 1 | ≤ 20.0 ms | 9.00 MB | 2.00 ms | 4.00 ms | 11.0 MB | 4.50 MB | reached |",
            "| api | 9.00 ms | 9.00–9.00 ms | 1 | ≤ 20.0 ms | 9.00 MB | below | below | 8.00 MB | 3.50 MB | reached |",
        ];
        assert_eq!(rows, expected);
        assert!(section.missed.is_empty());
    }

    #[test]
    fn each_limit_is_one() {
        for (one, words) in [
            (measured("oauth", 20.5, 9.0, 4.0), "oauth starts in 20.5 ms"),
            (measured(DOOR, 15.5, 9.0, 4.0), "interactions starts in 15.5 ms"),
            (measured("api", 5.0, 11.0, 5.1), "the zip of api has 5.10 MB"),
            (measured(DOOR, 5.0, 10.1, 4.0), "the binary of interactions has 10.1 MB"),
        ] {
            assert_eq!(report(&[one]).missed, [words]);
        }
        assert!(report(&[measured("api", 5.0, 10.1, 4.0)]).missed.is_empty());
    }

    #[test]
    fn an_archive_is_smaller_than_what_repeats_and_holds_it_all() {
        let few = zipped(&vec![0; 100_000]).unwrap();
        assert!((100..10_000).contains(&few), "{few}");
        assert!((mb(2_500_000).unwrap() - 2.5).abs() < f64::EPSILON);
    }

    /// What each function is told is enough for its own configuration, or it would not start.
    #[tokio::test]
    async fn each_has_what_it_asks_for_and_a_missing_binary_says_how_to_make_it() {
        let world = World::start().await.unwrap();
        for name in ALL {
            let env = env(&world, name);
            assert!(env.contains_key("LOG_KEY_SECRET") && env.contains_key("AWS_ENDPOINT_URL"), "{name}");
            let error = options(&world, name, Path::new("no/such/binary")).unwrap_err();
            assert!(error.to_string().contains("./timmy build"), "{error}");
        }
        assert!(env(&world, "voice-supervisor").contains_key("ECS_CLUSTER"));
    }
}
