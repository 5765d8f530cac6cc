//! The binary that answers people, as a process: its memory after it has worked. Its start and its size stand with those of
//! the other functions.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use aws_local::lambda::{Function, FunctionOptions};

use crate::figure::{Figure, Section, Unit, table};
use crate::functions;
use crate::machine::status_mb;
use crate::sample::Sample;
use crate::world::{Ask, World};

/// Where `./timmy build` leaves the function.
pub fn default_binary(root: &Path) -> PathBuf {
    root.join("target/lambda/interactions/bootstrap")
}

/// Measures `binary`.
pub async fn run(runs: usize, binary: &Path) -> Result<Section> {
    let world = World::start().await?;
    let options = functions::options(&world, functions::DOOR, binary)?;
    let mut memory = [const { vec![] }; 4];
    for _ in 0..runs {
        for (ask, at) in [(Ask::Ping, 0), (Ask::Play, 2)] {
            let [now, peak] = memory_after(&world, &options, ask).await?;
            memory[at].push(now);
            memory[at + 1].push(peak);
        }
    }
    let [ping, ping_peak, play, play_peak] = memory;
    let mb = Unit::Megabytes;
    Ok(table(&[
        figure("resident memory after a PING", ping, mb, 15.0)?,
        figure("highest resident memory up to then", ping_peak, mb, 15.0)?,
        figure("resident memory after a `/play`", play, mb, 15.0)?,
        figure("highest resident memory up to then", play_peak, mb, 15.0)?,
    ]))
}

fn figure(what: &'static str, values: Vec<f64>, unit: Unit, target: f64) -> Result<Figure> {
    Ok(Figure { what, sample: Sample::try_from(values)?, unit, target: Some(target) })
}

/// `VmRSS` and `VmHWM` of a process that has answered one request.
async fn memory_after(world: &World, options: &FunctionOptions, ask: Ask) -> Result<[f64; 2]> {
    let function = Function::start(options)?;
    let answer = function.invoke(&world.event(ask)).await?;
    ask.check(answer["statusCode"].as_u64().unwrap_or(0), answer["body"].as_str().unwrap_or_default())?;
    let read = |field| status_mb(function.pid(), field).context("/proc tells no memory");
    Ok([read("VmRSS")?, read("VmHWM")?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_missing_binary_says_how_to_make_it() {
        let error = run(1, Path::new("no/such/binary")).await.unwrap_err();
        assert!(error.to_string().contains("./timmy build"), "{error}");
    }
}
