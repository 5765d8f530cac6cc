//! The seven design principles of the security pillar of AWS's Well-Architected Framework (SPEC T1), each one test over
//! everything that the template makes. What a single part promises in detail stands in the other files.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::template::Template;

use crate::ours;

const NOBODY: [&str; 0] = [];
const HOUR_S: u64 = 3_600;

const FUNCTION: &str = "AWS::Serverless::Function";
const ROLE: &str = "AWS::IAM::Role";
const KEY: &str = "AWS::KMS::Key";
const SECRET: &str = "AWS::SecretsManager::Secret";
const BUCKET: &str = "AWS::S3::Bucket";
const QUEUE: &str = "AWS::SQS::Queue";
const TABLE: &str = "AWS::DynamoDB::Table";
const TOPIC: &str = "AWS::SNS::Topic";
const ALARM: &str = "AWS::CloudWatch::Alarm";
const LOG_GROUP: &str = "AWS::Logs::LogGroup";

/// What holds data, and where in its properties the key stands that it is kept under.
const HOLDS_DATA: [(&str, &str); 5] = [
    (TABLE, "/SSESpecification/KMSMasterKeyId"),
    (QUEUE, "/KmsMasterKeyId"),
    (TOPIC, "/KmsMasterKeyId"),
    (SECRET, "/KmsKeyId"),
    (
        BUCKET,
        "/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/KMSMasterKeyID",
    ),
];
/// Services whose other resources hold none. Logs are here: what is written there is pseudonyms, under `CloudWatch`'s own key.
const HOLDS_NONE: [&str; 11] = [
    "AWS::ApiGatewayV2::",
    "AWS::CloudWatch::",
    "AWS::EC2::SecurityGroup",
    "AWS::ECS::",
    "AWS::IAM::",
    "AWS::KMS::",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Subscription",
    "AWS::Serverless::Function",
];
/// Says something about what holds data, and has none itself.
const SAYS: [&str; 4] = [
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SecretsManager::RotationSchedule",
];

/// Those of a type for which it does not hold. A type of which there is none would prove nothing.
fn without(kind: &str, holds: impl Fn(&str, &Value) -> bool) -> Vec<String> {
    let template = ours();
    let all: Vec<_> = template.of_type(kind).collect();
    assert!(!all.is_empty(), "there is no {kind}");
    all.into_iter().filter(|(id, one)| !holds(id, one)).map(|(id, _)| id.to_owned()).collect()
}

fn kinds(template: &Template) -> BTreeSet<&str> {
    let all = template.section("Resources").as_object().expect("resources");
    all.values().filter_map(|resource| resource["Type"].as_str()).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let single = value.as_array().is_none().then_some(value).filter(|value| !value.is_null());
    value.as_array().into_iter().flatten().chain(single)
}

fn statements(document: &Value) -> impl Iterator<Item = &Value> {
    list(&document["Statement"])
}

/// Whether people assume it, and not a service.
fn is_for_people(role: &Value) -> bool {
    statements(&role["Properties"]["AssumeRolePolicyDocument"])
        .any(|one| one["Principal"]["Service"].is_null())
}

#[test]
fn identity_is_a_role_each_and_never_a_key_that_lasts() {
    let template = ours();
    let lasting: Vec<_> = kinds(&template)
        .into_iter()
        .filter(|kind| kind.starts_with("AWS::IAM::") && ![ROLE, "AWS::IAM::ManagedPolicy"].contains(kind))
        .collect();
    assert_eq!(lasting, NOBODY, "users, groups and access keys outlive their reason");
    let own = |function: &Value| function["Properties"]["Role"]["Fn::GetAtt"][0].as_str().map(str::to_owned);
    let mut taken = BTreeSet::new();
    for (id, function) in template.of_type(FUNCTION) {
        assert!(own(function).is_some_and(|role| taken.insert(role)), "{id} has no role of its own");
    }
    // Who is a person comes for an hour, and only where the operator has said who that is.
    let bounded = |_: &str, role: &Value| {
        let session = role["Properties"]["MaxSessionDuration"].as_u64().unwrap_or(HOUR_S);
        !is_for_people(role) || (session <= HOUR_S && role["Condition"].is_string())
    };
    assert_eq!(without(ROLE, bounded), NOBODY);
    let trusts_all = |one: &Value| one["Principal"] == "*" || one["Principal"]["AWS"] == "*";
    let narrow =
        |_: &str, role: &Value| !statements(&role["Properties"]["AssumeRolePolicyDocument"]).any(trusts_all);
    assert_eq!(without(ROLE, narrow), NOBODY);
}

