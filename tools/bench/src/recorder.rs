//! An HTTP client for the SDK that remembers each call: what it was, and which calls were over before it began.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

/// One call of a service.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation, such as `TransactWriteItems`.
    pub operation: String,
    /// When it was sent.
    pub begun: Instant,
    /// When its answer was there; `None` if it has not come.
    pub ended: Option<Instant>,
}

/// The calls so far. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Vec<Call>>>);

impl Recorder {
    /// `sdk` with every call of every client remembered here.
    pub fn listen(&self, sdk: &SdkConfig) -> SdkConfig {
        let Some(inner) = sdk.http_client() else { return sdk.clone() };
        let recorder = self.clone();
        let client = http_client_fn(move |settings, components| {
            let inner = inner.http_connector(settings, components);
            SharedHttpConnector::new(Listening { inner, recorder: recorder.clone() })
        });
        sdk.clone().into_builder().http_client(client).build()
    }

    /// The calls so far, in the order in which they began; forgets them.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn begin(&self, operation: String) -> usize {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(Call { operation, begun: Instant::now(), ended: None });
        calls.len() - 1
    }

    fn end(&self, at: usize) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(call) = calls.get_mut(at) {
            call.ended = Some(Instant::now());
        }
    }
}

/// How many calls had to wait for one another: the longest chain in which each began after the one before had ended.
pub fn rounds(calls: &[Call]) -> usize {
    let mut depth: Vec<usize> = Vec::with_capacity(calls.len());
    for call in calls {
        let waited_for = calls
            .iter()
            .zip(&depth)
            .filter(|(earlier, _)| earlier.ended.is_some_and(|end| end <= call.begun));
        depth.push(1 + waited_for.map(|(_, depth)| *depth).max().unwrap_or(0));
    }
    depth.into_iter().max().unwrap_or(0)
}

#[derive(Debug)]
struct Listening {
    inner: SharedHttpConnector,
    recorder: Recorder,
}

impl HttpConnector for Listening {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = operation(&request).unwrap_or_default().to_owned();
        let (recorder, answer) = (self.recorder.clone(), self.inner.call(request));
        HttpConnectorFuture::new(async move {
            let at = recorder.begin(operation);
            let answer = answer.await;
            recorder.end(at);
            answer
        })
    }
}

/// A header names it, or, where a service takes forms, the body. Others say it by their path alone.
fn operation(request: &HttpRequest) -> Option<&str> {
    if let Some(target) = request.headers().get("x-amz-target") {
        return Some(target.rsplit_once('.').map_or(target, |(_, operation)| operation));
    }
    let form = core::str::from_utf8(request.body().bytes()?).ok()?;
    form.strip_prefix("Action=")?.split('&').next()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn calls(spans: &[(u64, u64)]) -> Vec<Call> {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let call = |(begun, ended): &(u64, u64)| Call {
            operation: "GetItem".to_owned(),
            begun: at(*begun),
            ended: Some(at(*ended)),
        };
        spans.iter().map(call).collect()
    }

    #[test]
    fn calls_that_overlap_are_one_round() {
        assert_eq!(rounds(&calls(&[(0, 5), (1, 6), (2, 3)])), 1);
        assert_eq!(rounds(&[]), 0);
    }

    #[test]
    fn a_call_that_waited_is_another_round() {
        assert_eq!(rounds(&calls(&[(0, 5), (0, 2), (5, 9)])), 2);
        // It began when one of the wave was over: somebody waited for that one.
        assert_eq!(rounds(&calls(&[(0, 5), (0, 2), (3, 4), (6, 7)])), 3);
    }

    #[test]
    fn a_call_is_named_by_its_header_or_its_form() {
        let mut request = HttpRequest::empty();
        assert_eq!(operation(&request), None);
        *request.body_mut() = "Action=Publish&Version=2010-03-31".into();
        assert_eq!(operation(&request), Some("Publish"));
        request.headers_mut().insert("x-amz-target", "DynamoDB_20120810.GetItem");
        assert_eq!(operation(&request), Some("GetItem"));
    }

    #[tokio::test]
    async fn calls_of_a_client_are_remembered_by_name() {
        let aws = testkit::Aws::start().await;
        let recorder = Recorder::default();
        let sdk = recorder.listen(aws.sdk_config());
        let db = shared::store::client(&sdk);
        db.list_tables().send().await.unwrap();
        let calls = recorder.take();
        assert_eq!(calls.iter().map(|call| call.operation.as_str()).collect::<Vec<_>>(), ["ListTables"]);
        assert!(calls[0].ended.is_some() && recorder.take().is_empty());
    }
}
