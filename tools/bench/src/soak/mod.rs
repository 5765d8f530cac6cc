//! Half an hour of steady, mixed use at a rate that the machine carries with ease: whether any process holds more in the end
//! than it did when it had settled, and whether the books still are right.

pub(crate) mod trend;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::time::{MissedTickBehavior, interval};

use self::trend::{Seen, Trend};
use crate::figure::{Section, number};
use crate::load::schedule::Schedule;
use crate::load::{Books, books, stage};
use crate::machine::status_mb;
use crate::sample::Sample;
use crate::voice::idle::Idle;

/// Requests in a second.
const RATE: u32 = 50;
/// Processes of the function.
const PROCESSES: usize = 4;
/// How often memory is looked at.
const LOOK: Duration = Duration::from_secs(10);
/// Caches fill and allocators settle first.
const SETTLED: Duration = Duration::from_mins(5);
/// The time in which nothing may grow.
const WINDOW: Duration = Duration::from_mins(20);
/// More is a leak, in percent of the window's beginning.
const FLAT: f64 = 5.0;

/// A process that is looked at.
struct Process {
    name: String,
    pid: u32,
    /// Whether it has to stay as it is. The emulators keep their tables in memory, and these are written.
    judged: bool,
    seen: Vec<Seen>,
}

/// What a run was like.
struct Soak {
    minutes: u64,
    processes: Vec<Process>,
    waits: Sample,
    left: usize,
    books: Books,
}

/// Measures with the binaries that `./timmy build` leaves. Runs in a `LocalSet`.
pub async fn run(minutes: u64, root: &Path, binary: &Path, worker: &Path) -> Result<Section> {
    let time = Duration::from_mins(minutes);
    let (world, pool) = stage(binary, PROCESSES).await?;
    let idle = Idle::start(root, worker).await?;
    let mut processes: Vec<Process> = pool
        .pids()
        .into_iter()
        .enumerate()
        .map(|(at, pid)| Process::new(format!("interactions, process {}", at + 1), pid, true))
        .collect();
    processes.push(Process::new("voice worker, idle in 20 guilds".to_owned(), idle.pid()?, true));
    processes.push(Process::new("the emulators and this program".to_owned(), std::process::id(), false));
    let schedule = Schedule { rate: RATE, time };
    let run = tokio::select! {
        run = pool.run(&world, schedule) => run?,
        stopped = watch(&mut processes) => return Err(stopped),
    };
    idle.end().await?;
    let waits: Vec<f64> = run.done.iter().map(|done| done.waited.as_secs_f64() * 1e3).collect();
    let books = books(&world, &run).await?;
    Soak { minutes, processes, waits: Sample::try_from(waits)?, left: run.left, books }.section()
}

/// Looks at all of them, over and over, until one is gone.
async fn watch(processes: &mut [Process]) -> anyhow::Error {
    let begin = Instant::now();
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        for process in &mut *processes {
            let Some(value) = status_mb(process.pid, "VmRSS") else {
                return anyhow::anyhow!("{} has ended", process.name);
            };
            process.seen.push(Seen { at: begin.elapsed().as_secs_f64(), value });
        }
    }
}

impl Process {
    const fn new(name: String, pid: u32, judged: bool) -> Self {
        Self { name, pid, judged, seen: vec![] }
    }
}

/// When a run of this length has settled, and where its window begins: a short one in the same proportion.
fn parts(minutes: u64) -> (Duration, Duration) {
    let whole = Duration::from_mins(minutes);
    (SETTLED.min(whole / 6), whole.saturating_sub(WINDOW.min(whole * 2 / 3)))
}

