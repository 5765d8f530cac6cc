//! `CloudWatch`: metrics from the lines of our logs and from the services here, the template's alarms over them, and what
//! these tell their topics. Of its calls there is `GetMetricData`, which `timmy cost` makes; the rest is in process.
//!
//! Alarms are evaluated when somebody says so, at the moment that they say, which is what makes a threshold testable. A
//! period is the whole minutes up to the end of the current one; the service looks once a minute, a little later. Of the
//! services' own metrics there are `AWS/Lambda` `Invocations`, `Errors` and `Duration` of functions that the stack runs, and
//! `AWS/SQS` `ApproximateNumberOfMessagesVisible`, looked at with each evaluation.

mod data;
mod emf;
mod expression;
mod judgement;
mod log_file;
mod metrics;
mod notification;
mod rule;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::lambda::Invoked;
use crate::machine;
use crate::sns::Sns;
use crate::sqs::Sqs;
use crate::template::{AlarmKind, AlarmPlan, MetricAlarm, Source};
pub use expression::{BadExpression, Expression};
use log_file::LogFile;
use metrics::{Key, Metrics};
pub use notification::Transition;
pub use rule::{BadRule, Rule};

/// The state of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing is wrong.
    Ok,
    /// It is.
    Alarm,
    /// Nobody can tell; each alarm begins so.
    InsufficientData,
}

/// There is no alarm of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no alarm of that name")]
pub struct NoSuchAlarm;

/// The metrics and alarms of a stack.
#[derive(Debug)]
pub struct CloudWatch {
    /// Those of metrics first, so that the others find their states.
    alarms: Vec<AlarmPlan>,
    topics: Arc<Sns>,
    queues: Arc<Sqs>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    metrics: Metrics,
    states: BTreeMap<String, State>,
    logs: Vec<LogFile>,
}

impl Inner {
    /// Takes the metrics out of what was appended to the files since the last time.
    fn read_logs(&mut self) {
        for line in self.logs.iter_mut().flat_map(LogFile::new_lines) {
            for point in emf::points(&line) {
                self.metrics.add(point.key, point.value, point.at);
            }
        }
    }
}

impl State {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ok, Self::Alarm, Self::InsufficientData];

    /// The service's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

impl CloudWatch {
    /// The template's alarms, which tell these topics.
    pub(crate) fn new(plans: &[AlarmPlan], topics: Arc<Sns>, queues: Arc<Sqs>) -> Self {
        let mut alarms = plans.to_vec();
        alarms.sort_by_key(|alarm| matches!(alarm.kind, AlarmKind::Composite(_)));
        let states = alarms.iter().map(|alarm| (alarm.name.clone(), State::InsufficientData)).collect();
        Self { alarms, topics, queues, inner: Mutex::new(Inner { states, ..Inner::default() }) }
    }

    /// The alarms' names.
    pub fn alarms(&self) -> impl Iterator<Item = &str> {
        self.alarms.iter().map(|alarm| alarm.name.as_str())
    }

    /// The state of an alarm.
    pub fn state(&self, alarm: &str) -> Result<State, NoSuchAlarm> {
        self.lock().states.get(alarm).copied().ok_or(NoSuchAlarm)
    }

    /// Takes the metrics out of a line of a log, if it holds any.
    pub fn hear(&self, line: &str) {
        let mut inner = self.lock();
        for point in emf::points(line) {
            inner.metrics.add(point.key, point.value, point.at);
        }
    }

    /// From now on hears what is appended to a file, with each evaluation.
    pub fn follow(&self, log: PathBuf) {
        self.lock().logs.push(LogFile::from_its_end(log));
    }

    /// Adds a point of a service's own metric.
    pub fn put(&self, namespace: &str, metric: &str, dimension: (&str, &str), value: f64, at: Timestamp) {
        let dimensions = [(dimension.0.to_owned(), dimension.1.to_owned())].into();
        let key = Key { namespace: namespace.to_owned(), metric: metric.to_owned(), dimensions };
        self.lock().metrics.add(key, value, at);
    }

    /// Counts what Lambda counts of an invocation.
    pub(crate) fn invoked(&self, invoked: &Invoked<'_>) {
        let now = machine::now();
        let failed = if invoked.failed { 1.0 } else { 0.0 };
        let took_ms = invoked.took.as_secs_f64() * 1_000.0;
        for (metric, value) in [("Invocations", 1.0), ("Errors", failed), ("Duration", took_ms)] {
            self.put("AWS/Lambda", metric, ("FunctionName", invoked.function), value, now);
        }
    }

