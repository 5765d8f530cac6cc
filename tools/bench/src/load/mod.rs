//! A thousand requests in a second for a minute, mixed, against processes of the deployed function over the emulators; and
//! the books afterwards: no song is lost, and none is there twice.

pub(crate) mod ledger;
pub(crate) mod pool;
mod report;
pub(crate) mod schedule;
mod share;
pub(crate) mod traffic;

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use shared::clock::Clock;
use shared::domain::queue::EntryId;
use shared::ids::GuildId;

use self::ledger::{Ledger, Verdict};
use self::pool::{Pool, Run};
use self::report::Report;
use self::schedule::Schedule;
use self::share::Shares;
use self::traffic::{Answer, Kind, song};
use crate::figure::Section;
use crate::functions;
use crate::world::World;

/// What comes.
const SCHEDULE: Schedule = Schedule { rate: 1_000, time: Duration::from_mins(1) };
/// A guild takes 60 uses of a command in a minute. A prime number, so that each sends every kind of request.
pub(crate) const GUILDS: u64 = 401;
/// Processes: enough that both cores have something to do while others wait for a table.
const PROCESSES: usize = 8;
/// As long as the template gives the function.
const LAMBDA_TIMEOUT: Duration = Duration::from_secs(10);

/// Measures with the binary that `./timmy build` leaves. Runs in a `LocalSet`.
pub async fn run(binary: &Path) -> Result<Section> {
    let (world, pool) = stage(binary, PROCESSES).await?;
    let shares = Shares::begin(&pool.pids())?;
    let run = pool.run(&world, SCHEDULE).await?;
    let shares = shares.end();
    let books = books(&world, &run).await?;
    Report { schedule: SCHEDULE, processes: PROCESSES, run: &run, books, shares }.section()
}

/// The emulators, and processes of the function.
pub(crate) async fn stage(binary: &Path, processes: usize) -> Result<(Rc<World>, Pool)> {
    let world = World::of(GUILDS).await?;
    let mut options = functions::options(&world, functions::DOOR, binary)?;
    options.timeout = LAMBDA_TIMEOUT;
    Ok((Rc::new(world), Pool::start(options, processes).await?))
}

/// What the answers of a run are worth.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// About the songs.
    pub(crate) verdict: Verdict,
    /// Requests whose answers are not as they are due, in words.
    pub(crate) wrong: Vec<String>,
}

impl Books {
    /// All that must not be, in words.
    pub(crate) fn broken(&self) -> Vec<String> {
        let mut broken = self.verdict.broken();
        if let Some(first) = self.wrong.first() {
            broken
                .push(format!("{} requests were not answered as is due, such as: {first}", self.wrong.len()));
        }
        broken
    }
}

/// Compares what was answered with what stands in the queues.
pub(crate) async fn books(world: &World, run: &Run) -> Result<Books> {
    let (answers, mut ledger) = (by_number(run), Ledger::default());
    for (number, answers) in &answers {
        if Kind::of(*number) == Kind::Play {
            for answer in answers {
                ledger.note(*number, answer.told());
            }
        }
    }
    let mut standing = BTreeMap::new();
    for guild in 0..world.guilds() {
        for song in songs(world, world.guild(guild)).await? {
            *standing.entry(song).or_default() += 1;
        }
    }
    let wrong = answers.iter().filter_map(|(number, answers)| Kind::of(*number).wrong(answers)).collect();
    Ok(Books { verdict: ledger.settle(&standing), wrong })
}

fn by_number(run: &Run) -> BTreeMap<u64, Vec<Answer>> {
    let mut answers: BTreeMap<u64, Vec<Answer>> = BTreeMap::new();
    for done in &run.done {
        answers.entry(done.number).or_default().push(done.answer);
    }
    answers
}

/// The numbers of all songs that a guild's queue refers to, as often as it does.
async fn songs(world: &World, guild: GuildId) -> Result<Vec<u64>> {
    let (queues, now) = (world.queues(), Clock::system().now());
    let view = queues.view(guild, now).await?;
    let references: Vec<_> = view.references().collect();
    let entries = queues.entries(guild, &references, now).await?;
    let of = |id: &EntryId| entries.get(id).and_then(|entry| song(entry.track.title().as_str()));
    Ok(references.iter().filter_map(of).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::pool::Done;
    use super::traffic::Traffic;
    use super::*;
    use crate::world::send;

    fn done(number: u64, answer: Answer) -> Done {
        Done { number, waited: Duration::ZERO, at: Duration::ZERO, answer }
    }

    #[test]
    fn each_guild_sends_each_kind() {
        let of_first: std::collections::BTreeSet<Kind> =
            (0..SCHEDULE.count()).filter(|number| number % GUILDS == 0).map(Kind::of).collect();
        assert_eq!(of_first.len(), Kind::ALL.len());
    }

    /// The limit of a command in a guild is 60 in a minute; a button counts as the command that it stands for.
    #[test]
    fn no_guild_comes_near_a_limit() {
        let mut uses: BTreeMap<(u64, Kind), u32> = BTreeMap::new();
        for number in 0..SCHEDULE.count() {
            *uses.entry((number % GUILDS, Kind::of(number))).or_default() += 1;
        }
        let both =
            |guild| uses.get(&(guild, Kind::Queue)).unwrap() + uses.get(&(guild, Kind::Click)).unwrap();
        assert!((0..GUILDS).map(both).max().unwrap() < 60);
        assert!(uses.values().max().unwrap() < &60);
    }

    /// Through the function itself: books of what was really done are right, and each thing that is left out of them or
    /// added to them is found.
    #[tokio::test]
    async fn the_books_are_held_against_the_queues() {
        let world = World::of(2).await.unwrap();
        let (app, traffic) = (world.app(world.sdk_config()).unwrap(), Traffic::new().unwrap());
        let plays: Vec<u64> = (0..40).filter(|number| Kind::of(*number) == Kind::Play).collect();
        let mut run = Run::default();
        for number in &plays {
            for _ in 0..2 {
                let event = traffic.request(*number, world.guild(*number)).to_string();
                let answer = send(&app, &RawValue::from_string(event).unwrap()).await;
                let answer = serde_json::json!({ "statusCode": answer.status(), "body": answer.body() });
                run.done.push(done(*number, Answer::of(&answer)));
            }
        }
        let honest = books(&world, &run).await.unwrap();
        assert_eq!((honest.verdict.queued, honest.broken()), (plays.len(), vec![]));

        let first = plays[0];
        run.done.retain(|done| done.number != first);
        assert_eq!(books(&world, &run).await.unwrap().verdict.unasked, [first]);
        run.done.push(done(first, Answer::Status(200, false)));
        run.done.push(done(first, Answer::Status(200, false)));
        let twice = books(&world, &run).await.unwrap();
        assert_eq!((twice.verdict.doubled.as_slice(), twice.wrong.len()), ([first].as_slice(), 1));
        run.done.push(done(100, Answer::Status(200, false)));
        assert_eq!(Kind::of(100), Kind::Play);
        let lost = books(&world, &run).await.unwrap();
        assert_eq!(lost.verdict.lost, [100]);
        assert_eq!(lost.broken().len(), 3);
    }
}
