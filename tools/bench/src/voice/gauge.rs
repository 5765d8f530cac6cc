//! What a process has cost so far.

use core::time::Duration;
use std::time::Instant;

use anyhow::{Context as _, Result};
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

use crate::machine::status_mb;

/// The processor time of a process, of all its threads, those that have ended too: what `/proc/<pid>/stat` counts, to
/// the nanosecond.
pub(crate) struct Gauge {
    pid: u32,
    clock: ClockId,
    since: Instant,
    spent: Duration,
}

impl Gauge {
    /// Begins to measure.
    pub(crate) fn start(pid: u32) -> Result<Self> {
        let clock = clock_getcpuclockid(Pid::from_raw(pid.try_into()?)).context("no such process")?;
        Ok(Self { pid, clock, since: Instant::now(), spent: read(clock)? })
    }

    /// Percent of one core since the start.
    pub(crate) fn percent(&self) -> Result<f64> {
        let spent = read(self.clock)?.saturating_sub(self.spent);
        Ok(spent.as_secs_f64() / self.since.elapsed().as_secs_f64() * 100.0)
    }

    /// `VmRSS` now, in megabytes.
    pub(crate) fn resident_mb(&self) -> Result<f64> {
        status_mb(self.pid, "VmRSS").context("/proc tells no memory")
    }
}

fn read(clock: ClockId) -> Result<Duration> {
    let spent: TimeSpec = clock_gettime(clock).context("the process has ended")?;
    Ok(spent.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_process_shows_and_one_that_is_gone_is_an_error() {
        let gauge = Gauge::start(std::process::id()).unwrap();
        let mut sum = 0_u64;
        while gauge.since.elapsed() < Duration::from_millis(30) {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(gauge.percent().unwrap() > 0.0 && gauge.resident_mb().unwrap() > 0.0);
        assert!(Gauge::start(4_194_305).is_err(), "no Linux has a process of that number");
    }
}
