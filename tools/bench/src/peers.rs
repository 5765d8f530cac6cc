//! The same work done by others, in one run: handlers in Node with the packages that people use for it, and in Python. All
//! are processes under the same Runtime API emulator and get the same signed requests, in turns.

pub(crate) mod install;
mod work;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use aws_local::lambda::{Function, FunctionOptions};

use self::work::{Desk, Work};
use crate::figure::{Section, number};
use crate::machine::status_mb;
use crate::sample::Sample;

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

/// Measures all three at each work; a runtime that is not installed is left out, and the page says so.
pub async fn run(runs: usize, root: &Path, door: &Path) -> Result<Section> {
    let desk = Desk::start().await?;
    let mut all = Section::default();
    for work in Work::ALL {
        let section = side_by_side(runs, work, &desk, [root, door]).await?;
        // Writing to a String cannot fail.
        let _ = writeln!(all.text, "**{}**\n\n{}", work.title(), section.text);
        all.missed.extend(section.missed);
    }
    Ok(all)
}

async fn side_by_side(runs: usize, work: Work, desk: &Desk, [root, door]: [&Path; 2]) -> Result<Section> {
    let ours = Peer::new("TimmyBot (Rust)".to_owned(), desk.ours(work, root, door)?);
    let (mut peers, mut left_out) = (vec![ours], vec![]);
    let told = desk.told();
    for (name, installed) in
        [("Node", install::node(root, work, &told)), ("Python", install::python(root, work, &told))]
    {
        match installed {
            Ok((name, options)) => peers.push(Peer::new(name, options)),
            Err(error) => left_out.push(format!("{name} was not measured: {error:#}.")),
        }
    }
    cold(work, desk, &mut peers, runs).await?;
    warm(work, desk, &mut peers).await?;
    let mut section = report(work, &peers)?;
    section.missed.extend(left_out.iter().cloned());
    section.text.extend(left_out.iter().map(|note| format!("\n{note}\n")));
    Ok(section)
}

/// Start of the process to the answer of its first request.
async fn cold(work: Work, desk: &Desk, peers: &mut [Peer], runs: usize) -> Result<()> {
    for round in 0..=runs {
        for peer in &mut *peers {
            let begin = Instant::now();
            let function = Function::start(&peer.options)?;
            let took = ask(&function, work, desk, begin).await.with_context(|| peer.name.clone())?;
            // The first round reads files from disk and writes Python's bytecode.
            if round > 0 {
                peer.cold.push(took);
            }
        }
    }
    Ok(())
}

async fn warm(work: Work, desk: &Desk, peers: &mut [Peer]) -> Result<()> {
    let functions =
        peers.iter().map(|peer| Function::start(&peer.options)).collect::<std::io::Result<Vec<_>>>()?;
    for block in 0..=BLOCKS {
        for (peer, function) in peers.iter_mut().zip(&functions) {
            for _ in 0..if block == 0 { WARM_UP } else { BLOCK } {
                let took =
                    ask(function, work, desk, Instant::now()).await.with_context(|| peer.name.clone())?;
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
async fn ask(function: &Function, work: Work, desk: &Desk, begin: Instant) -> Result<f64> {
    let answer = function.invoke(&desk.event(work)).await?;
    let took = begin.elapsed().as_secs_f64() * 1e3;
    work.check(&answer)?;
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
fn report(work: Work, peers: &[Peer]) -> Result<Section> {
    let samples = peers.iter().map(Peer::samples).collect::<Result<Vec<_>>>()?;
    let ours = samples.first().context("nobody was measured")?;
    let mut section = Section::default();
    section
        .text
        .push_str("| handler | cold start, median | spread | warm, p50 | p99 | highest resident memory |\n");
    section.text.push_str("|---|--:|--:|--:|--:|--:|\n");
    for (peer, sample) in peers.iter().zip(&samples) {
        let cells = cells(sample, ours);
        // Writing to a String cannot fail.
        let _ = writeln!(section.text, "| {} | {} |", peer.name, cells.join(" | "));
        if is_behind(work, ours, sample) {
            section.missed.push(format!("{} is ahead of us somewhere ({})", peer.name, work.title()));
        }
    }
    let (cold, warm) = (ours[0].count(), ours[1].count());
    let _ = writeln!(
        section.text,
        "\n{cold} cold starts and {warm} warm invocations of each, in turns; in brackets the factor to ours."
    );
    Ok(section)
}

fn is_behind(work: Work, [cold, warm, memory]: &[Sample; 3], theirs: &[Sample; 3]) -> bool {
    let [their_cold, their_warm, their_memory] = theirs.each_ref().map(Sample::median);
    let answers_later = work.is_even() && their_warm < warm.median();
    answers_later || their_cold < cold.median() || their_memory < memory.median()
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
        let section =
            report(Work::Ping, &[peer("ours", 10.0, 0.5, 8.0), peer("theirs", 90.0, 1.0, 40.0)]).unwrap();
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
        let section =
            report(Work::Ping, &[peer("ours", 10.0, 0.5, 8.0), peer("theirs", 90.0, 0.4, 40.0)]).unwrap();
        assert_eq!(section.missed, ["theirs is ahead of us somewhere (interactions: a signed PING)"]);
    }

    #[test]
    fn where_they_do_less_a_slower_answer_is_shown_and_a_slower_start_is_told() {
        let faster = report(Work::Token, &[peer("ours", 10.0, 0.5, 8.0), peer("theirs", 90.0, 0.4, 40.0)]);
        let faster = faster.unwrap();
        assert!(faster.missed.is_empty() && faster.text.contains("0.40 ms"), "{faster:?}");
        let sooner = report(Work::Token, &[peer("ours", 10.0, 0.5, 8.0), peer("theirs", 9.0, 0.6, 40.0)]);
        assert_eq!(sooner.unwrap().missed.len(), 1);
    }
}
