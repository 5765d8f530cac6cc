//! What this function may touch, as code (SPEC T13, STYLE 17). A test compares the list with the function's role in
//! `template.yaml`, another with what the whole suite really calls.

/// Actions on one resource. The name is the template's, without prefix, account and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Such as `table/replay`.
    pub resource: &'static str,
    /// IAM actions.
    pub actions: &'static [&'static str],
}

const fn table(resource: &'static str, actions: &'static [&'static str]) -> Grant {
    Grant { resource, actions }
}

/// Everything. What is not here is denied: no user's secret, not the bot token, no S3, no ECS.
pub const GRANTS: &[Grant] = &[
    table("table/replay", &["dynamodb:PutItem"]),
    table("table/rate-limits", &["dynamodb:UpdateItem"]),
    table("table/guild-access", &["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]),
    table("table/guild-access/index/by-status", &["dynamodb:Query"]),
    table("table/flags", &["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"]),
    table(
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
    table("table/guild-state", &["dynamodb:GetItem", "dynamodb:PutItem"]),
    table(
        "table/playlists",
        &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        ],
    ),
    table("table/audit", &["dynamodb:PutItem", "dynamodb:Query"]),
    table("table/audit-heads", &["dynamodb:GetItem", "dynamodb:UpdateItem"]),
    table("table/deferred", &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]),
    Grant { resource: "queue/reply-deadline", actions: &["sqs:SendMessage"] },
    Grant { resource: "secret/log-key", actions: &["secretsmanager:GetSecretValue"] },
    Grant { resource: "secret/custom-id-key", actions: &["secretsmanager:GetSecretValue"] },
];
