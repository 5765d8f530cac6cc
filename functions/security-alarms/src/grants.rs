//! What this function may touch (SPEC T13). Its tests hold it against the role in `template.yaml` and against every call
//! that is really made.

use shared::grant::Grant;

/// What the pipeline does: it keeps incidents, raises the flag, gives and takes orders, and ticks.
const PIPELINE: &[Grant] = &[
    Grant::new(
        "table/incidents",
        &[
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
        ],
    ),
    Grant::new("table/flags", &["dynamodb:GetItem", "dynamodb:PutItem"]),
    Grant::new("table/audit", &["dynamodb:PutItem"]),
    Grant::new("table/audit-heads", &["dynamodb:GetItem", "dynamodb:UpdateItem"]),
    Grant::new("table/rate-limits", &["dynamodb:Query"]),
    Grant::new("queue/control", &["sqs:SendMessage"]),
    Grant::new("rule/incidents", &["events:DisableRule", "events:EnableRule"]),
    Grant::new("secret/log-key", &["secretsmanager:GetSecretValue"]),
];

/// What telling does (`channels`): secrets of channels, the topics of the severities, the keys of the buttons.
const CHANNELS: &[Grant] = &[
    Grant::new("any", &["secretsmanager:ListSecrets"]),
    Grant::new("secret/channels", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/custom-id-key", &["secretsmanager:GetSecretValue"]),
    Grant::new("topic/alerts-p0", &["sns:Publish"]),
    Grant::new("topic/alerts-p1", &["sns:Publish"]),
    Grant::new("topic/alerts-p2", &["sns:Publish"]),
    Grant::new("topic/alerts-p3", &["sns:Publish"]),
];

/// What containment does (`contain`): it keeps evidence, stops and resumes.
const CONTAINMENT: &[Grant] = &[
    Grant::new("bucket/evidence", &["s3:PutObject"]),
    Grant::new("table/any", &["dynamodb:DescribeContinuousBackups"]),
    Grant::new(
        "any",
        &[
            "ecs:ListTasks",
            "events:ListRules",
            "lambda:ListEventSourceMappings",
            "secretsmanager:ListSecrets",
        ],
    ),
    Grant::new("rule/webhooks-nightly", SWITCH_RULE),
    Grant::new("rule/token-rotation-nightly", SWITCH_RULE),
    Grant::new("rule/data-retention-nightly", SWITCH_RULE),
    Grant::new("event-source-mapping/any", &["lambda:UpdateEventSourceMapping"]),
    Grant::new("function/token-rotation", RESERVE),
    Grant::new("function/data-retention", RESERVE),
    Grant::new("task/voice", &["ecs:StopTask"]),
    Grant::new("secret/log-key", &["secretsmanager:RotateSecret"]),
    Grant::new("secret/custom-id-key", &["secretsmanager:RotateSecret"]),
    Grant::new("secret/jwt-keys", &["secretsmanager:RotateSecret"]),
    Grant::new("key/TokenKey", &["kms:DescribeKey", "kms:DisableKey", "kms:EnableKey"]),
];

/// To stop a schedule and to go on with it.
const SWITCH_RULE: &[&str] = &["events:DisableRule", "events:EnableRule"];

/// To stop a job and to let it run again.
const RESERVE: &[&str] =
    &["lambda:DeleteFunctionConcurrency", "lambda:GetFunctionConcurrency", "lambda:PutFunctionConcurrency"];

/// What the status page is (`status`).
const STATUS: &[Grant] = &[Grant::new("bucket/status", &["s3:PutObject"])];

/// Everything.
pub const GRANTS: &[&[Grant]] = &[PIPELINE, CHANNELS, CONTAINMENT, STATUS];

/// What Lambda does in the function's name, to hand it messages and to put aside what fails. The code makes none of these
/// calls.
pub const GRANTS_OF_THE_EVENT_SOURCE: &[Grant] = &[
    Grant::new("queue/control", &["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]),
    Grant::new("queue/control-dlq", &["sqs:SendMessage"]),
    // Secrets Manager asks whether whoever has a secret replaced may invoke what replaces it.
    Grant::new("function/token-rotation", &["lambda:InvokeFunction"]),
];
