//! What the services were asked for, in the words of IAM, so that a test can hold it against a role.
//!
//! A transaction or a batch asks for more than its own name says: the actions of each of its items, on each table.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::wire::ACCOUNT;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The operation, such as `TransactWriteItems`.
    pub operation: String,
    /// What a role has to allow for it.
    pub needs: BTreeSet<Need>,
    /// Its `X-Amzn-Trace-Id`, if it has one.
    pub trace: Option<String>,
}

/// An action on a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Such as `dynamodb:PutItem`.
    pub action: String,
    /// `table/<name>`, `table/<name>/index/<index>`, `queue/<name>`, `topic/<name>`, `secret/<name>`, `key/<logical id>`,
    /// `function/<name>`, `event-source-mapping/any`, `table/any`, `rule/<name>`, `bucket/<name>`, `log-group/<name>`, `task-definition/<family>` or `task/<cluster>`; `*` for calls that name none.
    pub resource: String,
}

impl Need {
    fn new(service: &str, action: &str, resource: String) -> Self {
        Self { action: format!("{service}:{action}"), resource }
    }
}

/// A service that is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    DynamoDb,
    Sqs,
    SecretsManager,
    Ecs,
}

/// The calls since somebody began to listen. Nobody listening costs nothing and keeps nothing.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Option<Vec<Call>>>);

impl Recorder {
    /// Listens from now on, and forgets what was heard before.
    pub(crate) fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// Whether anybody listens.
    pub(crate) fn is_on(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Remembers a call with its body.
    pub(crate) fn note(&self, service: Service, operation: &str, body: &[u8], trace: Option<&str>) {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        self.add(operation, needs(service, operation, &body), trace);
    }

    /// Remembers that a function was invoked.
    pub(crate) fn invoked(&self, function: &str, trace: Option<&str>) {
        let need = Need::new("lambda", "InvokeFunction", named("function", Some(function)));
        self.add("Invoke", [need].into(), trace);
    }

    /// Remembers what was asked of a topic.
    pub(crate) fn told(&self, operation: &str, topic: Option<&str>, trace: Option<&str>) {
        self.add(operation, [Need::new("sns", operation, named("topic", topic))].into(), trace);
    }

    /// Remembers what was asked of a key, by its logical id: what else it is called says nothing to a role.
    pub(crate) fn used_key(&self, operation: &str, key: Option<&str>, trace: Option<&str>) {
        self.add(operation, [Need::new("kms", operation, named("key", key))].into(), trace);
    }

    /// Remembers what was asked of a rule.
    pub(crate) fn asked_rule(&self, operation: &str, rule: Option<&str>, trace: Option<&str>) {
        self.add(operation, [Need::new("events", operation, named("rule", rule))].into(), trace);
    }

    /// Remembers what was asked about a function's settings.
    pub(crate) fn set_function(&self, operation: &str, resource: Option<&str>, trace: Option<&str>) {
        let resource = resource.unwrap_or("*").to_owned();
        self.add(operation, [Need::new("lambda", operation, resource)].into(), trace);
    }

    /// Remembers what was asked of a log group.
    pub(crate) fn kept_logs(&self, operation: &str, group: Option<&str>, trace: Option<&str>) {
        self.add(operation, [Need::new("logs", operation, named("log-group", group))].into(), trace);
    }

    /// Remembers what was done in a bucket. The account is no part of its name in a role.
    pub(crate) fn stored(&self, operation: &str, action: &str, bucket: &str) {
        let bucket = bucket.strip_suffix(&format!("-{ACCOUNT}")).unwrap_or(bucket);
        self.add(operation, [Need::new("s3", action, named("bucket", Some(bucket)))].into(), None);
    }

    fn add(&self, operation: &str, needs: BTreeSet<Need>, trace: Option<&str>) {
        if let Some(calls) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            calls.push(Call { operation: operation.to_owned(), needs, trace: trace.map(str::to_owned) });
        }
    }

    /// What was heard since the last time; goes on listening.
    pub(crate) fn take(&self) -> Vec<Call> {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.as_mut().map(std::mem::take).unwrap_or_default()
    }
}

fn needs(service: Service, operation: &str, body: &Value) -> BTreeSet<Need> {
    match service {
        Service::DynamoDb => of_tables(operation, body),
        Service::Sqs => {
            let queue = body["QueueUrl"].as_str().and_then(|url| url.rsplit('/').next());
            // A batch needs no right of its own.
            let action = operation.strip_suffix("Batch").unwrap_or(operation);
            [Need::new("sqs", action, named("queue", queue))].into()
        }
        Service::SecretsManager => of_secrets(operation, body),
        Service::Ecs => of_tasks(operation, body),
    }
}

