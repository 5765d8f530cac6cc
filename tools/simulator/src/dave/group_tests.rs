//! The order of joins, leaves and commits.

use proptest::prelude::*;

use super::*;

const BOT: UserId = UserId::new(9001);
const OTHER: UserId = UserId::new(9002);
const ADA: UserId = UserId::new(5001);
const GRACE: UserId = UserId::new(5002);

fn group(commits: Commits) -> Group {
    let mut group = Group::new(commits);
    group.offer(ADA, Kind::Listener, vec![1]);
    group
}

fn round(group: &mut Group) -> Round {
    match group.next() {
        Next::Propose(round) => round,
        other => panic!("{other:?}"),
    }
}

/// Bot and Ada are in it.
fn established() -> Group {
    let mut group = group(Commits::Bots);
    group.offer(BOT, Kind::Bot, vec![2]);
    let round = round(&mut group);
    group.committed(round.committer, 0).unwrap();
    group
}

#[test]
fn listeners_alone_need_no_group() {
    let mut group = group(Commits::Bots);
    group.offer(GRACE, Kind::Listener, vec![2]);
    assert_eq!(group.next(), Next::Idle);
}

#[test]
fn a_bot_alone_waits() {
    let mut group = Group::new(Commits::Bots);
    group.offer(BOT, Kind::Bot, vec![2]);
    assert_eq!(group.next(), Next::Idle);
}

#[test]
fn a_bot_creates_the_group_and_adds_whoever_waits() {
    let mut group = group(Commits::Bots);
    group.offer(BOT, Kind::Bot, vec![2]);
    let round = round(&mut group);
    assert_eq!((round.committer, round.epoch), (BOT, 0));
    assert_eq!(round.adds, [(ADA, vec![1])]);
    let settled = group.committed(BOT, 0).unwrap();
    assert_eq!((settled.informed, settled.welcomed), (vec![BOT], vec![ADA]));
    assert_eq!(group.next(), Next::Idle);
}

#[test]
fn a_bot_is_welcomed_where_listeners_win() {
    let mut group = group(Commits::Listeners);
    group.offer(BOT, Kind::Bot, vec![2]);
    let round = round(&mut group);
    assert_eq!(round.committer, ADA);
    assert_eq!(group.committed(ADA, 0).unwrap().welcomed, [BOT]);
}

#[test]
fn commits_of_another_epoch_or_of_strangers_are_not_accepted() {
    let mut group = established();
    group.offer(GRACE, Kind::Listener, vec![3]);
    let round = round(&mut group);
    assert_eq!(round.epoch, 1);
    assert_eq!(group.committed(BOT, 0), None);
    assert_eq!(group.committed(OTHER, 1), None);
    assert_eq!(group.committed(GRACE, 1), None);
    assert!(group.committed(BOT, 1).is_some());
    assert_eq!(group.committed(BOT, 1), None);
}

#[test]
fn who_joins_during_a_round_is_added_in_the_next() {
    let mut group = group(Commits::Bots);
    group.offer(BOT, Kind::Bot, vec![2]);
    let first = round(&mut group);
    group.offer(GRACE, Kind::Listener, vec![3]);
    assert_eq!(group.next(), Next::Idle);
    group.committed(first.committer, 0).unwrap();
    assert_eq!(round(&mut group).adds, [(GRACE, vec![3])]);
}

#[test]
fn who_leaves_while_being_added_is_removed_in_the_next() {
    let mut group = group(Commits::Bots);
    group.offer(BOT, Kind::Bot, vec![2]);
    round(&mut group);
    group.leave(ADA);
    group.committed(BOT, 0).unwrap();
    assert_eq!(round(&mut group).removes, [(ADA, 1)]);
    assert_eq!(group.committed(BOT, 1).unwrap().informed, [BOT]);
    assert_eq!(group.next(), Next::Idle);
}

#[test]
fn who_starts_anew_is_removed_and_added_by_somebody_else() {
    let mut group = established();
    group.offer(BOT, Kind::Bot, vec![9]);
    let round = round(&mut group);
    assert_eq!(round.committer, ADA);
    assert_eq!((round.removes, round.adds), (vec![(BOT, 0)], vec![(BOT, vec![9])]));
    let settled = group.committed(ADA, 1).unwrap();
    assert_eq!((settled.informed, settled.welcomed), (vec![ADA], vec![BOT]));
    assert_eq!(group.next(), Next::Idle);
}

#[test]
fn when_the_last_bot_leaves_the_group_is_dissolved() {
    let mut group = established();
    group.leave(BOT);
    assert_eq!(group.next(), Next::Dissolve);
    group.start_anew();
    group.offer(ADA, Kind::Listener, vec![5]);
    assert_eq!(group.next(), Next::Idle);
}

#[test]
fn a_silent_committer_is_replaced_or_the_creation_starts_again() {
    let mut group = established();
    group.offer(GRACE, Kind::Listener, vec![3]);
    round(&mut group);
    assert_eq!(group.replace_committer(&[ADA]), Some(ADA));
    assert!(group.committed(ADA, 1).is_some());

    let mut group = self::group(Commits::Bots);
    group.offer(BOT, Kind::Bot, vec![2]);
    round(&mut group);
    assert_eq!(group.replace_committer(&[ADA]), None);
    group.start_anew();
    group.offer(ADA, Kind::Listener, vec![5]);
    group.offer(OTHER, Kind::Bot, vec![4]);
    let again = round(&mut group);
    assert_eq!((again.committer, again.adds), (OTHER, vec![(ADA, vec![5])]));
}

#[test]
fn transitions_are_never_zero() {
    let mut group = Group::new(Commits::Bots);
    group.transitions = u16::MAX;
    assert_eq!(group.next_transition(), 1);
}

proptest! {
    /// Whatever happens, once it is quiet everybody who is there is in the group, if a bot is there with somebody.
    #[test]
    fn everybody_ends_up_in_the_group(steps in prop::collection::vec((0_u64..5, 0..3), 1..40)) {
        let mut group = Group::new(Commits::Bots);
        let mut present = BTreeSet::new();
        for (n, what) in steps {
            let user = UserId::new(n + 1);
            let kind = if n < 2 { Kind::Bot } else { Kind::Listener };
            match what {
                0 => { group.offer(user, kind, vec![]); present.insert(user); }
                1 => { group.leave(user); present.remove(&user); }
                _ => { settle(&mut group, &present); }
            }
        }
        settle(&mut group, &present);
        let has_bot = present.iter().any(|user| user.get() <= 2);
        if has_bot && present.len() > 1 {
            let members: BTreeSet<UserId> = group.members().collect();
            prop_assert_eq!(members, present);
        }
    }
}

/// Every committer commits, if still there; else the group starts anew and all who are present start anew.
fn settle(group: &mut Group, present: &BTreeSet<UserId>) {
    for _ in 0..20 {
        let round = match (group.round().cloned(), group.next()) {
            (Some(round), _) | (None, Next::Propose(round)) => round,
            (None, Next::Idle) => return,
            (None, Next::Dissolve) => {
                start_anew(group, present);
                continue;
            }
        };
        if group.committed(round.committer, round.epoch).is_none() || !present.contains(&round.committer) {
            start_anew(group, present);
        }
    }
    panic!("it never gets quiet");
}

fn start_anew(group: &mut Group, present: &BTreeSet<UserId>) {
    group.start_anew();
    for user in present {
        let kind = if user.get() <= 2 { Kind::Bot } else { Kind::Listener };
        group.offer(*user, kind, vec![]);
    }
}
