//! Points of metrics, summed up by the minute as the service keeps them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::template::{MetricStat, Statistic};

/// For so long a point is kept: a month, of which somebody may want the sum. An alarm may look back for a week.
const KEPT: SignedDuration = SignedDuration::from_hours(31 * 24);
const MINUTE_S: i64 = 60;

/// A metric's name: with other dimensions it is another metric.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) namespace: String,
    pub(super) metric: String,
    pub(super) dimensions: BTreeMap<String, String>,
}

/// All points.
#[derive(Debug, Default)]
pub(super) struct Metrics(BTreeMap<Key, BTreeMap<i64, Summed>>);

/// A span of time, looked at by whole periods.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) period_s: u32,
}

/// The points of a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Summed {
    count: u32,
    sum: f64,
    least: f64,
    most: f64,
}

impl Metrics {
    /// Adds a point.
    pub(super) fn add(&mut self, key: Key, value: f64, at: Timestamp) {
        let minute = at.as_second().div_euclid(MINUTE_S);
        let minutes = self.0.entry(key).or_default();
        let one = Summed { count: 1, sum: value, least: value, most: value };
        minutes.entry(minute).and_modify(|summed| *summed = summed.and(one)).or_insert(one);
        let oldest = minute - KEPT.as_secs() / MINUTE_S;
        while let Some(first) = minutes.first_entry().filter(|first| *first.key() < oldest) {
            first.remove();
        }
    }

    /// What a metric was in the period that ends with the minute of `now`, `periods` periods ago; `None` without a point.
    pub(super) fn figure(&self, metric: &MetricStat, now: Timestamp, periods: u32) -> Option<f64> {
        let key = Key {
            namespace: metric.namespace.clone(),
            metric: metric.metric.clone(),
            dimensions: metric.dimensions.clone(),
        };
        let length = i64::from(metric.period_s) / MINUTE_S;
        let end = now.as_second().div_euclid(MINUTE_S) + 1 - i64::from(periods) * length;
        let minutes = self.0.get(&key)?.range(end - length..end);
        let summed = minutes.map(|(_, summed)| *summed).reduce(Summed::and)?;
        Some(summed.as_figure(metric.statistic))
    }

    /// What a metric was in each period of a span that has a point: when the period began, in seconds, and the figure.
    pub(super) fn values(&self, key: &Key, statistic: Statistic, span: Span) -> Vec<(i64, f64)> {
        let Some(minutes) = self.0.get(key) else { return Vec::new() };
        let period = i64::from(span.period_s);
        let begin = span.from.as_second().div_euclid(period) * period / MINUTE_S;
        // A minute that has begun counts.
        let end = (span.to.as_second() + MINUTE_S - 1).div_euclid(MINUTE_S);
        let mut periods: BTreeMap<i64, Summed> = BTreeMap::new();
        for (minute, summed) in minutes.range(begin..end) {
            let start = (minute * MINUTE_S).div_euclid(period) * period;
            periods.entry(start).and_modify(|all| *all = all.and(*summed)).or_insert(*summed);
        }
        periods.into_iter().map(|(start, summed)| (start, summed.as_figure(statistic))).collect()
    }
}

impl Summed {
    fn and(self, other: Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            sum: self.sum + other.sum,
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }

    fn as_figure(self, statistic: Statistic) -> f64 {
        match statistic {
            Statistic::Average => self.sum / f64::from(self.count),
            Statistic::Maximum => self.most,
            Statistic::Minimum => self.least,
            Statistic::SampleCount => f64::from(self.count),
            Statistic::Sum => self.sum,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key { namespace: "N".into(), metric: "m".into(), dimensions: BTreeMap::new() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_040 + second).unwrap()
    }

    fn stat(statistic: Statistic) -> MetricStat {
        let Key { namespace, metric, dimensions } = key();
        MetricStat { namespace, metric, dimensions, statistic, period_s: 300 }
    }

    #[test]
    fn a_period_has_its_points_and_no_others() {
        let mut metrics = Metrics::default();
        for (second, value) in [(-1, 100.0), (0, 1.0), (60, 2.0), (299, 3.0), (300, 100.0)] {
            metrics.add(key(), value, at(second));
        }
        let figure = |statistic| metrics.figure(&stat(statistic), at(240), 0);
        assert_eq!(figure(Statistic::Sum), Some(6.0), "the five minutes up to the end of this one");
        assert_eq!((figure(Statistic::Maximum), figure(Statistic::Minimum)), (Some(3.0), Some(1.0)));
        assert_eq!((figure(Statistic::Average), figure(Statistic::SampleCount)), (Some(2.0), Some(3.0)));
        assert_eq!(metrics.figure(&stat(Statistic::Sum), at(240), 1), Some(100.0));
        assert_eq!(metrics.figure(&stat(Statistic::Sum), at(240), 2), None);
    }

    #[test]
    fn another_dimension_is_another_metric() {
        let mut metrics = Metrics::default();
        let dimensions: BTreeMap<_, _> = [("d".to_owned(), "v".to_owned())].into();
        metrics.add(Key { dimensions: dimensions.clone(), ..key() }, 1.0, at(0));
        assert_eq!(metrics.figure(&stat(Statistic::Sum), at(0), 0), None);
        let own = MetricStat { dimensions, ..stat(Statistic::Sum) };
        assert_eq!(metrics.figure(&own, at(0), 0), Some(1.0));
    }

    #[test]
    fn what_is_a_month_old_is_forgotten() {
        let mut metrics = Metrics::default();
        metrics.add(key(), 1.0, at(0));
        metrics.add(key(), 1.0, at(KEPT.as_secs()));
        assert_eq!(metrics.0[&key()].len(), 2);
        metrics.add(key(), 1.0, at(KEPT.as_secs() + 60));
        assert_eq!(metrics.0[&key()].len(), 2);
        assert_eq!(metrics.figure(&stat(Statistic::Sum), at(0), 0), None);
    }
}
