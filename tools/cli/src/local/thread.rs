//! Which interaction a call to a service belongs to: the local function's calls carry it, as X-Ray's header would carry
//! the trace of a Lambda invocation.

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

/// The header, and how the interaction stands in it (AWS X-Ray, "Tracing header").
const HEADER: &str = "x-amzn-trace-id";
const FIELD: &str = "Interaction=";

tokio::task_local! {
    static INTERACTION: String;
}

/// Does what is to be done for an event of a Function URL, as part of the interaction that it holds.
pub(crate) async fn following<T>(event: &Value, work: impl Future<Output = T>) -> T {
    let body = event["body"].as_str().and_then(|body| serde_json::from_str::<Value>(body).ok());
    match body.as_ref().and_then(|body| body["id"].as_str()) {
        Some(id) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => {
            INTERACTION.scope(id.to_owned(), work).await
        }
        _ => work.await,
    }
}

/// The same settings, whose calls say to which interaction they belong.
pub(crate) fn told(config: &SdkConfig) -> SdkConfig {
    let Some(inner) = config.http_client() else { return config.clone() };
    config.to_builder().http_client(telling(inner)).build()
}

fn telling(inner: SharedHttpClient) -> SharedHttpClient {
    let client = http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Telling(inner.http_connector(settings, components)))
    });
    SharedHttpClient::new(client)
}

/// The interaction that a call says it belongs to.
pub(crate) fn of_trace(trace: &str) -> Option<&str> {
    trace.split(';').find_map(|field| field.trim().strip_prefix(FIELD))
}

#[derive(Debug)]
struct Telling(SharedHttpConnector);

impl HttpConnector for Telling {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if let Ok(id) = INTERACTION.try_with(Clone::clone) {
            request.headers_mut().insert(HEADER, format!("{FIELD}{id}"));
        }
        self.0.call(request)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn work_knows_its_interaction_and_nobody_elses() {
        let here = || INTERACTION.try_with(Clone::clone).ok();
        let event = |body: &str| json!({ "body": body });
        let (first, second) = (event(r#"{"id":"17"}"#), event(r#"{"id":"18"}"#));
        let both = (following(&first, async { here() }), following(&second, async { here() }));
        let (one, other) = tokio::join!(both.0, both.1);
        assert_eq!((one.as_deref(), other.as_deref()), (Some("17"), Some("18")));
        for strange in ["", "{", r#"{"id":"17;x"}"#, r#"{"id":17}"#] {
            assert_eq!(following(&event(strange), async { here() }).await, None, "{strange}");
        }
        assert_eq!(here(), None);
    }

    #[test]
    fn a_trace_may_say_more() {
        assert_eq!(of_trace("Root=1-2-3; Interaction=17;Sampled=1"), Some("17"));
        assert_eq!(of_trace("Root=1-2-3"), None);
    }
}
