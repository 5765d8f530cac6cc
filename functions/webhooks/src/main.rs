//! Wiring of the webhooks function: configuration once, clients once, then Lambda's loop.

use shared::aws::sdk_config;
use shared::env::Env;
use shared::lambda::{Error, run};
use webhooks::{App, Config, Machine, Patience, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env(&Env::of_process())?;
    let app = App::new(config, &sdk_config(), &Machine::real(Patience::STANDARD))?;
    run(async |event, invocation| Box::pin(handle(&app, event, &invocation.id)).await).await
}
