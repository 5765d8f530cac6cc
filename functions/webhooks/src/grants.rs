//! What this function may touch (SPEC T13). Its tests hold it against the role in `template.yaml` and against every call
//! that is really made.

use shared::grant::Grant;

/// Everything. It reads no user's secret and not the bot's token; announcements are posted with addresses of their own.
pub const GRANTS: &[Grant] = &[
    Grant::new("table/rate-limits", &["dynamodb:UpdateItem"]),
    Grant::new("table/webhook-dedup", &["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]),
    Grant::new("table/flags", &["dynamodb:BatchGetItem", "dynamodb:GetItem"]),
    // Song requests: who hears a channel, whether the guild is let in, its settings, its queue, and the way to a worker.
    Grant::new("table/account-links", &["dynamodb:DeleteItem", "dynamodb:GetItem"]),
    Grant::new("table/account-links/index/by-due", &["dynamodb:Query"]),
    Grant::new("table/guild-access", &["dynamodb:BatchGetItem"]),
    Grant::new("table/guild-state", &["dynamodb:GetItem"]),
    Grant::new(
        "table/guild-queues",
        &["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
    ),
    Grant::new("table/leases", &["dynamodb:GetItem"]),
    Grant::new("queue/voice-0", &["sqs:SendMessage"]),
    Grant::new("function/voice-supervisor", &["lambda:InvokeFunction"]),
    Grant::new("queue/webhooks", &["sqs:SendMessage"]),
    Grant::new("queue/privacy", &["sqs:SendMessage"]),
    Grant::new("function/oauth", &["lambda:InvokeFunction"]),
    Grant::new("secret/webhooks", &["secretsmanager:GetSecretValue"]),
    Grant::new("secret/log-key", &["secretsmanager:GetSecretValue"]),
];

/// What Lambda does in the function's name, to hand it messages. The code makes none of these calls.
pub const GRANTS_OF_THE_EVENT_SOURCE: &[Grant] =
    &[Grant::new("queue/webhooks", &["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"])];
