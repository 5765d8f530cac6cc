//! Alarms, the topics that they tell, and what they cost (SPEC T24 to T27, T32).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use aws_local::cloudwatch::{Expression, Rule, State};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::domain::incident::Alert;
use shared::security::event::Platform;
use shared::telemetry::{
    AuthFailure, CheckpointOutcome, DeadlineOutcome, Metric, Sink, StoreOperation, Telemetry, VoiceCall,
};
use testkit::template::Template;
use testkit::workspace_root;

use crate::chosen::Chosen;
use crate::ours;

const METRIC: &str = "AWS::CloudWatch::Alarm";
const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";

/// Every alarm by its logical id.
fn alarms(template: &Template) -> Vec<(&str, &Value)> {
    template.of_type(METRIC).chain(template.of_type(COMPOSITE)).collect()
}

/// The name in prod: `TimmyBot-{alarm}` or `TimmyBot-{alarm}-{label}`.
fn name(alarm: &Value) -> String {
    alarm["Properties"]["AlarmName"]["Fn::If"][1].as_str().expect("a name").to_owned()
}

/// Whose, by the table in code.
fn alert_of(alarm: &Value) -> Option<Alert> {
    let name = name(alarm);
    let own = name.strip_prefix("TimmyBot-")?;
    let alarm = own.split_once('-').map_or(own, |(alarm, _)| alarm);
    Alert::ALL.into_iter().find(|alert| alert.rule().alarm == Some(alarm))
}

#[test]
fn every_alarm_has_a_rule_and_every_rule_its_alarm() {
    let template = ours();
    let found: BTreeSet<_> = alarms(&template)
        .into_iter()
        .map(|(id, alarm)| alert_of(alarm).unwrap_or_else(|| panic!("{id} is in no table")))
        .collect();
    let wanted: BTreeSet<_> = Alert::ALL.into_iter().filter(|alert| alert.rule().alarm.is_some()).collect();
    assert_eq!(found, wanted);
}

/// Prod has the names that SPEC says; another stack's end in its prefix, which is one per account and region.
#[test]
fn names_are_unique_and_end_in_the_stacks_prefix_unless_it_is_prod() {
    let template = ours();
    let mut seen = BTreeSet::new();
    for (id, alarm) in alarms(&template) {
        let own = name(alarm);
        let expected = json!(["IsProd", own, { "Fn::Sub": format!("{own}-${{TablePrefix}}") }]);
        assert_eq!(alarm["Properties"]["AlarmName"]["Fn::If"], expected, "{id}");
        let label = own.strip_prefix("TimmyBot-").and_then(|own| Some(own.split_once('-')?.1));
        let is_label = |label: &str| label.parse::<shared::domain::incident::Label>().is_ok();
        assert!(label.is_none_or(is_label), "{id}");
        assert!(seen.insert(own), "{id} repeats a name");
    }
    let suffix = &template.resource("SecurityAlarmsFunction")["Properties"]["Environment"]["Variables"];
    let by_stage = json!(["IsProd", { "Ref": "AWS::NoValue" }, { "Ref": "TablePrefix" }]);
    assert_eq!(suffix["ALARM_SUFFIX"]["Fn::If"], by_stage);
}

/// SPEC T25, T26: to the letter.
#[test]
fn the_two_alarms_of_the_beginning_are_exact() {
    let template = ours();
    for (id, name, metric, threshold, period) in [
        ("UnauthorizedAccessAlarm", "TimmyBot-UnauthorizedAccess", "unauthorized_access", 10, 300),
        ("AuthFailuresAlarm", "TimmyBot-AuthFailures", "auth_failures", 20, 900),
    ] {
        let alarm = template.resource(id);
        assert!(alarm["Condition"].is_null(), "{id} is always there");
        let topic = json!([{ "Ref": "AlertTopic" }]);
        let expected = json!({
            "AlarmName": { "Fn::If": ["IsProd", name, { "Fn::Sub": format!("{name}-${{TablePrefix}}") }] },
            "AlarmDescription": alarm["Properties"]["AlarmDescription"],
            "Namespace": "TimmyBot/Security",
            "MetricName": metric,
            "Statistic": "Sum",
            "Period": period,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": topic,
            "OKActions": topic,
        });
        assert_eq!(alarm["Properties"], expected, "{id}");
    }
}

