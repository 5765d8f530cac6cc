//! Lambda: a binary as a child process under a Runtime API of ours.
//!
//! [`Functions`] stands in for the service's `Invoke`.
//!
//! One process, one invocation at a time, as in the cloud; a process that has died stays dead. The child's environment is
//! what Lambda gives, what the options say, and nothing of ours.

mod destination;
mod invoke;
mod process;
mod runtime_api;
mod settings;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::host::{Host, bind, serve};
use crate::machine;
pub(crate) use destination::Destinations;
pub use invoke::Functions;
pub(crate) use invoke::Invoked;
use process::Process;
use runtime_api::RuntimeApi;
pub(crate) use settings::Settings;

/// How often we look whether the child still lives while we wait for it.
const LOOK: Duration = Duration::from_millis(20);
/// Lambda gives the start-up 10 s.
const INIT: Duration = Duration::from_secs(10);

/// What to run.
#[derive(Clone, Debug)]
pub struct FunctionOptions {
    /// The executable.
    pub binary: PathBuf,
    /// The function's name.
    pub name: String,
    /// What the function believes to have, in MB; nothing enforces it.
    pub memory_mb: u32,
    /// How long an invocation may take; then the process is killed.
    pub timeout: Duration,
    /// The function's own environment.
    pub env: BTreeMap<String, String>,
}

impl FunctionOptions {
    /// 128 MB, 3 s (Lambda's defaults) and no environment.
    pub fn new(binary: PathBuf, name: &str) -> Self {
        let timeout = Duration::from_secs(3);
        Self { binary, name: name.to_owned(), memory_mb: 128, timeout, env: BTreeMap::new() }
    }
}

/// Why an invocation has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LambdaError {
    /// The function reported an error.
    #[error("the function failed: {error_type}: {message}")]
    Function {
        /// `errorType`.
        error_type: String,
        /// `errorMessage`.
        message: String,
    },
    /// The process reported that it cannot start.
    #[error("the function did not start: {0}")]
    Init(String),
    /// The process is gone.
    #[error("the process ended: {0}")]
    Exited(String),
    /// No answer in time; the process has been killed.
    #[error("no answer in time")]
    TimedOut,
    /// The answer is not JSON.
    #[error("the answer is not JSON")]
    NotJson,
}

/// A running function. Dropping it kills the process.
#[derive(Debug)]
pub struct Function {
    // Fields drop in this order: the process first, so that it does not see its API vanish.
    process: Process,
    api: Arc<RuntimeApi>,
    _host: Host,
    timeout: Duration,
}

impl Function {
    /// Starts the process; it initialises while we go on.
    pub fn start(options: &FunctionOptions) -> std::io::Result<Self> {
        let (listener, address) = bind(0)?;
        let api = Arc::new(RuntimeApi::new(&options.name));
        let router = runtime_api::router(Arc::clone(&api));
        let host = Host::spawn("runtime-api", move || serve(listener, router))?;
        api.started();
        let process = Process::spawn(options, address)?;
        Ok(Self { process, api, _host: host, timeout: options.timeout })
    }

    /// Runs one event through the function.
    pub async fn invoke(&self, event: &Value) -> Result<Value, LambdaError> {
        self.ready().await?;
        let deadline = Instant::now() + self.timeout;
        let timeout_ms = u64::try_from(self.timeout.as_millis()).unwrap_or(u64::MAX);
        let mut answer = self.api.offer(event.to_string(), machine::now_ms().saturating_add(timeout_ms));
        loop {
            tokio::select! {
                biased;
                answer = &mut answer => return answer.unwrap_or(Err(LambdaError::NotJson)),
                () = tokio::time::sleep(LOOK) => self.check(deadline)?,
            }
        }
    }

    /// Waits for the process to ask for its first event; how long that took from its start.
    pub async fn ready(&self) -> Result<Duration, LambdaError> {
        let deadline = Instant::now() + INIT;
        loop {
            if let Some(error) = self.api.init_error() {
                return Err(LambdaError::Init(error));
            }
            let polled = self.api.polled();
            if let Some(took) = self.api.first_poll() {
                return Ok(took);
            }
            tokio::select! {
                () = polled => {}
                () = tokio::time::sleep(LOOK) => self.check(deadline)?,
            }
        }
    }

    /// The process id, for measurements.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Resident memory in bytes, if the machine tells.
    pub fn resident_bytes(&self) -> Option<u64> {
        self.process.resident_bytes()
    }

    /// What the process has written so far, line by line, both streams.
    pub fn logs(&self) -> Vec<String> {
        self.process.lines()
    }

    /// Kills the process and returns everything that it wrote.
    pub fn finish(mut self) -> Vec<String> {
        self.process.kill();
        self.process.lines()
    }

    fn check(&self, deadline: Instant) -> Result<(), LambdaError> {
        if let Some(status) = self.process.exit_status() {
            return Err(self.api.init_error().map_or(LambdaError::Exited(status), LambdaError::Init));
        }
        if Instant::now() >= deadline {
            self.process.terminate();
            return Err(LambdaError::TimedOut);
        }
        Ok(())
    }
}
