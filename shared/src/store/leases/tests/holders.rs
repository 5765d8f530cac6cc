//! Many workers with clocks of their own want one shard.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;
use testkit::Aws;
use tokio::task::JoinSet;

use super::*;

const WORKERS: usize = 4;

/// What a worker does at one moment.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Takes, or renews what it holds.
    Hold,
    /// Says that it is ready to follow.
    Announce,
    LetGo,
    Release,
    /// Is killed, and begins again under another name.
    Die,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    worker: usize,
    act: Act,
    /// Milliseconds since the last step.
    after: i64,
}

#[derive(Default)]
struct Players {
    held: [Option<Held>; WORKERS],
    lives: [u32; WORKERS],
    highest: Epoch,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let act = prop_oneof![
        6 => Just(Act::Hold), 2 => Just(Act::Announce), 1 => Just(Act::LetGo), 1 => Just(Act::Release),
        1 => Just(Act::Die),
    ];
    let step = (0..WORKERS, act, 0_i64..9_000).prop_map(|(worker, act, after)| Step { worker, act, after });
    prop::collection::vec(step, 1..60)
}

impl Players {
    fn name(&self, worker: usize) -> WorkerId {
        format!("worker-{worker}-{}", self.lives[worker]).parse().unwrap()
    }

    async fn act(&mut self, leases: &Leases, step: Step, clock: Timestamp) {
        let (me, name) = (step.worker, self.name(step.worker));
        match (step.act, self.held[me].take()) {
            (Act::Hold, Some(held)) => {
                if let Renewal::Renewed { held, .. } = leases.renew(&held, 1, clock).await.unwrap() {
                    self.held[me] = Some(held);
                }
            }
            (Act::Hold, None) => {
                if let Take::Mine(held) = leases.take(SHARD, &name, clock).await.unwrap() {
                    assert!(held.epoch() > self.highest, "epochs only grow");
                    self.highest = held.epoch();
                    self.held[me] = Some(held);
                }
            }
            (Act::Announce, held) => {
                leases.announce(SHARD, &name, clock).await.unwrap();
                self.held[me] = held;
            }
            (Act::LetGo, Some(held)) => drop(leases.let_go(held).await.unwrap()),
            (Act::Release, Some(held)) => drop(leases.release(held).await.unwrap()),
            (Act::LetGo | Act::Release, None) => {}
            (Act::Die, _) => self.lives[me] += 1,
        }
    }

    fn sending(&self, clock: impl Fn(usize) -> Timestamp) -> usize {
        let sends = |(worker, held): &(usize, &Option<Held>)| {
            held.as_ref().is_some_and(|held| held.may_send(clock(*worker)))
        };
        self.held.iter().enumerate().filter(sends).count()
    }
}

async fn play(steps: Vec<Step>, skews: [i64; WORKERS]) {
    let aws = Aws::start().await;
    let leases = leases(&aws);
    let mut players = Players::default();
    let mut time = now();
    for step in steps {
        time += SignedDuration::from_millis(step.after);
        let clock = |worker: usize| time + SignedDuration::from_millis(skews[worker]);
        assert!(players.sending(clock) <= 1, "before {step:?}");
        players.act(&leases, step, clock(step.worker)).await;
        assert!(players.sending(clock) <= 1, "after {step:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever they do and in whatever order, no two would send audio at the same moment, each judged by its own clock,
    /// with clocks up to 2 s apart.
    #[test]
    fn never_two_hold_a_shard_by_their_own_clocks(
        steps in steps(), skews in prop::array::uniform4(-1_000_i64..=1_000),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(steps, skews));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_thirty_at_once_one_takes_it_and_each_round_has_its_own_epoch() {
    let aws = Aws::start().await;
    let mut winners = BTreeMap::new();
    for round in 0..3 {
        let at = now() + SignedDuration::from_secs(20 * round);
        let mut takers = JoinSet::new();
        for number in 0..30 {
            let leases = leases(&aws);
            takers.spawn(async move {
                let name = worker(&format!("w{number}"));
                matches!(leases.take(SHARD, &name, at).await.unwrap(), Take::Mine(_)).then_some(name)
            });
        }
        let mut mine = takers.join_all().await.into_iter().flatten();
        let epoch = leases(&aws).read(SHARD).await.unwrap().unwrap().epoch;
        winners.insert(epoch, mine.next().unwrap());
        assert_eq!(mine.next(), None);
    }
    assert_eq!(winners.keys().map(|epoch| epoch.get()).collect::<Vec<_>>(), [1, 2, 3]);
}
