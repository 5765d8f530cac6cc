//! From what was counted to what it costs. Pure.

use std::collections::BTreeMap;

use anyhow::Result;

use super::bill::estimate;
use super::ceiling::Parameters;
use super::metrics::{Asked, Of};
use super::prices::Prices;
use super::usage::{SENT_GB_S, Size, Usage};

const MILLION: f64 = 1e6;
const GIB: f64 = 1_073_741_824.0;
const HOUR_S: f64 = 3_600.0;
/// Counters that a worker publishes.
const VOICE_COUNTERS: f64 = 3.0;
/// The hours of a month that a counter is paid for.
const MONTH_H: f64 = 720.0;

/// What was counted. `None`: nobody counted it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Measured {
    /// Requests and seconds of each function.
    pub(super) functions: BTreeMap<String, Ran>,
    pub(super) writes: Option<f64>,
    pub(super) reads: Option<f64>,
    pub(super) messages: Option<f64>,
    pub(super) worker_hours: Option<f64>,
    /// Hours of music, of all servers together.
    pub(super) music_hours: Option<f64>,
    pub(super) log_gb: Option<f64>,
    /// Of each function.
    pub(super) memory_gb: f64,
    /// Of each worker.
    pub(super) size: Option<Size>,
}

/// How a function ran.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Ran {
    pub(super) requests: f64,
    pub(super) seconds: f64,
}

/// US dollars, by what they are for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Charged {
    /// The first is the floor. `None`: nobody counted it.
    pub(super) parts: [(&'static str, Option<f64>); 7],
    pub(super) functions: BTreeMap<String, f64>,
}

impl Measured {
    /// Each sum belongs to what was asked for at its place.
    pub(super) fn of(asked: &[Asked], sums: &[Option<f64>], parameters: &Parameters) -> Result<Self> {
        let mut measured = Self {
            memory_gb: parameters.number("MemorySize")? / 1024.0,
            size: Some(Size {
                vcpu: parameters.number("VoiceCpu")? / 1024.0,
                gb: parameters.number("VoiceMemory")? / 1024.0,
            }),
            ..Self::default()
        };
        for (asked, sum) in asked.iter().zip(sums) {
            if let Some(sum) = sum {
                measured.count(&asked.of, *sum);
            }
        }
        Ok(measured)
    }

    fn count(&mut self, of: &Of, sum: f64) {
        let add = |to: &mut Option<f64>, more: f64| *to = Some(to.unwrap_or_default() + more);
        match of {
            Of::Requests(function) => self.functions.entry(function.clone()).or_default().requests += sum,
            Of::Milliseconds(function) => {
                self.functions.entry(function.clone()).or_default().seconds += sum / 1_000.0;
            }
            Of::Writes => add(&mut self.writes, sum),
            Of::Reads => add(&mut self.reads, sum),
            Of::Messages => add(&mut self.messages, sum),
            // A worker says once a minute in how many servers it plays.
            Of::WorkerMinutes => add(&mut self.worker_hours, sum / 60.0),
            Of::MusicMinutes => add(&mut self.music_hours, sum / 60.0),
            Of::LogBytes => add(&mut self.log_gb, sum / GIB),
        }
    }

    /// Whether nothing at all was counted.
    pub(super) fn is_empty(&self) -> bool {
        let counted =
            [self.writes, self.reads, self.messages, self.worker_hours, self.music_hours, self.log_gb];
        self.functions.is_empty() && counted.iter().all(Option::is_none)
    }
}

/// What that costs, with so much of the month over.
pub(super) fn bill_of(measured: &Measured, prices: &Prices, over: f64) -> Charged {
    let floor = estimate(&Usage { guilds: 0, commands: 0, minutes: 0, linked: 0 }, prices).floor;
    let functions: BTreeMap<_, _> = measured
        .functions
        .iter()
        .map(|(name, ran)| (name.clone(), function(*ran, measured.memory_gb, prices)))
        .collect();
    let per_million = |count: Option<f64>, price: f64| count.map(|count| count / MILLION * price);
    let writes = per_million(measured.writes, prices.million_writes);
    let reads = per_million(measured.reads, prices.million_reads);
    let hour = measured
        .size
        .map_or(0.0, |size| size.vcpu * prices.vcpu_hour + size.gb * prices.gb_hour + prices.address_hour);
    let counters = measured.worker_hours.map(|hours| hours / MONTH_H * VOICE_COUNTERS * prices.counter);
    Charged {
        parts: [
            ("floor", Some(floor * over)),
            ("functions", (!functions.is_empty()).then(|| functions.values().sum())),
            ("tables", both(writes, reads)),
            ("queues", per_million(measured.messages, prices.million_messages)),
            ("workers", measured.worker_hours.map(|hours| hours * hour)),
            ("traffic", measured.music_hours.map(|hours| prices.traffic(hours * HOUR_S * SENT_GB_S))),
            ("logs", both(measured.log_gb.map(|gb| gb * prices.log_gb), counters)),
        ],
        functions,
    }
}

fn function(ran: Ran, memory_gb: f64, prices: &Prices) -> f64 {
    ran.requests / MILLION * prices.million_requests + ran.seconds * memory_gb * prices.gb_second
}

fn both(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or_default() + other.unwrap_or_default()),
    }
}

impl Charged {
    /// All that was counted.
    pub(super) fn total(&self) -> f64 {
        self.parts.iter().filter_map(|(_, usd)| *usd).sum()
    }

    /// The whole month, if it goes on so.
    pub(super) fn projected(&self, over: f64) -> f64 {
        self.total() / over
    }
}
