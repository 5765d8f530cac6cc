use super::*;

const CAPS: Caps = Caps { segment: 4, directory: 6 };

fn slots(numbers: impl IntoIterator<Item = u64>) -> Vec<Slot> {
    let slot = |number| Slot { entry: EntryId::new(number, 0), requester: UserId::new(number % 3 + 1) };
    numbers.into_iter().map(slot).collect()
}

fn numbers(order: &Order) -> Vec<u64> {
    let number = |slot: Slot| u64::from_be_bytes(slot.entry.to_bytes()[..8].try_into().unwrap());
    order.iter().map(number).collect()
}

fn written(mut order: Order, rev: u64) -> (Order, Vec<u32>, Vec<u32>) {
    order.settle(rev);
    let changed = order.changed().map(|segment| segment.id).collect();
    let dropped = order.dropped().to_vec();
    (order.written(), changed, dropped)
}

fn filled(count: u64) -> Order {
    let mut order = Order::empty(0, Vec::new(), CAPS);
    order.insert(0, &slots(0..count));
    written(order, 1).0
}

fn lens(order: &Order) -> Vec<u32> {
    order.directory().map(|segment| segment.len).collect()
}

#[test]
fn appending_fills_segments_and_touches_only_the_last() {
    let mut order = filled(9);
    assert_eq!(lens(&order), [4, 4, 1]);
    order.insert(9, &slots(9..11));
    let (order, changed, dropped) = written(order, 2);
    assert_eq!((numbers(&order), lens(&order)), ((0..11).collect(), vec![4, 4, 3]));
    assert_eq!((changed, dropped), (vec![2], vec![]));
}

#[test]
fn inserting_into_a_full_segment_makes_two_halves() {
    let mut order = filled(8);
    order.insert(1, &slots([100]));
    let (order, changed, _) = written(order, 2);
    assert_eq!(numbers(&order), [0, 100, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!((lens(&order), changed), (vec![3, 2, 4], vec![0, 2]));
}

#[test]
fn taking_from_the_front_touches_the_first_and_drops_it_when_empty() {
    let mut order = filled(8);
    assert_eq!(order.remove(0..1), slots([0]));
    let (mut order, changed, dropped) = written(order, 2);
    assert_eq!((changed, dropped), (vec![0], vec![]));
    order.remove(0..3);
    let (order, changed, dropped) = written(order, 3);
    assert_eq!((numbers(&order), changed, dropped), ((4..8).collect(), vec![], vec![0]));
}

#[test]
fn small_neighbours_are_joined() {
    let mut order = filled(8);
    order.remove(1..7);
    let (order, changed, dropped) = written(order, 2);
    assert_eq!((numbers(&order), lens(&order)), (vec![0, 7], vec![2]));
    assert_eq!((changed, dropped), (vec![0], vec![1]));
}

#[test]
fn too_many_segments_are_packed_anew_into_the_same_rows() {
    let mut order = filled(12);
    for round in 0..6 {
        order.insert(0, &slots([100 + round]));
        order = written(order, 2 + round).0;
    }
    assert!(order.directory().count() <= CAPS.directory, "{:?}", lens(&order));
    assert_eq!(order.len(), 18);
}

#[test]
fn a_new_order_uses_the_rows_that_are_there() {
    let mut order = filled(10);
    order.replace(&slots((0..10).rev()));
    let (order, changed, dropped) = written(order, 2);
    assert_eq!((numbers(&order), changed, dropped), ((0..10).rev().collect(), vec![0, 1, 2], vec![]));
    let mut order = order;
    order.replace(&slots(0..3));
    assert_eq!(written(order, 3).2, [1, 2]);
}

#[test]
fn leftovers_of_a_forgotten_queue_go_with_the_first_write() {
    let mut order = Order::empty(7, vec![3, 4], CAPS);
    order.insert(0, &slots([1]));
    let (order, changed, dropped) = written(order, 9);
    assert_eq!((changed, dropped, order.next_id()), (vec![7], vec![3, 4], 8));
    assert_eq!(order.directory().next(), Some(SegmentRef { id: 7, len: 1, rev: 9 }));
}

#[test]
fn removal_by_requester_touches_only_where_there_was_one() {
    let mut order = Order::empty(0, Vec::new(), CAPS);
    order.insert(0, &slots([0, 3, 6, 9, 1, 4]));
    let (mut order, ..) = written(order, 1);
    assert_eq!(order.remove_where(|slot| slot.requester.get() == 2), slots([1, 4]));
    let (order, changed, dropped) = written(order, 2);
    assert_eq!((numbers(&order), changed, dropped), (vec![0, 3, 6, 9], vec![], vec![1]));
}

#[test]
fn places_are_found() {
    let order = filled(9);
    assert_eq!(order.get(8), slots([8]).pop());
    assert_eq!(order.get(9), None);
    assert_eq!(order.index_of(EntryId::new(5, 0)), Some(5));
    assert_eq!(order.index_of(EntryId::new(5, 1)), None);
    assert_eq!(order.count_of(UserId::new(1)), 3);
}

#[test]
fn production_caps_keep_ten_thousand_in_one_transaction() {
    let Caps { segment, directory } = Caps::PRODUCTION;
    assert!(directory * (segment * 3 / 4) > 10_050, "a repack always gets below the directory's cap");
    assert!(directory + 2 <= 70, "segments, head and operation leave room for entries");
    assert!(segment * super::super::SLOT_BYTES < 5 * 1024);
}
