//! The handle that every store holds.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;

use super::{Item, StoreError};
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

    /// A row, by a strongly consistent read; `None`: there is none. `operation` is its name in the log.
    pub(super) async fn get(
        &self,
        table: Table,
        key: Item,
        operation: &'static str,
    ) -> Result<Option<Item>, StoreError> {
        let call = self.client.get_item().table_name(self.table(table)).consistent_read(true);
        let sent = call.set_key(Some(key)).send().await;
        Ok(sent.map_err(|error| StoreError::unavailable(operation, &error))?.item)
    }
}

#[cfg(test)]
mod tests {
    use testkit::client_hello::{ClientHello, TLS_1_2, TLS_1_3};
    use testkit::{Aws, Fault};

    use super::*;
    use crate::store::item::text;

    fn key(flag: &str) -> Item {
        Item::from([("flag".to_owned(), text(flag))])
    }

    #[tokio::test]
    async fn a_row_is_found_by_its_key_and_table() {
        let aws = Aws::start().await;
        aws.rows_are_made_up();
        let db = Db::new(aws.dynamodb(), aws.prefix());
        assert_eq!(db.get(Table::Flags, key("a"), "test").await, Ok(None));
        let put = db.client().put_item().table_name(db.table(Table::Flags)).set_item(Some(key("a")));
        put.send().await.unwrap();
        assert_eq!(db.get(Table::Flags, key("a"), "test").await, Ok(Some(key("a"))));
        assert_eq!(db.get(Table::Flags, key("b"), "test").await, Ok(None));
    }

    #[tokio::test]
    async fn a_table_that_fails_is_never_a_missing_row() {
        let aws = Aws::start().await;
        let db = Db::new(aws.dynamodb(), aws.prefix());
        aws.fault(Fault::Status500);
        let read = db.get(Table::Flags, key("a"), "test").await;
        assert!(matches!(read, Err(StoreError::Unavailable { operation: "test", .. })), "{read:?}");
    }

    /// SPEC T6: with the HTTP client that every function's settings have.
    #[tokio::test]
    async fn aws_is_offered_tls_1_3_then_1_2_and_nothing_older() {
        let hello = ClientHello::listen().await.unwrap();
        let mut sdk = testkit::sdk_config(&format!("https://{}", hello.address())).into_builder();
        sdk.set_http_client(crate::aws::sdk_config().http_client());
        let db = Db::new(client(&sdk.build()), "timmybot");
        let read = db.get(Table::Flags, key("a"), "test").await;
        assert!(read.is_err(), "nobody has shown a certificate");
        assert_eq!(hello.versions().await.unwrap(), [TLS_1_3, TLS_1_2]);
    }
}
