//! Wiring of the api function: configuration once, clients once, then Lambda's loop.

use api::{App, Config, Machine, handle};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use shared::aws::sdk_config;
use shared::env::Env;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env(&Env::of_process())?;
    let app = App::new(config, &sdk_config(), &Machine::real(()));
    app.warm().await;
    let app = &app;
    run(service_fn(|event: LambdaEvent<Value>| async move {
        Ok::<_, Error>(Box::pin(handle(app, &event.payload)).await)
    }))
    .await
}
