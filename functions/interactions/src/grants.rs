//! What this function may touch (SPEC T13). The tests of `tests/e2e/` hold it against the role in `template.yaml`
//! and against every call that is really made.

use shared::grant::Grant;

/// Everything. What is not here is denied: no user's secret, not the bot token, no S3, no ECS.
pub const GRANTS: &[Grant] = &[
    Grant::new("table/replay", &["dynamodb:PutItem"]),
    Grant::new("table/rate-limits", &["dynamodb:UpdateItem"]),
    Grant::new("table/guild-access", &["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]),
    Grant::new("table/guild-access/index/by-status", &["dynamodb:Query"]),
    Grant::new("table/flags", &["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"]),
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
    Grant::new("table/guild-state", &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]),
    Grant::new(
        "table/playlists",
        &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        ],
    ),
    Grant::new("table/audit", &["dynamodb:PutItem", "dynamodb:Query"]),
    Grant::new("table/audit-heads", &["dynamodb:GetItem", "dynamodb:UpdateItem"]),
    Grant::new("table/deferred", &["dynamodb:PutItem", "dynamodb:UpdateItem"]),
    Grant::new("table/leases", &["dynamodb:GetItem"]),
    Grant::new("table/incidents", &["dynamodb:GetItem", "dynamodb:Query"]),
    Grant::new("queue/voice-0", &["sqs:SendMessage"]),
    Grant::new("queue/reply-deadline", &["sqs:SendMessage"]),
    Grant::new("queue/privacy", &["sqs:SendMessage"]),
    Grant::new("queue/control", &["sqs:SendMessage"]),
    Grant::new("table/account-links", &["dynamodb:PutItem", "dynamodb:Query"]),
    Grant::new("function/voice-supervisor", &["lambda:InvokeFunction"]),
    Grant::new("function/oauth", &["lambda:InvokeFunction"]),
    Grant::new("secret/log-key", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/custom-id-key", &["secretsmanager:GetSecretValue"]),
];
