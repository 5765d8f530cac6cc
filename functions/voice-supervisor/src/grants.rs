//! What this function may touch (SPEC T13). `tests/iam/` holds it against the role in `template.yaml` and against every
//! call that is really made.

use shared::grant::Grant;

/// Everything. Discord is reached with each reply's own token, which needs no right of AWS.
pub const GRANTS: &[Grant] = &[
    Grant::new("table/deferred", &["dynamodb:GetItem", "dynamodb:UpdateItem"]),
    Grant::new("table/flags", &["dynamodb:GetItem"]),
    Grant::new("table/leases", &["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]),
    Grant::new("queue/reply-deadline", &["sqs:SendMessage"]),
    Grant::new("task-definition/voice", &["ecs:RunTask"]),
    Grant::new("task/voice", &["ecs:StopTask", "ecs:TagResource"]),
    Grant::new("secret/log-key", &["secretsmanager:GetSecretValue"]),
];

/// What Lambda does in the function's name, to hand it messages. The code makes none of these calls.
pub const GRANTS_OF_THE_EVENT_SOURCE: &[Grant] = &[Grant::new(
    "queue/reply-deadline",
    &["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
)];

/// What `RunTask` asks for besides itself: that the task may be given its two roles.
pub const GRANTS_OF_A_TASK: &[Grant] = &[
    Grant::new("role/VoiceExecutionRole", &["iam:PassRole"]),
    Grant::new("role/VoiceTaskRole", &["iam:PassRole"]),
];
