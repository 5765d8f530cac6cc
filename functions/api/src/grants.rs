//! What this function may touch (SPEC T13). Its tests hold it against the role in `template.yaml` and against every call
//! that is really made.

use shared::grant::Grant;

/// Everything. It reads no member's secret and not the bot's token; of the audit trail it can add rows and read them.
pub const GRANTS: &[Grant] = &[
    Grant::new("table/api-keys", &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]),
    Grant::new("table/api-keys/index/by-tenant", &["dynamodb:Query"]),
    Grant::new(
        "table/sessions",
        &[
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ],
    ),
    Grant::new(
        "table/roles",
        &["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
    ),
    Grant::new("table/guild-access", &["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]),
    Grant::new("table/guild-access/index/by-status", &["dynamodb:Query"]),
    Grant::new("table/flags", &["dynamodb:BatchGetItem", "dynamodb:GetItem"]),
    Grant::new("table/rate-limits", &["dynamodb:UpdateItem"]),
    Grant::new(
        "table/guild-queues",
        &[
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        ],
    ),
    Grant::new("table/guild-state", &["dynamodb:GetItem", "dynamodb:PutItem"]),
    Grant::new("table/leases", &["dynamodb:GetItem"]),
    Grant::new("table/audit", &["dynamodb:PutItem", "dynamodb:Query"]),
    Grant::new("table/audit-heads", &["dynamodb:GetItem", "dynamodb:UpdateItem"]),
    Grant::new("table/tombstones", &["dynamodb:GetItem"]),
    Grant::new("table/incidents", &["dynamodb:GetItem", "dynamodb:Query"]),
    // S3 tells whoever may list that a document is missing; others it tells nothing.
    Grant::new("bucket/status", &["s3:GetObject", "s3:ListBucket"]),
    Grant::new("queue/privacy", &["sqs:SendMessage"]),
    Grant::new("queue/voice-0", &["sqs:SendMessage"]),
    Grant::new("function/voice-supervisor", &["lambda:InvokeFunction"]),
    Grant::new("key/AuditSigningKey", &["kms:GetPublicKey"]),
    Grant::new("secret/jwt-keys", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/log-key", &["secretsmanager:GetSecretValue"]),
];
