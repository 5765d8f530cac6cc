//! The limiter's expressions. Which stamp decides is part of a path, and a path cannot be an expression value; so there
//! is one constant for each, and a limit picks its own (SPEC W34).

/// Puts a new stamp in front.
pub(super) const OPEN: &str =
    "SET ring = list_append(:stamp, if_not_exists(ring, :none)), expires_at = :expires";
/// Forgets what no longer decides.
pub(super) const TRIM: &str = "SET ring = :kept";
/// Nobody changed the list since it was read: [`TRIM`].
pub(super) const CAN_TRIM: &str = "size(ring) = :size AND ring[0] = :newest";

/// For stamp number `i`: there is room, since it has left the window or there is none.
pub(super) const CAN_OPEN: [&str; 100] = by_stamp!(
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19
    20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
    40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59
    60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79
    80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99
);

/// Puts a new stamp at the end.
pub(super) const APPEND: &str = "SET singles = list_append(if_not_exists(singles, :none), :stamp), \
     blocks = if_not_exists(blocks, :none), room = if_not_exists(room, :max), #max = if_not_exists(#max, :max), \
     forgotten = if_not_exists(forgotten, :never), folds = if_not_exists(folds, :zero), expires_at = :expires";
/// There is room, and nothing was forgotten that would still count.
pub(super) const CAN_APPEND: &str =
    "attribute_not_exists(singles) OR (size(singles) < room AND #max = :max AND forgotten <= :cutoff)";
/// Other blocks, and the first 20 singles are in one of them.
pub(super) const FOLD: &str = "SET blocks = :blocks, room = :room, #max = :max, forgotten = :forgotten, folds = :folds \
     REMOVE singles[0], singles[1], singles[2], singles[3], singles[4], singles[5], singles[6], singles[7], \
     singles[8], singles[9], singles[10], singles[11], singles[12], singles[13], singles[14], singles[15], \
     singles[16], singles[17], singles[18], singles[19]";
/// Other blocks.
pub(super) const FOLD_BLOCKS: &str =
    "SET blocks = :blocks, room = :room, #max = :max, forgotten = :forgotten, folds = :folds";
/// Nobody has folded since the row was read.
pub(super) const CAN_FOLD: &str = "folds = :seen";

macro_rules! by_stamp {
    ($($stamp:literal)*) => {
        [$(concat!("attribute_not_exists(ring[", $stamp, "]) OR ring[", $stamp, "] <= :cutoff")),*]
    };
}
use by_stamp;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::rate_limit::{BLOCK, Limit};

    #[test]
    fn each_stamp_number_has_its_own_expression() {
        assert_eq!(CAN_OPEN[9], "attribute_not_exists(ring[9]) OR ring[9] <= :cutoff");
        for (number, open) in CAN_OPEN.iter().enumerate() {
            assert_eq!(open.matches(&format!("ring[{number}]")).count(), 2, "{number}");
        }
        assert_eq!(CAN_OPEN.len(), Limit::EXACT_MAX as usize);
    }

    #[test]
    fn a_fold_takes_as_many_as_make_a_block() {
        let removed = FOLD.split_once("REMOVE ").unwrap().1;
        let expected: Vec<String> = (0..BLOCK).map(|number| format!("singles[{number}]")).collect();
        assert_eq!(removed, expected.join(", "));
        assert!(FOLD.starts_with(FOLD_BLOCKS));
    }
}
