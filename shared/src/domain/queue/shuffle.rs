//! A shuffle that a seed decides, so that planning it again gives the same order.

/// Fisher and Yates, driven by `SplitMix64`. The bias of the multiplication is below 2^-50 for 10,000 items.
pub fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        items.swap(last, below(next(&mut state), last + 1));
    }
}

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// `random` scaled to `0..bound`.
fn below(random: u64, bound: usize) -> usize {
    let product = u128::from(random) * bound as u128;
    usize::try_from(product >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_order_is_about_as_likely() {
        let mut seen = std::collections::HashMap::new();
        for seed in 0..24_000 {
            let mut items = [0, 1, 2, 3];
            shuffle(&mut items, seed);
            *seen.entry(items).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 24);
        assert!(seen.values().all(|count| (850..1150).contains(count)), "{seen:?}");
    }

    proptest! {
        #[test]
        fn it_loses_and_doubles_nothing(len in 0usize..300, seed: u64) {
            let mut items: Vec<usize> = (0..len).collect();
            shuffle(&mut items, seed);
            let mut again: Vec<usize> = (0..len).collect();
            shuffle(&mut again, seed);
            prop_assert_eq!(&items, &again);
            items.sort_unstable();
            prop_assert_eq!(items, (0..len).collect::<Vec<_>>());
        }
    }
}
