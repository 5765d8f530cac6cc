//! The section of the page.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;

use super::Books;
use super::pool::Run;
use super::schedule::Schedule;
use super::share::Percent;
use super::traffic::{Answer, Kind};
use crate::figure::{Section, number};
use crate::sample::Sample;

/// What there is to say.
pub(super) struct Report<'a> {
    pub(super) schedule: Schedule,
    pub(super) processes: usize,
    pub(super) run: &'a Run,
    pub(super) books: Books,
    pub(super) shares: Option<Percent>,
}

impl Report<'_> {
    /// A row for each kind; then the speed, the processors and the books.
    pub(super) fn section(&self) -> Result<Section> {
        let mut text = "| request | sent | answered 200 | refused 401 | p50 | p99 |\n".to_owned();
        text.push_str("|---|--:|--:|--:|--:|--:|\n");
        for kind in Kind::ALL {
            text.push_str(&self.row(kind.name(), |number| Kind::of(number) == kind)?);
        }
        text.push_str(&self.row("all", |_| true)?);
        text.push('\n');
        for line in [self.speed(), self.processors(), self.songs()] {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "- {line}");
        }
        let mut missed = self.books.broken();
        if self.run.left > 0 {
            missed.push(format!("{} requests were never taken", self.run.left));
        }
        Ok(Section { text, missed })
    }

    fn row(&self, name: &str, is_in: impl Fn(u64) -> bool) -> Result<String> {
        let done: Vec<_> = self.run.done.iter().filter(|done| is_in(done.number)).collect();
        if done.is_empty() {
            return Ok(format!("| {name} | 0 | 0 | 0 | – | – |\n"));
        }
        let of = |wanted: u64| {
            done.iter()
                .filter(|done| matches!(done.answer, Answer::Status(status, _) if status == wanted))
                .count()
        };
        let waits =
            Sample::try_from(done.iter().map(|done| done.waited.as_secs_f64() * 1e3).collect::<Vec<_>>())?;
        Ok(format!(
            "| {name} | {} | {} | {} | {} ms | {} ms |\n",
            done.len(),
            of(200),
            of(401),
            number(waits.median()),
            number(waits.percentile(99))
        ))
    }

    /// How much of what came was carried.
    fn speed(&self) -> String {
        let end = self.run.done.iter().map(|done| done.at).max().unwrap_or_default();
        let meanwhile = self.run.done.iter().filter(|done| done.at <= self.schedule.time).count();
        let (all, carried) =
            (per_second(self.run.done.len(), end), per_second(meanwhile, self.schedule.time));
        format!(
            "{} requests a second came for {} s, besides 5 % that came twice; {} a second were answered meanwhile, and \
             {} a second until the last one had its answer, {} s after the first was due. {} were never taken.",
            self.schedule.rate,
            self.schedule.time.as_secs(),
            number(carried),
            number(all),
            number(end.as_secs_f64()),
            self.run.left
        )
    }

    fn processors(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let Some(shares) = self.shares else {
            return "a process of the function has ended, so that nobody knows what the processors did."
                .to_owned();
        };
        format!(
            "{cores} cores: {} processes of the function took {} % of one, the emulated AWS {} %, Lambda's API {} %, and \
             the program that sends {} %; {}.",
            self.processes,
            number(shares.functions),
            number(shares.aws),
            number(shares.runtime_api),
            number(shares.rest),
            shares.bottleneck(cores)
        )
    }

    fn songs(&self) -> String {
        let verdict = &self.books.verdict;
        format!(
            "{} songs were promised: {} are lost, {} are doubled, {} were asked for by nobody; {} stand although their \
             answer said otherwise or was lost. {} requests were not answered as is due.",
            verdict.queued,
            verdict.lost.len(),
            verdict.doubled.len(),
            verdict.unasked.len(),
            verdict.untold.len(),
            self.books.wrong.len()
        )
    }
}

fn per_second(count: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / time.as_secs_f64().max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::super::ledger::Verdict;
    use super::super::pool::Done;
    use super::*;

    fn run() -> Run {
        let done = |number, ms, status| Done {
            number,
            waited: Duration::from_millis(ms),
            at: Duration::from_millis(number * 100 + ms),
            answer: Answer::Status(status, false),
        };
        // A `/play`, a `/queue`, one of rubbish that waited past the end.
        let done = vec![done(0, 10, 200), done(1, 20, 200), done(5, 2_500, 401)];
        Run { done, ..Run::default() }
    }

    fn report(run: &Run, books: Books) -> Section {
        let schedule = Schedule { rate: 10, time: Duration::from_secs(1) };
        let shares = Some(Percent { functions: 80.0, aws: 95.0, runtime_api: 5.0, rest: 15.0 });
        Report { schedule, processes: 8, run, books, shares }.section().unwrap()
    }

    #[test]
    fn waits_rates_and_books_are_told() {
        let verdict = Verdict { queued: 1, ..Verdict::default() };
        let section = report(&run(), Books { verdict, wrong: vec![] });
        assert!(section.missed.is_empty(), "{section:?}");
        for line in [
            "| `/play` | 1 | 1 | 0 | 10.0 ms | 10.0 ms |",
            "| `/pause` | 0 | 0 | 0 | – | – |",
            "| unsigned rubbish | 1 | 0 | 1 | 2500 ms | 2500 ms |",
            "| all | 3 | 2 | 1 | 20.0 ms | 2500 ms |",
            "10 requests a second came for 1 s",
            "2.00 a second were answered meanwhile, and 1.00 a second until",
            "the emulated AWS 95.0 %",
            "1 songs were promised: 0 are lost, 0 are doubled",
        ] {
            assert!(section.text.contains(line), "{line}\n{}", section.text);
        }
    }

    #[test]
    fn a_lost_song_a_wrong_answer_and_a_request_that_nobody_took_fail_the_run() {
        let verdict = Verdict { queued: 1, lost: vec![20], ..Verdict::default() };
        let books = Books { verdict, wrong: vec!["`/play` got nothing".to_owned()] };
        let section = report(&Run { left: 3, ..run() }, books);
        assert_eq!(section.missed.len(), 3, "{:?}", section.missed);
        assert_eq!(section.missed[0], "1 songs are lost, such as 20");
    }
}
