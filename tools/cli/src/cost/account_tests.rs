use super::*;
use crate::cost::measured::Ran;
use crate::cost::metrics::{Asked, Of, wanted};
use crate::cost::tests::close;

/// The eleventh day of a month with 31 begins: ten of 31 days are over.
fn now() -> Timestamp {
    "2026-01-11T00:00:00Z".parse().unwrap()
}

fn parameters() -> Parameters {
    Parameters::of(&[]).unwrap()
}

/// So much of each that is told.
fn measured(told: &[(Of, f64)]) -> Measured {
    let asked = wanted("timmybot").unwrap();
    let sum = |asked: &Asked| told.iter().find(|(of, _)| *of == asked.of).map(|(_, sum)| *sum);
    // Of several that are about the same, the first has all of it.
    let is_first = |at: usize| asked[..at].iter().all(|before| before.of != asked[at].of);
    let sums: Vec<_> =
        asked.iter().enumerate().map(|(at, asked)| sum(asked).filter(|_| is_first(at))).collect();
    Measured::of(&asked, &sums, &parameters()).unwrap()
}

fn busy() -> Measured {
    let function = |name: &str| (Of::Requests(name.to_owned()), Of::Milliseconds(name.to_owned()));
    let (requests, time) = function("interactions");
    let (of_api, api_time) = function("api");
    measured(&[
        (requests, 2_000_000.0),
        (time, 80_000_000.0),
        (of_api, 1_000_000.0),
        (api_time, 10_000_000.0),
        (Of::Writes, 4_000_000.0),
        (Of::Reads, 8_000_000.0),
        (Of::Messages, 1_000_000.0),
        (Of::WorkerMinutes, 6_000.0),
        (Of::MusicMinutes, 60_000.0),
        (Of::LogBytes, 1_073_741_824.0),
    ])
}

fn report(measured: Measured, is_local: bool) -> Report {
    Report { month: Month::of(now()).unwrap(), measured, ceiling: 6_914.0, is_local }
}

#[test]
fn a_month_is_one_of_utc_and_so_much_of_it_is_over() {
    let month = Month::of(now()).unwrap();
    assert_eq!((month.name().as_str(), month.start), ("2026-01", "2026-01-01T00:00:00Z".parse().unwrap()));
    assert!(close(month.over, 10.0 / 31.0), "{}", month.over);
    let leap = Month::of("2028-02-29T12:00:00Z".parse().unwrap()).unwrap();
    assert!(close(leap.over, 28.5 / 29.0), "{}", leap.over);
    let first = Month::of("2026-03-01T00:00:00Z".parse().unwrap()).unwrap();
    assert!(first.over > 0.0, "nothing is divided by none");
}

/// By hand, at the list's prices.
#[test]
fn what_was_counted_costs_what_it_costs_by_hand() {
    let measured = busy();
    assert_eq!(measured.functions["api"], Ran { requests: 1_000_000.0, seconds: 10_000.0 });
    let charged = bill_of(&measured, &LIST, 10.0 / 31.0);
    let part = |name: &str| charged.parts.iter().find(|(part, _)| *part == name).unwrap().1.unwrap();
    assert!(close(charged.functions["interactions"], 0.40 + 80_000.0 * 0.25 * 0.000_016_666_7));
    assert!(close(part("functions"), charged.functions.values().sum()));
    assert!(close(part("tables"), 4.0 * 0.625 + 8.0 * 0.125));
    assert!(close(part("queues"), 0.40));
    assert!(close(part("workers"), 100.0 * (0.25 * 0.04048 + 0.5 * 0.004_445 + 0.005)));
    assert!(close(part("traffic"), 1_000.0 * 0.072 * 0.09));
    assert!(close(part("logs"), 0.50 + 100.0 / 720.0 * 3.0 * 0.30));
    assert!(close(charged.projected(10.0 / 31.0), charged.total() * 3.1));
}

#[test]
fn what_nobody_counted_is_not_said_to_be_free() {
    let charged = bill_of(&measured(&[(Of::Writes, 1_000_000.0)]), &LIST, 0.5);
    let counted: Vec<_> =
        charged.parts.iter().filter(|(_, usd)| usd.is_some()).map(|(name, _)| *name).collect();
    assert_eq!(counted, ["floor", "tables"]);
    assert!(measured(&[]).is_empty() && !busy().is_empty());
}

#[test]
fn a_month_is_told_in_words_and_in_json() {
    let report = report(busy(), false);
    insta::assert_snapshot!("month", report.words());
    insta::assert_snapshot!("month-json", serde_json::to_string_pretty(&report.json()).unwrap());
}

#[test]
fn without_any_figure_it_says_what_to_do() {
    let (local, cloud) = (report(measured(&[]), true), report(measured(&[]), false));
    insta::assert_snapshot!("nothing", cloud.words());
    assert!(local.words().contains("./timmy chat") && cloud.words().contains("AWS_REGION"));
    assert_eq!(cloud.json()["has_figures"], false);
    assert_eq!(cloud.json()["usd"]["tables"], Value::Null);
}

/// A data folder over which a stack runs with these services.
fn local(endpoint: &str) -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let session = json!({
        "discord": "", "public": "", "aws_endpoint": endpoint, "test_signing_key": "", "application_id": "1",
        "guild_id": "2", "channel_id": "3", "voice_channel_id": "4", "simulator": "", "page": "", "music": "",
        "users": { "member": "5", "moderator": "6", "owner": "7", "operator": "8", "second_operator": "9", "stranger": "10" },
        "pid": 1,
    });
    std::fs::write(data.path().join("session.json"), session.to_string()).unwrap();
    data
}

#[tokio::test]
async fn while_a_local_stack_runs_it_is_the_one_that_is_asked() {
    let aws = testkit::Aws::start().await;
    let at = "2026-01-10T23:00:00Z".parse().unwrap();
    aws.cloudwatch().put("AWS/Lambda", "Invocations", ("FunctionName", "timmybot-api"), 3.0, at);
    let data = local(&aws.endpoint());
    let account = |parameter: &str| Account {
        parameter: vec![parameter.to_owned()],
        stack: Stack { table_prefix: "timmybot".to_owned(), data: data.path().to_owned() },
    };
    let report = account("MemorySize=512").report(now()).await.unwrap();
    assert!(report.is_local && close(report.measured.memory_gb, 0.5));
    assert!(close(report.measured.functions["api"].requests, 3.0));
    assert!(account("Memory=1").report(now()).await.is_err());
}
