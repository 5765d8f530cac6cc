//! Functions, their addresses, environment and logs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::ours;

const FUNCTION: &str = "AWS::Serverless::Function";

fn environment(function: &str) -> BTreeSet<String> {
    let template = ours();
    let variables = &template.resource(function)["Properties"]["Environment"]["Variables"];
    variables.as_object().expect("variables").keys().cloned().collect()
}

#[test]
fn each_function_has_its_own_role_and_its_own_logs() {
    let template = ours();
    let mut seen = BTreeSet::new();
    for (id, function) in template.of_type(FUNCTION) {
        let properties = &function["Properties"];
        assert!(seen.insert(properties["Role"]["Fn::GetAtt"][0].to_string()), "{id} shares a role");
        assert!(seen.insert(properties["LoggingConfig"]["LogGroup"]["Ref"].to_string()), "{id} shares logs");
        assert!(properties["Policies"].is_null(), "{id} has policies outside its role");
        assert_eq!(function["Metadata"]["BuildMethod"], "makefile", "{id}");
    }
}

#[test]
fn logs_are_kept_as_long_as_the_stage_says() {
    let template = ours();
    for (id, group) in template.of_type("AWS::Logs::LogGroup") {
        let by_stage = json!({ "Fn::FindInMap": ["Stages", { "Ref": "Stage" }, "LogRetentionDays"] });
        assert_eq!(group["Properties"]["RetentionInDays"], by_stage, "{id}");
    }
    let stages = &template.section("Mappings")["Stages"];
    assert_eq!(stages["prod"]["LogRetentionDays"], 30);
    assert_eq!(stages["dev"]["LogRetentionDays"], 7);
}

#[test]
fn the_interactions_function_is_told_what_it_needs_and_no_more() {
    let expected = [
        "ALLOW_HTTP",
        "CONTROL_QUEUE_URL",
        "CUSTOM_ID_KEY_SECRET",
        "DISCORD_APPLICATION_ID",
        "DISCORD_PUBLIC_KEYS",
        "GUILD_CAP",
        "LINK_SERVICES",
        "LOG_KEY_SECRET",
        "OAUTH_FUNCTION",
        "OPERATOR_IDS",
        "PRIVACY_QUEUE_URL",
        "PUBLIC_BASE_URL",
        "REPLY_DEADLINE_QUEUE_URL",
        "SHARD_COUNT",
        "TABLE_PREFIX",
        "VOICE_QUEUE_URL_TEMPLATE",
        "VOICE_SUPERVISOR_FUNCTION",
    ];
    assert_eq!(environment("InteractionsFunction"), expected.map(str::to_owned).into());
}

#[test]
fn the_voice_supervisor_is_told_what_it_needs_and_no_more() {
    let expected = [
        "DISCORD_API_BASE_URL",
        "DISCORD_APPLICATION_ID",
        "ECS_CLUSTER",
        "LOG_KEY_SECRET",
        "REPLY_DEADLINE_QUEUE_URL",
        "SHARD_COUNT",
        "TABLE_PREFIX",
        "VOICE_SECURITY_GROUP",
        "VOICE_SUBNETS",
        "VOICE_TASK_DEFINITION",
    ];
    assert_eq!(environment("VoiceSupervisorFunction"), expected.map(str::to_owned).into());
}

/// SPEC W30: a variable names a secret, it never is one.
#[test]
fn no_variable_holds_a_secret() {
    let template = ours();
    for (id, function) in template.of_type(FUNCTION) {
        let variables = function["Properties"]["Environment"]["Variables"].as_object().expect("variables");
        for (name, value) in variables.iter().filter(|(name, _)| name.contains("SECRET")) {
            let named = value["Fn::Sub"].as_str().is_some_and(|v| v.starts_with("${SecretPrefix}/"));
            assert!(named || value["Ref"] == "SecretPrefix", "{id} {name}");
        }
        assert!(!Value::from_iter(variables.clone()).to_string().contains("resolve:"), "{id}");
    }
}