#[test]
fn whatever_acts_leaves_a_trace() {
    let template = ours();
    let is_group = |value: &Value| {
        let id = value["Ref"].as_str().or(value["Fn::GetAtt"][0].as_str());
        id.is_some_and(|id| template.resource(id)["Type"] == LOG_GROUP)
    };
    let logs = |_: &str, function: &Value| {
        let config = &function["Properties"]["LoggingConfig"];
        is_group(&config["LogGroup"]) && config["LogFormat"] == "JSON"
    };
    assert_eq!(without(FUNCTION, logs), NOBODY);
    let requests =
        |_: &str, stage: &Value| is_group(&stage["Properties"]["AccessLogSettings"]["DestinationArn"]);
    assert_eq!(without("AWS::ApiGatewayV2::Stage", requests), NOBODY);
    let containers = |_: &str, task: &Value| {
        list(&task["Properties"]["ContainerDefinitions"])
            .all(|container| is_group(&container["LogConfiguration"]["Options"]["awslogs-group"]))
    };
    assert_eq!(without("AWS::ECS::TaskDefinition", containers), NOBODY);
    assert_eq!(without(LOG_GROUP, |_, group| !group["Properties"]["RetentionInDays"].is_null()), NOBODY);
    let told = &template.resource("SecurityAlarmsFunction")["Properties"]["Events"]["SecretTouched"];
    assert_eq!(told["Properties"]["Pattern"]["source"], json!(["aws.secretsmanager"]));
}

#[test]
fn each_layer_defends_itself() {
    // The edge: a flood is cut before it costs an invocation.
    let throttled = |_: &str, stage: &Value| {
        let default = &stage["Properties"]["DefaultRouteSettings"];
        default["ThrottlingRateLimit"].is_u64() && default["ThrottlingBurstLimit"].is_u64()
    };
    assert_eq!(without("AWS::ApiGatewayV2::Stage", throttled), NOBODY);
    // The network: nobody reaches a worker.
    let closed = |_: &str, group: &Value| group["Properties"]["SecurityGroupIngress"] == json!([]);
    assert_eq!(without("AWS::EC2::SecurityGroup", closed), NOBODY);
    // The machine: whoever gets into the worker is nobody there.
    let powerless = |_: &str, task: &Value| {
        list(&task["Properties"]["ContainerDefinitions"]).all(|container| {
            container["ReadonlyRootFilesystem"] == true
                && container["User"].as_str().is_some_and(|user| !user.starts_with('0') && user != "root")
                && container["LinuxParameters"]["Capabilities"]["Drop"] == json!(["ALL"])
        })
    };
    assert_eq!(without("AWS::ECS::TaskDefinition", powerless), NOBODY);
    // The function: who may call it is named, by its service and by whose it is. Everybody comes by the signed door's own
    // address alone, which is tested beside the other door.
    let bound = |_: &str, permission: &Value| {
        let properties = &permission["Properties"];
        let by_address =
            properties["FunctionUrlAuthType"] == "NONE" || properties["InvokedViaFunctionUrl"] == true;
        if by_address && properties["FunctionName"]["Ref"] == "InteractionsFunction" {
            return true;
        }
        let named = properties["Principal"].as_str().is_some_and(|who| who != "*");
        named && !(properties["SourceArn"].is_null() && properties["SourceAccount"].is_null())
    };
    assert_eq!(without("AWS::Lambda::Permission", bound), NOBODY);
    // The data: no policy of anything lets everybody in.
    for kind in ["AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"] {
        let closed = |_: &str, policy: &Value| {
            statements(&policy["Properties"]["PolicyDocument"])
                .filter(|one| one["Effect"] == "Allow")
                .all(|one| one["Principal"] != "*" && one["Principal"]["AWS"] != "*")
        };
        assert_eq!(without(kind, closed), NOBODY, "{kind}");
    }
}

