//! The limiter's expressions. Which slot decides is part of a path, and a path cannot be an expression value; so there
//! is one constant for each slot number, and a limit picks its own (SPEC W34).

/// Puts a new stamp in front.
pub(super) const OPEN: &str =
    "SET ring = list_append(:stamp, if_not_exists(ring, :none)), filled = :one, expires_at = :expires";
/// One more in the newest slot, stamped anew.
pub(super) const JOIN: &str = "SET ring[0] = :now, filled = filled + :one, expires_at = :expires";
/// The newest slot takes one more: [`JOIN`].
pub(super) const CAN_JOIN: &str = "filled < :share AND ring[0] <= :now";
/// One more in the newest slot, whose stamp is later than ours.
pub(super) const JOIN_BEHIND: &str = "SET filled = filled + :one";
/// Forgets what no longer decides.
pub(super) const TRIM: &str = "SET ring = :kept";
/// Nobody changed the list since it was read: [`TRIM`].
pub(super) const CAN_TRIM: &str = "size(ring) = :size AND ring[0] = :newest";

/// For slot number `i`: a new slot may open, if the newest is full and slot `i` has left the window.
pub(super) const CAN_OPEN: [&str; 101] =
    by_slot!("attribute_not_exists(ring) OR (filled >= :share AND (", "))");
/// For slot number `i`: a lagging clock may join, if slot `i` has left the window.
pub(super) const CAN_JOIN_BEHIND: [&str; 101] = by_slot!("filled < :share AND ring[0] > :now AND (", ")");

macro_rules! by_slot {
    ($start:literal, $end:literal) => {
        by_slot!($start, $end;
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19
            20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
            40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59
            60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79
            80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99
            100
        )
    };
    ($start:literal, $end:literal; $($slot:literal)*) => {
        [$(concat!($start, "attribute_not_exists(ring[", $slot, "]) OR ring[", $slot, "] <= :cutoff", $end)),*]
    };
}
use by_slot;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slot_number_has_its_own_expression() {
        assert_eq!(
            CAN_OPEN[9],
            "attribute_not_exists(ring) OR (filled >= :share AND (attribute_not_exists(ring[9]) OR ring[9] <= :cutoff))",
        );
        assert_eq!(
            CAN_JOIN_BEHIND[100],
            "filled < :share AND ring[0] > :now AND (attribute_not_exists(ring[100]) OR ring[100] <= :cutoff)",
        );
        for (slot, (open, behind)) in CAN_OPEN.iter().zip(CAN_JOIN_BEHIND).enumerate() {
            let path = format!("ring[{slot}]");
            assert!(open.matches(&path).count() == 2 && behind.contains(&path), "{slot}");
        }
    }
}
