//! What roles are asked about: each resource of `template.yaml` and of others, with every action that some function is
//! granted there and those that none should ever have.

use anyhow::Result;
use testkit::deployed::{ACCOUNT, Deployed, PREFIX, arn_of};

/// A resource, or one thing in it.
pub(super) struct Place {
    /// The names that grants may have for it; none if it is nobody's.
    pub(super) names: Vec<String>,
    pub(super) arn: String,
    /// What to ask about there.
    pub(super) actions: &'static [&'static str],
}

const TABLE: &[&str] = &[
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:CreateBackup",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteTable",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:PutResourcePolicy",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
];

const INDEX: &[&str] = &["dynamodb:Query", "dynamodb:Scan"];

const STREAM: &[&str] = &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];

const QUEUE: &[&str] = &[
    "sqs:AddPermission",
    "sqs:DeleteMessage",
    "sqs:DeleteQueue",
    "sqs:GetQueueAttributes",
    "sqs:PurgeQueue",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "sqs:SetQueueAttributes",
];

const TOPIC: &[&str] =
    &["sns:AddPermission", "sns:DeleteTopic", "sns:Publish", "sns:SetTopicAttributes", "sns:Subscribe"];

const SECRET: &[&str] = &[
    "secretsmanager:CancelRotateSecret",
    "secretsmanager:CreateSecret",
    "secretsmanager:DeleteSecret",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:ListSecretVersionIds",
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:PutSecretValue",
    "secretsmanager:RemoveRegionsFromReplication",
    "secretsmanager:ReplicateSecretToRegions",
    "secretsmanager:RestoreSecret",
    "secretsmanager:RotateSecret",
    "secretsmanager:TagResource",
    "secretsmanager:UpdateSecret",
    "secretsmanager:UpdateSecretVersionStage",
];

const BUCKET: &[&str] = &[
    "s3:DeleteBucket",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutLifecycleConfiguration",
];

const OBJECT: &[&str] = &[
    "s3:AbortMultipartUpload",
    "s3:BypassGovernanceRetention",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:GetObject",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
];

const KEY: &[&str] = &[
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GetPublicKey",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:ScheduleKeyDeletion",
    "kms:Sign",
];

const FUNCTION: &[&str] = &[
    "lambda:AddPermission",
    "lambda:CreateFunctionUrlConfig",
    "lambda:DeleteFunction",
    "lambda:DeleteFunctionConcurrency",
    "lambda:GetFunction",
    "lambda:GetFunctionConcurrency",
    "lambda:InvokeFunction",
    "lambda:PutFunctionConcurrency",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
];

const MAPPING: &[&str] = &["lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping"];

const LOGS: &[&str] =
    &["logs:DeleteLogGroup", "logs:DeleteRetentionPolicy", "logs:FilterLogEvents", "logs:PutRetentionPolicy"];

const RULE: &[&str] = &[
    "events:DeleteRule",
    "events:DisableRule",
    "events:EnableRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
];

const ROLE: &[&str] = &[
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "sts:AssumeRole",
];

const TASK: &[&str] = &["ecs:ExecuteCommand", "ecs:StopTask", "ecs:TagResource"];

const TASK_DEFINITION: &[&str] = &["ecs:RunTask"];

const REPOSITORY: &[&str] = &[
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchDeleteImage",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:PutImage",
];

const NO_RESOURCE: &[&str] = &[
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "dynamodb:ListStreams",
    "dynamodb:ListTables",
    "ecr:GetAuthorizationToken",
    "ecs:ListTasks",
    "ecs:RegisterTaskDefinition",
    "events:ListRules",
    "kms:CreateKey",
    "kms:ListKeys",
    "lambda:ListEventSourceMappings",
    "logs:DescribeLogGroups",
    "s3:ListAllMyBuckets",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:ListSecrets",
];

/// Below a folder of secrets, one of those that nobody knows before they are made.
const SECRETS_BELOW: [(&str, &str); 5] = [
    ("channels", "1"),
    ("oauth-clients", "spotify"),
    ("users", "1"),
    ("webhooks", "twitch"),
    ("webhooks", "youtube"),
];

/// Rules that SAM makes of functions' events.
const RULES: [&str; 5] = [
    "data-retention-nightly",
    "incidents",
    "token-rotation-nightly",
    "voice-supervisor-task-stopped",
    "webhooks-nightly",
];

/// Where the objects of a bucket lie. In the last two nothing of ours does.
const OBJECTS: [(&str, &str); 7] = [
    ("audio", "1"),
    ("evidence", "checkpoints/1"),
    ("evidence", "containment/1"),
    ("exports", "exports/1"),
    ("status", "status.json"),
    ("evidence", ELSEWHERE),
    ("exports", ELSEWHERE),
];
const ELSEWHERE: &str = "elsewhere/1";

/// All of them.
pub(super) fn places(deployed: &Deployed) -> Result<Vec<Place>> {
    let ours = [tables(deployed)?, stores(deployed)?, functions(deployed)?, voice(deployed)?];
    Ok(ours.into_iter().flatten().chain(of_others()).collect())
}

fn tables(deployed: &Deployed) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for arn in deployed.arns("AWS::DynamoDB::Table")? {
        let name = short("table", &arn);
        places.push(place(&[&name, "table/any"], &arn, TABLE));
        for index in ["by-due", "by-status", "by-tenant"] {
            places.push(place(&[&format!("{name}/index/{index}")], &format!("{arn}/index/{index}"), INDEX));
        }
        places.push(place(&[&format!("{name}/stream")], &format!("{arn}/stream/1"), STREAM));
    }
    Ok(places)
}