#[test]
fn what_can_be_forgotten_is_automatic() {
    let template = ours();
    let rotated: BTreeSet<_> = template
        .of_type("AWS::SecretsManager::RotationSchedule")
        .filter_map(|(_, schedule)| schedule["Properties"]["SecretId"]["Ref"].as_str())
        .collect();
    let renews = |id: &str, secret: &Value| {
        secret["Properties"]["GenerateSecretString"].is_null() || rotated.contains(id)
    };
    assert_eq!(without(SECRET, renews), NOBODY, "what others issue has a reminder instead");
    let turns = |_: &str, key: &Value| {
        let properties = &key["Properties"];
        properties["KeyUsage"] == "SIGN_VERIFY" || properties["EnableKeyRotation"] == true
    };
    assert_eq!(without(KEY, turns), NOBODY, "KMS does not rotate keys that sign; a reminder counts its days");
    let forgets = |_: &str, bucket: &Value| {
        list(&bucket["Properties"]["LifecycleConfiguration"]["Rules"]).any(|rule| rule["Status"] == "Enabled")
    };
    assert_eq!(without(BUCKET, forgets), NOBODY);
    for (function, hour) in [("TokenRotationFunction", 2), ("DataRetentionFunction", 3)] {
        let nightly =
            &template.resource(function)["Properties"]["Events"]["Nightly"]["Properties"]["Schedule"];
        assert_eq!(*nightly, json!(format!("cron(0 {hour} * * ? *)")), "{function}");
    }
}

#[test]
fn data_is_under_our_keys_and_travels_under_tls() {
    let template = ours();
    let unknown: Vec<_> = kinds(&template)
        .into_iter()
        .filter(|kind| {
            let holds = HOLDS_DATA.iter().any(|(data, _)| data == kind);
            let none = HOLDS_NONE.iter().any(|none| kind.starts_with(none));
            !holds && !none && !SAYS.contains(kind)
        })
        .collect();
    assert_eq!(unknown, NOBODY, "say whether it holds data, and under which key");
    for (kind, place) in HOLDS_DATA {
        let under_ours = |_: &str, one: &Value| {
            let key = one["Properties"].pointer(place).and_then(|key| key["Fn::GetAtt"][0].as_str());
            key.is_some_and(|key| template.resource(key)["Type"] == KEY)
        };
        assert_eq!(without(kind, under_ours), NOBODY, "{kind}");
    }
    for kind in [BUCKET, QUEUE, TOPIC] {
        assert_eq!(without(kind, |id, _| refuses_plaintext(&template, id)), NOBODY, "{kind}");
    }
    let new_enough = |_: &str, domain: &Value| {
        list(&domain["Properties"]["DomainNameConfigurations"]).all(|one| one["SecurityPolicy"] == "TLS_1_2")
    };
    assert_eq!(without("AWS::ApiGatewayV2::DomainName", new_enough), NOBODY);
}

/// Whether a policy of the template denies everybody to come without TLS.
fn refuses_plaintext(template: &Template, id: &str) -> bool {
    let policies = ["AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"];
    let refusal = json!({ "Bool": { "aws:SecureTransport": false } });
    policies.into_iter().flat_map(|kind| template.of_type(kind)).any(|(_, policy)| {
        let properties = &policy["Properties"];
        let about = ["Bucket", "Queues", "Topics"].iter().flat_map(|name| list(&properties[*name]));
        let ours = about.filter_map(|one| one["Ref"].as_str()).any(|named| named == id);
        ours && statements(&properties["PolicyDocument"])
            .any(|one| one["Effect"] == "Deny" && one["Principal"] == "*" && one["Condition"] == refusal)
    })
}

