//! The whole of it, but for what only a running stack shows (`tools/cli/tests/up/doctor.rs`).

use clap::{Parser, ValueEnum as _};
use testkit::{Aws, Fault};

use super::deployment::Identity;
use super::deployment::tests::deployment;
use super::finding::Severity;
use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    doctor: Doctor,
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn doctor(words: &[&str]) -> Doctor {
    let mut line = vec!["doctor"];
    line.extend(words);
    Line::try_parse_from(line).unwrap().doctor
}

fn chosen(words: &[&str]) -> Vec<&'static str> {
    doctor(words).chosen().map(Check::name).collect()
}

async fn report(deployment: &Deployment, words: &[&str]) -> Report {
    let doctor = doctor(words);
    let mut checks = Vec::new();
    for check in doctor.chosen() {
        checks.push(check.checked(deployment).await);
    }
    Report { place: "a test".to_owned(), checks }
}

#[test]
fn names_are_those_of_the_command_line_and_all_are_done() {
    for value in Check::value_variants() {
        assert_eq!(value.to_possible_value().unwrap().get_name(), value.name());
        assert!(Check::ALL.contains(value));
        assert!(!value.what().is_empty());
    }
}

#[test]
fn checks_can_be_chosen_and_left_out() {
    assert_eq!(chosen(&[]).len(), Check::ALL.len());
    assert_eq!(chosen(&["--only", "leases", "--only", "config"]), ["config", "leases"]);
    let rest = chosen(&["--skip", "toolchain", "--skip", "dead-letters"]);
    assert!(rest.len() == 8 && !rest.contains(&"toolchain") && !rest.contains(&"dead-letters"));
    assert!(
        Line::try_parse_from(["doctor", "--only", "lease"]).is_err(),
        "a misspelt check is not an empty run"
    );
}

#[tokio::test]
async fn without_a_deployment_it_says_how_to_come_to_one() {
    let aws = Aws::start().await;
    let nowhere = Deployment { place: Place::Nowhere(Identity::default()), ..deployment(&aws, now()) };
    let report = report(&nowhere, &["--skip", "toolchain"]).await;
    insta::assert_snapshot!("nowhere", report.words());
    assert_eq!(report.count(State::Broken), 0, "it is no fault to have none");
}

/// No part of it is a reason not to tell the others.
#[tokio::test]
async fn what_fails_is_told_beside_the_rest() {
    let aws = Aws::start().await;
    let deployment = deployment(&aws, now());
    let send = aws.sqs().send_message().queue_url(aws.queue_url("webhooks-dlq")).message_body("x");
    send.send().await.unwrap();
    aws.fault(Fault::Status500);
    let only = ["--only", "leases", "--only", "dead-letters", "--only", "containment", "--only", "commands"];
    let report = report(&deployment, &only).await;
    assert_eq!(report.count(State::Broken), 4, "{}", report.words());
    let words = report.words();
    for said in
        ["timmybot-webhooks-dlq holds 1 message", "the flag could not be read", "timmy rotate bot-token"]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["checks"][0]["findings"][0]["severity"], "broken");
}

/// Nobody waits for ever for a service that says nothing.
#[tokio::test(start_paused = true)]
async fn what_hangs_is_given_up() {
    let found = Check::Containment.in_time(core::future::pending()).await;
    assert_eq!((found.len(), found[0].severity), (1, Severity::Broken));
    assert!(found[0].what.contains("20 seconds"), "{found:?}");
    assert!(found[0].mend.contains("--only containment"), "{found:?}");
    let quick = vec![Finding::look("a", "b")];
    assert_eq!(Check::Leases.in_time(core::future::ready(quick.clone())).await, quick);
}
