//! What the worker may touch (SPEC T13). `tests/worker/grants.rs` holds it against the task's role in `template.yaml` and
//! against every call that workers really make.

use shared::grant::Grant;

/// Everything. Discord is reached with the bot's token and each reply's own, which needs no right of AWS.
pub const GRANTS: &[Grant] = &[
    Grant::new("bucket/audio", &["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]),
    Grant::new("function/voice-supervisor", &["lambda:InvokeFunction"]),
    Grant::new("queue/voice-0", &["sqs:DeleteMessage", "sqs:ReceiveMessage"]),
    Grant::new("secret/bot-token", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/custom-id-key", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/log-key", &["secretsmanager:GetSecretValue"]),
];
