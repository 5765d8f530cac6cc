//! Wiring of the webhooks function: configuration once, clients once, then Lambda's loop.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use shared::aws::sdk_config;
use shared::env::Env;
use webhooks::{App, Config, Machine, Patience, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env(&Env::of_process())?;
    let app = App::new(config, &sdk_config().await, &Machine::real(Patience::STANDARD))?;
    let app = &app;
    run(service_fn(|event: LambdaEvent<Value>| async move {
        Box::pin(handle(app, event.payload, &event.context.request_id)).await.map_err(Error::from)
    }))
    .await
}
