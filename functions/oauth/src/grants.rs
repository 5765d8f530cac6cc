//! What this function may touch (SPEC T13). Its tests hold it against the role in `template.yaml` and against every call
//! that is really made.

use shared::grant::Grant;

/// Everything. It deletes no secret, and touches neither queues nor the bot token; a reply is given with its own token.
pub const GRANTS: &[Grant] = &[
    Grant::new(
        "table/account-links",
        &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        ],
    ),
    Grant::new("table/flags", &["dynamodb:GetItem"]),
    Grant::new("table/rate-limits", &["dynamodb:UpdateItem"]),
    // The codes of sign-ins, and no other row of it: its role says which.
    Grant::new("table/sessions", &["dynamodb:PutItem"]),
    // Whether somebody was erased since they began.
    Grant::new("table/tombstones", &["dynamodb:ConditionCheckItem"]),
    Grant::new("table/deferred", &["dynamodb:GetItem", "dynamodb:UpdateItem"]),
    Grant::new(
        "table/playlists",
        &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
    ),
    Grant::new(
        "secret/users",
        &[
            "secretsmanager:CreateSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:ReplicateSecretToRegions",
            "secretsmanager:TagResource",
            "secretsmanager:UpdateSecretVersionStage",
        ],
    ),
    Grant::new("secret/oauth-clients", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/webhooks", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/log-key", &["secretsmanager:GetSecretValue"]),
];