impl Soak {
    fn section(&self) -> Result<Section> {
        let (settled, from) = parts(self.minutes);
        let to = Duration::from_mins(self.minutes);
        let (settled, from, to) = (settled.as_secs_f64(), from.as_secs_f64(), to.as_secs_f64());
        let mut section = Section { text: String::new(), missed: self.books.broken() };
        section.text.push_str(
            "| process | resident memory, settled | at the end | slope, per hour | growth | target | |\n",
        );
        section.text.push_str("|---|--:|--:|--:|--:|--:|---|\n");
        for process in &self.processes {
            let trend = Trend::of(&process.seen, settled)
                .with_context(|| format!("{} was not looked at often enough", process.name))?;
            let growth = trend.growth(from, to);
            let (target, verdict) = match (process.judged, growth <= FLAT) {
                (true, true) => (format!("≤ {} %", number(FLAT)), "reached"),
                (true, false) => (format!("≤ {} %", number(FLAT)), "**missed**"),
                (false, _) => ("–".to_owned(), ""),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                section.text,
                "| {} | {} MB | {} MB | {} MB | {} % | {target} | {verdict} |",
                process.name,
                number(trend.at(settled)),
                number(trend.at(to)),
                number(trend.slope * 3_600.0),
                number(growth),
            );
            if process.judged && growth > FLAT {
                section.missed.push(format!("{} grows by {} %", process.name, number(growth)));
            }
        }
        let _ = writeln!(section.text, "\n{}", self.words(settled, to - from));
        if self.left > 0 {
            section.missed.push(format!("{} requests were never taken", self.left));
        }
        Ok(section)
    }

    fn words(&self, settled: f64, window: f64) -> String {
        let verdict = &self.books.verdict;
        format!(
            "{} min of {RATE} requests a second; memory every {} s, settled after {} min; growth is that of the line over \
             the last {} min. A wait was {} ms (p50), {} ms (p99). {} songs were promised: {} are lost, {} are doubled.",
            self.minutes,
            LOOK.as_secs(),
            number(settled / 60.0),
            number(window / 60.0),
            number(self.waits.median()),
            number(self.waits.percentile(99)),
            verdict.queued,
            verdict.lost.len(),
            verdict.doubled.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::ledger::Verdict;

    fn process(name: &str, judged: bool, slope: f64) -> Process {
        let seen = (0..180).map(|n| f64::from(n) * 10.0).map(|at| Seen { at, value: 10.0 + slope * at });
        Process { seen: seen.collect(), ..Process::new(name.to_owned(), 1, judged) }
    }

    fn soak(processes: Vec<Process>, lost: Vec<u64>) -> Soak {
        let verdict = Verdict { queued: 9, lost, ..Verdict::default() };
        let waits = Sample::try_from(vec![5.0]).unwrap();
        Soak { minutes: 30, processes, waits, left: 0, books: Books { verdict, wrong: vec![] } }
    }

    #[test]
    fn half_an_hour_has_five_minutes_to_settle_and_twenty_to_be_flat() {
        let minutes = |(settled, from): (Duration, Duration)| [settled.as_secs() / 60, from.as_secs() / 60];
        assert_eq!(minutes(parts(30)), [5, 10]);
        assert_eq!(minutes(parts(60)), [5, 40]);
        assert_eq!(minutes(parts(6)), [1, 2]);
    }

    #[test]
    fn what_grows_is_missed_and_the_tables_may() {
        let section =
            soak(vec![process("flat", true, 0.0), process("tables", false, 0.01)], vec![]).section().unwrap();
        assert!(section.missed.is_empty(), "{section:?}");
        let flat = "| flat | 10.0 MB | 10.0 MB | 0.00 MB | 0.00 % | ≤ 5.00 % | reached |";
        assert!(section.text.contains(flat) && section.text.contains("9 songs were promised"), "{section:?}");
        // From 10.3 MB after ten minutes by 0.6 MB in twenty.
        let leak = soak(vec![process("leak", true, 0.0005)], vec![]).section().unwrap();
        assert_eq!(leak.missed, ["leak grows by 5.83 %"]);
        assert!(leak.text.contains("**missed**"));
    }

    #[test]
    fn a_lost_song_is_missed_and_nobody_judges_what_was_not_seen() {
        let section = soak(vec![process("flat", true, 0.0)], vec![3]).section().unwrap();
        assert_eq!(section.missed, ["1 songs are lost, such as 3"]);
        let unseen = Process::new("unseen".to_owned(), 1, true);
        assert!(soak(vec![unseen], vec![]).section().is_err());
    }

    #[tokio::test]
    async fn a_process_that_ends_ends_the_run() {
        let mut processes = vec![
            Process::new("this".to_owned(), std::process::id(), true),
            Process::new("gone".to_owned(), 4_194_305, true),
        ];
        assert_eq!(watch(&mut processes).await.to_string(), "gone has ended");
        assert!(processes[0].seen[0].value > 1.0);
    }
}
