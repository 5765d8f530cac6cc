//! Processes of the deployed function, each with one request at a time as Lambda has it, behind one queue. Whoever is free
//! takes what has waited longest.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use aws_local::lambda::{Function, FunctionOptions, LambdaError};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::sleep_until;

use super::schedule::Schedule;
use super::traffic::{Answer, Traffic};
use crate::world::World;

/// How long is waited for what has not been answered when the last request has come.
const DRAIN: Duration = Duration::from_mins(5);

/// The processes.
pub(crate) struct Pool {
    options: FunctionOptions,
    functions: Vec<Function>,
}

/// A request that came at a moment.
#[derive(Clone, Copy, Debug)]
struct Due {
    number: u64,
    at: Instant,
}

/// What has become of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    /// Which request; a copy has the number of the first one.
    pub(crate) number: u64,
    /// From when it was due to its answer.
    pub(crate) waited: Duration,
    /// From the beginning to its answer.
    pub(crate) at: Duration,
    /// What came back.
    pub(crate) answer: Answer,
}

/// What all of them have become.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// In no order.
    pub(crate) done: Vec<Done>,
    /// Requests that nobody took in time.
    pub(crate) left: usize,
    /// The processes. They live on, so that what they took can be read afterwards, and none ends while others still work.
    pub(crate) kept: Vec<Function>,
}

impl Pool {
    /// Starts so many, and waits until all of them are there.
    pub(crate) async fn start(options: FunctionOptions, count: usize) -> Result<Self> {
        let functions = (0..count).map(|_| Function::start(&options)).collect::<std::io::Result<Vec<_>>>()?;
        for function in &functions {
            function.ready().await?;
        }
        Ok(Self { options, functions })
    }

    /// Their process ids.
    pub(crate) fn pids(&self) -> Vec<u32> {
        self.functions.iter().map(Function::pid).collect()
    }

    /// Sends all that the schedule says, each in its time, and gives back what became of it. Runs in a `LocalSet`.
    pub(crate) async fn run(self, world: &Rc<World>, schedule: Schedule) -> Result<Run> {
        let (sender, receiver) = unbounded_channel();
        let queue = Rc::new(Mutex::new(receiver));
        let traffic = Rc::new(Traffic::new()?);
        let begin = Instant::now();
        let mut workers = JoinSet::new();
        for function in self.functions {
            let worker = Worker {
                function,
                options: self.options.clone(),
                world: Rc::clone(world),
                traffic: Rc::clone(&traffic),
                begin,
                until: begin + schedule.time + DRAIN,
            };
            workers.spawn_local(worker.work(Rc::clone(&queue)));
        }
        for number in 0..schedule.count() {
            let at = begin + schedule.due(number);
            sleep_until(at.into()).await;
            for _ in 0..Schedule::copies(number) {
                sender.send(Due { number, at }).context("no process is left")?;
            }
        }
        drop(sender);
        let mut run = Run::default();
        while let Some(worker) = workers.join_next().await {
            let mut of_one = worker??;
            run.done.append(&mut of_one.done);
            run.left += of_one.left;
            run.kept.append(&mut of_one.kept);
        }
        Ok(run)
    }
}

struct Worker {
    function: Function,
    options: FunctionOptions,
    world: Rc<World>,
    traffic: Rc<Traffic>,
    begin: Instant,
    until: Instant,
}

impl Worker {
    async fn work(mut self, queue: Rc<Mutex<UnboundedReceiver<Due>>>) -> Result<Run> {
        let mut run = Run::default();
        loop {
            let due = queue.lock().await.recv().await;
            let Some(due) = due else {
                run.kept.push(self.function);
                return Ok(run);
            };
            if Instant::now() > self.until {
                run.left += 1;
                continue;
            }
            let answer = self.ask(due.number).await?;
            run.done.push(Done {
                number: due.number,
                waited: due.at.elapsed(),
                at: self.begin.elapsed(),
                answer,
            });
        }
    }

    /// Lambda replaces a process that has died or was killed; its request has no answer.
    async fn ask(&mut self, number: u64) -> Result<Answer> {
        let event = self.traffic.request(number, self.world.guild(number));
        match self.function.invoke(&event).await {
            Ok(answer) => Ok(Answer::of(&answer)),
            Err(LambdaError::Function { .. } | LambdaError::NotJson) => Ok(Answer::None),
            Err(LambdaError::Init(_) | LambdaError::Exited(_) | LambdaError::TimedOut) => {
                self.function = Function::start(&self.options)?;
                Ok(Answer::None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function that ends at once, as one that is told nonsense does.
    fn dead() -> FunctionOptions {
        FunctionOptions::new("/bin/false".into(), "interactions")
    }

    #[tokio::test]
    async fn a_function_that_does_not_start_is_an_error_and_no_measurement() {
        assert!(Pool::start(dead(), 2).await.is_err());
    }

    /// None is lost from the books: what nobody answers is told, in its number and its copies.
    #[tokio::test]
    async fn each_request_is_in_the_books_also_without_an_answer() {
        let options = dead();
        let local = tokio::task::LocalSet::new();
        let schedule = Schedule { rate: 40, time: Duration::from_secs(1) };
        let run = local.run_until(async {
            let functions = vec![Function::start(&options).unwrap(), Function::start(&options).unwrap()];
            let world = Rc::new(World::of(1).await.unwrap());
            Pool { options, functions }.run(&world, schedule).await.unwrap()
        });
        let run = run.await;
        let expected: usize = (0..40).map(Schedule::copies).sum();
        assert_eq!((expected, run.done.len(), run.left), (42, 42, 0));
        assert!(run.done.iter().all(|done| done.answer == Answer::None));
        assert!(run.done.iter().all(|done| done.waited <= done.at));
    }

    /// Their processor time and their memory are looked at when the last answer is there.
    #[tokio::test]
    async fn the_processes_outlive_the_run() {
        let options = dead();
        let local = tokio::task::LocalSet::new();
        let schedule = Schedule { rate: 1, time: Duration::ZERO };
        let run = local.run_until(async {
            let functions = vec![Function::start(&options).unwrap(), Function::start(&options).unwrap()];
            let world = Rc::new(World::of(1).await.unwrap());
            let pids: Vec<u32> = functions.iter().map(Function::pid).collect();
            (pids, Pool { options, functions }.run(&world, schedule).await.unwrap())
        });
        let (mut pids, run) = run.await;
        pids.sort_unstable();
        let mut kept: Vec<u32> = run.kept.iter().map(Function::pid).collect();
        kept.sort_unstable();
        assert_eq!((kept, run.done.len()), (pids, 0));
    }
}
