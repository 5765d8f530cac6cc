//! A measured figure with its target, and the tables of the page.

use std::fmt::Write as _;

use crate::sample::Sample;

/// What a figure counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Megabytes of 1,000,000 bytes.
    Megabytes,
    /// Percent of one core's time.
    Percent,
    /// How many in a second.
    PerSecond,
    /// Calls to another service.
    Calls,
}

impl Unit {
    /// As written behind a number.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Microseconds => "µs",
            Self::Milliseconds => "ms",
            Self::Megabytes => "MB",
            Self::Percent => "%",
            Self::PerSecond => "/s",
            Self::Calls => "calls",
        }
    }
}

/// One line of a section.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What was measured.
    pub what: &'static str,
    /// The measurements.
    pub sample: Sample,
    /// Their unit.
    pub unit: Unit,
    /// What the median may be at most; `None` where nothing is demanded.
    pub target: Option<f64>,
}

/// A part of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Markdown.
    pub text: String,
    /// Targets that were missed, in words.
    pub missed: Vec<String>,
}

impl Figure {
    /// Whether the target is met, where there is one.
    pub fn met(&self) -> bool {
        self.target.is_none_or(|target| self.sample.median() <= target)
    }
}

/// A table of figures with their spread and targets.
pub fn table(figures: &[Figure]) -> Section {
    let mut text = "| what | median | spread | runs | target | |\n|---|--:|--:|--:|--:|---|\n".to_owned();
    for figure in figures {
        let unit = figure.unit.symbol();
        let (low, high) = figure.sample.spread();
        let target =
            figure.target.map_or_else(|| "–".to_owned(), |target| format!("≤ {} {unit}", number(target)));
        let verdict = match figure.target {
            None => "",
            Some(_) if figure.met() => "reached",
            Some(_) => "**missed**",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} {unit} | {}–{} {unit} | {} | {target} | {verdict} |",
            figure.what,
            number(figure.sample.median()),
            number(low),
            number(high),
            figure.sample.count(),
        );
    }
    let missed = figures.iter().filter(|figure| !figure.met());
    let missed = missed.map(|figure| {
        format!("{}: {} {}", figure.what, number(figure.sample.median()), figure.unit.symbol())
    });
    Section { text, missed: missed.collect() }
}

/// Three significant digits, as far as the point goes.
pub fn number(value: f64) -> String {
    let digits = match value.abs() {
        99.95.. => 0,
        9.995.. => 1,
        _ => 2,
    };
    format!("{value:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(median: f64, target: Option<f64>) -> Figure {
        let sample = vec![median - 1.0, median, median + 1.0].try_into().unwrap();
        Figure { what: "a thing", sample, unit: Unit::Milliseconds, target }
    }

    #[test]
    fn the_median_is_what_counts() {
        assert!(figure(10.0, Some(10.0)).met() && figure(10.0, None).met());
        assert!(!figure(10.1, Some(10.0)).met());
    }

    #[test]
    fn a_table_shows_spread_target_and_verdict() {
        let section = table(&[figure(5.0, Some(15.0)), figure(20.0, Some(15.0)), figure(1.5, None)]);
        let lines: Vec<_> = section.text.lines().skip(2).collect();
        assert_eq!(lines[0], "| a thing | 5.00 ms | 4.00–6.00 ms | 3 | ≤ 15.0 ms | reached |");
        assert!(lines[1].ends_with("**missed** |") && lines[2].ends_with("| – |  |"), "{lines:?}");
        assert_eq!(section.missed, ["a thing: 20.0 ms"]);
    }

    #[test]
    fn numbers_have_three_digits_that_mean_something() {
        assert_eq!(
            [0.1234, 9.999, 12.34, 99.99, 1234.5].map(number),
            ["0.12", "10.0", "12.3", "100", "1234"]
        );
    }
}
