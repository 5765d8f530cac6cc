//! What this function may touch (SPEC T13). Its tests hold it against the role in `template.yaml` and against every call
//! that is really made.

use shared::grant::Grant;

/// Everything. It reads nothing of what it keeps.
pub const GRANTS: &[Grant] = &[
    Grant::new("table/audit-heads", &["dynamodb:Scan"]),
    Grant::new("bucket/evidence", &["s3:PutObject"]),
    Grant::new("key/AuditSigningKey", &["kms:GetPublicKey", "kms:Sign"]),
    Grant::new("secret/log-key", &["secretsmanager:GetSecretValue"]),
];

/// What Lambda does in the function's name, to hand it a stream's records and to put aside what fails. The code makes none
/// of these calls.
pub const GRANTS_OF_THE_EVENT_SOURCE: &[Grant] = &[
    Grant::new(
        "table/audit-heads/stream",
        &[
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
        ],
    ),
    Grant::new("queue/retention-dlq", &["sqs:SendMessage"]),
];
