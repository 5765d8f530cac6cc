//! What the roles may and may not do (SPEC T13).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::iam::{Statement, statements};
use testkit::template::OURS;

use crate::ours;

/// Not a function's; neither is made unless the operator names somebody.
const FOR_PEOPLE: [&str; 2] = ["AnalyticsRole", "BreakGlassRole"];

fn roles() -> Vec<(String, Vec<Statement>)> {
    let read = |(id, _): (&str, &Value)| (id.to_owned(), statements(OURS, id).expect("the role reads"));
    ours().of_type("AWS::IAM::Role").map(read).collect()
}

fn actions_on(role: &str, resource: &str) -> BTreeSet<String> {
    let all = statements(OURS, role).expect("the role reads");
    all.into_iter().filter(|one| one.resources.contains(resource)).flat_map(|one| one.actions).collect()
}

#[test]
fn no_action_and_no_resource_is_a_wildcard() {
    for (role, statements) in roles() {
        for statement in statements {
            let wide = |text: &String| text.contains('*');
            assert!(!statement.actions.iter().any(wide), "{role} {}", statement.sid);
            assert!(!statement.resources.iter().any(wide), "{role} {}", statement.sid);
        }
    }
}

#[test]
fn each_need_has_one_statement() {
    for (role, statements) in roles() {
        let sids: BTreeSet<_> = statements.iter().map(|statement| &statement.sid).collect();
        assert_eq!(sids.len(), statements.len(), "{role} repeats a Sid");
    }
}

/// What a name of [`Statement`] hides: the stars that are really in the template, and why each has to be there.
#[test]
fn the_only_stars_stand_where_a_name_cannot_be_known() {
    let mut stars = BTreeSet::new();
    for (_, role) in ours().of_type("AWS::IAM::Role") {
        for statement in allowing(role) {
            let resources =
                statement["Resource"].as_array().cloned().unwrap_or(vec![statement["Resource"].clone()]);
            let wide = resources.iter().map(ToString::to_string).filter(|one| one.contains('*'));
            stars.extend(wide);
        }
    }
    let tail = |end: &str| stars.iter().filter(|one| one.contains(end)).count();
    // Revisions of one definition, tasks of one cluster, the audio in one bucket, a log-in that knows no resource, members'
    // secrets and those that the operator makes.
    assert_eq!(
        (tail("-voice:*"), tail("task/${VoiceCluster}/*"), tail("${AudioBucket.Arn}/*"), tail("\"*\"")),
        (1, 1, 1, 1)
    );
    // What people may know of incidents, evidence of containment, channels of alarms, each of our tables, and mappings,
    // which are named by chance.
    assert_eq!(
        (tail("${StatusBucket.Arn}/*"), tail("${EvidenceBucket.Arn}/containment/*"), tail("/channels/*")),
        (1, 1, 1)
    );
    assert_eq!((tail(":table/${TablePrefix}-*"), tail(":event-source-mapping:*")), (1, 1));
    // Keys in other regions, chosen by their alias.
    assert_eq!((tail("/users/*"), tail("/oauth-clients/*"), tail(":key/*")), (1, 1, 1));
    assert_eq!(tail("/webhooks/*"), 1);
    // Checkpoints and exports, whose names nobody knows before.
    assert_eq!((tail("${EvidenceBucket.Arn}/checkpoints/*"), tail("${ExportsBucket.Arn}/exports/*")), (1, 1));
    // The log groups of functions are told to forget.
    assert_eq!(tail(":log-group:/aws/lambda/${TablePrefix}-*"), 1);
    assert_eq!(stars.len(), 16, "{stars:?}");
}

fn allowing(role: &Value) -> Vec<Value> {
    let policies = role["Properties"]["Policies"].as_array().expect("policies").iter();
    policies
        .filter_map(|policy| policy["PolicyDocument"]["Statement"].as_array().cloned())
        .flatten()
        .collect()
}