#[test]
fn other_thresholds_are_what_the_runbooks_say() {
    let template = ours();
    let said = |id: &str| {
        let alarm = &template.resource(id)["Properties"];
        let text = |name: &str| alarm[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| alarm[name].as_i64().expect("a whole number");
        (
            text("Statistic"),
            text("ComparisonOperator"),
            number("Threshold"),
            number("Period"),
            number("EvaluationPeriods"),
        )
    };
    let (more, least, less) = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold");
    for (id, statistic, comparison, threshold, period, periods) in [
        ("SuspiciousActivityAlarm", "Maximum", least, 80, 300, 1),
        ("FunctionErrorsInteractionsAlarm", "Sum", least, 3, 900, 1),
        ("FunctionThrottlesInteractionsAlarm", "Sum", least, 5, 300, 1),
        ("DeadLettersPrivacyAlarm", "Maximum", more, 0, 300, 1),
        ("FanOutSilentAlarm", "Sum", less, 1, 900, 3),
        ("FanOutErrorsAlarm", "Sum", least, 3, 900, 1),
        ("FanOutDeadLettersAlarm", "Maximum", more, 0, 300, 1),
        ("FanOutUntoldAlarm", "Sum", more, 0, 300, 1),
        ("VerificationFailuresDiscordAlarm", "Sum", more, 50, 900, 1),
        ("VerificationFailuresSlackAlarm", "Sum", more, 5, 900, 1),
        ("WebhookUnconfiguredAlarm", "Sum", more, 0, 300, 1),
        ("RotationFailuresAlarm", "Sum", more, 0, 3_600, 1),
        ("SigningKeyAgeAlarm", "Maximum", more, 365, 3_600, 1),
        ("ThirdPartyKeyAgeAlarm", "Maximum", least, 180, 3_600, 1),
        ("StoreFailuresAlarm", "Sum", more, 10, 300, 1),
        ("VoiceLateAlarm", "Sum", more, 150, 300, 2),
        ("VoiceFailuresAlarm", "Sum", more, 3, 300, 1),
        ("LeaseAgeAlarm", "Maximum", more, 10_000, 60, 2),
        ("RepliesRefusedAlarm", "Sum", more, 0, 300, 1),
        ("CheckpointsAlarm", "Sum", more, 2, 3_600, 1),
    ] {
        let expected = (statistic.to_owned(), comparison.to_owned(), threshold, period, periods);
        assert_eq!(said(id), expected, "{id}");
    }
    let score = &template.resource("SuspiciousActivityAlarm")["Properties"]["Threshold"];
    assert_eq!(*score, shared::security::suspicion::ALARM, "the score is made for it");
}

/// A metric with its sets of dimensions: names and values.
type Emitted = BTreeSet<(String, BTreeMap<String, String>)>;

/// What the metrics that alarms look at leave in the log.
fn emitted() -> Emitted {
    let (sink, captured) = Sink::memory();
    let log = Telemetry::new(sink, "interactions", Clock::system());
    let refused = AuthFailure::BadSignature;
    let platforms = [
        Platform::Discord,
        Platform::Api,
        Platform::Twitch,
        Platform::Slack,
        Platform::Youtube,
        Platform::Github,
        Platform::Generic,
    ];
    for platform in platforms {
        log.count(Metric::AuthFailures { platform, reason: refused });
    }
    for metric in [
        Metric::UnauthorizedAccess,
        Metric::SuspiciousActivity,
        Metric::StoreFailures { operation: StoreOperation::Guard },
        Metric::VoiceFailures { call: VoiceCall::Ring },
        Metric::VoicePlayers,
        Metric::VoiceLatePackets,
        Metric::VoiceLeaseAge,
        Metric::DeadlineEnded { outcome: DeadlineOutcome::Refused },
        Metric::Checkpoints { outcome: CheckpointOutcome::Failed },
        Metric::WebhookUnconfigured { platform: Platform::Slack },
        Metric::RotationFailures,
        Metric::SigningKeyAge,
        Metric::ThirdPartyKeyAge,
        Metric::AlarmsTold,
        Metric::AlarmsUntold,
    ] {
        log.count(metric);
    }
    captured.lines().iter().flat_map(sets).collect()
}

fn sets(line: &Value) -> Vec<(String, BTreeMap<String, String>)> {
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    let metric = directive["Metrics"][0]["Name"].as_str().expect("a name");
    let value = |key: &Value| {
        let key = key.as_str().expect("a name");
        (key.to_owned(), line[key].as_str().expect("a value").to_owned())
    };
    let set = |keys: &Value| (metric.to_owned(), keys.as_array().expect("a set").iter().map(value).collect());
    directive["Dimensions"].as_array().expect("sets").iter().map(set).collect()
}

/// The metrics that an alarm looks at.
fn metrics(alarm: &Value) -> Vec<&Value> {
    let properties = &alarm["Properties"];
    match properties["Metrics"].as_array() {
        Some(all) => {
            all.iter().map(|one| &one["MetricStat"]["Metric"]).filter(|one| !one.is_null()).collect()
        }
        None => vec![properties],
    }
}

/// An alarm over a metric that nobody emits is worse than none.
#[test]
fn every_metric_of_an_alarm_is_emitted_with_these_dimensions() {
    let (template, emitted) = (ours(), emitted());
    let mut count = 0;
    for (id, alarm) in template.of_type(METRIC) {
        for metric in metrics(alarm).into_iter().filter(|one| one["Namespace"] == "TimmyBot/Security") {
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let dimensions = metric["Dimensions"].as_array().into_iter().flatten();
            let dimensions: BTreeMap<_, _> =
                dimensions.map(|one| (text(&one["Name"]), text(&one["Value"]))).collect();
            let name = text(&metric["MetricName"]);
            assert!(emitted.contains(&(name.clone(), BTreeMap::new())), "{id}: {name} without dimension");
            assert!(emitted.contains(&(name.clone(), dimensions)), "{id}: {name}");
            count += 1;
        }
    }
    assert!(count >= 20, "only {count} were looked at");
}

/// The services' own metrics are about things that are in this template.
#[test]
fn every_metric_of_aws_is_about_a_function_or_a_queue_of_ours() {
    let template = ours();
    let functions: BTreeSet<_> = template
        .of_type("AWS::Serverless::Function")
        .map(|(_, function)| function["Properties"]["FunctionName"].to_string())
        .collect();
    for (id, alarm) in template.of_type(METRIC) {
        for metric in metrics(alarm) {
            let dimension = &metric["Dimensions"][0];
            match metric["Namespace"].as_str().expect("a namespace") {
                "AWS/Lambda" => {
                    assert_eq!(dimension["Name"], "FunctionName", "{id}");
                    assert!(functions.contains(&dimension["Value"].to_string()), "{id}");
                }
                "AWS/SQS" => {
                    let queue = dimension["Value"]["Fn::GetAtt"][0].as_str().expect("a queue");
                    assert_eq!(template.resource(queue)["Type"], "AWS::SQS::Queue", "{id}");
                    assert_eq!(dimension["Value"]["Fn::GetAtt"][1], "QueueName", "{id}");
                }
                other => assert_eq!(other, "TimmyBot/Security", "{id}"),
            }
        }
    }
}

/// Whatever is put aside is looked at, and every function that fails.
#[test]
fn every_dead_letter_queue_and_every_function_has_an_alarm() {
    let template = ours();
    let watched: BTreeSet<_> = template
        .of_type(METRIC)
        .flat_map(|(_, alarm)| metrics(alarm))
        .filter(|metric| {
            ["Errors", "ApproximateNumberOfMessagesVisible"].map(Value::from).contains(&metric["MetricName"])
        })
        .map(|metric| metric["Dimensions"][0]["Value"].to_string())
        .collect();
    for (id, queue) in template.of_type("AWS::SQS::Queue") {
        let letters = queue["Properties"]["RedrivePolicy"].is_null();
        let own = json!({ "Fn::GetAtt": [id, "QueueName"] }).to_string();
        assert_eq!(watched.contains(&own), letters, "{id}");
    }
    for (id, function) in template.of_type("AWS::Serverless::Function") {
        assert!(watched.contains(&function["Properties"]["FunctionName"].to_string()), "{id}");
    }
}

/// Two of the three, by the alarms themselves.
#[test]
fn under_attack_is_two_of_three() {
    let template = ours();
    let alarm = &template.resource("UnderAttackAlarm")["Properties"];
    let rule = alarm["AlarmRule"]["Fn::Sub"].as_str().expect("a rule");
    let rule: Rule = rule.parse().expect("it reads");
    let ids = ["${UnauthorizedAccessAlarm}", "${AuthFailuresAlarm}", "${SuspiciousActivityAlarm}"];
    assert_eq!(rule.alarms(), ids.into());
    for bits in 0..8_u8 {
        let on = |at: usize| bits & (1 << at) != 0;
        let state = |name: &str| {
            let at = ids.iter().position(|id| *id == name).expect("one of them");
            if on(at) { State::Alarm } else { State::Ok }
        };
        assert_eq!(rule.holds(&state), bits.count_ones() >= 2, "{bits:03b}");
    }
    let always = |id: &str| template.resource(id)["Condition"].is_null();
    assert!(always("UnderAttackAlarm") && always("SuspiciousActivityAlarm"), "it needs them");
}

/// Everything tells the topic of the alarms, and what is about that way itself tells the other one, and only that.
#[test]
fn the_watchdog_does_not_go_through_what_it_watches() {
    let template = ours();
    for (id, alarm) in alarms(&template) {
        let watchdog = alert_of(alarm) == Some(Alert::FanOut);
        let topic = json!([{ "Ref": if watchdog { "WatchdogTopic" } else { "AlertTopic" } }]);
        let properties = &alarm["Properties"];
        assert_eq!((&properties["AlarmActions"], &properties["OKActions"]), (&topic, &topic), "{id}");
        let blind = &properties["InsufficientDataActions"];
        assert!(blind.is_null() || *blind == topic, "{id}");
    }
    let silent = &template.resource("FanOutSilentAlarm");
    assert_eq!(silent["Properties"]["TreatMissingData"], "breaching");
    assert!(silent["Condition"].is_null());
    for (id, function) in template.of_type("AWS::Serverless::Function") {
        let events = function["Properties"]["Events"].to_string();
        assert!(!events.contains("WatchdogTopic"), "{id} hears the watchdog");
    }
}

/// SPEC T26: encrypted, in TLS only; where `CloudWatch` tells it alone may, and where the function tells it alone may.
#[test]
fn topics_are_encrypted_and_each_has_one_who_may_tell() {
    let template = ours();
    let severities = ["AlertP0Topic", "AlertP1Topic", "AlertP2Topic", "AlertP3Topic"];
    let mut expected: BTreeSet<_> = severities.into();
    expected.extend(["AlertTopic", "WatchdogTopic"]);
    assert_eq!(template.of_type("AWS::SNS::Topic").map(|(id, _)| id).collect::<BTreeSet<_>>(), expected);
    for (id, topic) in template.of_type("AWS::SNS::Topic") {
        assert_eq!(
            topic["Properties"]["KmsMasterKeyId"],
            json!({ "Fn::GetAtt": ["AlertKey", "Arn"] }),
            "{id}"
        );
        let own = |(_, policy): &(&str, &Value)| {
            policy["Properties"]["Topics"].as_array().expect("topics").contains(&json!({ "Ref": id }))
        };
        let (_, policy) = template.of_type("AWS::SNS::TopicPolicy").find(own).expect("a policy");
        let statements = policy["Properties"]["PolicyDocument"]["Statement"].as_array().expect("statements");
        let plain = json!({ "Bool": { "aws:SecureTransport": false } });
        assert!(statements.iter().any(|one| one["Effect"] == "Deny" && one["Condition"] == plain), "{id}");
        let allowed: Vec<_> = statements.iter().filter(|one| one["Effect"] == "Allow").collect();
        let role = json!({ "Fn::GetAtt": ["SecurityAlarmsRole", "Arn"] });
        if severities.contains(&id) {
            assert_eq!((allowed.len(), &allowed[0]["Principal"]), (1, &json!({ "AWS": role })), "{id}");
            let others = json!({ "ArnNotEquals": { "aws:PrincipalArn": role } });
            assert!(
                statements.iter().any(|one| one["Effect"] == "Deny" && one["Condition"] == others),
                "{id}"
            );
        } else {
            let service = json!({ "Service": "cloudwatch.amazonaws.com" });
            assert_eq!((allowed.len(), &allowed[0]["Principal"]), (1, &service), "{id}");
            let account = json!({ "StringEquals": { "aws:SourceAccount": { "Ref": "AWS::AccountId" } } });
            assert_eq!(allowed[0]["Condition"], account, "{id}");
        }
    }
}

/// Mail goes out only where somebody has given an address.
#[test]
fn mail_is_off_until_there_is_an_address() {
    let template = ours();
    let parameters = template.section("Parameters");
    for (subscription, condition, parameter) in [
        ("AlertP0ByMail", "HasAlertEmail", "AlertEmail"),
        ("AlertP3ByMail", "HasAlertEmail", "AlertEmail"),
        ("WatchdogByMail", "HasWatchdogEmail", "WatchdogEmail"),
    ] {
        let mail = template.resource(subscription);
        assert_eq!(
            (&mail["Condition"], &mail["Properties"]["Protocol"]),
            (&json!(condition), &json!("email"))
        );
        assert_eq!(mail["Properties"]["Endpoint"], json!({ "Ref": parameter }));
        assert_eq!(parameters[parameter]["Default"], "");
    }
}

/// A page for each alert, which names it, and which each alarm of it names.
#[test]
fn every_alert_has_a_runbook() {
    let folder = workspace_root().join("docs/runbooks");
    let template = ours();
    for (id, alarm) in alarms(&template) {
        let slug = alert_of(alarm).map(Alert::slug).expect("an alert");
        assert_eq!(alarm["Properties"]["AlarmDescription"], format!("docs/runbooks/{slug}.md"), "{id}");
    }
    let mut pages = BTreeSet::from(["README.md".to_owned()]);
    let index = fs::read_to_string(folder.join("README.md")).expect("the index");
    for alert in Alert::ALL {
        let (page, rule) = (format!("{}.md", alert.slug()), alert.rule());
        let text = fs::read_to_string(folder.join(&page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(text.starts_with(&format!("# {}\n", rule.title)), "{page} is not headed {:?}", rule.title);
        let named = format!("`{}`, {}, ", alert.slug(), rule.severity);
        assert!(text.contains(&named), "{page} does not say {named:?}");
        if let Some(alarm) = rule.alarm {
            assert!(text.contains(&format!("`TimmyBot-{alarm}")), "{page} does not name its alarm");
        }
        for part in
            ["## What it means", "## First look", "## What to do", "## How it ends", "## What it is not"]
        {
            assert!(text.contains(&format!("\n{part}\n")), "{page} has no {part:?}");
        }
        assert!(text.contains("\n```sh\n"), "{page} has no command");
        assert!(text.lines().count() <= 60, "{page} is long");
        assert!(index.contains(&format!("]({page})")), "the index has no {page}");
        pages.insert(page);
    }
    let there = fs::read_dir(&folder).expect("the folder").map(|entry| entry.expect("a file").file_name());
    assert_eq!(there.map(|name| name.to_string_lossy().into_owned()).collect::<BTreeSet<_>>(), pages);
}

/// US cents a month, at list price: 10 for each metric that an alarm looks at, 50 for a composite alarm.
pub(crate) fn cents(template: &Template, all: bool) -> usize {
    let there = |alarm: &Value| all || alarm["Condition"].is_null();
    let metrics: usize = template
        .of_type(METRIC)
        .filter(|(_, alarm)| there(alarm))
        .map(|(_, alarm)| metrics(alarm).len())
        .sum();
    let composites = template.of_type(COMPOSITE).filter(|(_, alarm)| there(alarm)).count();
    metrics * 10 + composites * 50
}

/// SPEC, "costs nothing while nobody listens": what alarms cost is written down, and little by default.
#[test]
fn what_alarms_cost_is_written_down() {
    let template = ours();
    assert!(!Chosen::by(&[]).holds("AllAlarms"), "by default");
    let operations = fs::read_to_string(workspace_root().join("docs/OPERATIONS.md")).expect("the document");
    for (word, all) in [("essential", false), ("all", true)] {
        let cents = cents(&template, all);
        let row = format!("| `{word}` | {}.{:02} |", cents / 100, cents % 100);
        assert!(operations.contains(&row), "docs/OPERATIONS.md does not say {row:?}");
    }
    assert!(cents(&template, false) <= 200);
    for (id, alarm) in template.of_type(METRIC) {
        let condition = &alarm["Condition"];
        assert!(condition.is_null() || condition == "AllAlarms", "{id}");
    }
}

/// Prices stand in `Metadata`; here they are computed with.
#[test]
fn the_budget_is_computed_with_the_prices_of_the_ceilings() {
    let template = ours();
    let alarm = &template.resource("BudgetAlarm")["Properties"];
    let expression = alarm["Metrics"][0]["Expression"]["Fn::Sub"].as_str().expect("an expression");
    let metadata = template.section("Metadata");
    let price = |map: &str, name: &str| metadata[map][name].as_str().expect("a price").to_owned();
    for part in [
        metadata["LambdaPrices"]["x86_64"]["UsdPerGbSecond"].as_str().expect("a price").to_owned(),
        price("FargatePrices", "UsdPerVcpuHour"),
        price("FargatePrices", "UsdPerGbHour"),
        price("FargatePrices", "UsdPerAddressHour"),
    ] {
        assert!(expression.contains(&part), "{part}");
    }
    let written = ["${MemorySize}", "${VoiceCpu}", "${VoiceMemory}"].into_iter().zip(["256", "256", "512"]);
    let expression = written.fold(expression.to_owned(), |text, (name, value)| text.replace(name, value));
    let expression: Expression = expression.parse().expect("it reads");
    let hour = |ms: f64, calls: f64, minutes: f64| {
        let value = |id: &str| {
            Some(
                [("ms", ms), ("calls", calls), ("minutes", minutes)]
                    .into_iter()
                    .find(|(name, _)| *name == id)?
                    .1,
            )
        };
        expression.value(&value).expect("a number")
    };
    assert!(hour(0.0, 0.0, 0.0).abs() < 1e-9, "nothing costs nothing");
    // A worker for an hour, times 24.
    let worker = 24.0 * (0.25 * 0.04048 + 0.5 * 0.004_445 + 0.005);
    assert!((hour(0.0, 0.0, 60.0) - worker).abs() < 1e-9, "{}", hour(0.0, 0.0, 60.0));
    // A million requests of a second each in an hour, times 24.
    let flood = 24.0 * (1e6 * 0.25 * 0.000_016_666_7 + 0.2);
    assert!((hour(1e9, 1e6, 0.0) - flood).abs() < 1e-6);
    let budget = template.section("Parameters")["DailyBudgetUsd"]["Default"].as_f64().expect("a number");
    assert!(worker < budget && flood > budget);
}

#[test]
fn the_dashboard_is_json_about_metrics_that_there_are() {
    let template = ours();
    let body = &template.resource("Dashboard")["Properties"]["DashboardBody"]["Fn::Sub"];
    let body = body
        .as_str()
        .expect("a body")
        .replace("${AWS::Region}", "eu-central-1")
        .replace("${TablePrefix}", "timmybot");
    assert!(!body.contains("${"), "{body}");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let widgets = body["widgets"].as_array().expect("widgets");
    let mut places = BTreeSet::new();
    for widget in widgets {
        let (x, width) = (widget["x"].as_u64().expect("x"), widget["width"].as_u64().expect("width"));
        assert!(x + width <= 24 && places.insert((x, widget["y"].as_u64())), "{widget}");
        let metrics = widget["properties"]["metrics"].as_array().expect("metrics");
        assert!(!metrics.is_empty());
        for metric in metrics {
            assert!(
                ["TimmyBot/Security", "AWS/Lambda", "AWS/SQS"].map(Value::from).contains(&metric[0]),
                "{metric}"
            );
        }
    }
    for metric in [
        "unauthorized_access",
        "auth_failures",
        "suspicious_activity",
        "alarms_untold",
        "voice_players",
        "voice_tracks_started",
        "voice_tracks_failed",
        "queue_full",
    ] {
        assert!(body.to_string().contains(&format!("\"{metric}\"")), "{metric}");
    }
}

/// The whole template, judged by the local model: a stack that has just begun is calm but for the switch that misses the
/// function's sign of life; the first one ends that, and 45 minutes without any bring it back, to the watchdog's topic alone.
#[tokio::test]
async fn the_dead_mans_switch_goes_off_without_a_sign_of_life() {
    const SILENT: &str = "TimmyBot-FanOut-silent-timmybot";
    let (aws, now) = (testkit::Aws::start().await, Clock::system().now());
    let alarms = aws.cloudwatch();
    let in_state = |wanted: State| -> BTreeSet<&str> {
        alarms.alarms().filter(|alarm| alarms.state(alarm) == Ok(wanted)).collect()
    };
    alarms.evaluate(now);
    assert_eq!(in_state(State::Alarm), [SILENT].into());
    // What is counted once a night has not been counted yet.
    let nightly = ["RotationFailures", "SigningKeyAge", "ThirdPartyKeyAge"];
    let nightly = nightly.map(|alarm| format!("TimmyBot-{alarm}-timmybot"));
    assert_eq!(in_state(State::InsufficientData), nightly.iter().map(String::as_str).collect());
    let sign =
        |at| alarms.put("AWS/Lambda", "Invocations", ("FunctionName", "timmybot-security-alarms"), 1.0, at);
    let minutes = |minutes: i64| now + jiff::SignedDuration::from_mins(minutes);
    sign(now);
    let back =
        |at| alarms.evaluate(at).into_iter().map(|change| (change.alarm, change.to)).collect::<Vec<_>>();
    assert_eq!(back(now), [(SILENT.to_owned(), State::Ok)]);
    assert_eq!(back(minutes(30)), [], "one of three quarters had one");
    assert_eq!(back(minutes(45)), [(SILENT.to_owned(), State::Alarm)]);
    let told = |topic: &str| aws.published(topic).iter().filter(|one| one.message.contains(SILENT)).count();
    assert_eq!((told("watchdog"), told("alerts")), (3, 0));
}