#[test]
fn oauth_and_token_rotation_are_told_what_they_need_and_no_more() {
    let oauth = [
        "CA_PINS",
        "CA_PIN_MODE",
        "DISCORD_API_BASE_URL",
        "LOG_KEY_SECRET",
        "PUBLIC_BASE_URL",
        "REPLICA_KEY_ID",
        "REPLICA_REGIONS",
        "SECRET_PREFIX",
        "TABLE_PREFIX",
        "TOKEN_KEY_ID",
        "WEBHOOK_SECRET_PREFIX",
    ];
    assert_eq!(environment("OauthFunction"), oauth.map(str::to_owned).into());
    let rotation = [
        "ALERT_TOPIC_ARN",
        "BOT_TOKEN_SECRET",
        "CA_PINS",
        "CA_PIN_MODE",
        "CHECKPOINT_KEY_ID",
        "DEAD_LETTER_QUEUE_URL",
        "LINK_SERVICES",
        "LOG_KEY_SECRET",
        "ROTATED_SECRETS",
        "SECRET_PREFIX",
        "TABLE_PREFIX",
        "TOKEN_KEY_ID",
    ];
    assert_eq!(environment("TokenRotationFunction"), rotation.map(str::to_owned).into());
}

#[test]
fn the_api_is_told_what_it_needs_and_no_more() {
    let expected = [
        "ALLOW_HTTP",
        "CHECKPOINT_KEY_ID",
        "GUILD_CAP",
        "JWT_KEYS_SECRET",
        "LOG_KEY_SECRET",
        "OPERATOR_IDS",
        "PRIVACY_QUEUE_URL",
        "PUBLIC_BASE_URL",
        "SECURITY_CONTACT",
        "SHARD_COUNT",
        "STATUS_BUCKET",
        "TABLE_PREFIX",
        "VOICE_QUEUE_URL_TEMPLATE",
        "VOICE_SUPERVISOR_FUNCTION",
    ];
    assert_eq!(environment("ApiFunction"), expected.map(str::to_owned).into());
}

/// SPEC T22, W2: requests are limited before they cost anything, and the gateway's own log names nobody.
#[test]
fn the_gateway_limits_each_route_and_logs_no_address() {
    let template = ours();
    let stage = &template.resource("PublicApiStage")["Properties"];
    assert!(stage["DefaultRouteSettings"]["ThrottlingRateLimit"].as_u64().is_some_and(|rate| rate <= 5));
    for (route, limits) in stage["RouteSettings"].as_object().expect("settings") {
        // Of a route that may not be there.
        let by_door = &limits["Fn::If"][1];
        let (limits, most) = if by_door.is_null() { (limits, 20) } else { (by_door, 50) };
        assert!(limits["ThrottlingRateLimit"].as_u64().is_some_and(|rate| rate <= most), "{route}");
        assert!(limits["ThrottlingBurstLimit"].as_u64().is_some_and(|burst| burst <= 100), "{route}");
    }
    let format = stage["AccessLogSettings"]["Format"].as_str().expect("a format");
    let fields: Value = serde_json::from_str(format).expect("each line is JSON");
    for name in fields.as_object().expect("fields").values().filter_map(Value::as_str) {
        for personal in ["sourceIp", "userAgent", "path", "domainName", "authorizer", "identity"] {
            assert!(!name.contains(personal), "{name}");
        }
    }
}

/// SPEC T11: at 02:00 UTC; what fails is tried again, then kept where somebody looks.
#[test]
fn the_night_begins_at_two_and_its_failures_are_kept() {
    let template = ours();
    let function = &template.resource("TokenRotationFunction")["Properties"];
    let nightly = &function["Events"]["Nightly"]["Properties"];
    assert_eq!(nightly["Schedule"], "cron(0 2 * * ? *)");
    let queue = json!({ "Fn::GetAtt": ["RotationDeadLetterQueue", "Arn"] });
    assert_eq!(
        (&nightly["DeadLetterConfig"]["Arn"], &nightly["RetryPolicy"]["MaximumRetryAttempts"]),
        (&queue, &json!(2))
    );
    let config = &function["EventInvokeConfig"];
    assert_eq!(config["DestinationConfig"]["OnFailure"]["Destination"], queue);
    assert_eq!((&config["MaximumRetryAttempts"], &function["RecursiveLoop"]), (&json!(2), &json!("Allow")));
}

#[test]
fn data_retention_is_told_what_it_needs_and_no_more() {
    let expected = [
        "CA_PINS",
        "CA_PIN_MODE",
        "CHECKPOINT_KEY_ID",
        "DISCORD_API_BASE_URL",
        "EVIDENCE_BUCKET",
        "EXPORTS_BUCKET",
        "LOG_KEY_SECRET",
        "PRIVACY_QUEUE_URL",
        "PUBLIC_BASE_URL",
        "SECRET_PREFIX",
        "TABLE_PREFIX",
    ];
    assert_eq!(environment("DataRetentionFunction"), expected.map(str::to_owned).into());
}

