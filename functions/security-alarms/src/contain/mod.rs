//! Makes the account follow the flag (SPEC T33): evidence first, then step by step, each of which may be done again.
//!
//! What the alarms raise by themselves has its evidence before the flag is up ([`beforehand`]); what people raise has it
//! before the first step.
//!
//! The flag's row is what is wanted; everybody who asks the flag obeys it at once, so L1 needs no step here. What L2 and up
//! stop besides is planned in [`plan`]: how each thing was is written before the first step, so whoever is killed anywhere
//! leaves a row from which the next order or tick goes on, and resuming restores exactly.

mod beforehand;
mod evidence;
mod follow;
mod names;
mod plan;
mod rehearse;
mod steps;
mod survey;

use core::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use shared::store::Db;
use shared::store::containments::ContainmentStore;

use self::names::Names;
use crate::config::Config;

pub(crate) use self::beforehand::preserve;
pub use self::follow::ContainError;
pub(crate) use self::follow::follow;
pub use self::rehearse::{Account, rehearse};

/// How long one attempt of a call may take, and all of them.
const ATTEMPT: Duration = Duration::from_secs(3);
const OPERATION: Duration = Duration::from_secs(8);

/// What containment touches.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    done: ContainmentStore,
    names: Names,
    secret_prefix: String,
    cluster: Option<String>,
    token_key: Option<String>,
    tables: aws_sdk_dynamodb::Client,
    events: aws_sdk_eventbridge::Client,
    lambda: aws_sdk_lambda::Client,
    ecs: aws_sdk_ecs::Client,
    secrets: aws_sdk_secretsmanager::Client,
    kms: aws_sdk_kms::Client,
}

impl Clients {
    pub(crate) fn new(config: &Config, sdk: &SdkConfig) -> Self {
        Self::of(
            &Account {
                table_prefix: config.table_prefix.clone(),
                secret_prefix: config.secret_prefix.clone(),
                cluster: config.cluster.clone(),
                token_key: config.token_key.clone(),
            },
            sdk,
        )
    }

    /// For an account's things under these names.
    fn of(account: &Account, sdk: &SdkConfig) -> Self {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION).build();
        let sdk = sdk.clone().into_builder().timeout_config(timeouts).build();
        Self {
            done: ContainmentStore::new(Db::new(shared::store::client(&sdk), &account.table_prefix)),
            names: Names::new(&account.table_prefix),
            secret_prefix: account.secret_prefix.clone(),
            cluster: account.cluster.clone(),
            token_key: account.token_key.clone(),
            tables: shared::store::client(&sdk),
            events: aws_sdk_eventbridge::Client::new(&sdk),
            lambda: aws_sdk_lambda::Client::new(&sdk),
            ecs: aws_sdk_ecs::Client::new(&sdk),
            secrets: aws_sdk_secretsmanager::Client::new(&sdk),
            kms: aws_sdk_kms::Client::new(&sdk),
        }
    }
}
