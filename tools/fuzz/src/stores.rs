//! AWS without a network: an HTTP client that answers each call itself, in no time and always the same.

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http::StatusCode;
use serde_json::{Value, json};

/// Keys of the secrets; the fixtures' buttons are signed with it. Test keys, named as such.
const KEYS: &str =
    r#"{"keys":[{"kid":"k1","key":"7465737420637573746f6d206964206b65792c206e6f7420612073656372657421"}]}"#;

/// What the services say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// Every guild is approved, every write is done, and nothing else is stored.
    Approved,
    /// Every call fails, and is worth no second try.
    Refusing,
}

impl Stores {
    /// Settings for clients that talk to these services.
    pub fn sdk_config(self) -> SdkConfig {
        let connector = SharedHttpConnector::new(Services(self));
        let client = http_client_fn(move |_, _| connector.clone());
        // No connection is ever opened to this address.
        testkit::sdk_config("http://127.0.0.1:9").into_builder().http_client(client).build()
    }
}

#[derive(Debug)]
struct Services(Stores);

impl HttpConnector for Services {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(match self.0 {
            Stores::Refusing => Err(ConnectorError::user("refused".into())),
            Stores::Approved => Ok(response(&answer(&request))),
        })
    }
}

fn response(body: &Value) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::OK.into(), SdkBody::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

fn answer(request: &HttpRequest) -> Value {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let body = request.body().bytes().unwrap_or_default();
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match target.rsplit_once('.').map_or("", |(_, operation)| operation) {
        "BatchGetItem" => json!({ "Responses": approvals(&body), "UnprocessedKeys": {} }),
        "Query" => json!({ "Items": [], "Count": 0, "ScannedCount": 0 }),
        "GetSecretValue" => json!({ "ARN": "arn:aws:secretsmanager:eu-central-1:000000000000:secret:fuzz",
            "Name": body["SecretId"], "VersionId": "00000000-0000-0000-0000-000000000000", "SecretString": KEYS }),
        _ => json!({}),
    }
}

/// The approval row of every guild that is asked for; no other row.
fn approvals(request: &Value) -> Value {
    let tables = request["RequestItems"].as_object().into_iter().flatten();
    let rows = tables.map(|(table, wanted)| {
        let keys = wanted["Keys"].as_array().into_iter().flatten();
        let items: Vec<_> =
            keys.filter(|key| key["sk"]["S"] == "access").map(|key| approval(&key["guild"])).collect();
        (table.clone(), Value::from(items))
    });
    Value::Object(rows.collect())
}

fn approval(guild: &Value) -> Value {
    json!({
        "guild": guild, "sk": { "S": "access" }, "status": { "S": "approved" }, "premium": { "BOOL": false },
        "updated_at": { "S": "2026-01-01T00:00:00.000Z" }, "version": { "N": "2" }, "reason": { "S": "for the fuzzer" },
        "requested_by": { "S": "80351110224678912" }, "requested_at": { "N": "1767225600000" },
        "decided_by": { "S": "155149108183695360" }, "decided_at": { "N": "1767225600000" },
    })
}
