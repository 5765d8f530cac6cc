//! The same work done by others, in one run: a handler in Node with the `discord-interactions` package, one in Python
//! with `PyNaCl`. All three are processes under the same Runtime API emulator and get the same signed PINGs, in turns.

pub(crate) mod install;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use aws_local::lambda::{Function, FunctionOptions};

use crate::figure::{Section, number};
use crate::machine::status_mb;
use crate::process;
use crate::sample::Sample;
use crate::world::{Ask, World};

/// Warm invocations of each, in blocks that take turns, so that a busy moment of the machine meets all of them.
const BLOCKS: usize = 10;
const BLOCK: usize = 100;
/// Invocations before the warm ones are measured.
const WARM_UP: usize = 100;

/// One of the three.
struct Peer {
    name: String,
    options: FunctionOptions,
    cold: Vec<f64>,
    warm: Vec<f64>,
    memory: Vec<f64>,
}

/// Measures all three; a runtime that is not installed is left out, and the page says so.
pub async fn run(runs: usize, root: &Path, binary: &Path) -> Result<Section> {
    let world = World::start().await?;
    let ours = Peer::new("TimmyBot (Rust)".to_owned(), process::options(&world, binary)?);
    let (mut peers, mut left_out) = (vec![ours], vec![]);
    for (name, installed) in
        [("Node", install::node(root, &world)), ("Python", install::python(root, &world))]
    {
        match installed {
            Ok((name, options)) => peers.push(Peer::new(name, options)),
            Err(error) => left_out.push(format!("{name} was not measured: {error:#}.")),
        }
    }
    cold(&world, &mut peers, runs).await?;
    warm(&world, &mut peers).await?;
    let mut section = report(&peers)?;
    section.missed.extend(left_out.iter().cloned());
    section.text.extend(left_out.iter().map(|note| format!("\n{note}\n")));
    Ok(section)
}

/// Start of the process to the answer of its first PING.
async fn cold(world: &World, peers: &mut [Peer], runs: usize) -> Result<()> {
    for round in 0..=runs {
        for peer in &mut *peers {
            let begin = Instant::now();
            let function = Function::start(&peer.options)?;
            let took = ping(&function, world, begin).await.with_context(|| peer.name.clone())?;
            // The first round reads files from disk and writes Python's bytecode.
            if round > 0 {
                peer.cold.push(took);
            }
        }
    }
    Ok(())
}

async fn warm(world: &World, peers: &mut [Peer]) -> Result<()> {
    let functions =
        peers.iter().map(|peer| Function::start(&peer.options)).collect::<std::io::Result<Vec<_>>>()?;
    for block in 0..=BLOCKS {
        for (peer, function) in peers.iter_mut().zip(&functions) {
            for _ in 0..if block == 0 { WARM_UP } else { BLOCK } {
                let took = ping(function, world, Instant::now()).await.with_context(|| peer.name.clone())?;
                if block > 0 {
                    peer.warm.push(took);
                }
            }
        }
    }
    for (peer, function) in peers.iter_mut().zip(&functions) {
        peer.memory.push(status_mb(function.pid(), "VmHWM").context("/proc tells no memory")?);
    }
    Ok(())
}

/// Milliseconds since `begin` when the answer is there.
async fn ping(function: &Function, world: &World, begin: Instant) -> Result<f64> {
    // Signing takes microseconds and is the same for all.
    let event = world.event(Ask::Ping);
    let answer = function.invoke(&event).await?;
    let took = begin.elapsed().as_secs_f64() * 1e3;
    Ask::Ping
        .check(answer["statusCode"].as_u64().unwrap_or(0), answer["body"].as_str().unwrap_or_default())?;
    Ok(took)
}

impl Peer {
    fn new(name: String, options: FunctionOptions) -> Self {
        Self { name, options, cold: vec![], warm: vec![], memory: vec![] }
    }

    fn samples(&self) -> Result<[Sample; 3]> {
        let samples = [&self.cold, &self.warm, &self.memory].map(|values| Sample::try_from(values.clone()));
        let [cold, warm, memory] = samples;
        Ok([cold?, warm?, memory?])
    }
}

/// A row for each, with the factor to the first one (ours) behind each figure.
fn report(peers: &[Peer]) -> Result<Section> {
    let samples = peers.iter().map(Peer::samples).collect::<Result<Vec<_>>>()?;
    let ours = samples.first().context("nobody was measured")?;
    let mut section = Section::default();
    section.text.push_str(
        "| handler | cold start, median | spread | warm PING, p50 | p99 | highest resident memory |\n",
    );
    section.text.push_str("|---|--:|--:|--:|--:|--:|\n");
    for (peer, sample) in peers.iter().zip(&samples) {
        let cells = cells(sample, ours);
        // Writing to a String cannot fail.
        let _ = writeln!(section.text, "| {} | {} |", peer.name, cells.join(" | "));
        let behind = sample.iter().zip(ours).any(|(theirs, ours)| theirs.median() < ours.median());
        if behind {
            section.missed.push(format!("{} is ahead of us somewhere", peer.name));
        }
    }
    let (cold, warm) = (ours[0].count(), ours[1].count());
    let _ = writeln!(
        section.text,
        "\n{cold} cold starts and {warm} warm invocations of each, in turns; in brackets the factor to ours."
    );
    Ok(section)
}

fn cells([cold, warm, memory]: &[Sample; 3], ours: &[Sample; 3]) -> [String; 5] {
    let factor = |theirs: f64, ours: f64| {
        if theirs > ours { format!(" ({}×)", number(theirs / ours)) } else { String::new() }
    };
    let (low, high) = cold.spread();
    let [median, p50, p99] =
        [(cold, &ours[0], 50), (warm, &ours[1], 50), (warm, &ours[1], 99)].map(|(theirs, ours, percent)| {
            let (theirs, ours) = (theirs.percentile(percent), ours.percentile(percent));
            format!("{} ms{}", number(theirs), factor(theirs, ours))
        });
    let memory = format!("{} MB{}", number(memory.median()), factor(memory.median(), ours[2].median()));
    [median, format!("{}–{} ms", number(low), number(high)), p50, p99, memory]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(name: &str, cold: f64, warm: f64, memory: f64) -> Peer {
        let options = FunctionOptions::new("/x".into(), name);
        Peer {
            cold: vec![cold],
            warm: vec![warm],
            memory: vec![memory],
            ..Peer::new(name.to_owned(), options)
        }
    }

    #[test]
    fn factors_are_theirs_over_ours() {
        let section = report(&[peer("ours", 10.0, 0.5, 8.0), peer("theirs", 90.0, 1.0, 40.0)]).unwrap();
        let rows: Vec<_> = section.text.lines().skip(2).collect();
        assert_eq!(rows[0], "| ours | 10.0 ms | 10.0–10.0 ms | 0.50 ms | 0.50 ms | 8.00 MB |");
        assert_eq!(
            rows[1],
            "| theirs | 90.0 ms (9.00×) | 90.0–90.0 ms | 1.00 ms (2.00×) | 1.00 ms (2.00×) | 40.0 MB (5.00×) |"
        );
        assert!(section.missed.is_empty());
    }

    #[test]
    fn being_behind_is_told() {
        let section = report(&[peer("ours", 10.0, 0.5, 8.0), peer("theirs", 90.0, 0.4, 40.0)]).unwrap();
        assert_eq!(section.missed, ["theirs is ahead of us somewhere"]);
    }
}
