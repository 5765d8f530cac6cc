//! Wiring of the security-alarms function: configuration once, clients once, then Lambda's loop.

use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use security_alarms::{App, Config, Invocation, Machine, handle};
use serde_json::Value;
use shared::aws::sdk_config;
use shared::discord::rest::Patience;
use shared::env::Env;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env(&Env::of_process())?;
    let app = App::new(config, &sdk_config().await, &Machine::real(Patience::STANDARD))?;
    let app = &app;
    run(service_fn(|event: LambdaEvent<Value>| async move {
        let deadline = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
        let invocation = Invocation {
            id: event.context.request_id.clone(),
            deadline: Timestamp::from_millisecond(deadline).unwrap_or(Timestamp::MAX),
        };
        Box::pin(handle(app, event.payload, &invocation)).await.map_err(Error::from)
    }))
    .await
}
