//! What happens behind Discord, for the timeline of its page: calls to the AWS services, what the functions and the
//! worker write to their logs, and whether a worker runs.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_local::{Call, Stack};
use interactions::checks::Checked;
use serde_json::{Value, json};
use simulator::{Entry, Kind, Simulator};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use super::{stage, thread};

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(100);
/// How long the page says at least that a worker is gone, even if another follows at once: so that a person can read it.
const READABLE: Duration = Duration::from_secs(1);

/// Looks for as long as the stack runs. `logs` are the functions' and the worker's.
pub(crate) async fn watch(
    stack: Arc<Stack>,
    discord: Arc<Simulator>,
    logs: [PathBuf; 2],
    mut checked: UnboundedReceiver<Checked>,
) {
    stack.record_calls();
    let [functions, worker] = logs;
    let mut logs = [(Kind::Answer, Tail::end_of(functions)), (Kind::Worker, Tail::end_of(worker))];
    let (mut often, mut running, mut silent_until) = (tokio::time::interval(LOOK), None, Instant::now());
    loop {
        often.tick().await;
        while let Ok(checked) = checked.try_recv() {
            discord.note(&of_gate(&checked));
        }
        stack.take_calls().iter().filter_map(of_call).for_each(|entry| discord.note(&entry));
        for (kind, tail) in &mut logs {
            tail.lines()
                .iter()
                .filter_map(|line| of_line(*kind, line))
                .for_each(|entry| discord.note(&entry));
        }
        let now = stage::running(&stack).map(|(arn, _)| arn);
        if now != running && Instant::now() >= silent_until {
            let before = running.take();
            // One that was followed at once is gone all the same: a later look finds the other.
            running = now.filter(|_| before.is_none());
            discord.worker(running.is_some(), &words(&stack, running.as_deref(), before.as_deref()));
            silent_until = Instant::now() + READABLE;
        }
    }
}

fn words(stack: &Stack, now: Option<&str>, before: Option<&str>) -> String {
    if now.is_some() {
        return "A worker has started.".to_owned();
    }
    let stopped = before.and_then(|arn| stack.ecs().described(arn));
    let reason = stopped.as_ref().and_then(|task| task["stoppedReason"].as_str()).unwrap_or("it ended");
    format!("The worker is gone: {reason}")
}

/// What was changed, queued, started or called. What is only read, and what comes round by itself, is left out.
fn of_call(call: &Call) -> Option<Entry> {
    let needs: Vec<_> = call.needs.iter().filter(|need| is_change(&need.action)).collect();
    let first = needs.first()?;
    if needs.iter().all(|need| need.resource.ends_with("-leases")) {
        return None;
    }
    let kind = match first.action.split_once(':')? {
        ("dynamodb", _) => Kind::Store,
        ("sqs", _) => Kind::Doorbell,
        _ => Kind::Worker,
    };
    let what: Vec<_> =
        needs.iter().map(|need| json!({ "action": need.action, "of": need.resource })).collect();
    let mut places: Vec<_> = needs.iter().filter_map(|need| need.resource.rsplit('/').next()).collect();
    places.dedup();
    let title = format!("{} {}", call.operation, places.join(", "));
    let entry = Entry::new(kind, title).with(json!({ "asks": what }));
    let interaction = call.trace.as_deref().and_then(thread::of_trace).and_then(|id| id.parse().ok());
    Some(match interaction {
        Some(interaction) => entry.of(interaction),
        None => entry,
    })
}

/// How an interaction fared at the gate.
fn of_gate(Checked { interaction, checks }: &Checked) -> Entry {
    let refused = checks.iter().find(|(_, ok)| !ok);
    let title = match refused {
        Some((check, _)) => format!("refused: {}", check.name()),
        None => format!("{} checks passed", checks.len()),
    };
    let list: Vec<_> = checks.iter().map(|(check, ok)| json!({ "name": check.name(), "ok": ok })).collect();
    let entry = Entry::new(Kind::Answer, title).ended(refused.is_none()).with(json!({ "checks": list }));
    match interaction.get().to_string().parse() {
        Ok(interaction) => entry.of(interaction),
        Err(_) => entry,
    }
}

fn is_change(action: &str) -> bool {
    let operation = action.split_once(':').map_or(action, |(_, operation)| operation);
    ["Put", "Update", "Send", "RunTask", "StopTask", "Invoke"]
        .iter()
        .any(|start| operation.starts_with(start))
        || action == "dynamodb:DeleteItem"
}

/// A line of a log: an audit event, a security event, a fault or a note. Metrics are counted elsewhere.
fn of_line(kind: Kind, line: &Value) -> Option<Entry> {
    let log = line["log"].as_str()?;
    let what =
        ["event", "action", "fault", "note", "outcome", "code"].iter().filter_map(|key| line[key].as_str());
    let what = what.collect::<Vec<_>>().join(", ");
    let title = if what.is_empty() { log.to_owned() } else { format!("{log}: {what}") };
    let entry = Entry::new(kind, title).with(line.clone());
    Some(if line["level"] == "INFO" { entry } else { entry.ended(false) })
}

/// The end of a file that grows.
struct Tail {
    path: PathBuf,
    at: u64,
    rest: String,
}

impl Tail {
    fn end_of(path: PathBuf) -> Self {
        let at = length(&path);
        Self { path, at, rest: String::new() }
    }

    /// The lines since the last time that are JSON.
    fn lines(&mut self) -> Vec<Value> {
        if length(&self.path) <= self.at {
            return Vec::new();
        }
        let more = self.read().unwrap_or_default();
        self.rest.push_str(&more);
        let Some((whole, rest)) = self.rest.rsplit_once('\n') else { return Vec::new() };
        let lines = whole.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        self.rest = rest.to_owned();
        lines
    }

    fn read(&mut self) -> std::io::Result<String> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.at))?;
        let mut bytes = Vec::new();
        self.at += u64::try_from(file.read_to_end(&mut bytes)?).unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_tail_gives_whole_lines_that_are_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        let mut tail = Tail::end_of(path.clone());
        assert!(tail.lines().is_empty());
        let mut file = File::create(&path).unwrap();
        write!(file, "{{\"a\":1}}\nnot json\n{{\"a\"").unwrap();
        assert_eq!(tail.lines(), [json!({ "a": 1 })]);
        writeln!(file, ":2}}").unwrap();
        assert_eq!(tail.lines(), [json!({ "a": 2 })]);
        assert!(tail.lines().is_empty());
    }

    #[test]
    fn a_line_says_what_happened_and_a_metric_nothing() {
        let fault =
            json!({ "log": "fault", "level": "ERROR", "fault": "voice.source", "code": "source-not-audio" });
        let entry = of_line(Kind::Worker, &fault).unwrap();
        let expected = Entry::new(Kind::Worker, "fault: voice.source, source-not-audio");
        assert_eq!(entry, expected.with(fault).ended(false));
        assert_eq!(of_line(Kind::Worker, &json!({ "_aws": {} })), None);
    }
}
