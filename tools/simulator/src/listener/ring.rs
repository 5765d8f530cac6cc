//! The last seconds of sound.

use std::collections::VecDeque;

/// A bounded piece of sound: the oldest samples go first.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    samples: VecDeque<i16>,
    most: usize,
}

impl Ring {
    /// At most that many samples, of both channels together.
    pub(super) fn new(most: usize) -> Self {
        Self { samples: VecDeque::new(), most }
    }

    pub(super) fn push(&mut self, samples: &[i16]) {
        let samples = &samples[samples.len().saturating_sub(self.most)..];
        let surplus = (self.samples.len() + samples.len()).saturating_sub(self.most);
        self.samples.drain(..surplus);
        self.samples.extend(samples);
    }

    pub(super) fn to_vec(&self) -> Vec<i16> {
        self.samples.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_holds_the_end_of_all_that_came(pieces in prop::collection::vec(prop::collection::vec(any::<i16>(), 0..9), 0..9), most in 0_usize..12) {
            let mut ring = Ring::new(most);
            for piece in &pieces {
                ring.push(piece);
            }
            let all = pieces.concat();
            prop_assert_eq!(ring.to_vec(), &all[all.len().saturating_sub(most)..]);
        }
    }
}
