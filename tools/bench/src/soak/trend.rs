//! Whether something grows: a line through all that was seen (least squares), and what it makes of twenty minutes.

/// Something that was seen at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seen {
    /// Seconds from the beginning.
    pub(crate) at: f64,
    /// What there was.
    pub(crate) value: f64,
}

/// The line that has the least squares of distances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trend {
    /// At the beginning of time, which need not have been seen.
    pub(crate) start: f64,
    /// Growth in a second.
    pub(crate) slope: f64,
}

impl Trend {
    /// Through what was seen from `settled` on, in seconds. `None` with less than two moments: a point has no slope.
    pub(crate) fn of(seen: &[Seen], settled: f64) -> Option<Self> {
        let seen: Vec<_> = seen.iter().filter(|one| one.at >= settled).collect();
        let count = f64::from(u32::try_from(seen.len()).ok()?);
        if seen.len() < 2 {
            return None;
        }
        let mean = |of: fn(&Seen) -> f64| seen.iter().map(|one| of(one)).sum::<f64>() / count;
        let (at, value) = (mean(|one| one.at), mean(|one| one.value));
        let along = seen.iter().map(|one| (one.at - at).powi(2)).sum::<f64>();
        if along <= 0.0 {
            return None;
        }
        let both = seen.iter().map(|one| (one.at - at) * (one.value - value)).sum::<f64>();
        let slope = both / along;
        Some(Self { start: value - slope * at, slope })
    }

    /// What the line says of a moment.
    pub(crate) fn at(self, second: f64) -> f64 {
        self.start + self.slope * second
    }

    /// Growth from one moment to another, in percent of what there was at the first.
    pub(crate) fn growth(self, from: f64, to: f64) -> f64 {
        (self.at(to) - self.at(from)) / self.at(from) * 100.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(points: &[(f64, f64)]) -> Vec<Seen> {
        points.iter().map(|(at, value)| Seen { at: *at, value: *value }).collect()
    }

    #[test]
    fn what_was_seen_before_it_settled_does_not_count() {
        let points = seen(&[(0.0, 1.0), (10.0, 90.0), (300.0, 10.0), (310.0, 10.0), (320.0, 10.0)]);
        let trend = Trend::of(&points, 300.0).unwrap();
        assert!(trend.slope.abs() < 1e-12 && (trend.start - 10.0).abs() < 1e-9, "{trend:?}");
        assert!(trend.growth(300.0, 1_500.0).abs() < 1e-9);
        assert!(Trend::of(&points, 0.0).unwrap().slope < -0.01);
    }

    #[test]
    fn the_example_of_every_textbook() {
        let trend = Trend::of(&seen(&[(1.0, 6.0), (2.0, 5.0), (3.0, 7.0), (4.0, 10.0)]), 0.0).unwrap();
        assert!((trend.slope - 1.4).abs() < 1e-12 && (trend.start - 3.5).abs() < 1e-12, "{trend:?}");
    }

    #[test]
    fn a_point_has_no_slope() {
        assert_eq!(Trend::of(&[], 0.0), None);
        assert_eq!(Trend::of(&seen(&[(1.0, 1.0)]), 0.0), None);
        assert_eq!(Trend::of(&seen(&[(1.0, 1.0), (1.0, 2.0)]), 0.0), None);
    }

    proptest! {
        #[test]
        fn a_line_is_found_under_noise_that_cancels_itself(
            start in 1.0..1_000.0_f64, slope in -0.1..0.1_f64, noise in 0.0..1.0_f64,
        ) {
            let at = |n: u32| f64::from(n) * 10.0;
            // Up, down, down, up: neither a mean nor a slope of its own.
            let jitter = |n: u32| if matches!(n % 4, 0 | 3) { noise } else { -noise };
            let points: Vec<_> =
                (0..180).map(|n| Seen { at: at(n), value: start + slope * at(n) + jitter(n) }).collect();
            let trend = Trend::of(&points, 0.0).unwrap();
            prop_assert!((trend.slope - slope).abs() < 1e-3, "{trend:?}");
            prop_assert!((trend.at(900.0) - (start + slope * 900.0)).abs() < 1.0, "{trend:?}");
        }
    }
}
