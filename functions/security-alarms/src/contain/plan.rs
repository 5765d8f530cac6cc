//! What has to be done so that the account follows the flag (SPEC T33). Pure: what the flag says, what has been noted, what
//! was seen; and out come the notes to write first, and the steps.
//!
//! A step is planned only where what was seen differs from what has to be, so a plan that was carried out plans nothing
//! more, and who repeats half of one repeats nothing. How a thing was before is noted when it is first seen, never again
//! until it has been restored.

use std::collections::{BTreeMap, BTreeSet};

use shared::domain::contained::{Contained, Raise, Replaced};
use shared::domain::containment::Level;

use super::names::replaces_secrets;

/// From here on schedules and queue intake stop.
pub(super) const INTAKE: Level = Level::L2;
/// From here on workers and jobs stop.
pub(super) const WORK: Level = Level::L3;
/// From here on the application's secrets are replaced.
pub(super) const CREDENTIALS: Level = Level::L4;
/// From here on the tokens' key is disabled.
pub(super) const KEY: Level = Level::L5;

/// What was seen. `None`: it could not be told whole, and then nothing of that kind is touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Schedules, by the rule's name: whether they are on.
    pub(super) rules: Option<BTreeMap<String, bool>>,
    /// What functions take from queues, by the mapping's id: whether it is on.
    pub(super) mappings: Option<BTreeMap<String, bool>>,
    /// Reserved concurrency of the jobs, by the function's name.
    pub(super) concurrency: Option<BTreeMap<String, Option<u32>>>,
    /// Workers that run or will.
    pub(super) tasks: Option<BTreeSet<String>>,
    /// Secrets that can be replaced.
    pub(super) secrets: Option<BTreeSet<String>>,
    /// The tokens' key, by its id: whether it can be used.
    pub(super) keys: Option<BTreeMap<String, bool>>,
}

/// One call to AWS. Each may be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Turn a schedule on or off.
    Rule { name: String, on: bool },
    /// Turn a function's intake from a queue on or off.
    Mapping { id: String, on: bool },
    /// Reserve so much concurrency for a function; `None`: none.
    Concurrency { function: String, reserved: Option<u32> },
    /// Stop a worker.
    Stop { task: String },
    /// Replace a secret.
    Replace { secret: String, of: Raise },
    /// Make a key usable or not.
    Key { id: String, on: bool },
}

/// What to write, and then what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// What to note before the first step.
    pub(super) noted: Contained,
    /// What to do, in this order.
    pub(super) steps: Vec<Step>,
}

/// Plans. `raise` is that of the flag; `None` at L0.
pub(super) fn plan(desired: Level, raise: Option<Raise>, done: &Contained, seen: &Seen) -> Plan {
    let mut noted = done.clone();
    let prior = &mut noted.prior;
    let mut steps = Vec::new();
    if let Some(seen) = &seen.rules {
        let moved = switch(|_| desired >= INTAKE, &false, &mut prior.rules, seen);
        steps.extend(moved.map(|(name, on)| Step::Rule { name, on }));
    }
    if let Some(seen) = &seen.mappings {
        let moved = switch(|_| desired >= INTAKE, &false, &mut prior.mappings, seen);
        steps.extend(moved.map(|(id, on)| Step::Mapping { id, on }));
    }
    if let Some(seen) = &seen.concurrency {
        let is_stopped =
            |function: &str| desired >= WORK && !(desired >= CREDENTIALS && replaces_secrets(function));
        let moved = switch(is_stopped, &Some(0), &mut prior.concurrency, seen);
        steps.extend(moved.map(|(function, reserved)| Step::Concurrency { function, reserved }));
    }
    if desired >= WORK {
        let tasks = seen.tasks.iter().flatten().cloned();
        steps.extend(tasks.map(|task| Step::Stop { task }));
    }
    if let Some(of) = raise.filter(|_| desired >= CREDENTIALS) {
        let before = noted.replaced.as_ref().filter(|replaced| replaced.of == of);
        let secrets = seen.secrets.iter().flatten();
        let due = secrets.filter(|secret| before.is_none_or(|before| !before.secrets.contains(*secret)));
        steps.extend(due.cloned().map(|secret| Step::Replace { secret, of }));
    }
    if let Some(seen) = &seen.keys {
        let moved = switch(|_| desired >= KEY, &false, &mut prior.keys, seen);
        steps.extend(moved.map(|(id, on)| Step::Key { id, on }));
    }
    // Back in the opposite order: nothing is taken in again before there is what works on it.
    if desired == Level::L0 {
        steps.reverse();
    }
    Plan { noted, steps }
}

