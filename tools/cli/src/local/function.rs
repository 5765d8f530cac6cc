//! A function as one Lambda environment would hold it: on a thread of its own, fed from wherever events come from.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use interactions::App;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;

use super::thread;

type Job = (Value, oneshot::Sender<Value>);

/// Where to send events. Cheap to clone; the thread ends when the last clone is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Function(mpsc::UnboundedSender<Job>);

impl Function {
    /// Starts the thread.
    pub(crate) fn start(app: App) -> Result<Self> {
        let (sender, jobs) = mpsc::unbounded_channel();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("a runtime")?;
        let work = move || LocalSet::new().block_on(&runtime, serve(Arc::new(app), jobs));
        std::thread::Builder::new().name("interactions".to_owned()).spawn(work).context("a thread")?;
        Ok(Self(sender))
    }

    /// Invokes it. An error means that the thread is gone.
    pub(crate) async fn invoke(&self, event: Value) -> Result<Value> {
        let (answer, answered) = oneshot::channel();
        self.0.send((event, answer)).ok().context("the function has ended")?;
        answered.await.context("the function did not answer")
    }
}

async fn serve(app: Arc<App>, mut jobs: mpsc::UnboundedReceiver<Job>) {
    app.warm().await;
    while let Some((job, answer)) = jobs.recv().await {
        let app = Arc::clone(&app);
        tokio::task::spawn_local(async move {
            let answered = match RawValue::from_string(job.to_string()) {
                Ok(event) => {
                    let handled = thread::following(&job, interactions::handle(&app, &event)).await;
                    serde_json::to_value(handled).unwrap_or_default()
                }
                Err(_) => Value::Null,
            };
            // Whoever asked may have gone away; the change stands all the same.
            let _ = answer.send(answered);
        });
    }
}
