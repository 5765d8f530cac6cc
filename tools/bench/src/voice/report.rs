//! The section of the page.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};

use super::latency::Latencies;
use super::{MANY, PLAYERS, Player, QUIETER};
use crate::figure::{Figure, Section, Unit, number, table};
use crate::sample::Sample;

/// All that was measured.
pub(super) struct Figures {
    /// Ours is the first.
    pub(super) players: Vec<Player>,
    pub(super) transcoding: Player,
    pub(super) many: Player,
    pub(super) fetching: Player,
    pub(super) latencies: Latencies,
}

/// A wait that is judged by its median and by its worst cases.
struct Wait<'a> {
    what: &'static str,
    sample: &'a Sample,
    /// The most that p50 and p99 may be, where something is demanded.
    target: Option<(f64, f64)>,
}

impl Figures {
    pub(super) fn section(&self) -> Result<Section> {
        let mut section = self.costs()?;
        for more in [waits(&self.latencies.waits()), self.side_by_side()?] {
            section.text.push('\n');
            section.text.push_str(&more.text);
            section.missed.extend(more.missed);
        }
        Ok(section)
    }

    fn costs(&self) -> Result<Section> {
        let ours = self.players.first().context("nobody was measured")?;
        let [passing, transcoding] =
            [&ours.cpu, &self.transcoding.cpu].map(|cpu| Sample::try_from(cpu.clone()));
        let [many, fetching] =
            [&self.many.memory, &self.fetching.memory].map(|memory| Sample::try_from(memory.clone()));
        let figure = |what, sample, unit, target| Figure { what, sample, unit, target };
        Ok(table(&[
            figure("CPU of a player whose packets pass", passing?, Unit::Percent, Some(0.2)),
            figure("CPU of a player at another volume", transcoding?, Unit::Percent, Some(1.3)),
            figure("resident memory with 50 players", many?, Unit::Megabytes, Some(60.0)),
            figure("the same right after it has fetched all 50 songs", fetching?, Unit::Megabytes, None),
        ]))
    }

    /// A row for each, with the factor to ours behind each figure.
    fn side_by_side(&self) -> Result<Section> {
        let mut section = Section::default();
        section
            .text
            .push_str("| bot | CPU of a player, median | spread | resident memory, median | spread |\n");
        section.text.push_str("|---|--:|--:|--:|--:|\n");
        let mut first = None;
        for player in &self.players {
            let samples = [Sample::try_from(player.cpu.clone())?, Sample::try_from(player.memory.clone())?];
            let ours = first.get_or_insert_with(|| samples.clone());
            let cells: Vec<String> = samples
                .iter()
                .zip(&*ours)
                .zip([Unit::Percent, Unit::Megabytes])
                .map(|((sample, ours), unit)| cells(sample, ours, unit))
                .collect();
            // Writing to a String cannot fail.
            let _ = writeln!(section.text, "| {} | {} |", player.name, cells.join(" | "));
            if samples.iter().zip(&*ours).any(|(theirs, ours)| theirs.median() < ours.median()) {
                section.missed.push(format!("{} is ahead of us somewhere", player.name));
            }
        }
        let runs = self.transcoding.cpu.len();
        let _ = writeln!(
            section.text,
            "\n{PLAYERS} players each, {runs} processes of each in turns; in brackets the factor to ours. The memory of the \
             figures above is with {MANY} players, the other volume {QUIETER} %."
        );
        Ok(section)
    }
}

impl Latencies {
    fn waits(&self) -> [Wait<'_>; 5] {
        let change = Some((100.0, 250.0));
        [
            Wait { what: "doorbell to the next song (skip)", sample: &self.skip, target: change },
            Wait { what: "doorbell to silence (pause)", sample: &self.pause, target: change },
            Wait { what: "doorbell to sound again (resume)", sample: &self.resume, target: change },
            Wait {
                what: "in the channel to sound, song in the cache",
                sample: &self.joined,
                target: Some((300.0, 300.0)),
            },
            Wait {
                what: "first `/play` of a guild to sound, joining included",
                sample: &self.called,
                target: None,
            },
        ]
    }
}