/// SPEC T36: by night, and five minutes after somebody has acted at the latest; what fails is tried again, then kept where
/// somebody looks, and never keeps later records waiting for long.
#[test]
fn checkpoints_are_made_by_night_and_while_somebody_acts() {
    let template = ours();
    let function = &template.resource("DataRetentionFunction")["Properties"];
    let queue = json!({ "Fn::GetAtt": ["RetentionDeadLetterQueue", "Arn"] });
    let nightly = &function["Events"]["Nightly"]["Properties"];
    assert_eq!(
        (&nightly["Schedule"], &nightly["DeadLetterConfig"]["Arn"]),
        (&json!("cron(0 3 * * ? *)"), &queue)
    );
    assert_eq!(function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"], queue);
    let moved = &function["Events"]["HeadsMoved"];
    assert_eq!(moved["Type"], "DynamoDB");
    let moved = &moved["Properties"];
    assert_eq!(moved["Stream"], json!({ "Fn::GetAtt": ["AuditHeadsTable", "StreamArn"] }));
    assert_eq!(
        (&moved["MaximumBatchingWindowInSeconds"], &moved["BatchSize"]),
        (&json!(300), &json!(10_000))
    );
    assert_eq!(moved["MaximumRecordAgeInSeconds"], 3_600);
    assert_eq!(moved["DestinationConfig"]["OnFailure"]["Destination"], queue);
}

/// SPEC T30, T31: a request is the truth. It comes again until it is done, and what cannot be done is kept where somebody
/// looks; it goes on by messages and invocations of its own, which Lambda must not take for a loop.
#[test]
fn what_people_ask_for_is_done_one_at_a_time_and_never_lost() {
    let template = ours();
    let function = &template.resource("DataRetentionFunction")["Properties"];
    let source = &function["Events"]["Privacy"];
    assert_eq!(source["Type"], "SQS");
    let source = &source["Properties"];
    assert_eq!(source["Queue"], json!({ "Fn::GetAtt": ["PrivacyQueue", "Arn"] }));
    assert_eq!((&source["BatchSize"], &function["RecursiveLoop"]), (&json!(1), &json!("Allow")));
    assert_eq!(source["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    let queue = &template.resource("PrivacyQueue")["Properties"];
    let timeout = function["Timeout"].as_u64().expect("a timeout");
    assert!(queue["VisibilityTimeout"].as_u64() >= Some(6 * timeout));
    assert_eq!(queue["MessageRetentionPeriod"], 14 * 86_400);
    let target = json!({ "Fn::GetAtt": ["PrivacyDeadLetterQueue", "Arn"] });
    assert_eq!(queue["RedrivePolicy"], json!({ "deadLetterTargetArn": target, "maxReceiveCount": 5 }));
    assert!(function["ReservedConcurrentExecutions"].is_null(), "the night does not stand in its way");
}

/// SPEC W11, W32: our own keys rotate once a year, by the function that knows how.
#[test]
fn our_own_keys_rotate_yearly() {
    let template = ours();
    let schedules: Vec<_> = template.of_type("AWS::SecretsManager::RotationSchedule").collect();
    for (id, schedule) in &schedules {
        let properties = &schedule["Properties"];
        assert_eq!(properties["RotationRules"]["ScheduleExpression"], "rate(365 days)", "{id}");
        assert_eq!(
            properties["RotationLambdaARN"],
            json!({ "Fn::GetAtt": ["TokenRotationFunction", "Arn"] }),
            "{id}"
        );
    }
    let rotated: BTreeSet<_> =
        schedules.iter().map(|(_, schedule)| schedule["Properties"]["SecretId"]["Ref"].as_str()).collect();
    assert_eq!(rotated, [Some("CustomIdKeySecret"), Some("JwtKeysSecret"), Some("LogKeySecret")].into());
}

/// The pages are open to everybody and slow for everybody together.
#[test]
fn the_pages_have_one_route_and_a_limit() {
    let template = ours();
    let route = &template.resource("OauthRoute")["Properties"];
    assert_eq!(route["RouteKey"], "ANY /oauth/{proxy+}");
    let limits = &template.resource("PublicApiStage")["Properties"]["DefaultRouteSettings"];
    assert_eq!((&limits["ThrottlingRateLimit"], &limits["ThrottlingBurstLimit"]), (&json!(5), &json!(20)));
}

#[test]
fn webhooks_is_told_what_it_needs_and_no_more() {
    let expected = [
        "ALLOW_HTTP",
        "DISCORD_API_BASE_URL",
        "DISCORD_PUBLIC_KEYS",
        "LOG_KEY_SECRET",
        "OAUTH_FUNCTION",
        "PRIVACY_QUEUE_URL",
        "PUBLIC_BASE_URL",
        "SHARD_COUNT",
        "TABLE_PREFIX",
        "VOICE_QUEUE_URL_TEMPLATE",
        "VOICE_SUPERVISOR_FUNCTION",
        "WEBHOOK_QUEUE_URL",
        "WEBHOOK_SECRET_PREFIX",
        "YOUTUBE_CHANNELS",
    ];
    assert_eq!(environment("WebhooksFunction"), expected.map(str::to_owned).into());
}

/// Webhooks come in bursts; their route has a limit of its own, and their work comes again one by one.
#[test]
fn webhooks_have_a_route_a_queue_and_a_night() {
    let template = ours();
    let route = &template.resource("WebhooksRoute")["Properties"];
    assert_eq!(
        (&route["RouteKey"], &route["AuthorizationType"]),
        (&json!("ANY /webhooks/{proxy+}"), &json!("NONE"))
    );
    let function = &template.resource("WebhooksFunction")["Properties"];
    let source = &function["Events"]["Jobs"]["Properties"];
    assert_eq!(source["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    let queue = &template.resource("WebhookQueue")["Properties"];
    let timeout = function["Timeout"].as_u64().expect("a timeout");
    assert!(queue["VisibilityTimeout"].as_u64() >= Some(6 * timeout));
    let target = json!({ "Fn::GetAtt": ["WebhookDeadLetterQueue", "Arn"] });
    assert_eq!(queue["RedrivePolicy"], json!({ "deadLetterTargetArn": target, "maxReceiveCount": 20 }));
    assert_eq!(function["Events"]["Nightly"]["Properties"]["Schedule"], "cron(30 1 * * ? *)");
}

/// SPEC T2: the address is open, since the signature is the authentication; nothing else is.
#[test]
fn only_the_signed_door_has_an_address() {
    let template = ours();
    for (id, function) in template.of_type(FUNCTION) {
        assert!(
            function["Properties"]["FunctionUrlConfig"].is_null(),
            "{id} has one that no condition takes away"
        );
    }
    let door = json!({ "Ref": "InteractionsFunction" });
    let open: Vec<_> = template
        .of_type("AWS::Lambda::Url")
        .map(|(_, url)| &url["Properties"]["TargetFunctionArn"])
        .collect();
    assert_eq!(open, [&door]);
    for (id, permission) in template.of_type("AWS::Lambda::Permission") {
        let properties = &permission["Properties"];
        let everybody = properties["Principal"] == "*";
        assert!(!everybody || properties["FunctionName"] == door, "{id}");
    }
}

#[test]
fn deadlines_are_retried_one_by_one_and_by_few_at_once() {
    let template = ours();
    let function = &template.resource("VoiceSupervisorFunction")["Properties"];
    let source = &function["Events"]["ReplyDeadline"]["Properties"];
    assert_eq!(source["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    assert_eq!(source["ScalingConfig"]["MaximumConcurrency"], 2);
    let timeout = function["Timeout"].as_u64().expect("a timeout");
    let visibility = &template.resource("ReplyDeadlineQueue")["Properties"]["VisibilityTimeout"];
    assert!(visibility.as_u64() >= Some(6 * timeout), "Lambda asks for six times the function's timeout");
}

#[test]
fn security_alarms_is_told_what_it_needs_and_no_more() {
    let expected = [
        "ALARM_SUFFIX",
        "ALERT_TOPIC_ARN",
        "CONTROL_QUEUE_URL",
        "CUSTOM_ID_KEY_SECRET",
        "DISCORD_API_BASE_URL",
        "ECS_CLUSTER",
        "EVIDENCE_BUCKET",
        "INCIDENT_RULE",
        "LOG_KEY_SECRET",
        "PUBLIC_BASE_URL",
        "RUNBOOK_BASE_URL",
        "SECRET_PREFIX",
        "SEVERITY_TOPIC_ARNS",
        "STATUS_BUCKET",
        "TABLE_PREFIX",
        "TOKEN_KEY_ID",
    ];
    assert_eq!(environment("SecurityAlarmsFunction"), expected.map(str::to_owned).into());
}

/// SPEC T27: alarms come by the topic, orders by the queue, and what cannot be done is kept where somebody looks, whoever it
/// was that gave up: the topic, a rule, the queue or Lambda.
#[test]
fn alarms_are_heard_and_never_lost() {
    let template = ours();
    let function = &template.resource("SecurityAlarmsFunction")["Properties"];
    let dead = json!({ "Fn::GetAtt": ["ControlDeadLetterQueue", "Arn"] });
    assert_eq!(function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"], dead);
    let events = &function["Events"];
    assert_eq!(events["Alarm"]["Properties"]["Topic"], json!({ "Ref": "AlertTopic" }));
    assert_eq!(events["Alarm"]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"], dead);
    let order = &events["Order"]["Properties"];
    assert_eq!(order["Queue"], json!({ "Fn::GetAtt": ["ControlQueue", "Arn"] }));
    assert_eq!(order["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    let queue = &template.resource("ControlQueue")["Properties"];
    let timeout = function["Timeout"].as_u64().expect("a timeout");
    assert!(queue["VisibilityTimeout"].as_u64() >= Some(6 * timeout));
    assert_eq!(queue["RedrivePolicy"], json!({ "deadLetterTargetArn": dead, "maxReceiveCount": 5 }));
    for rule in ["WorkerStopped", "SecretTouched", "BreakGlass", "Finding"] {
        assert_eq!(events[rule]["Properties"]["DeadLetterConfig"]["Arn"], dead, "{rule}");
    }
    let policy =
        &template.resource("ControlDeadLetterQueuePolicy")["Properties"]["PolicyDocument"]["Statement"];
    let services: Vec<_> =
        policy.as_array().expect("statements").iter().map(|one| &one["Principal"]).collect();
    let service = |name: &str| json!({ "Service": format!("{name}.amazonaws.com") });
    assert_eq!(services, [&service("events"), &service("sns"), &json!("*")]);
}

/// The tick is off until the function itself switches it on; the watch never is, and the score is as fresh as the alarm that
/// looks at it (SPEC T24).
#[test]
fn nothing_ticks_while_nothing_is_wrong() {
    let template = ours();
    let events = &template.resource("SecurityAlarmsFunction")["Properties"]["Events"];
    let tick = &events["Tick"]["Properties"];
    assert_eq!((&tick["State"], &tick["Schedule"]), (&json!("DISABLED"), &json!("rate(1 minute)")));
    let named = &template.resource("SecurityAlarmsFunction")["Properties"]["Environment"]["Variables"];
    assert_eq!(tick["Name"], named["INCIDENT_RULE"]);
    let watch = &events["Watch"]["Properties"];
    assert_eq!((&watch["State"], &watch["Schedule"]), (&Value::Null, &json!("rate(5 minutes)")));
    assert_eq!(template.resource("SuspiciousActivityAlarm")["Properties"]["Period"], 300);
}

/// Containment knows schedules by their names, and this function's own by how these begin.
#[test]
fn each_rule_is_named_after_its_function() {
    let template = ours();
    for (id, function) in template.of_type(FUNCTION) {
        let name = function["Properties"]["FunctionName"]["Fn::Sub"].as_str().expect("a name");
        let start = if id == "SecurityAlarmsFunction" { "${TablePrefix}-incidents" } else { name };
        let events = function["Properties"]["Events"].as_object().into_iter().flatten();
        for (event, body) in events {
            let properties = &body["Properties"];
            let rule = match body["Type"].as_str() {
                Some("Schedule") => &properties["Name"],
                Some("EventBridgeRule") => &properties["RuleName"],
                _ => continue,
            };
            let rule = rule["Fn::Sub"].as_str().unwrap_or_default();
            let rest = rule.strip_prefix(start);
            let own = id == "SecurityAlarmsFunction" && rest == Some("");
            assert!(own || rest.is_some_and(|rest| rest.starts_with('-')), "{id} {event}: {rule}");
        }
    }
}

/// Whoever writes our secrets and is not one of these functions is told of; who has no role at all, too.
#[test]
fn a_secret_that_is_touched_by_anybody_else_is_told_of() {
    let template = ours();
    let events = &template.resource("SecurityAlarmsFunction")["Properties"]["Events"];
    let detail = &events["SecretTouched"]["Properties"]["Pattern"]["detail"];
    let others = &detail["$or"];
    let named = &others[0]["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"][0]["anything-but"];
    let own = ["OauthRole", "TokenRotationRole", "DataRetentionRole"];
    assert_eq!(*named, json!(own.map(|role| json!({ "Fn::GetAtt": [role, "Arn"] }))));
    assert_eq!(
        others[1]["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"],
        json!([{ "exists": false }])
    );
    for (id, role) in template.of_type("AWS::IAM::Role") {
        let policies = role["Properties"]["Policies"].to_string();
        let writes = policies.contains("secretsmanager:PutSecretValue")
            || policies.contains("secretsmanager:DeleteSecret");
        assert_eq!(writes, own.contains(&id), "{id}");
    }
}
