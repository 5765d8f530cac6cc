//! Repeated measurements of one thing.

/// At least one measurement, sorted.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample(Vec<f64>);

/// There is nothing to say something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing was measured")]
pub struct Empty;

impl TryFrom<Vec<f64>> for Sample {
    type Error = Empty;

    fn try_from(mut values: Vec<f64>) -> Result<Self, Empty> {
        values.sort_by(f64::total_cmp);
        if values.is_empty() { Err(Empty) } else { Ok(Self(values)) }
    }
}

impl Sample {
    /// How many measurements.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The middle one; of an even number the upper middle one, which never flatters.
    pub fn median(&self) -> f64 {
        self.percentile(50)
    }

    /// The smallest one that at least `percent` of a hundred are not above (nearest rank, rounded up).
    pub fn percentile(&self, percent: usize) -> f64 {
        let rank = self.0.len() * percent.min(100) / 100;
        self.0[rank.min(self.0.len() - 1)]
    }

    /// The smallest and the largest.
    pub fn spread(&self) -> (f64, f64) {
        (self.percentile(0), self.percentile(100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(values: &[f64]) -> Sample {
        values.to_vec().try_into().unwrap()
    }

    #[test]
    fn order_does_not_matter() {
        let sample = sample(&[3.0, 1.0, 2.0]);
        assert_eq!((sample.count(), sample.median(), sample.spread()), (3, 2.0, (1.0, 3.0)));
    }

    #[test]
    fn percentiles_round_to_the_unfavourable_side() {
        let hundred = sample(&(1..=100).map(f64::from).collect::<Vec<_>>());
        assert_eq!((hundred.median(), hundred.percentile(99), hundred.percentile(100)), (51.0, 100.0, 100.0));
        assert_eq!(sample(&[7.0]).spread(), (7.0, 7.0));
    }

    #[test]
    fn nothing_is_no_sample() {
        assert_eq!(Sample::try_from(vec![]), Err(Empty));
    }
}
