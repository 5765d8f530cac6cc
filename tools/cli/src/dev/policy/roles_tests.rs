//! Who may do what, asked of a simulator of IAM that is not ours: each role × each action × each resource. Allowed is what
//! the function's own list says, and nothing else (SPEC T13).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use shared::grant::Grant;
use testkit::deployed::{Deployed, arn_of};
use testkit::iam::{Actions, listed};
use testkit::iam_simulator::{Policies, Question, simulate};

use super::places::{Place, places};

/// What a role says more closely than its function's list does, where the list has one name for several things: the role,
/// and the end of what is not for it.
const CLOSER: [(&str, &str); 3] = [
    // It subscribes at Twitch only.
    ("OauthRole", "/webhooks/youtube-AbCdEf"),
    // Two roles add to the evidence, each in a folder of its own.
    ("DataRetentionRole", "/containment/1"),
    ("SecurityAlarmsRole", "/checkpoints/1"),
];

/// The roles for people, which have no function.
const OF_ANALYTICS: &[Grant] = &[
    Grant::new("any", &["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]),
    Grant::new("table/track-cache", READS),
    Grant::new("table/webhook-dedup", READS),
];
const READS: &[&str] = &["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"];
const OF_EMERGENCIES: &[Grant] = &[
    Grant::new("any", &["ecs:ListTasks", "events:ListRules", "lambda:ListEventSourceMappings"]),
    Grant::new("event-source-mapping/any", &["lambda:UpdateEventSourceMapping"]),
    Grant::new("function/api", CONCURRENCY),
    Grant::new("function/data-retention", CONCURRENCY),
    Grant::new("function/oauth", CONCURRENCY),
    Grant::new("function/security-alarms", CONCURRENCY),
    Grant::new("function/token-rotation", CONCURRENCY),
    Grant::new("function/voice-supervisor", CONCURRENCY),
    Grant::new("function/webhooks", CONCURRENCY),
    Grant::new("key/TokenKey", &["kms:DescribeKey", "kms:DisableKey", "kms:EnableKey"]),
    Grant::new("log-group/functions", &["logs:FilterLogEvents"]),
    Grant::new("queue/control", &["sqs:SendMessage"]),
    Grant::new("rule/data-retention-nightly", SWITCHES),
    Grant::new("rule/token-rotation-nightly", SWITCHES),
    Grant::new("rule/webhooks-nightly", SWITCHES),
    Grant::new("table/any", &["dynamodb:DescribeContinuousBackups"]),
    Grant::new("table/flags", &["dynamodb:GetItem", "dynamodb:Query"]),
    Grant::new("table/incidents", &["dynamodb:GetItem", "dynamodb:Query"]),
    Grant::new("task/voice", &["ecs:StopTask"]),
];
const CONCURRENCY: &[&str] =
    &["lambda:DeleteFunctionConcurrency", "lambda:GetFunctionConcurrency", "lambda:PutFunctionConcurrency"];
const SWITCHES: &[&str] = &["events:DisableRule", "events:EnableRule"];

/// Who may do everything, as far as a policy of their own can say so.
const ADMINISTRATOR: &str = "Administrator";

fn all(lists: &[&[Grant]]) -> Actions {
    listed(lists.iter().copied().flatten().map(Grant::parts))
}

fn grants() -> BTreeMap<&'static str, Actions> {
    let alarms = security_alarms::grants::GRANTS.concat();
    BTreeMap::from([
        ("AnalyticsRole", all(&[OF_ANALYTICS])),
        ("ApiRole", all(&[api::grants::GRANTS])),
        ("BreakGlassRole", all(&[OF_EMERGENCIES])),
        (
            "DataRetentionRole",
            all(&[
                data_retention::grants::GRANTS,
                data_retention::grants::GRANTS_OF_A_LINK,
                data_retention::grants::GRANTS_OF_THE_EVENT_SOURCE,
            ]),
        ),
        ("InteractionsRole", all(&[interactions::grants::GRANTS])),
        ("OauthRole", all(&[oauth::grants::GRANTS])),
        ("SecurityAlarmsRole", all(&[&alarms, security_alarms::grants::GRANTS_OF_THE_EVENT_SOURCE])),
        ("TokenRotationRole", all(&[token_rotation::grants::GRANTS])),
        // ECS's own, to start a worker.
        (
            "VoiceExecutionRole",
            all(&[&[
                Grant::new("any", &["ecr:GetAuthorizationToken"]),
                Grant::new(
                    "repository/voice",
                    &["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                ),
            ]]),
        ),
        (
            "VoiceSupervisorRole",
            all(&[
                voice_supervisor::grants::GRANTS,
                voice_supervisor::grants::GRANTS_OF_A_TASK,
                voice_supervisor::grants::GRANTS_OF_THE_EVENT_SOURCE,
            ]),
        ),
        ("VoiceTaskRole", all(&[voice::grants::GRANTS, voice::grants::GRANTS_IN_TROUBLE])),
        ("WebhooksRole", all(&[webhooks::grants::GRANTS, webhooks::grants::GRANTS_OF_THE_EVENT_SOURCE])),
    ])
}

fn policies(deployed: &Deployed) -> Policies {
    let resources = deployed.policies_of_resources().unwrap();
    Policies { roles: deployed.roles().unwrap(), resources }
}

/// What a request of ours says about itself, for all actions at once: the context in which most is allowed.
fn context() -> Value {
    json!({
        "aws:SecureTransport": "true",
        "dynamodb:LeadingKeys": ["code#1"],
        "ecs:cluster": arn_of("ecs", "cluster/timmybot-voice"),
        "ecs:CreateAction": "RunTask",
        "iam:PassedToService": "ecs-tasks.amazonaws.com",
        "kms:CallerAccount": testkit::deployed::ACCOUNT,
        "kms:MessageType": "RAW",
        "kms:SigningAlgorithm": "ED25519_SHA_512",
        "lambda:FunctionArn": arn_of("lambda", "function:timmybot-webhooks"),
        "s3:if-none-match": "*",
        "s3:signatureAge": "1000",
        "secretsmanager:AddReplicaRegions": ["eu-west-1"],
    })
}

fn question(role: &str, action: &str, on: &str, context: Value) -> Question {
    Question { role: role.to_owned(), action: action.to_owned(), on: on.to_owned(), context }
}

fn is_granted(role: &str, granted: &Actions, place: &Place, action: &str) -> bool {
    let closer = CLOSER.iter().any(|(of, end)| *of == role && place.arn.ends_with(*end));
    let has = |name: &String| granted.get(name).is_some_and(|actions| actions.contains(action));
    !closer && place.names.iter().any(has)
}

/// Each question about the roles of `grants`, and whether the list of the role's function says yes.
fn all_questions(deployed: &Deployed, grants: &BTreeMap<&str, Actions>) -> (Vec<Question>, Vec<bool>) {
    let places = places(deployed).unwrap();
    let mut all = (Vec::new(), Vec::new());
    for (role, granted) in grants {
        for place in &places {
            for action in place.actions {
                all.0.push(question(role, action, &place.arn, json!({})));
                all.1.push(is_granted(role, granted, place, action));
            }
        }
    }
    all
}

/// The questions whose answer is not the expected one, a line each.
fn surprises(policies: &Policies, questions: &[Question], expected: &[bool]) -> Vec<String> {
    let answers = simulate(policies, &context(), questions).unwrap();
    let both = questions.iter().zip(answers.iter().zip(expected));
    let wrong = both.filter(|(_, (answer, expected))| answer != expected);
    wrong
        .map(|(asked, (answer, _))| format!("{answer}: {} {} {}", asked.role, asked.action, asked.on))
        .collect()
}

#[test]
fn every_role_may_do_what_its_function_lists_and_nothing_else() {
    let deployed = Deployed::ours().unwrap();
    let (policies, grants) = (policies(&deployed), grants());
    assert!(policies.roles.keys().eq(grants.keys()), "each role has a list");
    let (questions, expected) = all_questions(&deployed, &grants);
    assert!(questions.len() > 10_000, "{}", questions.len());
    assert_eq!(surprises(&policies, &questions, &expected), [""; 0]);
}

/// Or the matrix would not see that one was taken away.
#[test]
fn every_grant_is_asked_about() {
    let deployed = Deployed::ours().unwrap();
    let places = places(&deployed).unwrap();
    for (role, granted) in grants() {
        for (name, actions) in &granted {
            let about = places.iter().filter(|place| place.names.contains(name));
            let asked: BTreeSet<_> = about.flat_map(|place| place.actions).copied().collect();
            let unasked: Vec<_> = actions.iter().filter(|action| !asked.contains(action.as_str())).collect();
            assert!(unasked.is_empty(), "{role} {name} {unasked:?}");
        }
    }
}

/// The check itself: whatever is added to a role shows.
#[test]
fn a_right_too_many_is_found_and_one_too_few_too() {
    let deployed = Deployed::ours().unwrap();
    let (mut policies, mut grants) = (policies(&deployed), grants());
    grants.retain(|role, _| *role == "InteractionsRole");
    let (questions, expected) = all_questions(&deployed, &grants);
    let wide = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "Wide",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": arn_of("secretsmanager", "secret:/timmybot/*"),
        }],
    });
    policies.roles.get_mut("InteractionsRole").unwrap().push(wide);
    let found = surprises(&policies, &questions, &expected);
    let of = |secret: &str| {
        format!("true: InteractionsRole secretsmanager:GetSecretValue {}", arn_of("secretsmanager", secret))
    };
    for secret in ["secret:/timmybot/bot-token-AbCdEf", "secret:/timmybot/users/1-AbCdEf"] {
        assert!(found.contains(&of(secret)), "{found:?}");
    }
    policies.roles.insert("InteractionsRole".to_owned(), vec![]);
    let missing = surprises(&policies, &questions, &expected);
    assert_eq!(missing.len(), expected.iter().filter(|granted| **granted).count());
}

/// A right that is bound to a circumstance is none in another.
#[test]
fn what_is_allowed_under_a_condition_is_denied_without_it() {
    let deployed = Deployed::ours().unwrap();
    let worker = arn_of("ecs", "task/timmybot-voice/1");
    let another = json!({ "ecs:cluster": arn_of("ecs", "cluster/other") });
    let evidence = deployed.arn("EvidenceBucket").unwrap();
    let over = json!({ "s3:if-none-match": null });
    let sessions = deployed.arn("SessionsTable").unwrap();
    let asked = [
        (
            "VoiceSupervisorRole",
            "ecs:RunTask",
            arn_of("ecs", "task-definition/timmybot-voice:7"),
            another.clone(),
        ),
        ("VoiceSupervisorRole", "ecs:StopTask", worker.clone(), another.clone()),
        ("SecurityAlarmsRole", "ecs:StopTask", worker.clone(), another.clone()),
        ("SecurityAlarmsRole", "ecs:ListTasks", "*".to_owned(), another),
        ("VoiceSupervisorRole", "ecs:TagResource", worker, json!({ "ecs:CreateAction": null })),
        (
            "VoiceSupervisorRole",
            "iam:PassRole",
            deployed.arn("VoiceTaskRole").unwrap(),
            json!({ "iam:PassedToService": "lambda.amazonaws.com" }),
        ),
        // What is there is not written over.
        ("DataRetentionRole", "s3:PutObject", format!("{evidence}/checkpoints/1"), over.clone()),
        ("SecurityAlarmsRole", "s3:PutObject", format!("{evidence}/containment/1"), over),
        (
            "DataRetentionRole",
            "kms:Sign",
            deployed.arn("AuditSigningKey").unwrap(),
            json!({ "kms:MessageType": "DIGEST" }),
        ),
        // A code, and not somebody's session.
        (
            "OauthRole",
            "dynamodb:PutItem",
            sessions.clone(),
            json!({ "dynamodb:LeadingKeys": ["user#80351110224678912"] }),
        ),
        ("OauthRole", "dynamodb:PutItem", sessions, json!({ "dynamodb:LeadingKeys": null })),
        (
            "OauthRole",
            "secretsmanager:ReplicateSecretToRegions",
            arn_of("secretsmanager", "secret:/timmybot/users/1-AbCdEf"),
            json!({ "secretsmanager:AddReplicaRegions": ["us-west-2"] }),
        ),
        (
            "SecurityAlarmsRole",
            "lambda:UpdateEventSourceMapping",
            arn_of("lambda", "event-source-mapping:1"),
            json!({ "lambda:FunctionArn": arn_of("lambda", "function:other") }),
        ),
    ];
    let ask = |(role, action, on, other): &(&str, &str, String, Value)| {
        [question(role, action, on, json!({})), question(role, action, on, other.clone())]
    };
    let questions: Vec<_> = asked.iter().flat_map(ask).collect();
    let expected: Vec<_> = asked.iter().flat_map(|_| [true, false]).collect();
    assert_eq!(surprises(&policies(&deployed), &questions, &expected), [""; 0]);
}

/// SPEC W29: whoever may use a bucket, a queue or a topic may not do it in the clear.
#[test]
fn nothing_is_allowed_in_the_clear() {
    let deployed = Deployed::ours().unwrap();
    let (questions, expected) = all_questions(&deployed, &grants());
    let stores = ["arn:aws:s3:", "arn:aws:sqs:", "arn:aws:sns:"];
    let of_a_store = |asked: &Question| stores.iter().any(|service| asked.on.starts_with(service));
    let granted =
        questions.into_iter().zip(expected).filter(|(asked, granted)| *granted && of_a_store(asked));
    let clear: Vec<_> = granted
        .map(|(asked, _)| Question { context: json!({ "aws:SecureTransport": "false" }), ..asked })
        .collect();
    assert!(clear.len() > 40, "{}", clear.len());
    assert_eq!(surprises(&policies(&deployed), &clear, &vec![false; clear.len()]), [""; 0]);
}

/// What keys, buckets, queues and topics refuse by themselves, they refuse to those who may do everything, too.
#[test]
fn not_even_an_administrator_gets_past_what_resources_refuse() {
    let deployed = Deployed::ours().unwrap();
    let mut policies = policies(&deployed);
    let everything = json!({ "Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*" });
    let everything = json!({ "Version": "2012-10-17", "Statement": [everything] });
    policies.roles.insert(ADMINISTRATOR.to_owned(), vec![everything]);
    let via = |service: &str| json!({ "kms:ViaService": format!("{service}.eu-central-1.amazonaws.com") });
    let arn = |id: &str| deployed.arn(id).unwrap();
    let (checkpoint, export) =
        (arn("EvidenceBucket") + "/checkpoints/1", arn("ExportsBucket") + "/exports/1");
    let asked = [
        // SPEC T7: through the services that hold the data, and not past them.
        ("kms:Decrypt", arn("DataKey"), json!({}), false),
        ("kms:Decrypt", arn("DataKey"), via("lambda"), false),
        ("kms:Decrypt", arn("DataKey"), via("dynamodb"), true),
        ("kms:CreateGrant", arn("DataKey"), json!({}), false),
        ("kms:GenerateDataKey", arn("TokenKey"), json!({}), false),
        ("kms:GenerateDataKey", arn("TokenKey"), via("dynamodb"), false),
        ("kms:GenerateDataKey", arn("TokenKey"), via("secretsmanager"), true),
        ("kms:CreateGrant", arn("TokenKey"), json!({}), false),
        ("kms:Decrypt", arn("AlertKey"), json!({}), false),
        ("kms:Sign", arn("AuditSigningKey"), json!({ "kms:MessageType": "DIGEST" }), false),
        // SPEC T36: what is written stays.
        ("s3:DeleteObject", checkpoint.clone(), json!({}), false),
        ("s3:DeleteObjectVersion", checkpoint.clone(), json!({}), false),
        ("s3:GetObject", checkpoint, json!({}), true),
        // SPEC T31: a link is good for a quarter of an hour.
        ("s3:GetObject", export.clone(), json!({ "s3:signatureAge": "900001" }), false),
        ("s3:GetObject", export, json!({ "s3:signatureAge": "900000" }), true),
        // SPEC T26: one speaks for each severity.
        ("sns:Publish", arn("AlertP0Topic"), json!({}), false),
        ("sqs:SendMessage", arn("PrivacyQueue"), json!({ "aws:SecureTransport": "false" }), false),
        ("sqs:SendMessage", arn("PrivacyQueue"), json!({}), true),
    ];
    let ask = |(action, on, context, _): &(&str, String, Value, bool)| {
        question(ADMINISTRATOR, action, on, context.clone())
    };
    let questions: Vec<_> = asked.iter().map(ask).collect();
    let expected: Vec<_> = asked.iter().map(|(_, _, _, expected)| *expected).collect();
    assert_eq!(surprises(&policies, &questions, &expected), [""; 0]);
}
