use proptest::prelude::*;

use super::*;

fn raise(level: Level) -> Option<Raise> {
    let at = "2026-01-02T03:04:05Z".parse().unwrap();
    (level > Level::L0).then_some(Raise { level: level.number(), at })
}

/// An account with something of everything, some of it off already.
fn account() -> Seen {
    let on_and_off =
        |kind: &str| BTreeMap::from([(format!("{kind}-on"), true), (format!("{kind}-off"), false)]);
    let jobs = [("x-data-retention".to_owned(), None), ("x-token-rotation".to_owned(), Some(3))];
    Seen {
        rules: Some(on_and_off("rule")),
        mappings: Some(on_and_off("mapping")),
        concurrency: Some(jobs.into()),
        tasks: Some(["task/1".to_owned(), "task/2".to_owned()].into()),
        secrets: Some(["/x/a".to_owned(), "/x/b".to_owned()].into()),
        keys: Some([("key".to_owned(), true)].into()),
    }
}

/// What AWS would have made of a step.
fn act(seen: &mut Seen, step: &Step) {
    match step.clone() {
        Step::Rule { name, on } => drop(seen.rules.as_mut().unwrap().insert(name, on)),
        Step::Mapping { id, on } => drop(seen.mappings.as_mut().unwrap().insert(id, on)),
        Step::Concurrency { function, reserved } => {
            seen.concurrency.as_mut().unwrap().insert(function, reserved);
        }
        Step::Stop { task } => drop(seen.tasks.as_mut().unwrap().remove(&task)),
        Step::Replace { .. } => {}
        Step::Key { id, on } => drop(seen.keys.as_mut().unwrap().insert(id, on)),
    }
}

/// Follows the flag to its end; the first `alive` steps are done.
fn follow(level: Level, done: &Contained, seen: &mut Seen, alive: usize) -> Contained {
    let plan = plan(level, raise(level), done, seen);
    let all = plan.steps.len();
    for step in plan.steps.iter().take(alive) {
        act(seen, step);
    }
    if alive < all { plan.noted } else { settle(level, &plan, seen, &[]) }
}

fn kinds(level: Level) -> Vec<&'static str> {
    let plan = plan(level, raise(level), &Contained::default(), &account());
    let mut kinds: Vec<_> = plan.steps.iter().map(Step::kind).collect();
    kinds.dedup();
    kinds
}

#[test]
fn each_level_takes_the_steps_of_those_below_and_its_own() {
    assert!(kinds(Level::L0).is_empty() && kinds(Level::L1).is_empty(), "the flag alone");
    assert_eq!(kinds(Level::L2), ["contain.rule", "contain.mapping"]);
    let work = ["contain.rule", "contain.mapping", "contain.concurrency", "contain.stop"];
    assert_eq!(kinds(Level::L3), work);
    let credentials = [&work[..], &["contain.replace"]].concat();
    assert_eq!(kinds(Level::L4), credentials);
    assert_eq!(kinds(Level::L5), [&credentials[..], &["contain.key"]].concat());
}

#[test]
fn what_is_off_already_is_noted_and_not_touched() {
    let plan = plan(Level::L2, raise(Level::L2), &Contained::default(), &account());
    let rules = [("rule-off".to_owned(), false), ("rule-on".to_owned(), true)];
    assert_eq!(plan.noted.prior.rules, BTreeMap::from(rules));
    assert!(!plan.steps.contains(&Step::Rule { name: "rule-off".to_owned(), on: false }));
}

/// The job that replaces secrets has to run while they are replaced; its schedule is off all the same.
#[test]
fn secrets_can_be_replaced_while_jobs_are_stopped() {
    let mut seen = account();
    let stopped = follow(Level::L3, &Contained::default(), &mut seen, usize::MAX);
    assert_eq!(seen.concurrency.as_ref().unwrap()["x-token-rotation"], Some(0));
    let plan = plan(Level::L4, raise(Level::L4), &stopped, &seen);
    let runs = Step::Concurrency { function: "x-token-rotation".to_owned(), reserved: Some(3) };
    let at = |wanted: fn(&Step) -> bool| plan.steps.iter().position(wanted).unwrap();
    assert!(plan.steps.contains(&runs));
    assert!(
        at(|step| matches!(step, Step::Concurrency { .. })) < at(|step| matches!(step, Step::Replace { .. }))
    );
    assert!(
        plan.steps.iter().all(
            |step| !matches!(step, Step::Concurrency { function, .. } if function == "x-data-retention")
        )
    );
}

