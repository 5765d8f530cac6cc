//! Which deployment a command is about.

use std::path::PathBuf;

use aws_config::SdkConfig;

use crate::local::session;

/// The local stack of a data folder while it runs, else the deployment with this prefix in the account that the
/// environment names.
#[derive(Debug, clap::Args)]
pub(crate) struct Stack {
    /// The prefix of the deployment's tables, queues and functions.
    #[arg(long, env = "TABLE_PREFIX", default_value = "timmybot")]
    pub(crate) table_prefix: String,
    /// The data folder of a local stack.
    #[arg(long, default_value = ".timmy")]
    pub(crate) data: PathBuf,
}

impl Stack {
    /// How it is reached.
    pub(crate) fn sdk(&self) -> SdkConfig {
        session::sdk(&self.data)
    }
}
