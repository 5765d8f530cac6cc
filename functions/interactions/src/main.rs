//! Wiring of the interactions function: configuration once, clients once, then Lambda's loop.

use interactions::{App, handle};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;
use shared::env::Env;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let app = App::from_env(&Env::of_process())?;
    app.warm().await;
    let app = &app;
    run(service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        Ok::<_, Error>(handle(app, &event.payload).await)
    }))
    .await
}
