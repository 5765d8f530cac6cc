//! `DynamoDB`: dynoxide (`SQLite` inside) behind our router, where faults are put in.
//!
//! dynoxide serves the wire protocol on a loopback port of its own; [`DynamoDb::call`] passes requests on to it. It
//! raises no transaction conflicts and checks no IAM. Of point-in-time recovery there is `DescribeContinuousBackups`, answered
//! here from what the template says: nothing can be restored.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::{Request, Response, Uri, request::Parts};
use dynoxide::Database;
use dynoxide::actions::{create_table::CreateTableRequest, describe_table::DescribeTableRequest};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::fault::{Fault, Faults, HANG};
use crate::machine;
use crate::template::{IndexPlan, KeyPlan, TablePlan};
use crate::wire::{ServiceError, answer, json_response, seconds};

const NAMESPACE: &str = "com.amazonaws.dynamodb.v20120810";
/// The service takes requests of at most 16 MiB.
const MAX_BODY: usize = 16 * 1024 * 1024;

const BACKUPS: &[u8] = b".DescribeContinuousBackups";
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// What is younger cannot be restored yet.
const LATE_MS: u64 = 5 * 60 * 1_000;

/// Why the tables could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum TablesError {
    /// The database cannot be opened.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// A table is refused.
    #[error("cannot create the table {table}: {reason}")]
    Create {
        /// The table's name.
        table: String,
        /// dynoxide's words.
        reason: String,
    },
    /// A table on disk has other keys or indexes than the template says now.
    #[error("the table {table} on disk differs from the template; remove the data folder to start afresh")]
    Drift {
        /// The table's name.
        table: String,
    },
}

/// Opens the database (in memory without a `file`) and creates what is missing.
pub(crate) fn open(file: Option<&Path>, tables: &[TablePlan]) -> Result<Database, TablesError> {
    let opened = match file {
        Some(path) => Database::new(&path.to_string_lossy()),
        None => Database::memory(),
    };
    let database = opened.map_err(|error| TablesError::Open(error.to_string()))?;
    for table in tables {
        ensure(&database, table)?;
    }
    Ok(database)
}

fn ensure(database: &Database, table: &TablePlan) -> Result<(), TablesError> {
    let known = DescribeTableRequest { table_name: table.name.clone() };
    let failed = |reason: String| TablesError::Create { table: table.name.clone(), reason };
    if let Ok(existing) = database.describe_table(known) {
        let existing = serde_json::to_value(existing.table).map_err(|error| failed(error.to_string()))?;
        let same = shape(&existing) == shape(&definition(table));
        return same.then_some(()).ok_or_else(|| TablesError::Drift { table: table.name.clone() });
    }
    let request: CreateTableRequest =
        serde_json::from_value(definition(table)).map_err(|error| failed(error.to_string()))?;
    database.create_table(request).map_err(|error| failed(error.to_string()))?;
    if let Some(attribute) = &table.ttl_attribute {
        let request = json!({
            "TableName": table.name,
            "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
        });
        let request = serde_json::from_value(request).map_err(|error| failed(error.to_string()))?;
        database.update_time_to_live(request).map_err(|error| failed(error.to_string()))?;
    }
    Ok(())
}

/// The body of `CreateTable`.
fn definition(table: &TablePlan) -> Value {
    let attributes: Vec<Value> = table
        .attributes
        .iter()
        .map(|(name, kind)| json!({ "AttributeName": name, "AttributeType": kind }))
        .collect();
    let mut body = json!({
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": attributes,
        "KeySchema": key_schema(&table.key),
    });
    if !table.indexes.is_empty() {
        body["GlobalSecondaryIndexes"] = table.indexes.iter().map(index).collect();
    }
    body
}

fn key_schema(key: &KeyPlan) -> Value {
    let hash = json!({ "AttributeName": key.hash, "KeyType": "HASH" });
    let range = key.range.iter().map(|range| json!({ "AttributeName": range, "KeyType": "RANGE" }));
    std::iter::once(hash).chain(range).collect()
}

fn index(index: &IndexPlan) -> Value {
    let mut projection = json!({ "ProjectionType": index.projection });
    if !index.non_key_attributes.is_empty() {
        projection["NonKeyAttributes"] = json!(index.non_key_attributes);
    }
    json!({ "IndexName": index.name, "KeySchema": key_schema(&index.key), "Projection": projection })
}

