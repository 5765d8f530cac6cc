//! A table of what can happen, and what channels hear of it. Times are written as `1h30m` from the beginning.

use super::world::{Event, World};
use crate::domain::incident::{Change, Kind};

struct Scenario {
    name: &'static str,
    alert: &'static str,
    /// `time event`, or `time event@time` where it says when it was by its own clock; with `;` in between.
    script: &'static str,
    until: &'static str,
    /// What channels hear, and when.
    told: &'static str,
    /// What is in the row at last: status, severity, count, and how many incidents there were if not one.
    ends: &'static str,
}

const fn scenario(
    name: &'static str,
    [alert, script, until]: [&'static str; 3],
    told: &'static str,
    ends: &'static str,
) -> Scenario {
    Scenario { name, alert, script, until, told, ends }
}

const P1: &str = "unauthorized-access";
const P0: &str = "under-attack";
const P2: &str = "dead-letters";
const P3: &str = "voice-late";
const EVENT: &str = "guild-banned";

const TABLE: &[Scenario] = &[
    // Beginning, waiting, ending.
    scenario("it waits 30 s", [P1, "0 fires", "1h"], "30s opened", "open P1 x1"),
    scenario("it is not told sooner", [P1, "0 fires", "29s"], "", "open P1 x1"),
    scenario("P0 is told at once", [P0, "0 fires", "1m"], "0s opened", "open P0 x1"),
    scenario("gone within the wait", [P1, "0 fires; 20s clears", "1h"], "", "resolved P1 x1"),
    scenario("over", [P1, "0 fires; 10m clears", "1h"], "30s opened, 10m resolved", "resolved P1 x1"),
    scenario(
        "over within the interval",
        [P1, "0 fires; 1m clears", "1h"],
        "30s opened, 5m30s resolved",
        "resolved P1 x1",
    ),
    scenario(
        "P0 over at once",
        [P0, "0 fires; 10s clears", "1h"],
        "0s opened, 5m resolved",
        "resolved P0 x1",
    ),
    scenario("nothing but clearing", [P1, "0 clears; 5m clears", "1h"], "", "nothing"),
    scenario("nothing but blindness", [P1, "0 blind", "1h"], "", "nothing"),
    scenario(
        "a clock that is ahead",
        [P1, "0 fires@9h; 10m clears", "1h"],
        "30s opened, 10m resolved",
        "resolved P1 x1",
    ),
    // Twice.
    scenario("delivered twice", [P1, "0 fires; 1s fires@0", "1h"], "30s opened", "open P1 x1"),
    scenario(
        "delivered again after 10 minutes",
        [P1, "0 fires; 10m fires@0", "1h"],
        "30s opened",
        "open P1 x1",
    ),
    scenario(
        "its end delivered twice",
        [P1, "0 fires; 10m clears; 10m1s clears@10m", "1h"],
        "30s opened, 10m resolved",
        "resolved P1 x1",
    ),
    scenario(
        "its beginning delivered again after its end",
        [P1, "0 fires; 10m clears; 12m fires@0", "1h"],
        "30s opened, 10m resolved",
        "resolved P1 x1",
    ),
    scenario(
        "its beginning delivered again an hour after its end",
        [P1, "0 fires; 10m clears; 1h10m fires@0", "2h"],
        "30s opened, 10m resolved",
        "resolved P1 x1",
    ),
    scenario("P0 delivered twice", [P0, "0 fires; 1s fires@0; 2s fires@0", "4m"], "0s opened", "open P0 x1"),
    // In another order.
    scenario("OK before ALARM", [P1, "10s clears@10s; 11s fires@5s", "1h"], "", "nothing"),
    scenario(
        "OK before ALARM, and a real one later",
        [P1, "10s clears@10s; 11s fires@5s; 20m fires", "30m"],
        "20m30s opened",
        "open P1 x1",
    ),
    scenario("the same instant, cleared last", [P1, "0 fires; 1s clears@0", "1h"], "", "resolved P1 x1"),
    scenario("the same instant, cleared first", [P1, "1s clears@0; 2s fires@0", "1h"], "", "nothing"),
    scenario(
        "an OK from before the ALARM comes after it",
        [P1, "1m fires@1m; 2m clears@30s", "1h"],
        "1m30s opened",
        "open P1 x1",
    ),
    scenario(
        "an ALARM from before the OK comes within the reopening",
        [P1, "0 fires; 10m clears@10m; 11m fires@9m", "1h"],
        "30s opened, 10m resolved",
        "resolved P1 x1",
    ),
    scenario(
        "ALARM, ALARM, and the OK of in between at last",
        [P1, "0 fires; 31s fires@30s; 40s clears@15s", "1h"],
        "30s opened",
        "open P1 x1",
    ),
    scenario(
        "blind, and the OK of before that",
        [P1, "0 fires; 2m blind@2m; 3m clears@1m", "1h"],
        "30s opened, 5m30s resolved",
        "resolved P1 x1",
    ),
    scenario(
        "an older blindness than the last firing",
        [P1, "2m fires@2m; 3m blind@1m", "10m"],
        "2m30s opened",
        "open P1 x1",
    ),
    // Flapping.
    scenario(
        "flapping each minute is a notice in 5 minutes",
        [P1, "0 fires; 1m clears; 2m fires; 3m clears; 4m fires; 5m clears; 6m fires", "12m"],
        "30s opened, 5m30s resolved, 10m30s reopened",
        "open P1 x4",
    ),
    scenario(
        "back within 5 minutes is the same one",
        [P1, "0 fires; 10m clears; 14m fires", "1h"],
        "30s opened, 10m resolved, 15m reopened",
        "open P1 x2",
    ),
    scenario(
        "back after 5 minutes is another one",
        [P1, "0 fires; 10m clears; 15m fires", "1h"],
        "30s opened, 10m resolved, 15m30s opened",
        "open P1 x1 of 2",
    ),
    scenario(
        "back and gone before anybody heard of it",
        [P1, "0 fires; 10m clears; 11m fires; 12m clears", "1h"],
        "30s opened, 10m resolved",
        "resolved P1 x2",
    ),
    scenario(
        "back before the first notice",
        [P1, "0 fires; 10s clears; 20s fires", "10m"],
        "50s opened",
        "open P1 x2",
    ),
    scenario(
        "P0 flapping",
        [P0, "0 fires; 30s clears; 1m fires; 1m30s clears; 2m fires", "6m"],
        "0s opened, 5m grew",
        "open P0 x3",
    ),
    // Growing and repeating.
    scenario(
        "it fires again long after the last notice",
        [P2, "0 fires; 20m fires", "1h"],
        "30s opened, 20m grew",
        "open P2 x2",
    ),
    scenario(
        "it fires each minute",
        [P2, "0 fires; 1m fires; 2m fires; 3m fires; 4m fires; 5m fires", "10m"],
        "30s opened, 5m30s grew",
        "open P2 x6",
    ),
    scenario(
        "what comes within a minute counts once",
        [P2, "0 fires; 11s fires; 22s fires; 33s fires; 44s fires; 55s fires", "4h"],
        "30s opened",
        "open P2 x1",
    ),
    scenario(
        "it still goes on",
        [P2, "0 fires", "9h"],
        "30s opened, 4h5m repeated, 8h5m repeated",
        "open P2 x1",
    ),
    scenario(
        "growing puts the repetition off",
        [P2, "0 fires; 2h fires", "7h"],
        "30s opened, 2h grew, 6h repeated",
        "open P2 x2",
    ),
    scenario("blindness is noted and not told", [P2, "0 fires; 1h blind", "2h"], "30s opened", "open P2 x1"),
    scenario(
        "seen again after blindness",
        [P2, "0 fires; 1h blind; 2h fires", "3h"],
        "30s opened, 2h grew",
        "open P2 x2",
    ),
    // Nobody answers.
    scenario(
        "P1 escalates to P0, and then no further",
        [P1, "0 fires", "7h"],
        "30s opened, 2h overdue P0, 2h5m overdue P0, 6h5m repeated P0",
        "open P0 x1",
    ),
    scenario(
        "P0 is overdue after 5 minutes",
        [P0, "0 fires", "1h"],
        "0s opened, 5m overdue, 10m overdue",
        "open P0 x1",
    ),
    scenario(
        "closed by somebody, and back at once",
        [P3, "0 fires; 1m ack; 2m resolve; 4m fires", "10m"],
        "30s opened, 1m acknowledged, 2m resolved, 7m reopened",
        "open P3 x2",
    ),
    scenario(
        "answered in time",
        [P1, "0 fires; 1h ack", "4h"],
        "30s opened, 1h acknowledged",
        "acknowledged P1 x1",
    ),
    scenario(
        "answered after it escalated",
        [P1, "0 fires; 2h1m ack", "3h"],
        "30s opened, 2h overdue P0, 2h1m acknowledged P0",
        "acknowledged P0 x1",
    ),
    scenario(
        "over before anybody answered",
        [P1, "0 fires; 1h59m clears", "4h"],
        "30s opened, 1h59m resolved",
        "resolved P1 x1",
    ),
    // People.
    scenario(
        "taken twice",
        [P1, "0 fires; 1m ack; 2m ack", "1h"],
        "30s opened, 1m acknowledged",
        "acknowledged P1 x1",
    ),
    scenario(
        "taken, it grows in silence",
        [P1, "0 fires; 1m ack; 20m fires; 40m fires", "1h"],
        "30s opened, 1m acknowledged",
        "acknowledged P1 x3",
    ),
    scenario(
        "taken, it is repeated and ends",
        [P1, "0 fires; 1m ack; 5h clears", "6h"],
        "30s opened, 1m acknowledged, 4h5m repeated, 5h resolved",
        "resolved P1 x1",
    ),
    scenario(
        "closed by somebody, and its OK after that",
        [P1, "0 fires; 10m resolve; 20m clears", "1h"],
        "30s opened, 10m resolved",
        "resolved P1 x1",
    ),
    scenario(
        "closed by somebody, and back",
        [P1, "0 fires; 10m resolve; 12m fires", "20m"],
        "30s opened, 10m resolved, 15m reopened",
        "open P1 x2",
    ),
    scenario(
        "closed before the first notice",
        [P1, "0 fires; 10s resolve", "1h"],
        "10s resolved",
        "resolved P1 x1",
    ),
    scenario(
        "an order from before it came back",
        [P1, "0 fires; 10m clears; 12m fires; 13m resolve@9m; 13m ack@9m", "14m"],
        "30s opened, 10m resolved",
        "open P1 x2",
    ),
    // Silence.
    scenario(
        "silenced, it is told of when the silence ends",
        [P2, "0 fires; 10m silence:1h; 20m fires; 30m fires", "2h"],
        "30s opened, 1h10m grew",
        "open P2 x3",
    ),
    scenario(
        "a silence brings nothing forward",
        [P2, "0 fires; 10m silence:1h", "3h"],
        "30s opened",
        "open P2 x1",
    ),
    scenario(
        "silenced before the first notice",
        [P2, "0 fires; 10s silence:1h", "2h"],
        "1h10s opened",
        "open P2 x1",
    ),
    scenario(
        "silenced, it does not escalate until the silence ends",
        [P1, "0 fires; 1h silence:2h", "3h1m"],
        "30s opened, 3h overdue P0",
        "open P0 x1",
    ),
    scenario(
        "its end is told in silence",
        [P2, "0 fires; 10m silence:6h; 20m clears", "1h"],
        "30s opened, 20m resolved",
        "resolved P2 x1",
    ),
    scenario(
        "silence goes on over the end",
        [P2, "0 fires; 10m silence:1h; 20m clears; 40m fires", "2h"],
        "30s opened, 20m resolved, 1h10m opened",
        "open P2 x1 of 2",
    ),
    scenario(
        "silence ends with what has ended",
        [P2, "0 fires; 10m silence:1h; 20m clears; 40m fires; 50m clears", "2h"],
        "30s opened, 20m resolved",
        "resolved P2 x1 of 2",
    ),
    // Hidden.
    scenario("hidden from the start", [P1, "0 hide; 0 fires; 10m clears", "1h"], "", "resolved P1 x1"),
    scenario(
        "hidden, and told when that is over",
        [P1, "0 hide; 0 fires; 20m unhide", "1h"],
        "25m opened",
        "open P1 x1",
    ),
    scenario(
        "hidden after it was told: its end is told later",
        [P1, "0 fires; 1m hide; 10m clears; 30m unhide", "1h"],
        "30s opened, 35m resolved",
        "resolved P1 x1",
    ),
    scenario(
        "hidden, it does not escalate",
        [P1, "0 fires; 1m hide; 3h unhide", "3h1m"],
        "30s opened",
        "open P1 x1",
    ),
    // Containment.
    scenario(
        "contained later by somebody",
        [P1, "0 fires; 1m contain; 2m contain", "1h"],
        "30s opened, 1m contained",
        "open P1 x1",
    ),
    scenario(
        "containment says that it grew, too",
        [P1, "0 fires; 1m fires; 1m contain", "1h"],
        "30s opened, 1m contained",
        "open P1 x2",
    ),
    scenario(
        "contained after it was over: its end is still told",
        [P1, "0 fires; 1m clears; 2m contain", "1h"],
        "30s opened, 2m contained, 10m resolved",
        "resolved P1 x1",
    ),
    // Events that nobody ends.
    scenario(
        "a ban is over after an hour",
        [EVENT, "0 fires", "3h"],
        "30s opened, 1h resolved",
        "resolved P2 x1",
    ),
    scenario(
        "bans go on",
        [EVENT, "0 fires; 50m fires", "2h"],
        "30s opened, 50m grew, 1h50m resolved",
        "resolved P2 x2",
    ),
    scenario(
        "what may be a break-in is not over by itself",
        ["finding", "0 fires; 1m ack", "3h"],
        "0s opened, 1m acknowledged",
        "acknowledged P0 x1",
    ),
    // Deaths.
    scenario(
        "who told died: it is told again",
        [P1, "0 fires; 10s die; 1m live", "10m"],
        "5m opened",
        "open P1 x1",
    ),
    scenario(
        "who told died, and it fires again",
        [P1, "0 fires; 10s die; 1m live; 3m fires", "4m"],
        "3m opened",
        "open P1 x2",
    ),
    scenario(
        "who told P0 died: its repetition tells it",
        [P0, "0 die; 0 fires; 1s live; 2m fires@0", "3m"],
        "2m opened",
        "open P0 x1",
    ),
    scenario(
        "who told died, and it ended meanwhile",
        [P1, "0 fires; 10s die; 1m live; 3m clears", "10m"],
        "3m opened, 5m30s resolved",
        "resolved P1 x1",
    ),
];

#[test]
fn each_scenario_goes_as_written() {
    assert!(TABLE.len() >= 50, "{}", TABLE.len());
    let mut wrong = Vec::new();
    for Scenario { name, alert, script, until, told, ends } in TABLE {
        let world = play(alert, script, until);
        let (heard, is) = (heard(&world), row(&world));
        if heard != *told || is != *ends {
            wrong.push(format!("{name}:\n  told {heard}\n   not {told}\n  ends {is}\n   not {ends}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// SPEC T32, over weeks: a record that nobody answers to becomes urgent, and wakes nobody.
#[test]
fn a_record_that_nobody_answers_to_reaches_p1() {
    let world = play(P3, "0 fires", "300h");
    let overdue = world.told.iter().filter(|(_, notice)| notice.kind == Kind::Overdue);
    let overdue: Vec<_> =
        overdue.map(|(at, notice)| format!("{} {}", time(*at), notice.severity())).collect();
    assert_eq!(overdue, ["168h P2", "192h P1"]);
    assert_eq!(row(&world), "open P1 x1");
}

#[test]
fn a_timeline_says_what_happened_and_stays_short() {
    let world = play(P1, "0 fires; 1m ack; 2m silence:10m; 20m clears", "1h");
    let timeline = serde_json::to_string_pretty(&world.latest.unwrap().timeline).unwrap();
    insta::assert_snapshot!("timeline", timeline);

    let script = (0..400).map(|minute| format!("{minute}m fires;")).collect::<Vec<_>>().concat();
    let incident = play(P2, script.trim_end_matches(';'), "8h").latest.unwrap();
    assert_eq!((incident.timeline.len(), incident.count), (crate::domain::incident::Incident::TIMELINE, 400));
    assert_eq!(incident.timeline[0].at, incident.opened_at, "its beginning stays");
}

/// SPEC, issue 8: 10,000 notifications within a minute are one incident, few writes and one notice.
#[test]
fn a_storm_is_one_incident_and_few_writes() {
    let mut world = World::of(P1.parse().unwrap());
    for number in 0..10_000 {
        world.until(number * 60 / 10_000);
        world.meet(Event::Heard(Change::Fires, world.now));
    }
    world.until(90);
    assert_eq!((world.begun, world.told.len()), (1, 1));
    // It begins, is owed, told, and each 10 s by its own clock it has fired last.
    assert!(world.writes <= 3 + 6, "{}", world.writes);
    assert_eq!(world.latest.unwrap().count, 1);
}

fn play(alert: &str, script: &str, until: &str) -> World {
    let mut world = World::of(alert.parse().unwrap());
    for step in script.split(';') {
        let (at, event) = step.trim().split_once(' ').unwrap();
        world.until(seconds(at));
        let event = read(event, world.now);
        world.meet(event);
    }
    world.until(seconds(until));
    world
}

fn read(event: &str, now: i64) -> Event {
    let (word, said) = event.split_once('@').map_or((event, now), |(word, at)| (word, seconds(at)));
    match word.split_once(':').unwrap_or((word, "0")) {
        ("fires", _) => Event::Heard(Change::Fires, said),
        ("clears", _) => Event::Heard(Change::Clears, said),
        ("blind", _) => Event::Heard(Change::Blind, said),
        ("hide", _) => Event::Hidden(true),
        ("unhide", _) => Event::Hidden(false),
        ("ack", _) => Event::Acknowledged(said),
        ("resolve", _) => Event::Resolved(said),
        ("silence", time) => Event::Silenced(seconds(time)),
        ("contain", _) => Event::Contained,
        ("die", _) => Event::Deadly(true),
        ("live", _) => Event::Deadly(false),
        (unknown, _) => panic!("{unknown}"),
    }
}

/// `1h5m30s`; a bare number is seconds.
fn seconds(text: &str) -> i64 {
    let mut digits = String::new();
    let mut sum = 0;
    for c in text.chars().chain(text.ends_with(|c: char| c.is_ascii_digit()).then_some('s')) {
        let unit = match c {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            digit => {
                digits.push(digit);
                continue;
            }
        };
        sum += unit * digits.parse::<i64>().unwrap();
        digits.clear();
    }
    sum
}

fn time(seconds: i64) -> String {
    let parts = [(seconds / 3600, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    let parts = parts.into_iter().filter(|(n, _)| *n > 0).map(|(number, unit)| format!("{number}{unit}"));
    let parts = parts.collect::<Vec<_>>().concat();
    if parts.is_empty() { "0s".to_owned() } else { parts }
}

/// The severity is said where it is another than the alert's own.
fn heard(world: &World) -> String {
    let line = |(at, notice): &(i64, crate::domain::incident::Notice)| {
        let grown = notice.severity() != notice.incident.alert.rule().severity;
        let severity = if grown { format!(" {}", notice.severity()) } else { String::new() };
        format!("{} {}{severity}", time(*at), notice.kind.as_str())
    };
    world.told.iter().map(line).collect::<Vec<_>>().join(", ")
}

fn row(world: &World) -> String {
    let Some(incident) = &world.latest else { return "nothing".to_owned() };
    let of = if world.begun == 1 { String::new() } else { format!(" of {}", world.begun) };
    format!("{} {} x{}{of}", incident.status.as_str(), incident.severity, incident.count)
}