    /// Looks at every alarm as it is now, tells the topics of those that changed, and returns the changes in their order.
    /// It has to be called in a runtime, in which functions that subscribed then run.
    pub fn evaluate(&self, now: Timestamp) -> Vec<Transition> {
        for (queue, messages) in self.queues.depths() {
            let depth = u32::try_from(messages).map_or(f64::MAX, f64::from);
            self.put("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName", &queue), depth, now);
        }
        let changes = self.judge(now);
        for change in &changes {
            self.tell(change);
        }
        changes
    }

    /// Puts an alarm into a state until the next evaluation finds another, and tells its topics: `SetAlarmState`.
    pub fn set(&self, alarm: &str, to: State, reason: &str, now: Timestamp) -> Result<(), NoSuchAlarm> {
        let from = {
            let mut inner = self.lock();
            let state = inner.states.get_mut(alarm).ok_or(NoSuchAlarm)?;
            std::mem::replace(state, to)
        };
        if from != to {
            let (alarm, reason) = (alarm.to_owned(), reason.to_owned());
            self.tell(&Transition { alarm, from, to, reason, at: now });
        }
        Ok(())
    }

    fn judge(&self, now: Timestamp) -> Vec<Transition> {
        let mut inner = self.lock();
        let inner = &mut *inner;
        inner.read_logs();
        let mut changes = Vec::new();
        for alarm in &self.alarms {
            let state_of = |name: &str| inner.states.get(name).copied().unwrap_or(State::InsufficientData);
            let from = state_of(&alarm.name);
            let (to, reason) = match &alarm.kind {
                AlarmKind::Metric(metric) => {
                    let figures = figures(metric, &inner.metrics, now);
                    let to = judgement::state(metric, &figures, from);
                    (to, judgement::reason(metric, &figures, to))
                }
                // It is looked at when one of its alarms moves: one that was tripped stays so until then.
                AlarmKind::Composite(rule) if from == State::InsufficientData || moves(rule, &changes) => {
                    let to = if rule.holds(&state_of) { State::Alarm } else { State::Ok };
                    (to, because(&changes, to))
                }
                AlarmKind::Composite(_) => continue,
            };
            if from != to {
                inner.states.insert(alarm.name.clone(), to);
                changes.push(Transition { alarm: alarm.name.clone(), from, to, reason, at: now });
            }
        }
        changes
    }

    fn tell(&self, change: &Transition) {
        let Some(alarm) = self.alarms.iter().find(|alarm| alarm.name == change.alarm) else { return };
        let actions = match change.to {
            State::Ok => &alarm.ok_actions,
            State::Alarm => &alarm.alarm_actions,
            State::InsufficientData => &alarm.insufficient_data_actions,
        };
        for topic in actions {
            let (subject, message) = (notification::subject(change), notification::message(alarm, change));
            self.topics.tell(topic, &subject, &message);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The figures of the periods that an alarm looks at, newest first.
fn figures(alarm: &MetricAlarm, metrics: &Metrics, now: Timestamp) -> Vec<Option<f64>> {
    let figure = |periods: u32| match &alarm.source {
        Source::Metric(metric) => metrics.figure(metric, now, periods),
        Source::Math { expression, metrics: named, .. } => {
            expression.value(&|id| metrics.figure(named.get(id)?, now, periods))
        }
    };
    (0..alarm.evaluation_periods).map(figure).collect()
}

/// Whether one of a rule's alarms has just changed its state.
fn moves(rule: &Rule, changes: &[Transition]) -> bool {
    let alarms = rule.alarms();
    changes.iter().any(|change| alarms.contains(change.alarm.as_str()))
}

/// Which of its alarms moved a composite one: the last, in the service's words.
fn because(changes: &[Transition], to: State) -> String {
    match changes.last() {
        Some(change) => {
            let (arn, at) =
                (notification::arn(&change.alarm), change.at.strftime("%A %d %B, %Y %H:%M:%S UTC"));
            format!("{arn} transitioned to {} at {at}", change.to.as_str())
        }
        None => format!("The rule of the alarm holds for {}", to.as_str()),
    }
}

#[cfg(test)]
#[path = "cloudwatch_tests.rs"]
mod tests;