fn waits(waits: &[Wait<'_>]) -> Section {
    let mut section = Section::default();
    section.text.push_str("| what | p50 | p99 | samples | target | |\n|---|--:|--:|--:|--:|---|\n");
    for Wait { what, sample, target } in waits {
        let (p50, p99) = (sample.percentile(50), sample.percentile(99));
        let target_text = target.map_or_else(
            || "–".to_owned(),
            |(p50, p99)| format!("≤ {} ms, ≤ {} ms", number(p50), number(p99)),
        );
        let met = target.is_none_or(|(most, worst)| p50 <= most && p99 <= worst);
        let verdict = match target {
            None => "",
            Some(_) if met => "reached",
            Some(_) => "**missed**",
        };
        let _ = writeln!(
            section.text,
            "| {what} | {} ms | {} ms | {} | {target_text} | {verdict} |",
            number(p50),
            number(p99),
            sample.count()
        );
        if !met {
            section.missed.push(format!("{what}: p50 {} ms, p99 {} ms", number(p50), number(p99)));
        }
    }
    section
}

fn cells(sample: &Sample, ours: &Sample, unit: Unit) -> String {
    let (unit, (low, high)) = (unit.symbol(), sample.spread());
    let (theirs, ours) = (sample.median(), ours.median());
    let factor = if theirs > ours { format!(" ({}×)", number(theirs / ours)) } else { String::new() };
    format!("{} {unit}{factor} | {}–{} {unit}", number(theirs), number(low), number(high))
}

#[cfg(test)]
mod tests {
    use super::super::Bot;
    use super::*;

    fn player(name: &str, cpu: f64, memory: f64) -> Player {
        let mut player = Player::new((name.to_owned(), Bot::Ours(100)));
        player.cpu.push(cpu);
        player.memory.push(memory);
        player
    }

    fn figures() -> Figures {
        let wait = || Sample::try_from(vec![40.0, 50.0, 200.0]).unwrap();
        Figures {
            players: vec![player("ours", 0.15, 40.0), player("theirs", 0.6, 80.0)],
            transcoding: player("transcoding", 1.2, 40.0),
            many: player("many", 0.15, 50.0),
            fetching: player("fetching", 0.2, 70.0),
            latencies: Latencies {
                skip: wait(),
                pause: wait(),
                resume: wait(),
                joined: wait(),
                called: wait(),
            },
        }
    }

    #[test]
    fn all_tables_are_in_the_section() {
        let section = figures().section().unwrap();
        assert!(section.missed.is_empty(), "{:?}", section.missed);
        for row in [
            "| CPU of a player whose packets pass | 0.15 % | 0.15–0.15 % | 1 | ≤ 0.20 % | reached |",
            "| doorbell to silence (pause) | 50.0 ms | 200 ms | 3 | ≤ 100 ms, ≤ 250 ms | reached |",
            "| theirs | 0.60 % (4.00×) | 0.60–0.60 % | 80.0 MB (2.00×) | 80.0–80.0 MB |",
        ] {
            assert!(section.text.contains(row), "{row}\n{}", section.text);
        }
    }

    #[test]
    fn what_is_missed_is_told() {
        let mut figures = figures();
        figures.many = player("many", 0.15, 61.0);
        figures.players.push(player("faster", 0.1, 90.0));
        figures.latencies.skip = Sample::try_from(vec![90.0, 95.0, 251.0]).unwrap();
        let missed = figures.section().unwrap().missed;
        let expected = [
            "resident memory with 50 players: 61.0 MB",
            "doorbell to the next song (skip): p50 95.0 ms, p99 251 ms",
            "faster is ahead of us somewhere",
        ];
        assert_eq!(missed, expected);
    }
}
