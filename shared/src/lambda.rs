//! Lambda's loop, for functions that read their events as JSON.

pub use lambda_runtime::Error;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::Value;

use crate::invocation::Invocation;

/// Hands one event after the other to `handle`, until Lambda ends the process. Lambda hears of an error by its text, so that
/// this must not hold a secret or an id.
pub async fn run<H, O, E>(handle: H) -> Result<(), Error>
where
    H: AsyncFn(Value, Invocation) -> Result<O, E>,
    O: Serialize,
    E: core::error::Error + Send + Sync + 'static,
{
    let handle = &handle;
    lambda_runtime::run(service_fn(|event| answer(handle, event))).await
}

async fn answer<H, O, E>(handle: &H, event: LambdaEvent<Value>) -> Result<O, Error>
where
    H: AsyncFn(Value, Invocation) -> Result<O, E>,
    E: core::error::Error + Send + Sync + 'static,
{
    let LambdaEvent { payload, context } = event;
    let invocation = Invocation::new(context.request_id, context.deadline);
    Ok(handle(payload, invocation).await?)
}

#[cfg(test)]
mod tests {
    use lambda_runtime::Context;
    use serde_json::json;

    use super::*;

    fn event() -> LambdaEvent<Value> {
        let mut context = Context::default();
        context.request_id = "r-1".to_owned();
        context.deadline = 1_795_451_400_250;
        LambdaEvent::new(json!({ "type": "wake" }), context)
    }

    #[tokio::test]
    async fn a_function_gets_its_event_and_what_lambda_says_of_the_invocation() {
        let handle =
            async |event: Value, invocation: Invocation| Ok::<_, core::fmt::Error>((event, invocation));
        let deadline = "2026-11-23T16:30:00.250Z".parse().unwrap();
        let expected = (json!({ "type": "wake" }), Invocation { id: "r-1".to_owned(), deadline });
        assert_eq!(answer(&handle, event()).await.unwrap(), expected);
    }

    #[tokio::test]
    async fn a_failure_reaches_lambda_by_its_text() {
        let handle = async |_: Value, _: Invocation| Err::<(), _>(crate::env::BadEnv::Missing("NAME"));
        assert_eq!(answer(&handle, event()).await.unwrap_err().to_string(), "NAME is not set");
    }
}
