//! What the machine gives to a function that calls others: a test and the local stack choose it, Lambda takes the real one.

use crate::clock::{Clock, Rng};
use crate::telemetry::Sink;

/// The log's end, the time, randomness, and how long others may take, which is each function's own type.
#[derive(Clone, Debug)]
pub struct Machine<P> {
    /// Where log lines go.
    pub sink: Sink,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// How long whoever is called may take.
    pub patience: P,
}

impl<P> Machine<P> {
    /// The real one: stdout, the system's clock and randomness.
    pub fn real(patience: P) -> Self {
        Self { sink: Sink::stdout(), clock: Clock::system(), rng: Rng::system(), patience }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_one_has_the_systems_time_and_the_callers_patience() {
        let before = Clock::system().now();
        let machine = Machine::real(7);
        let now = machine.clock.now();
        assert!(before <= now && now <= Clock::system().now());
        assert_eq!(machine.patience, 7);
    }
}
