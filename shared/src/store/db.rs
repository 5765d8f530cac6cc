//! The handle that every store holds.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;

use crate::table::Table;

/// The client of the tables under these settings. Functions hold a [`Db`], never the SDK itself.
pub fn client(sdk: &SdkConfig) -> Client {
    Client::new(sdk)
}

/// A `DynamoDB` client and the prefix of our tables. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    client: Client,
    prefix: Arc<str>,
}

impl Db {
    /// Tables named `{prefix}-…`, reached through `client`.
    pub fn new(client: Client, prefix: &str) -> Self {
        Self { client, prefix: prefix.into() }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn table(&self, table: Table) -> String {
        format!("{}-{}", self.prefix, table.suffix())
    }
}
