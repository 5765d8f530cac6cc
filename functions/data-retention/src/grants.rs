//! What this function may touch (SPEC T13). Its tests hold it against the role in `template.yaml` and against every call
//! that is really made.

use shared::grant::Grant;

/// Everything. It reads nothing of the evidence that it keeps, and makes no secret.
pub const GRANTS: &[Grant] = &[
    Grant::new("table/audit-heads", &["dynamodb:Scan"]),
    Grant::new(
        "table/account-links",
        &["dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"],
    ),
    Grant::new("table/api-keys", &["dynamodb:DeleteItem", "dynamodb:Scan", "dynamodb:UpdateItem"]),
    Grant::new(
        "table/deferred",
        &["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:Scan", "dynamodb:UpdateItem"],
    ),
    Grant::new("table/flags", &["dynamodb:DeleteItem", "dynamodb:Scan", "dynamodb:UpdateItem"]),
    Grant::new(
        "table/guild-access",
        &[
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ],
    ),
    Grant::new(
        "table/guild-queues",
        &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ],
    ),
    Grant::new(
        "table/guild-state",
        &["dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"],
    ),
    Grant::new("table/incidents", &["dynamodb:DeleteItem", "dynamodb:Scan"]),
    Grant::new("table/leases", &["dynamodb:DeleteItem", "dynamodb:Scan"]),
    Grant::new(
        "table/playlists",
        &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ],
    ),
    Grant::new("table/rate-limits", &["dynamodb:DeleteItem", "dynamodb:Scan"]),
    Grant::new("table/replay", &["dynamodb:DeleteItem", "dynamodb:Scan"]),
    Grant::new(
        "table/roles",
        &["dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"],
    ),
    Grant::new("table/sessions", &["dynamodb:DeleteItem", "dynamodb:Scan", "dynamodb:UpdateItem"]),
    Grant::new(
        "table/tombstones",
        &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ],
    ),
    Grant::new("table/webhook-dedup", &["dynamodb:DeleteItem", "dynamodb:Scan"]),
    Grant::new("bucket/evidence", &["s3:PutObject"]),
    Grant::new(
        "bucket/exports",
        &["s3:AbortMultipartUpload", "s3:DeleteObjectVersion", "s3:ListBucketVersions", "s3:PutObject"],
    ),
    Grant::new("key/AuditSigningKey", &["kms:GetPublicKey", "kms:Sign"]),
    Grant::new("queue/privacy", &["sqs:SendMessage"]),
    Grant::new("function/data-retention", &["lambda:InvokeFunction"]),
    // No other role deletes a member's secret.
    Grant::new(
        "secret/users",
        &[
            "secretsmanager:DeleteSecret",
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:RemoveRegionsFromReplication",
        ],
    ),
    Grant::new("secret/oauth-clients", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/log-key", &["secretsmanager:GetSecretValue"]),
    Grant::new("any", &["logs:DescribeLogGroups", "secretsmanager:ListSecrets"]),
    Grant::new("log-group/functions", &["logs:PutRetentionPolicy"]),
];

/// What others do in the function's name with the links that it signs. The code makes none of these calls.
pub const GRANTS_OF_A_LINK: &[Grant] = &[Grant::new("bucket/exports", &["s3:GetObject"])];

/// What Lambda does in the function's name, to hand it a stream's records and messages, and to put aside what fails. The code
/// makes none of these calls.
pub const GRANTS_OF_THE_EVENT_SOURCE: &[Grant] = &[
    Grant::new(
        "table/audit-heads/stream",
        &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
    ),
    Grant::new("any", &["dynamodb:ListStreams"]),
    Grant::new("queue/privacy", &["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]),
    Grant::new("queue/retention-dlq", &["sqs:SendMessage"]),
];
