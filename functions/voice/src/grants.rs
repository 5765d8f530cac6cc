//! What the worker may touch (SPEC T13). `tests/worker/grants.rs` holds it against the task's role in `template.yaml` and
//! against every call that workers really make.

use shared::grant::Grant;

/// Everything that a worker's life needs. Discord is reached with the bot's token and each reply's own, which needs no
/// right of AWS.
pub const GRANTS: &[Grant] = &[
    Grant::new("bucket/audio", &["s3:GetObject", "s3:PutObject"]),
    Grant::new("function/voice-supervisor", &["lambda:InvokeFunction"]),
    Grant::new("queue/privacy", &["sqs:SendMessage"]),
    Grant::new("queue/voice-0", &["sqs:DeleteMessage", "sqs:ReceiveMessage"]),
    Grant::new("secret/bot-token", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/custom-id-key", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/log-key", &["secretsmanager:GetSecretValue"]),
    Grant::new("table/deferred", &["dynamodb:Query", "dynamodb:UpdateItem"]),
    Grant::new("table/flags", &["dynamodb:BatchGetItem"]),
    Grant::new("table/guild-access", &["dynamodb:BatchGetItem"]),
    Grant::new("table/guild-queues", QUEUES),
    Grant::new("table/guild-state", &["dynamodb:GetItem", "dynamodb:PutItem"]),
    Grant::new("table/leases", LEASES),
];

/// A change of a queue is conditional on the lease.
const LEASES: &[&str] =
    &["dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];

const QUEUES: &[&str] = &[
    "dynamodb:BatchGetItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
];

/// What is needed when something goes otherwise: a part of a large upload is taken back, what is not in the bucket is
/// told from what may not be seen, and a change that is not known yet, or whose answer was lost, is looked up.
pub const GRANTS_IN_TROUBLE: &[Grant] = &[
    Grant::new("bucket/audio", &["s3:AbortMultipartUpload", "s3:ListBucket"]),
    Grant::new("table/guild-queues", &["dynamodb:GetItem"]),
];
