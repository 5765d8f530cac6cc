//! Whose the processors were: the function's processes, the emulated AWS, Lambda's API, or the program that sends.

use std::fs;
use std::time::Instant;

use anyhow::Result;

use crate::voice::gauge::Gauge;

/// The threads of the emulators, by their names.
const AWS: &str = "aws-local";
const RUNTIME_API: &str = "runtime-api";
/// What Linux counts processor time of threads in, on every machine that it tells programs about.
const TICKS: f64 = 100.0;
/// A thread that is this busy does not get further, however many cores there are.
const FULL: f64 = 90.0;

/// Counts since the beginning.
pub(super) struct Shares {
    functions: Vec<Gauge>,
    own: Gauge,
    begin: Instant,
    threads: [f64; 2],
}

/// In percent of one core.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Percent {
    pub(super) functions: f64,
    pub(super) aws: f64,
    pub(super) runtime_api: f64,
    pub(super) rest: f64,
}

impl Shares {
    pub(super) fn begin(functions: &[u32]) -> Result<Self> {
        let functions = functions.iter().map(|pid| Gauge::start(*pid)).collect::<Result<_>>()?;
        let own = Gauge::start(std::process::id())?;
        Ok(Self {
            functions,
            own,
            begin: Instant::now(),
            threads: [seconds_of(AWS), seconds_of(RUNTIME_API)],
        })
    }

    /// `None` where a process has ended and nobody knows any more what it took.
    pub(super) fn end(&self) -> Option<Percent> {
        let time = self.begin.elapsed().as_secs_f64();
        let [aws, runtime_api] = [(AWS, self.threads[0]), (RUNTIME_API, self.threads[1])]
            .map(|(name, before)| (seconds_of(name) - before) / time * 100.0);
        let functions = self.functions.iter().map(|gauge| gauge.percent().ok()).sum::<Option<f64>>()?;
        let rest = (self.own.percent().ok()? - aws - runtime_api).max(0.0);
        Some(Percent { functions, aws, runtime_api, rest })
    }
}

impl Percent {
    /// What stood in the way of more.
    pub(super) fn bottleneck(self, cores: usize) -> &'static str {
        let cores = f64::from(u32::try_from(cores).unwrap_or(u32::MAX));
        if self.functions + self.aws + self.runtime_api + self.rest >= FULL * cores {
            "all cores were busy"
        } else if self.aws >= FULL {
            "the emulated AWS, which is one thread, was busy all the time"
        } else if self.rest >= FULL {
            "the thread that sends was busy all the time"
        } else {
            "nothing was busy all the time"
        }
    }
}

/// Processor time of all threads of this process with a name.
fn seconds_of(name: &str) -> f64 {
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return 0.0 };
    let stats = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("stat")).ok());
    stats.filter_map(|stat| ticks(&stat, name)).sum::<f64>() / TICKS
}

/// User and system time in a thread's `stat`, if it has this name.
fn ticks(stat: &str, name: &str) -> Option<f64> {
    let (head, tail) = stat.rsplit_once(") ")?;
    if head.split_once('(')?.1 != name {
        return None;
    }
    // The fields 14 and 15 (proc(5)); the state, field 3, is the first one behind the name.
    let mut fields = tail.split(' ').skip(11).map(|field| field.parse::<f64>().ok());
    Some(fields.next()?? + fields.next()??)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_threads_time_is_read_by_its_name() {
        let stat = "42 (aws-local) S 1 1 1 0 -1 4194304 10 0 0 0 250 50 0 0 20 0 3 0 100 1 1";
        assert_eq!((ticks(stat, AWS), ticks(stat, RUNTIME_API)), (Some(300.0), None));
        assert_eq!(ticks("42 (a) b) S 1 1 1 0 -1 4194304 10 0 0 0 1 2 0 0", "a) b"), Some(3.0));
        assert_eq!(ticks("nonsense", AWS), None);
    }

    #[test]
    fn a_busy_thread_shows() {
        let spin = || {
            let (begin, mut sum) = (Instant::now(), 0_u64);
            while begin.elapsed() < Duration::from_millis(80) {
                sum = std::hint::black_box(sum.wrapping_add(1));
            }
            seconds_of("busy-thread")
        };
        let busy = std::thread::Builder::new().name("busy-thread".to_owned()).spawn(spin).unwrap();
        assert!(busy.join().unwrap() > 0.0);
        assert!(Shares::begin(&[std::process::id()]).unwrap().end().is_some());
    }

    #[test]
    fn the_bottleneck_is_named() {
        let even = Percent { functions: 40.0, aws: 40.0, runtime_api: 5.0, rest: 5.0 };
        assert_eq!(even.bottleneck(2), "nothing was busy all the time");
        assert_eq!(even.bottleneck(1), "all cores were busy");
        let aws = Percent { aws: 95.0, ..even };
        assert!(aws.bottleneck(2).starts_with("the emulated AWS"));
        assert!(Percent { rest: 91.0, ..even }.bottleneck(2).starts_with("the thread that sends"));
    }
}