/// Notes how things are and says which have to be `off`, or which have to be again what was noted.
fn switch<V: Clone + PartialEq>(
    stops: impl Fn(&str) -> bool,
    off: &V,
    prior: &mut BTreeMap<String, V>,
    seen: &BTreeMap<String, V>,
) -> impl Iterator<Item = (String, V)> {
    let mut moves = Vec::new();
    for (name, is) in seen {
        let wanted = if stops(name) {
            prior.entry(name.clone()).or_insert_with(|| is.clone());
            off.clone()
        } else {
            let Some(was) = prior.get(name) else { continue };
            was.clone()
        };
        if wanted != *is {
            moves.push((name.clone(), wanted));
        }
    }
    moves.into_iter()
}

/// What is left to note when the steps have been done: `failed` are those that have not.
pub(super) fn settle(desired: Level, plan: &Plan, seen: &Seen, failed: &[Step]) -> Contained {
    let mut next = plan.noted.clone();
    for step in &plan.steps {
        if let Step::Replace { secret, of } = step
            && !failed.contains(step)
        {
            note_replaced(&mut next, secret, *of);
        }
    }
    if !failed.is_empty() {
        return next;
    }
    // Restored: what is noted of it is over, and the next raise notes it anew.
    let prior = &mut next.prior;
    if desired < INTAKE && seen.rules.is_some() {
        prior.rules.clear();
    }
    if desired < INTAKE && seen.mappings.is_some() {
        prior.mappings.clear();
    }
    if desired < WORK && seen.concurrency.is_some() {
        prior.concurrency.clear();
    }
    if desired < KEY && seen.keys.is_some() {
        prior.keys.clear();
    }
    if seen.tells(desired, &plan.noted) {
        next.reached = desired.number();
    }
    next
}

fn note_replaced(next: &mut Contained, secret: &str, of: Raise) {
    let replaced = next.replaced.take().filter(|replaced| replaced.of == of);
    let mut replaced = replaced.unwrap_or(Replaced { of, secrets: BTreeSet::new() });
    replaced.secrets.insert(secret.to_owned());
    next.replaced = Some(replaced);
}

impl Seen {
    /// Whether everything could be told that `desired` is about, and that is noted.
    pub(super) fn tells(&self, desired: Level, noted: &Contained) -> bool {
        let need = Need::of(desired, noted);
        (!need.rules || self.rules.is_some())
            && (!need.mappings || self.mappings.is_some())
            && (!need.concurrency || self.concurrency.is_some())
            && (!need.tasks || self.tasks.is_some())
            && (!need.secrets || self.secrets.is_some())
            && (!need.keys || self.keys.is_some())
    }
}

/// What has to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own, none a state")]
pub(super) struct Need {
    pub(super) rules: bool,
    pub(super) mappings: bool,
    pub(super) concurrency: bool,
    pub(super) tasks: bool,
    pub(super) secrets: bool,
    pub(super) keys: bool,
}

impl Need {
    /// For a level, and for what has to be restored.
    pub(super) fn of(desired: Level, noted: &Contained) -> Self {
        let prior = &noted.prior;
        Self {
            rules: desired >= INTAKE || !prior.rules.is_empty(),
            mappings: desired >= INTAKE || !prior.mappings.is_empty(),
            concurrency: desired >= WORK || !prior.concurrency.is_empty(),
            tasks: desired >= WORK,
            secrets: desired >= CREDENTIALS,
            keys: desired >= KEY || !prior.keys.is_empty(),
        }
    }
}

impl Step {
    /// In words, for somebody who wants to know what would be done. Names are ours; nothing in them is anybody's.
    pub(super) fn words(&self) -> String {
        let turn = |on: &bool| if *on { "turn on" } else { "turn off" };
        match self {
            Self::Rule { name, on } => format!("{} the schedule {name}", turn(on)),
            Self::Mapping { id, on } => format!("{} the queue intake {id}", turn(on)),
            Self::Concurrency { function, reserved: Some(0) } => format!("let {function} run no more"),
            Self::Concurrency { function, reserved: Some(most) } => {
                format!("let {function} run {most} times at once, as before")
            }
            Self::Concurrency { function, reserved: None } => format!("let {function} run again"),
            Self::Stop { task } => format!("stop the worker {}", task.rsplit('/').next().unwrap_or_default()),
            Self::Replace { secret, .. } => format!("replace the secret {secret}; there is no way back"),
            Self::Key { id, on } => {
                format!("{} the key {}", turn(on), id.rsplit('/').next().unwrap_or_default())
            }
        }
    }

    /// What kind of step it is, for the log.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Rule { .. } => "contain.rule",
            Self::Mapping { .. } => "contain.mapping",
            Self::Concurrency { .. } => "contain.concurrency",
            Self::Stop { .. } => "contain.stop",
            Self::Replace { .. } => "contain.replace",
            Self::Key { .. } => "contain.key",
        }
    }

    /// Whether it gives something back that was taken: never without looking at the flag once more.
    pub(super) const fn gives_back(&self) -> bool {
        match self {
            Self::Rule { on, .. } | Self::Mapping { on, .. } | Self::Key { on, .. } => *on,
            Self::Concurrency { reserved, .. } => !matches!(reserved, Some(0)),
            Self::Stop { .. } | Self::Replace { .. } => false,
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