/// SPEC T14: Lambda assumes the functions' roles, tasks of this account the worker's two, and nobody else anything but the two
/// roles for people, which have tests of their own.
#[test]
fn each_role_is_assumed_by_the_one_service_that_it_is_for() {
    for (id, role) in ours().of_type("AWS::IAM::Role").filter(|(id, _)| !FOR_PEOPLE.contains(id)) {
        let trust = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"];
        assert_eq!(trust.as_array().map(Vec::len), Some(1), "{id}");
        let tasks = ["VoiceTaskRole", "VoiceExecutionRole"].contains(&id);
        let service = if tasks { "ecs-tasks.amazonaws.com" } else { "lambda.amazonaws.com" };
        assert_eq!(trust[0]["Principal"], json!({ "Service": service }), "{id}");
        if tasks {
            let ours = json!({ "StringEquals": { "aws:SourceAccount": { "Ref": "AWS::AccountId" } } });
            assert_eq!(trust[0]["Condition"], ours, "{id}");
        }
    }
}

/// Only one role starts tasks, only this family's, only in this cluster, and gives them these two roles only as tasks.
/// Two others can stop them, to contain the bot.
#[test]
fn one_role_starts_one_family() {
    for (role, statements) in roles() {
        let of_tasks = |action: &&String| action.starts_with("ecs:") || action.starts_with("iam:");
        let reached: BTreeSet<_> =
            statements.iter().flat_map(|one| &one.actions).filter(of_tasks).map(String::as_str).collect();
        match role.as_str() {
            "VoiceSupervisorRole" => {
                assert!(reached.contains("ecs:RunTask") && reached.contains("iam:PassRole"));
            }
            "BreakGlassRole" | "SecurityAlarmsRole" => {
                assert_eq!(reached, ["ecs:ListTasks", "ecs:StopTask"].into());
            }
            _ => assert!(reached.is_empty(), "{role}"),
        }
    }
    let template = ours();
    let all = allowing(template.resource("VoiceSupervisorRole"));
    let condition = |action: &str| {
        let found = all.iter().find(|statement| statement["Action"].to_string().contains(action));
        found.expect("the statement").get("Condition").cloned().expect("a condition")
    };
    let cluster = json!({ "ArnEquals": { "ecs:cluster": { "Fn::GetAtt": ["VoiceCluster", "Arn"] } } });
    assert_eq!((condition("ecs:RunTask"), condition("ecs:StopTask")), (cluster.clone(), cluster));
    assert_eq!(condition("ecs:TagResource"), json!({ "StringEquals": { "ecs:CreateAction": "RunTask" } }));
    let to_tasks = json!({ "StringEquals": { "iam:PassedToService": "ecs-tasks.amazonaws.com" } });
    assert_eq!(condition("iam:PassRole"), to_tasks);
    let roles: BTreeSet<_> = actions_of("VoiceSupervisorRole", "iam:PassRole");
    assert_eq!(roles, ["role/VoiceExecutionRole", "role/VoiceTaskRole"].map(str::to_owned).into());
}

/// The resources on which a role allows an action.
fn actions_of(role: &str, action: &str) -> BTreeSet<String> {
    let all = statements(OURS, role).expect("the role reads");
    all.into_iter().filter(|one| one.actions.contains(action)).flat_map(|one| one.resources).collect()
}