#[test]
fn a_secret_is_replaced_once_a_raise_and_again_at_the_next() {
    let mut seen = account();
    let of = raise(Level::L4);
    let first = plan(Level::L4, of, &Contained::default(), &seen);
    let failed = Step::Replace { secret: "/x/b".to_owned(), of: of.unwrap() };
    let half = settle(Level::L4, &first, &seen, std::slice::from_ref(&failed));
    assert_eq!(half.replaced.as_ref().unwrap().secrets, BTreeSet::from(["/x/a".to_owned()]));
    assert_eq!(half.reached, 0, "it is not done");
    for step in &first.steps {
        act(&mut seen, step);
    }
    let second = plan(Level::L4, of, &half, &seen);
    assert_eq!(second.steps, [failed]);
    let whole = settle(Level::L4, &second, &seen, &[]);
    assert!(plan(Level::L4, of, &whole, &seen).steps.is_empty());
    // Restored, and laid again for another reason: whoever has got the new ones must not keep them.
    let calm = follow(Level::L0, &whole, &mut seen, usize::MAX);
    let later = Raise { at: "2026-02-03T04:05:06Z".parse().unwrap(), ..of.unwrap() };
    let again = plan(Level::L4, Some(later), &calm, &seen);
    assert_eq!(again.steps.iter().filter(|step| matches!(step, Step::Replace { .. })).count(), 2);
}

/// What a half of a list says would be acted on, and the other half forgotten.
#[test]
fn what_is_not_told_is_neither_touched_nor_noted_nor_forgotten() {
    let whole = account();
    let blind: [fn(&mut Seen); 6] = [
        |seen| seen.rules = None,
        |seen| seen.mappings = None,
        |seen| seen.concurrency = None,
        |seen| seen.tasks = None,
        |seen| seen.secrets = None,
        |seen| seen.keys = None,
    ];
    for (at, make_blind) in blind.into_iter().enumerate() {
        let mut seen = whole.clone();
        make_blind(&mut seen);
        let up = plan(Level::L5, raise(Level::L5), &Contained::default(), &seen);
        let full = plan(Level::L5, raise(Level::L5), &Contained::default(), &whole);
        assert!(up.steps.len() < full.steps.len(), "{at}");
        assert!(up.steps.iter().all(|step| full.steps.contains(step)), "{at}: the others go on");
        assert!(!seen.tells(Level::L5, &up.noted));
        assert_eq!(settle(Level::L5, &up, &seen, &[]).reached, 0, "{at}: it is not done");
        // Going back, what is noted of it is kept until it can be told.
        let mut dark = whole.clone();
        let laid = follow(Level::L5, &Contained::default(), &mut dark, usize::MAX);
        make_blind(&mut dark);
        let back = plan(Level::L0, None, &laid, &dark);
        let kept = settle(Level::L0, &back, &dark, &[]);
        assert_eq!(kept.prior.is_empty(), at == 3 || at == 4, "{at}: workers and secrets are not noted");
    }
}

#[test]
fn going_back_takes_the_opposite_order_and_only_what_differs() {
    let mut seen = account();
    let laid = follow(Level::L5, &Contained::default(), &mut seen, usize::MAX);
    let back = plan(Level::L0, None, &laid, &seen);
    let mut kinds: Vec<_> = back.steps.iter().map(Step::kind).collect();
    kinds.dedup();
    assert_eq!(kinds, ["contain.key", "contain.concurrency", "contain.mapping", "contain.rule"]);
    assert!(back.steps.iter().all(Step::gives_back));
    assert!(!back.steps.contains(&Step::Rule { name: "rule-off".to_owned(), on: true }));
}

#[test]
fn what_appears_or_goes_meanwhile_is_no_trouble() {
    let mut seen = account();
    let laid = follow(Level::L2, &Contained::default(), &mut seen, usize::MAX);
    // A deployment adds one and takes one away; somebody turns one on by hand.
    let rules = seen.rules.as_mut().unwrap();
    rules.insert("rule-new".to_owned(), true);
    rules.remove("rule-on");
    rules.insert("rule-off".to_owned(), true);
    let again = plan(Level::L2, raise(Level::L2), &laid, &seen);
    let off = |name: &str| Step::Rule { name: name.to_owned(), on: false };
    assert_eq!(again.steps, [off("rule-new"), off("rule-off")]);
    let laid = follow(Level::L2, &laid, &mut seen, usize::MAX);
    let calm = follow(Level::L0, &laid, &mut seen, usize::MAX);
    assert!(calm.is_calm());
    let rules = [("rule-new".to_owned(), true), ("rule-off".to_owned(), false)];
    assert_eq!(seen.rules.unwrap(), BTreeMap::from(rules), "as it was before containment");
}