/// Secrets are named when they are made, and by name or ARN from then on. Tags and replicas take a right of their own.
fn of_secrets(operation: &str, body: &Value) -> BTreeSet<Need> {
    let id = body["SecretId"].as_str().or_else(|| body["Name"].as_str());
    // An ARN ends in six characters of its own.
    let name = id.map(|id| {
        let own = id.split_once(":secret:").and_then(|(_, own)| Some(own.rsplit_once('-')?.0));
        own.unwrap_or(id)
    });
    let on = |action: &str| Need::new("secretsmanager", action, named("secret", name));
    let also = [("Tags", "TagResource"), ("AddReplicaRegions", "ReplicateSecretToRegions")];
    let given = also.into_iter().filter(|(field, _)| operation == "CreateSecret" && !body[field].is_null());
    [on(operation)].into_iter().chain(given.map(|(_, action)| on(action))).collect()
}

/// Tasks are named by their cluster, definitions by their family. Tags are given with a right of their own.
fn of_tasks(operation: &str, body: &Value) -> BTreeSet<Need> {
    let last =
        |text: &Value, end: char| text.as_str().and_then(|text| text.rsplit(end).next()).map(str::to_owned);
    let cluster = last(&body["cluster"], '/');
    let on_tasks = |action: &str| Need::new("ecs", action, named("task", cluster.as_deref()));
    // It knows the cluster by a condition only.
    if operation == "ListTasks" {
        return [Need::new("ecs", operation, named("cluster", None))].into();
    }
    if operation != "RunTask" {
        return [on_tasks(operation)].into();
    }
    let definition = last(&body["taskDefinition"], '/');
    let family = definition.as_deref().and_then(|definition| definition.split(':').next());
    let run = Need::new("ecs", operation, named("task-definition", family));
    let tags = (!body["propagateTags"].is_null()).then(|| on_tasks("TagResource"));
    [run].into_iter().chain(tags).collect()
}

fn of_tables(operation: &str, body: &Value) -> BTreeSet<Need> {
    let need = |action: &str, on: &Value| Need::new("dynamodb", action, table(on));
    match operation {
        "BatchGetItem" | "BatchWriteItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            tables.map(|(name, _)| Need::new("dynamodb", operation, named("table", Some(name)))).collect()
        }
        "TransactGetItems" | "TransactWriteItems" => {
            let items = body["TransactItems"].as_array().into_iter().flatten();
            let parts = items.filter_map(Value::as_object).flatten();
            parts.map(|(part, on)| need(action_of(part), on)).collect()
        }
        // Asked of all of them: roles allow it so.
        "DescribeContinuousBackups" => [Need::new("dynamodb", operation, named("table", Some("any")))].into(),
        _ => [need(operation, body)].into(),
    }
}

/// What IAM calls a part of a transaction.
fn action_of(part: &str) -> &str {
    match part {
        "Get" => "GetItem",
        "Put" => "PutItem",
        "Update" => "UpdateItem",
        "Delete" => "DeleteItem",
        "ConditionCheck" => "ConditionCheckItem",
        unknown => unknown,
    }
}

fn table(on: &Value) -> String {
    let table = named("table", on["TableName"].as_str());
    match on["IndexName"].as_str() {
        Some(index) => format!("{table}/index/{index}"),
        None => table,
    }
}