/// DESIGN, "Why it is split so": what the worker may touch, and by that what it may not.
#[test]
fn the_worker_touches_what_it_needs_to_play() {
    let own = testkit::iam::allowed("VoiceTaskRole").expect("the role reads");
    let expected = [
        "bucket/audio",
        "function/voice-supervisor",
        "queue/privacy",
        "queue/voice-0",
        "secret/bot-token",
        "secret/custom-id-key",
        "secret/log-key",
        "table/deferred",
        "table/flags",
        "table/guild-access",
        "table/guild-queues",
        "table/guild-state",
        "table/leases",
    ];
    assert_eq!(own.keys().map(String::as_str).collect::<Vec<_>>(), expected);
    for (resource, actions) in [
        ("bucket/audio", &["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListBucket", "s3:PutObject"][..]),
        ("function/voice-supervisor", &["lambda:InvokeFunction"]),
        ("queue/voice-0", &["sqs:DeleteMessage", "sqs:ReceiveMessage"]),
        ("secret/bot-token", &["secretsmanager:GetSecretValue"]),
        ("table/guild-access", &["dynamodb:BatchGetItem"]),
        ("table/flags", &["dynamodb:BatchGetItem"]),
        (
            "table/leases",
            &["dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        ),
    ] {
        assert_eq!(own[resource].iter().map(String::as_str).collect::<Vec<_>>(), actions, "{resource}");
    }
}

/// SPEC T14: what ECS does for a worker before it runs is not what the worker may do.
#[test]
fn the_execution_role_pulls_one_image_and_opens_one_log() {
    let own = testkit::iam::allowed("VoiceExecutionRole").expect("the role reads");
    assert_eq!(own.keys().map(String::as_str).collect::<Vec<_>>(), ["any", "repository/voice"]);
    let all = statements(OURS, "VoiceExecutionRole").expect("the role reads");
    assert!(all.iter().flat_map(|one| &one.actions).all(|action| !action.starts_with("secretsmanager:")));
}

/// The bot's token is read by the worker and by nobody else (DESIGN, invariant 4).
#[test]
fn only_the_worker_reads_the_bots_token() {
    for (role, statements) in roles() {
        let value = |one: &Statement| one.actions.contains("secretsmanager:GetSecretValue");
        let reads = statements.iter().any(|one| value(one) && one.resources.contains("secret/bot-token"));
        assert_eq!(reads, role == "VoiceTaskRole", "{role}");
    }
}

/// SPEC T36: rows of the audit trail leave by their TTL and in no other way.
#[test]
fn no_role_changes_or_deletes_audit_rows() {
    for (role, _) in roles() {
        for denied in ["UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"] {
            assert!(
                !actions_on(&role, "table/audit").contains(&format!("dynamodb:{denied}")),
                "{role} {denied}"
            );
        }
    }
}

#[test]
fn interactions_reads_two_secrets_of_its_own_and_no_other() {
    let all = statements(OURS, "InteractionsRole").expect("the role reads");
    let reads = all.iter().filter(|one| one.actions.contains("secretsmanager:GetSecretValue"));
    let secrets: BTreeSet<_> = reads.flat_map(|one| one.resources.iter().map(String::as_str)).collect();
    assert_eq!(secrets, BTreeSet::from(["secret/custom-id-key", "secret/log-key"]));
}

#[test]
fn interactions_reaches_no_service_beyond_its_six() {
    let all = statements(OURS, "InteractionsRole").expect("the role reads");
    let service = |action: &String| action.split_once(':').expect("service:Action").0.to_owned();
    let services: BTreeSet<_> = all.iter().flat_map(|one| one.actions.iter().map(service)).collect();
    assert_eq!(
        services,
        ["dynamodb", "kms", "lambda", "logs", "secretsmanager", "sqs"].map(str::to_owned).into()
    );
    let role = "InteractionsRole";
    assert_eq!(
        actions_of(role, "lambda:InvokeFunction"),
        ["function/oauth", "function/voice-supervisor"].map(str::to_owned).into()
    );
    let sends =
        ["queue/control", "queue/privacy", "queue/reply-deadline", "queue/voice-0"].map(str::to_owned);
    assert_eq!(actions_of(role, "sqs:SendMessage"), sends.into());
    assert_eq!(actions_on(role, "table/leases"), ["dynamodb:GetItem".to_owned()].into());
}

#[test]
fn the_voice_supervisor_touches_replies_tries_and_the_flag_and_nothing_else_of_the_data() {
    let all = statements(OURS, "VoiceSupervisorRole").expect("the role reads");
    let tables: BTreeSet<_> = all
        .iter()
        .flat_map(|one| &one.resources)
        .filter(|name| name.starts_with("table/"))
        .cloned()
        .collect();
    assert_eq!(tables, ["table/deferred", "table/flags", "table/leases"].map(str::to_owned).into());
    let ends = ["dynamodb:GetItem", "dynamodb:UpdateItem"].map(str::to_owned);
    assert_eq!(actions_on("VoiceSupervisorRole", "table/deferred"), ends.into());
    assert_eq!(actions_on("VoiceSupervisorRole", "table/flags"), ["dynamodb:GetItem".to_owned()].into());
}

/// SPEC T7: a role uses the key through one named service a statement.
#[test]
fn the_key_is_used_through_one_service_a_statement() {
    for (id, role) in ours().of_type("AWS::IAM::Role") {
        let policies = role["Properties"]["Policies"].as_array().expect("policies");
        let all =
            policies.iter().filter_map(|policy| policy["PolicyDocument"]["Statement"].as_array()).flatten();
        let through = |one: &&Value| !of_copies(one) && !of_signing(one) && !of_switching(one);
        for statement in all.filter(|one| one["Action"].to_string().contains("\"kms:")).filter(through) {
            let via = &statement["Condition"]["StringEquals"]["kms:ViaService"]["Fn::Sub"];
            assert!(via.as_str().is_some_and(|v| v.ends_with(".${AWS::Region}.amazonaws.com")), "{id}");
        }
    }
}

/// SPEC T13, W13: members' tokens are written by two functions; a third one reads them, to revoke them, and is the only one
/// that deletes a secret at all.
#[test]
fn two_roles_write_members_tokens_and_another_one_ends_them() {
    for (role, statements) in roles() {
        let on_users: BTreeSet<_> = statements
            .iter()
            .filter(|one| one.resources.contains("secret/users"))
            .flat_map(|one| one.actions.iter().map(String::as_str))
            .collect();
        let (writes, ends) =
            (["OauthRole", "TokenRotationRole"].contains(&role.as_str()), role == "DataRetentionRole");
        assert_eq!(!on_users.is_empty(), writes || ends, "{role}");
        assert_eq!(on_users.contains("secretsmanager:PutSecretValue"), writes, "{role}");
        assert_eq!(on_users.contains("secretsmanager:CreateSecret"), role == "OauthRole", "{role}");
        for ending in ["secretsmanager:DeleteSecret", "secretsmanager:RemoveRegionsFromReplication"] {
            assert_eq!(on_users.contains(ending), ends, "{role}");
            let on_others = statements.iter().filter(|one| !one.resources.contains("secret/users"));
            assert!(!on_others.flat_map(|one| &one.actions).any(|action| action == ending), "{role}");
        }
    }
}

/// What has a test of its own, the next one.
fn of_copies(statement: &Value) -> bool {
    statement["Sid"] == "EncryptReplicas"
}

/// What has a test of its own, below: this key is asked for by name and through no service.
fn of_signing(statement: &Value) -> bool {
    statement["Resource"] == json!({ "Fn::GetAtt": ["AuditSigningKey", "Arn"] })
}

/// What has a test of its own, at the end: the last level of containment.
fn of_switching(statement: &Value) -> bool {
    statement["Sid"] == "StopUseOfTokens"
}

/// SPEC T30, T31: who can erase everything can do nothing beyond it, and nobody else comes near what was gathered.
#[test]
fn what_looks_after_everything_can_do_nothing_else() {
    let all = statements(OURS, "DataRetentionRole").expect("the role reads");
    let service = |action: &String| action.split_once(':').expect("service:Action").0.to_owned();
    let services: BTreeSet<_> = all.iter().flat_map(|one| one.actions.iter().map(service)).collect();
    let expected = ["dynamodb", "kms", "lambda", "logs", "s3", "secretsmanager", "sqs"];
    assert_eq!(services, expected.map(str::to_owned).into());
    let role = "DataRetentionRole";
    assert_eq!(actions_of(role, "lambda:InvokeFunction"), ["function/data-retention".to_owned()].into());
    let sends = ["queue/privacy", "queue/retention-dlq"].map(str::to_owned);
    assert_eq!(actions_of(role, "sqs:SendMessage"), sends.into());
    assert_eq!(actions_on(role, "table/audit"), [].into());
    let on_exports =
        ["AbortMultipartUpload", "DeleteObjectVersion", "GetObject", "ListBucketVersions", "PutObject"];
    assert_eq!(actions_on(role, "bucket/exports"), on_exports.map(|action| format!("s3:{action}")).into());
    for (other, _) in roles().into_iter().filter(|(other, _)| other != role) {
        assert_eq!(actions_on(&other, "bucket/exports"), [].into(), "{other}");
    }
}

/// SPEC T36: one role signs, texts as they are and by one algorithm; it adds to the evidence and can do nothing else there.
#[test]
fn one_role_signs_and_adds_to_the_evidence() {
    for (role, statements) in roles() {
        let signs = statements.iter().flat_map(|one| &one.actions).any(|action| action == "kms:Sign");
        assert_eq!(signs, role == "DataRetentionRole", "{role}");
        let evidence: Vec<_> = actions_on(&role, "bucket/evidence").into_iter().collect();
        let adds = signs || role == "SecurityAlarmsRole";
        let expected: &[&str] = if adds { &["s3:PutObject"] } else { &[] };
        assert_eq!(evidence, expected, "{role}");
        let unlocks = |action: &String| {
            action.starts_with("s3:") && (action.contains("Retention") || action.contains("LegalHold"))
        };
        assert!(!statements.iter().flat_map(|one| &one.actions).any(unlocks), "{role}");
    }
    let template = ours();
    let all = allowing(template.resource("DataRetentionRole"));
    let condition =
        |sid: &str| all.iter().find(|one| one["Sid"] == sid).expect("the statement")["Condition"].clone();
    let as_they_are = json!({ "kms:MessageType": "RAW", "kms:SigningAlgorithm": "ED25519_SHA_512" });
    assert_eq!(condition("SignCheckpointsAndReceipts"), json!({ "StringEquals": as_they_are }));
    let only_new = json!({ "Null": { "s3:if-none-match": false } });
    assert_eq!(condition("KeepCheckpoints"), only_new);
    let all = allowing(template.resource("SecurityAlarmsRole"));
    assert_eq!(
        all.iter().find(|one| one["Sid"] == "KeepEvidence").expect("the statement")["Condition"],
        only_new
    );
}

/// SPEC T13, T33: who contains the bot touches nothing that members have entrusted to it, and switches off only what is named
/// here: three schedules, what our functions take from queues, two jobs, workers of one cluster, one key.
#[test]
fn what_contains_can_stop_things_and_read_nothing() {
    const ROLE: &str = "SecurityAlarmsRole";
    let all = statements(OURS, ROLE).expect("the role reads");
    let reached: BTreeSet<_> = all.iter().flat_map(|one| one.resources.iter().map(String::as_str)).collect();
    let tables: Vec<_> = reached.iter().filter(|name| name.starts_with("table/")).copied().collect();
    let expected = ["any", "audit", "audit-heads", "flags", "incidents", "rate-limits"];
    assert_eq!(tables, expected.map(|name| format!("table/{name}")));
    assert_eq!(actions_on(ROLE, "table/any"), ["dynamodb:DescribeContinuousBackups".to_owned()].into());
    let reads = actions_of(ROLE, "secretsmanager:GetSecretValue");
    assert_eq!(
        reads,
        ["secret/channels", "secret/custom-id-key", "secret/log-key"].map(str::to_owned).into()
    );
    let nightly = ["data-retention", "token-rotation", "webhooks"].map(|name| format!("rule/{name}-nightly"));
    let mut rules: BTreeSet<_> = nightly.into();
    rules.insert("rule/incidents".to_owned());
    assert_eq!(actions_of(ROLE, "events:DisableRule"), rules);
    assert_eq!(actions_of(ROLE, "events:EnableRule"), rules, "what is stopped can be started again");
    let jobs: BTreeSet<_> = ["function/data-retention", "function/token-rotation"].map(str::to_owned).into();
    assert_eq!(actions_of(ROLE, "lambda:PutFunctionConcurrency"), jobs);
    assert_eq!(actions_of(ROLE, "lambda:DeleteFunctionConcurrency"), jobs);
    assert_eq!(
        actions_of(ROLE, "s3:PutObject"),
        ["bucket/evidence", "bucket/status"].map(str::to_owned).into()
    );
    let template = ours();
    let own = allowing(template.resource(ROLE));
    let statement = |sid: &str| own.iter().find(|one| one["Sid"] == sid).expect("the statement");
    let switches = json!(["kms:DescribeKey", "kms:DisableKey", "kms:EnableKey"]);
    let key = statement("StopUseOfTokens");
    assert_eq!((&key["Action"], &key["Resource"]["Fn::GetAtt"][0]), (&switches, &json!("TokenKey")));
    let functions = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${TablePrefix}-*";
    let ours_only = json!({ "ArnLike": { "lambda:FunctionArn": { "Fn::Sub": functions } } });
    assert_eq!(statement("StopQueueIntake")["Condition"], ours_only);
    let cluster = json!({ "ArnEquals": { "ecs:cluster": { "Fn::GetAtt": ["VoiceCluster", "Arn"] } } });
    assert_eq!(
        (&statement("SeeWorkers")["Condition"], &statement("StopWorkers")["Condition"]),
        (&cluster, &cluster)
    );
    // By hand, the role for emergencies can do the same.
    for (role, _) in
        roles().into_iter().filter(|(role, _)| ![ROLE, "BreakGlassRole"].contains(&role.as_str()))
    {
        assert_eq!(actions_of(&role, "kms:DisableKey"), [].into(), "{role}");
        assert_eq!(actions_of(&role, "events:DisableRule"), [].into(), "{role}");
    }
}

/// SPEC T8: where the operator names no region nothing is copied and no key elsewhere is touched; where one is named, by
/// one function, to these regions and with keys that have our alias.
#[test]
fn copies_of_secrets_are_off_and_go_where_the_operator_says() {
    let template = ours();
    assert_eq!(template.section("Parameters")["ReplicaRegions"]["Default"], "");
    let regions = json!({ "Fn::Split": [",", { "Ref": "ReplicaRegions" }] });
    for (id, role) in template.of_type("AWS::IAM::Role") {
        for statement in allowing(role) {
            let copies = statement["Action"].to_string().contains("ReplicateSecretToRegions");
            assert_eq!(copies, id == "OauthRole" && statement["Sid"] == "MakeSecrets", "{id}");
            if copies {
                // Without replicas the request has no such key, and that is allowed.
                let only = json!({ "secretsmanager:AddReplicaRegions": regions });
                assert_eq!(statement["Condition"], json!({ "ForAllValues:StringEquals": only }));
            }
            assert!(!of_copies(&statement) || id == "OauthRole", "{id}");
        }
    }
    let all = allowing(template.resource("OauthRole"));
    let condition = &all.iter().find(|one| of_copies(one)).expect("the statement")["Condition"];
    let alias = json!({ "Fn::Sub": "alias/${TablePrefix}-replicas" });
    assert_eq!(condition["ForAnyValue:StringEquals"]["kms:ResourceAliases"], alias);
    let via = json!({ "Fn::Split": [",", { "Fn::Sub": [
        "secretsmanager.${Regions}.amazonaws.com",
        { "Regions": { "Fn::Join": [".amazonaws.com,secretsmanager.", regions] } },
    ] }] });
    assert_eq!(condition["StringEquals"]["kms:ViaService"], via);
    for (id, secret) in template.of_type("AWS::SecretsManager::Secret") {
        let replicas = &secret["Properties"]["ReplicaRegions"]["Fn::If"];
        let nothing = json!({ "Ref": "AWS::NoValue" });
        assert_eq!((&replicas[0], &replicas[2]), (&json!("HasReplica"), &nothing), "{id}");
        let [first, second] = [&replicas[1][0], &replicas[1][1]["Fn::If"][1]];
        assert_eq!([&first["KmsKeyId"], &second["KmsKeyId"]], [&alias, &alias], "{id}");
        assert_eq!(first["Region"]["Fn::Select"], json!([0, regions]), "{id}");
        assert_eq!(second["Region"]["Fn::Select"][0], 1, "{id}");
    }
}

/// SPEC T7: each key is used through the services that hold its data, and through no other.
#[test]
fn keys_are_used_through_named_services_only() {
    let template = ours();
    for (id, role) in template.of_type("AWS::IAM::Role") {
        let through = |one: &Value| !of_copies(one) && !of_signing(one) && !of_switching(one);
        let keys = |one: &Value| one["Action"].to_string().contains("kms:") && through(one);
        for statement in allowing(role).into_iter().filter(keys) {
            let via = &statement["Condition"]["StringEquals"]["kms:ViaService"];
            assert!(!via.is_null(), "{id} {}", statement["Sid"]);
            let key = statement["Resource"]["Fn::GetAtt"][0].as_str().expect("a key");
            let may = match key {
                "TokenKey" => &["secretsmanager"][..],
                "AlertKey" => &["sns", "sqs"],
                _ => &["dynamodb", "s3", "secretsmanager", "sqs"],
            };
            let services = via.as_array().cloned().unwrap_or_else(|| vec![via.clone()]);
            for service in services {
                let name = service["Fn::Sub"]
                    .as_str()
                    .and_then(|text| text.split_once('.'))
                    .expect("a service")
                    .0
                    .to_owned();
                assert!(may.contains(&name.as_str()), "{id}: {key} through {name}");
            }
        }
    }
}
