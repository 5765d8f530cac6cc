//! What was promised and what stands: each song that somebody asked for has a number of its own, and a queue that has it
//! twice, or not although somebody was told so, is found by it.

use std::collections::BTreeMap;

/// What somebody was told about a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It is in the queue.
    Queued,
    /// It is not: a limit, or "try again".
    Refused,
    /// This request was seen before: nothing.
    Repeated,
    /// There was no answer.
    Nothing,
}

/// Songs by their numbers, each with all that was said about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(BTreeMap<u64, Vec<Told>>);

/// What the books say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Songs that somebody was told are queued.
    pub(crate) queued: usize,
    /// Of these, the ones that stand nowhere.
    pub(crate) lost: Vec<u64>,
    /// Those that stand more than once, or were promised more than once.
    pub(crate) doubled: Vec<u64>,
    /// Those that nobody has asked for.
    pub(crate) unasked: Vec<u64>,
    /// Those that stand although nobody was told: an answer was lost, not the song.
    pub(crate) untold: Vec<u64>,
}

impl Ledger {
    /// Writes down what somebody was told.
    pub(crate) fn note(&mut self, song: u64, told: Told) {
        self.0.entry(song).or_default().push(told);
    }

    /// Compares it with what stands in the queues: how often by number.
    pub(crate) fn settle(&self, standing: &BTreeMap<u64, u32>) -> Verdict {
        let mut verdict = Verdict {
            unasked: standing.keys().filter(|song| !self.0.contains_key(song)).copied().collect(),
            ..Verdict::default()
        };
        for (song, told) in &self.0 {
            let promises = told.iter().filter(|one| **one == Told::Queued).count();
            let stands = standing.get(song).copied().unwrap_or(0);
            verdict.queued += usize::from(promises > 0);
            if promises > 1 || stands > 1 {
                verdict.doubled.push(*song);
            }
            if promises > 0 && stands == 0 {
                verdict.lost.push(*song);
            }
            if promises == 0 && stands == 1 {
                verdict.untold.push(*song);
            }
        }
        verdict
    }
}

impl Verdict {
    /// What must not be, in words. A song that stands untold is none of it: who hears "try again" does, and sees it.
    pub(crate) fn broken(&self) -> Vec<String> {
        let broken =
            [("lost", &self.lost), ("doubled", &self.doubled), ("not asked for by anybody", &self.unasked)];
        let broken = broken.into_iter().filter(|(_, songs)| !songs.is_empty());
        broken.map(|(how, songs)| format!("{} songs are {how}, such as {}", songs.len(), songs[0])).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ledger(told: &[(u64, Told)]) -> Ledger {
        let mut ledger = Ledger::default();
        for (song, told) in told {
            ledger.note(*song, *told);
        }
        ledger
    }

    #[test]
    fn each_kind_of_error_is_found_and_named() {
        use Told::{Nothing, Queued, Refused, Repeated};
        let told = [(1, Queued), (2, Queued), (3, Queued), (3, Queued), (4, Refused), (5, Nothing)];
        let verdict = ledger(&told).settle(&BTreeMap::from([(2, 2), (3, 1), (4, 1), (5, 1), (6, 1)]));
        let expected =
            Verdict { queued: 3, lost: vec![1], doubled: vec![2, 3], unasked: vec![6], untold: vec![4, 5] };
        assert_eq!(verdict, expected);
        assert_eq!(
            verdict.broken(),
            [
                "1 songs are lost, such as 1",
                "2 songs are doubled, such as 2",
                "1 songs are not asked for by anybody, such as 6"
            ]
        );
        let good = ledger(&[(1, Queued), (1, Repeated), (2, Refused), (3, Nothing)]);
        assert!(good.settle(&BTreeMap::from([(1, 1)])).broken().is_empty());
    }

    fn told() -> impl Strategy<Value = Told> {
        prop_oneof![Just(Told::Queued), Just(Told::Refused), Just(Told::Repeated), Just(Told::Nothing)]
    }

    proptest! {
        /// Honest books: one promise, one song. Whatever else is said about it changes nothing.
        #[test]
        fn honest_books_are_never_broken(
            songs in prop::collection::btree_map(0_u64..500, (any::<bool>(), prop::collection::vec(told(), 0..3)), 0..50),
        ) {
            let (mut ledger, mut standing) = (Ledger::default(), BTreeMap::new());
            for (song, (is_queued, noise)) in &songs {
                ledger.note(*song, if *is_queued { Told::Queued } else { Told::Refused });
                for told in noise.iter().filter(|told| **told != Told::Queued) {
                    ledger.note(*song, *told);
                }
                if *is_queued {
                    standing.insert(*song, 1);
                }
            }
            let verdict = ledger.settle(&standing);
            prop_assert!(verdict.broken().is_empty() && verdict.untold.is_empty(), "{verdict:?}");
            prop_assert_eq!(verdict.queued, standing.len());
        }

        /// One song taken away, set twice or made up is found, and nothing else is.
        #[test]
        fn one_error_among_many_is_found(count in 1_u64..200, at in any::<prop::sample::Index>(), how in 0_u8..3) {
            let mut ledger = Ledger::default();
            (0..count).for_each(|song| ledger.note(song, Told::Queued));
            let mut standing: BTreeMap<u64, u32> = (0..count).map(|song| (song, 1)).collect();
            let song = at.index(usize::try_from(count).unwrap()) as u64;
            let expected = match how {
                0 => { standing.remove(&song); Verdict { lost: vec![song], ..Verdict::default() } }
                1 => { standing.insert(song, 2); Verdict { doubled: vec![song], ..Verdict::default() } }
                _ => { standing.insert(count, 1); Verdict { unasked: vec![count], ..Verdict::default() } }
            };
            let queued = usize::try_from(count).unwrap();
            prop_assert_eq!(ledger.settle(&standing), Verdict { queued, ..expected });
        }
    }
}
