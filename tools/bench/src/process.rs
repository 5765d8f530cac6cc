//! The deployed binary as a process: its start, its memory, its size.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use aws_local::lambda::{Function, FunctionOptions};

use crate::figure::{Figure, Section, Unit, table};
use crate::machine::status_mb;
use crate::sample::Sample;
use crate::world::{Ask, World};

/// Where `./timmy build` leaves the function.
pub fn default_binary(root: &Path) -> PathBuf {
    root.join("target/lambda/interactions/bootstrap")
}

/// How the function is started under the Runtime API emulator.
pub fn options(world: &World, binary: &Path) -> Result<FunctionOptions> {
    ensure!(binary.is_file(), "{} is missing: run ./timmy build", binary.display());
    let mut options = FunctionOptions::new(binary.to_owned(), "interactions");
    options.env = world.env();
    Ok(options)
}

/// Measures `binary`.
pub async fn run(runs: usize, binary: &Path) -> Result<Section> {
    let world = World::start().await?;
    let options = options(&world, binary)?;
    // The first start reads the file from disk.
    start(&options).await?;
    let mut starts = vec![];
    let mut memory = [const { vec![] }; 4];
    for _ in 0..runs {
        starts.push(start(&options).await?);
        for (ask, at) in [(Ask::Ping, 0), (Ask::Play, 2)] {
            let [now, peak] = memory_after(&world, &options, ask).await?;
            memory[at].push(now);
            memory[at + 1].push(peak);
        }
    }
    let [ping, ping_peak, play, play_peak] = memory;
    let mb = Unit::Megabytes;
    Ok(table(&[
        figure("start of process to first poll of the Runtime API", starts, Unit::Milliseconds, 15.0)?,
        figure("resident memory after a PING", ping, mb, 15.0)?,
        figure("highest resident memory up to then", ping_peak, mb, 15.0)?,
        figure("resident memory after a `/play`", play, mb, 15.0)?,
        figure("highest resident memory up to then", play_peak, mb, 15.0)?,
        figure("size of the stripped binary", vec![size_mb(binary)?], mb, 10.0)?,
    ]))
}

fn figure(what: &'static str, values: Vec<f64>, unit: Unit, target: f64) -> Result<Figure> {
    Ok(Figure { what, sample: Sample::try_from(values)?, unit, target: Some(target) })
}

/// Milliseconds from the start of the process to its first poll.
async fn start(options: &FunctionOptions) -> Result<f64> {
    let function = Function::start(options)?;
    Ok(function.ready().await?.as_secs_f64() * 1e3)
}

/// `VmRSS` and `VmHWM` of a process that has answered one request.
async fn memory_after(world: &World, options: &FunctionOptions, ask: Ask) -> Result<[f64; 2]> {
    let function = Function::start(options)?;
    let answer = function.invoke(&world.event(ask)).await?;
    ask.check(answer["statusCode"].as_u64().unwrap_or(0), answer["body"].as_str().unwrap_or_default())?;
    let read = |field| status_mb(function.pid(), field).context("/proc tells no memory");
    Ok([read("VmRSS")?, read("VmHWM")?])
}

fn size_mb(binary: &Path) -> Result<f64> {
    let bytes = u32::try_from(std::fs::metadata(binary)?.len()).context("the binary is over 4 GB")?;
    Ok(f64::from(bytes) / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_in_megabytes() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(9_500_000).unwrap();
        assert!((size_mb(file.path()).unwrap() - 9.5).abs() < f64::EPSILON);
    }

    #[tokio::test]
    async fn a_missing_binary_says_how_to_make_it() {
        let world = World::start().await.unwrap();
        let error = options(&world, Path::new("no/such/binary")).unwrap_err();
        assert!(error.to_string().contains("./timmy build"), "{error}");
    }
}