/// What cannot be changed in place: the keys of the table and of its indexes.
fn shape(description: &Value) -> (Value, Vec<(String, Value)>) {
    let indexes = description["GlobalSecondaryIndexes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut keys: Vec<(String, Value)> = indexes
        .iter()
        .map(|index| (index["IndexName"].as_str().unwrap_or_default().to_owned(), index["KeySchema"].clone()))
        .collect();
    keys.sort_by(|one, other| one.0.cmp(&other.0));
    (description["KeySchema"].clone(), keys)
}

/// The way to dynoxide, with faults in front.
#[derive(Debug)]
pub(crate) struct DynamoDb {
    faults: Faults,
    client: Client<HttpConnector, Body>,
    upstream: SocketAddr,
    /// Tables, and for how many days each moment of them can be restored.
    recovery: BTreeMap<String, Option<u32>>,
    since_ms: u64,
}

impl DynamoDb {
    /// Passes calls on to `upstream`.
    pub(crate) fn new(upstream: SocketAddr, tables: &[TablePlan]) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let recovery = tables.iter().map(|table| (table.name.clone(), table.recovery_days)).collect();
        Self { faults: Faults::default(), client, upstream, recovery, since_ms: machine::now_ms() }
    }

    /// The faults in force.
    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Answers one call.
    pub(crate) async fn call(&self, operation: &str, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
            return refuse(ServiceError::client("SerializationException", "the body cannot be read"));
        };
        match self.faults.take(operation) {
            Fault::None => self.forward(parts, body).await,
            Fault::Status500 => refuse(server_error()),
            Fault::Throttle => refuse(throttled()),
            Fault::AccessDenied => refuse(ServiceError::denied("dynamodb")),
            Fault::Hang => {
                tokio::time::sleep(HANG).await;
                refuse(server_error())
            }
            Fault::AnswerLost => {
                self.forward(parts, body).await;
                refuse(server_error())
            }
            Fault::TransactionConflict => conflict(operation, &body),
        }
    }

    async fn forward(&self, mut parts: Parts, body: Bytes) -> Response<Body> {
        if parts.headers.get("x-amz-target").is_some_and(|target| target.as_bytes().ends_with(BACKUPS)) {
            return answer(NAMESPACE, "1.0", self.describe_backups(&body));
        }
        let Ok(uri) = Uri::builder()
            .scheme("http")
            .authority(self.upstream.to_string())
            .path_and_query(parts.uri.path_and_query().map_or("/", |path| path.as_str()))
            .build()
        else {
            return refuse(server_error());
        };
        parts.uri = uri;
        match self.client.request(Request::from_parts(parts, Body::from(body))).await {
            Ok(response) => response.map(Body::new),
            Err(_) => refuse(server_error()),
        }
    }
}

impl DynamoDb {
    /// The last five minutes cannot be restored yet, and nothing from before there was a table.
    fn describe_backups(&self, body: &[u8]) -> Result<Value, ServiceError> {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let table = request["TableName"].as_str().unwrap_or_default();
        let missing = || ServiceError::client("TableNotFoundException", format!("Table not found: {table}"));
        let days = self.recovery.get(table).ok_or_else(missing)?;
        let mut recovery = json!({ "PointInTimeRecoveryStatus": "DISABLED" });
        if let Some(days) = days {
            let now = machine::now_ms();
            let earliest = self.since_ms.max(now.saturating_sub(u64::from(*days) * DAY_MS));
            recovery = json!({
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": days,
                "EarliestRestorableDateTime": seconds(earliest),
                "LatestRestorableDateTime": seconds(earliest.max(now.saturating_sub(LATE_MS))),
            });
        }
        Ok(json!({ "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery,
        } }))
    }
}

fn refuse(error: ServiceError) -> Response<Body> {
    answer(NAMESPACE, "1.0", Err(error))
}

fn server_error() -> ServiceError {
    ServiceError { code: "InternalServerError", ..ServiceError::internal("Internal server error") }
}

fn throttled() -> ServiceError {
    ServiceError::client(
        "ProvisionedThroughputExceededException",
        "The level of configured throughput was exceeded.",
    )
}

/// The first item of the transaction loses; the others were fine.
fn conflict(operation: &str, body: &[u8]) -> Response<Body> {
    if operation != "TransactWriteItems" {
        return refuse(ServiceError::client(
            "TransactionConflictException",
            "Transaction is ongoing for the item",
        ));
    }
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let items = request["TransactItems"].as_array().map_or(0, Vec::len);
    let reasons: Vec<Value> = (0..items)
        .map(|index| match index {
            0 => json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" }),
            _ => json!({ "Code": "None" }),
        })
        .collect();
    let body = json!({
        "__type": format!("{NAMESPACE}#TransactionCanceledException"),
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
        "CancellationReasons": reasons,
    });
    json_response(400, "1.0", body.to_string())
}