#[test]
fn a_step_that_failed_leaves_its_notes() {
    let seen = account();
    let up = plan(Level::L2, raise(Level::L2), &Contained::default(), &seen);
    let failed = up.steps.last().cloned().unwrap();
    let next = settle(Level::L2, &up, &seen, &[failed]);
    assert_eq!((next.reached, &next.prior), (0, &up.noted.prior));
}

#[test]
fn steps_are_told_in_words() {
    let of = raise(Level::L4).unwrap();
    let steps = [
        Step::Rule { name: "night".to_owned(), on: false },
        Step::Mapping { id: "1-2".to_owned(), on: true },
        Step::Concurrency { function: "jobs".to_owned(), reserved: Some(0) },
        Step::Concurrency { function: "jobs".to_owned(), reserved: Some(3) },
        Step::Concurrency { function: "jobs".to_owned(), reserved: None },
        Step::Stop { task: "arn:aws:ecs:r:1:task/c/0123".to_owned() },
        Step::Replace { secret: "/x/a".to_owned(), of },
        Step::Key { id: "arn:aws:kms:r:1:key/4-5".to_owned(), on: false },
    ];
    let words: Vec<_> = steps.iter().map(Step::words).collect();
    insta::assert_snapshot!(words.join("\n"), @"
    turn off the schedule night
    turn on the queue intake 1-2
    let jobs run no more
    let jobs run 3 times at once, as before
    let jobs run again
    stop the worker 0123
    replace the secret /x/a; there is no way back
    turn off the key 4-5
    ");
}

fn any_seen() -> impl Strategy<Value = Seen> {
    let switches = || prop::collection::btree_map("[a-e]", any::<bool>(), 0..5);
    let jobs = prop::collection::btree_map(
        prop::sample::select(vec!["x-token-rotation".to_owned(), "x-data-retention".to_owned()]),
        prop::option::of(0..5_u32),
        0..3,
    );
    let names = || prop::collection::btree_set("[a-e]", 0..4);
    (switches(), switches(), jobs, names(), names(), switches()).prop_map(
        |(rules, mappings, concurrency, tasks, secrets, keys)| Seen {
            rules: Some(rules),
            mappings: Some(mappings),
            concurrency: Some(concurrency),
            tasks: Some(tasks),
            secrets: Some(secrets),
            keys: Some(keys),
        },
    )
}

fn any_level() -> impl Strategy<Value = Level> {
    prop::sample::select(Level::ALL.to_vec())
}

/// Whatever happened in between: workers stay stopped and secrets replaced; all else is as it was.
fn same_again(now: &Seen, before: &Seen) -> bool {
    now.rules == before.rules
        && now.mappings == before.mappings
        && now.concurrency == before.concurrency
        && now.keys == before.keys
}

proptest! {
    /// SPEC T33: killed at any step, at any level, in either direction, followed by any other level; in the end it is
    /// restored byte for byte.
    #[test]
    fn after_any_walk_the_prior_state_is_restored(
        before in any_seen(),
        walk in prop::collection::vec((any_level(), 0..12_usize), 1..8),
    ) {
        let (mut seen, mut done) = (before.clone(), Contained::default());
        for (level, alive) in walk {
            done = follow(level, &done, &mut seen, alive);
            // What is written is what is read.
            done = serde_json::from_str(&serde_json::to_string(&done).unwrap()).unwrap();
        }
        let done = follow(Level::L0, &done, &mut seen, usize::MAX);
        prop_assert!(done.is_calm());
        prop_assert!(same_again(&seen, &before), "{seen:?}");
    }

    /// Who follows twice does nothing the second time.
    #[test]
    fn a_plan_that_was_carried_out_plans_nothing_more(before in any_seen(), level in any_level()) {
        let mut seen = before;
        let done = follow(level, &Contained::default(), &mut seen, usize::MAX);
        prop_assert_eq!(done.reached, level.number());
        let again = plan(level, raise(level), &done, &seen);
        prop_assert!(again.steps.is_empty(), "{:?}", again.steps);
        prop_assert_eq!(again.noted, done);
    }

    /// Killed anywhere and begun anew, it ends where it would have ended.
    #[test]
    fn killed_anywhere_it_ends_the_same(before in any_seen(), level in any_level(), alive in 0..12_usize) {
        let (mut whole, mut cut) = (before.clone(), before);
        let expected = follow(level, &Contained::default(), &mut whole, usize::MAX);
        let half = follow(level, &Contained::default(), &mut cut, alive);
        prop_assert_eq!(follow(level, &half, &mut cut, usize::MAX), expected);
        prop_assert_eq!(cut, whole);
    }
}