fn named(kind: &str, name: Option<&str>) -> String {
    name.map_or_else(|| "*".to_owned(), |name| format!("{kind}/{name}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(service: Service, operation: &str, body: &Value) -> Vec<String> {
        let needs = needs(service, operation, body);
        needs.into_iter().map(|need| format!("{} {}", need.action, need.resource)).collect()
    }

    #[test]
    fn a_single_call_needs_its_own_name() {
        for (operation, body, expected) in [
            ("GetItem", json!({ "TableName": "t" }), "dynamodb:GetItem table/t"),
            ("Query", json!({ "TableName": "t", "IndexName": "i" }), "dynamodb:Query table/t/index/i"),
            ("ListTables", json!({}), "dynamodb:ListTables *"),
            (
                "DescribeContinuousBackups",
                json!({ "TableName": "t" }),
                "dynamodb:DescribeContinuousBackups table/any",
            ),
        ] {
            assert_eq!(said(Service::DynamoDb, operation, &body), [expected]);
        }
    }

    #[test]
    fn a_transaction_needs_the_actions_of_its_items() {
        let on = |table: &str| json!({ "TableName": table });
        let body = json!({ "TransactItems": [
            { "Put": on("a") }, { "Update": on("a") }, { "Put": on("a") },
            { "Delete": on("b") }, { "ConditionCheck": on("b") },
        ] });
        let expected = [
            "dynamodb:ConditionCheckItem table/b",
            "dynamodb:DeleteItem table/b",
            "dynamodb:PutItem table/a",
            "dynamodb:UpdateItem table/a",
        ];
        assert_eq!(said(Service::DynamoDb, "TransactWriteItems", &body), expected);
        let body = json!({ "TransactItems": [{ "Get": on("a") }] });
        assert_eq!(said(Service::DynamoDb, "TransactGetItems", &body), ["dynamodb:GetItem table/a"]);
    }

    #[test]
    fn a_batch_needs_its_name_on_each_table() {
        let body = json!({ "RequestItems": { "a": {}, "b": {} } });
        let expected = ["dynamodb:BatchGetItem table/a", "dynamodb:BatchGetItem table/b"];
        assert_eq!(said(Service::DynamoDb, "BatchGetItem", &body), expected);
    }

    #[test]
    fn queues_and_secrets_are_named_as_the_template_names_them() {
        let url = json!({ "QueueUrl": "http://127.0.0.1:1/000000000000/q" });
        assert_eq!(said(Service::Sqs, "SendMessage", &url), ["sqs:SendMessage queue/q"]);
        assert_eq!(said(Service::Sqs, "SendMessageBatch", &url), ["sqs:SendMessage queue/q"]);
        let secret = json!({ "SecretId": "/x/key" });
        let expected = ["secretsmanager:GetSecretValue secret//x/key"];
        assert_eq!(said(Service::SecretsManager, "GetSecretValue", &secret), expected);
        let new = json!({ "Name": "k", "AddReplicaRegions": [{ "Region": "eu-west-1" }] });
        let expected =
            ["secretsmanager:CreateSecret secret/k", "secretsmanager:ReplicateSecretToRegions secret/k"];
        assert_eq!(said(Service::SecretsManager, "CreateSecret", &new), expected);
    }

    #[test]
    fn tasks_are_named_by_cluster_and_definitions_by_family() {
        let definition = "arn:aws:ecs:r:0:task-definition/timmybot-voice:3";
        let mut body = json!({ "cluster": "arn:aws:ecs:r:0:cluster/c", "taskDefinition": definition });
        assert_eq!(said(Service::Ecs, "RunTask", &body), ["ecs:RunTask task-definition/timmybot-voice"]);
        body["propagateTags"] = "TASK_DEFINITION".into();
        assert_eq!(said(Service::Ecs, "RunTask", &body)[1], "ecs:TagResource task/c");
        assert_eq!(said(Service::Ecs, "StopTask", &body), ["ecs:StopTask task/c"]);
        assert_eq!(said(Service::Ecs, "ListTasks", &body), ["ecs:ListTasks *"]);
    }

    #[test]
    fn functions_and_buckets_are_named_without_the_account() {
        let recorder = Recorder::default();
        recorder.begin();
        recorder.invoked("f", None);
        recorder.stored("GetObject", "GetObject", "b-000000000000");
        recorder.told("Publish", Some("t"), None);
        recorder.used_key("Sign", Some("K"), None);
        recorder.used_key("Decrypt", None, None);
        let needs = recorder.take().into_iter().flat_map(|call| call.needs);
        let needs: Vec<String> = needs.map(|need| format!("{} {}", need.action, need.resource)).collect();
        let expected = [
            "lambda:InvokeFunction function/f",
            "s3:GetObject bucket/b",
            "sns:Publish topic/t",
            "kms:Sign key/K",
            "kms:Decrypt *",
        ];
        assert_eq!(needs, expected);
    }

    #[test]
    fn what_is_heard_is_kept_from_the_beginning_to_the_taking() {
        let recorder = Recorder::default();
        recorder.note(Service::DynamoDb, "GetItem", b"{}", None);
        assert!(!recorder.is_on() && recorder.take().is_empty());
        recorder.begin();
        recorder.note(Service::DynamoDb, "GetItem", b"no JSON", Some("Root=1"));
        let heard = recorder.take();
        assert_eq!((heard.len(), heard[0].trace.as_deref()), (1, Some("Root=1")));
        assert!(recorder.is_on() && recorder.take().is_empty());
        recorder.note(Service::DynamoDb, "GetItem", b"{}", None);
        recorder.begin();
        assert!(recorder.take().is_empty());
    }
}