/// Queues, topics, secrets, buckets, keys.
fn stores(deployed: &Deployed) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for (kind, of, actions) in [
        ("queue", "AWS::SQS::Queue", QUEUE),
        ("topic", "AWS::SNS::Topic", TOPIC),
        ("bucket", "AWS::S3::Bucket", BUCKET),
    ] {
        places.extend(deployed.arns(of)?.iter().map(|arn| place(&[&short(kind, arn)], arn, actions)));
    }
    for arn in deployed.arns("AWS::SecretsManager::Secret")? {
        places.push(place(&[&short("secret", &arn)], &arn, SECRET));
    }
    for (folder, name) in SECRETS_BELOW {
        let arn = arn_of("secretsmanager", &format!("secret:/{PREFIX}/{folder}/{name}-AbCdEf"));
        places.push(place(&[&format!("secret/{folder}")], &arn, SECRET));
    }
    for (bucket, object) in OBJECTS {
        let name = format!("bucket/{bucket}");
        let own = [name.as_str()];
        let names: &[&str] = if object == ELSEWHERE { &[] } else { &own };
        places.push(place(names, &format!("arn:aws:s3:::{PREFIX}-{bucket}-{ACCOUNT}/{object}"), OBJECT));
    }
    for arn in deployed.arns("AWS::KMS::Key")? {
        let id = arn.rsplit('/').next().unwrap_or_default();
        places.push(place(&[&format!("key/{id}")], &arn, KEY));
    }
    Ok(places)
}

/// Functions, what calls them, their logs, and roles.
fn functions(deployed: &Deployed) -> Result<Vec<Place>> {
    let mut places =
        vec![place(&["event-source-mapping/any"], &arn_of("lambda", "event-source-mapping:1"), MAPPING)];
    for arn in deployed.arns("AWS::Serverless::Function")? {
        let name = short("function", &arn);
        let logs = arn_of("logs", &format!("log-group:/aws/lambda/{PREFIX}-{}", &name["function/".len()..]));
        places.push(place(&[&name], &arn, FUNCTION));
        places.push(place(&["log-group/functions"], &logs, LOGS));
    }
    for rule in RULES {
        places.push(place(
            &[&format!("rule/{rule}")],
            &arn_of("events", &format!("rule/{PREFIX}-{rule}")),
            RULE,
        ));
    }
    for arn in deployed.arns("AWS::IAM::Role")? {
        let id = arn.rsplit('/').next().unwrap_or_default();
        places.push(place(&[&format!("role/{id}")], &arn, ROLE));
    }
    places.push(place(&["any"], "*", NO_RESOURCE));
    Ok(places)
}

fn voice(deployed: &Deployed) -> Result<Vec<Place>> {
    let cluster = deployed.arn("VoiceCluster")?;
    let definition = arn_of("ecs", &format!("task-definition/{PREFIX}-voice:7"));
    let repository = arn_of("ecr", &format!("repository/{PREFIX}-voice"));
    let logs = arn_of("logs", &format!("log-group:/ecs/{PREFIX}-voice"));
    Ok(vec![
        place(&["task/voice"], &(cluster.replacen(":cluster/", ":task/", 1) + "/1"), TASK),
        place(&["task-definition/voice"], &definition, TASK_DEFINITION),
        place(&["repository/voice"], &repository, REPOSITORY),
        place(&[], &logs, LOGS),
    ])
}

/// Everything else in the account is nobody's.
fn of_others() -> Vec<Place> {
    let others = [
        ("dynamodb", "table/other", TABLE),
        ("sqs", "other", QUEUE),
        ("sns", "other", TOPIC),
        ("secretsmanager", "secret:other-AbCdEf", SECRET),
        ("secretsmanager", "secret:/timmybot2/users/1-AbCdEf", SECRET),
        ("kms", "key/other", KEY),
        ("lambda", "function:other", FUNCTION),
        ("logs", "log-group:/aws/lambda/other", LOGS),
        ("events", "rule/other", RULE),
        ("ecs", "task/other/1", TASK),
        ("ecs", "task-definition/other:1", TASK_DEFINITION),
        ("ecr", "repository/other", REPOSITORY),
    ];
    let mut places: Vec<_> = others
        .into_iter()
        .map(|(service, rest, actions)| place(&[], &arn_of(service, rest), actions))
        .collect();
    places.push(place(&[], &format!("arn:aws:iam::{ACCOUNT}:role/Administrator"), ROLE));
    places.push(place(&[], "arn:aws:s3:::other", BUCKET));
    places.push(place(&[], "arn:aws:s3:::other/1", OBJECT));
    places
}

fn place(names: &[&str], arn: &str, actions: &'static [&'static str]) -> Place {
    Place { names: names.iter().map(ToString::to_string).collect(), arn: arn.to_owned(), actions }
}

/// The name that grants have for it: `table/replay` of `arn:…:table/timmybot-replay`.
fn short(kind: &str, arn: &str) -> String {
    let own = arn.rsplit(PREFIX).next().unwrap_or_default().trim_start_matches(['-', '/']);
    let of_account = format!("-{ACCOUNT}");
    let own = own.strip_suffix("-AbCdEf").or_else(|| own.strip_suffix(&of_account)).unwrap_or(own);
    format!("{kind}/{own}")
}
