//! What this function may touch (SPEC T13). Its tests hold it against the role in `template.yaml` and against every call
//! that is really made.

use shared::grant::Grant;

/// Everything. It creates no member's secret and deletes none.
pub const GRANTS: &[Grant] = &[
    Grant::new(
        "table/account-links",
        &["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
    ),
    Grant::new("table/account-links/index/by-due", &["dynamodb:Query"]),
    Grant::new(
        "secret/users",
        &[
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        ],
    ),
    Grant::new("secret/oauth-clients", &["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]),
    Grant::new("secret/bot-token", &["secretsmanager:DescribeSecret"]),
    Grant::new(
        "secret/log-key",
        &[
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        ],
    ),
    Grant::new(
        "secret/custom-id-key",
        &[
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        ],
    ),
    Grant::new(
        "secret/jwt-keys",
        &[
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        ],
    ),
    Grant::new("key/AuditSigningKey", &["kms:DescribeKey"]),
    Grant::new("function/token-rotation", &["lambda:InvokeFunction"]),
    Grant::new("topic/alerts", &["sns:Publish"]),
    Grant::new("queue/rotation-dlq", &["sqs:SendMessage"]),
];