#[test]
fn people_are_kept_away_from_data() {
    let template = ours();
    // With a key alone nothing is read: it opens through the service that holds the data, or for AWS's own services.
    let uses = |action: &Value| {
        let of = [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncrypt",
            "kms:CreateGrant",
            "kms:*",
        ];
        action.as_str().is_some_and(|action| of.iter().any(|use_of| action.starts_with(use_of)))
    };
    let through_a_service = |_: &str, key: &Value| {
        statements(&key["Properties"]["KeyPolicy"]).filter(|one| list(&one["Action"]).any(uses)).all(|one| {
            let condition = &one["Condition"]["StringEquals"];
            !condition["kms:ViaService"].is_null()
                || (one["Principal"]["AWS"].is_null() && !condition["aws:SourceAccount"].is_null())
        })
    };
    assert_eq!(without(KEY, through_a_service), NOBODY);
    // No shell: nobody is let into a worker, and no role could be.
    let commands = |_: &str, cluster: &Value| {
        cluster["Properties"]["Configuration"]["ExecuteCommandConfiguration"] == json!({ "Logging": "NONE" })
    };
    assert_eq!(without("AWS::ECS::Cluster", commands), NOBODY);
    let enters = |action: &Value| {
        let action = action.as_str().unwrap_or_default();
        action.starts_with("ssmmessages:") || action == "ecs:ExecuteCommand"
    };
    let outside = |_: &str, role: &Value| {
        list(&role["Properties"]["Policies"])
            .flat_map(|policy| statements(&policy["PolicyDocument"]))
            .filter(|one| one["Effect"] == "Allow")
            .all(|one| !list(&one["Action"]).any(enters))
    };
    assert_eq!(without(ROLE, outside), NOBODY);
    // Nobody types a secret in, and nobody reads one off: values are made in place, and no output shows one.
    let typed = template.section("Parameters").as_object().expect("parameters").iter();
    let typed: Vec<_> = typed.filter(|(_, one)| !one["NoEcho"].is_null()).map(|(name, _)| name).collect();
    assert!(typed.is_empty(), "{typed:?}");
    assert_eq!(without(SECRET, |_, secret| secret["Properties"]["SecretString"].is_null()), NOBODY);
    assert!(!template.section("Outputs").to_string().contains("resolve:"));
}

#[test]
fn the_bad_day_is_prepared() {
    let template = ours();
    // Evidence outlives whoever has the account.
    let evidence = &template.resource("EvidenceBucket")["Properties"];
    assert!(evidence["ObjectLockEnabled"] == true && !evidence["ObjectLockConfiguration"].is_null());
    // What is lost is put aside, and what is stored outlives its stack and can be had back.
    let queues: Vec<_> = template.of_type(QUEUE).collect();
    let put_aside: BTreeSet<_> = queues
        .iter()
        .filter_map(|(_, queue)| {
            queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0].as_str()
        })
        .chain(queues.iter().map(|(id, _)| *id).filter(|id| id.ends_with("DeadLetterQueue")))
        .collect();
    let kept =
        |id: &str, queue: &Value| put_aside.contains(id) || !queue["Properties"]["RedrivePolicy"].is_null();
    assert_eq!(without(QUEUE, kept), NOBODY);
    for kind in [TABLE, BUCKET, KEY, SECRET] {
        let stays = |_: &str, one: &Value| {
            one["DeletionPolicy"] == "RetainExceptOnCreate" && one["UpdateReplacePolicy"] == "Retain"
        };
        assert_eq!(without(kind, stays), NOBODY, "{kind}");
    }
    let restorable = |_: &str, table: &Value| {
        let way_back = &table["Properties"]["PointInTimeRecoverySpecification"];
        !way_back["PointInTimeRecoveryEnabled"].is_null() && way_back["PointInTimeRecoveryEnabled"] != false
    };
    assert_eq!(without(TABLE, restorable), NOBODY);
    // Who should hear of it does, and finds a page that says what to do.
    let heard =
        &template.resource("SecurityAlarmsFunction")["Properties"]["Events"]["Alarm"]["Properties"]["Topic"];
    assert_eq!(*heard, json!({ "Ref": "AlertTopic" }));
    for kind in [ALARM, "AWS::CloudWatch::CompositeAlarm"] {
        let tells = |_: &str, alarm: &Value| {
            let told = |topic: &Value| ["AlertTopic", "WatchdogTopic"].iter().any(|one| topic["Ref"] == *one);
            let properties = &alarm["Properties"];
            let page = properties["AlarmDescription"].as_str().unwrap_or_default();
            list(&properties["AlarmActions"]).any(told) && page.starts_with("docs/runbooks/")
        };
        assert_eq!(without(kind, tells), NOBODY, "{kind}");
    }
}
