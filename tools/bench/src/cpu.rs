//! CPU time of one request inside the function: the clock of the one thread that it runs on, so that neither the
//! emulators (on threads of their own) nor the waiting for them count.
//!
//! The limit of a `/queue` is for what we do besides its `DynamoDB` calls. So the same number of plain calls is measured
//! in turns with it, and taken off: reads of a row that is not there, the cheapest that the SDK can do.

use std::time::Duration;

use anyhow::{Context as _, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use interactions::App;
use nix::time::{ClockId, clock_gettime};
use serde_json::value::RawValue;
use tokio::runtime::{Builder, Runtime};

use crate::figure::{Figure, Section, Unit, table};
use crate::sample::Sample;
use crate::world::{Ask, World, send};

/// Requests in one measurement.
const PINGS: u32 = 2_000;
const QUEUES: u32 = 50;
/// `DynamoDB` calls of a `/queue` (see the part `calls`).
const CALLS: u32 = 7;
/// Tracks in the queue that is shown.
const TRACKS: u32 = 12;

/// Measures a verified PING and a `/queue`.
pub fn run(runs: usize) -> Result<Section> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let world = runtime.block_on(World::start())?;
    let app = world.app(world.sdk_config())?;
    runtime.block_on(app.warm());
    let bench = Bench { runtime, world, app };
    let ping = samples(runs, || bench.measure(Ask::Ping, PINGS))?;
    let (mut queue, mut calls) = (vec![], vec![]);
    for _ in 0..runs {
        queue.push(bench.measure(Ask::Queue, QUEUES)?);
        calls.push(bench.calls()?);
    }
    let besides = queue.iter().zip(&calls).map(|(all, calls)| all - calls).collect();
    Ok(table(&[
        figure("CPU of a verified PING", ping, Some(100.0))?,
        figure("CPU of a `/queue`, all in all", queue, None)?,
        figure("CPU of 7 plain DynamoDB calls through the SDK", calls, None)?,
        figure("CPU of a `/queue` besides its 7 calls", besides, Some(1000.0))?,
    ]))
}

fn samples(runs: usize, measure: impl Fn() -> Result<f64>) -> Result<Vec<f64>> {
    (0..runs).map(|_| measure()).collect()
}

fn figure(what: &'static str, measured: Vec<f64>, target: Option<f64>) -> Result<Figure> {
    Ok(Figure { what, sample: Sample::try_from(measured)?, unit: Unit::Microseconds, target })
}

struct Bench {
    runtime: Runtime,
    world: World,
    app: App,
}

impl Bench {
    /// In a guild of its own. Caches, connections and the words of a language are made before: they are made once in a
    /// process's life.
    fn measure(&self, ask: Ask, count: u32) -> Result<f64> {
        self.world.move_on();
        self.once(Ask::Play, TRACKS)?;
        self.once(ask, 2)?;
        self.once(ask, count)
    }

    /// Microseconds of CPU of a `/queue`'s number of plain calls.
    fn calls(&self) -> Result<f64> {
        let client = shared::store::client(self.world.sdk_config());
        let table = format!("{}-flags", self.world.prefix());
        let get = || client.get_item().table_name(&table).key("flag", AttributeValue::S("none".to_owned()));
        self.runtime.block_on(get().send())?;
        let before = thread_cpu()?;
        self.runtime.block_on(async {
            for _ in 0..QUEUES * CALLS {
                get().send().await?;
            }
            Ok::<_, aws_sdk_dynamodb::Error>(())
        })?;
        let spent = thread_cpu()?.saturating_sub(before);
        Ok(spent.as_secs_f64() * 1e6 / f64::from(QUEUES))
    }

    /// Microseconds of CPU of one request, over `count` of them. They are signed before and judged after.
    fn once(&self, ask: Ask, count: u32) -> Result<f64> {
        let events =
            (0..count).map(|_| raw(&self.world.event(ask).to_string())).collect::<Result<Vec<_>>>()?;
        let mut answers = Vec::with_capacity(events.len());
        let before = thread_cpu()?;
        self.runtime.block_on(async {
            for event in &events {
                answers.push(send(&self.app, event).await);
            }
        });
        let spent = thread_cpu()?.saturating_sub(before);
        for answer in answers {
            ask.check(answer.status().into(), answer.body())?;
        }
        Ok(spent.as_secs_f64() * 1e6 / f64::from(count))
    }
}

fn raw(text: &str) -> Result<Box<RawValue>> {
    RawValue::from_string(text.to_owned()).context("an event is JSON")
}

fn thread_cpu() -> Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_costs_no_cpu_and_work_does() {
        let start = thread_cpu().unwrap();
        std::thread::sleep(Duration::from_millis(50));
        let slept = thread_cpu().unwrap().saturating_sub(start);
        let mut sum = 0_u64;
        while thread_cpu().unwrap().saturating_sub(start) < slept + Duration::from_millis(5) {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(slept < Duration::from_millis(25), "{slept:?}");
    }

    #[test]
    fn each_request_is_measured_with_its_right_answer() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let world = runtime.block_on(World::start()).unwrap();
        let app = world.app(world.sdk_config()).unwrap();
        let bench = Bench { runtime, world, app };
        for ask in [Ask::Ping, Ask::Play, Ask::Queue, Ask::Denied, Ask::NotPermitted] {
            assert!(bench.once(ask, 3).unwrap() > 0.0, "{ask:?}");
        }
    }
}
