//! What the function holds for its life. What it may touch is listed in [`crate::grants`].

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use serde::Serialize;
use shared::aws_code::code;
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::linking::keeper::Keeper;
use shared::linking::{Linker, Setup};
use shared::logbook::Logbook;
use shared::providers::client::{NoClient, Patience};
use shared::security::pseudonym::Pseudonym;
use shared::store::Db;
use shared::store::links::LinkStore;

use crate::checkpoint::Checkpoint;
use crate::config::Config;

/// The function's clients. Its tests and the local stack make the same one as Lambda does.
#[derive(Debug)]
pub struct App {
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) links: LinkStore,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) kms: aws_sdk_kms::Client,
    lambda: aws_sdk_lambda::Client,
    sns: aws_sdk_sns::Client,
    sqs: aws_sdk_sqs::Client,
    pub(crate) logbook: Logbook,
}

/// The function cannot start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// There is no HTTP client for the services.
    #[error(transparent)]
    Services(#[from] NoClient),
}

/// What a test or the local stack may choose.
pub type Machine = shared::machine::Machine<Patience>;

/// A link that fails night after night. It holds no id that says whose it is.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DeadLetter {
    #[serde(rename = "type")]
    kind: &'static str,
    version: u8,
    user: Pseudonym,
    service: Provider,
    code: String,
    failures: u32,
}

impl DeadLetter {
    pub(crate) fn new(user: Pseudonym, service: Provider, code: &str, failures: u32) -> Self {
        Self { kind: "link_fails", version: 1, user, service, code: code.to_owned(), failures }
    }
}

impl App {
    /// With this configuration, these AWS settings and this machine.
    pub fn new(config: Config, sdk: &SdkConfig, machine: &Machine) -> Result<Self, AppError> {
        let Machine { clock, rng, .. } = *machine;
        let logbook = Logbook::new("token-rotation", machine, sdk, &config.log_key_secret);
        let db = Db::new(shared::store::client(sdk), &config.table_prefix);
        let setup = Setup {
            secret_prefix: &config.secret_prefix,
            token_key: config.token_key.as_deref(),
            pins: config.pins.clone(),
            bases: config.bases.clone(),
            ..Setup::default()
        };
        let linker = Linker::new(setup, sdk, db, machine, logbook.own())?;
        Ok(Self {
            keeper: Arc::new(linker.keeper()),
            links: linker.links,
            secrets: aws_sdk_secretsmanager::Client::new(sdk),
            kms: aws_sdk_kms::Client::new(sdk),
            lambda: aws_sdk_lambda::Client::new(sdk),
            sns: aws_sdk_sns::Client::new(sdk),
            sqs: aws_sdk_sqs::Client::new(sdk),
            config,
            clock,
            rng,
            logbook,
        })
    }

    /// Lets another invocation of ours go on. The error is a code.
    pub(crate) async fn invoke_self(&self, checkpoint: &Checkpoint) -> Result<(), String> {
        let payload = serde_json::to_vec(checkpoint).map_err(|_| "construction".to_owned())?;
        let invoke = self.lambda.invoke().function_name(&self.config.own_name).payload(Blob::new(payload));
        let sent = invoke.invocation_type(InvocationType::Event).send().await;
        sent.map(drop).map_err(|error| code(&error))
    }

    /// Tells the operator. The error is a code.
    pub(crate) async fn alert(&self, subject: &str, message: &str) -> Result<(), String> {
        let publish = self.sns.publish().topic_arn(&self.config.alert_topic);
        let sent = publish.subject(subject).message(message).send().await;
        sent.map(drop).map_err(|error| code(&error))
    }

    /// Puts a link where somebody looks. The error is a code.
    pub(crate) async fn put_aside(&self, letter: &DeadLetter) -> Result<(), String> {
        let body = serde_json::to_string(letter).map_err(|_| "construction".to_owned())?;
        let send = self.sqs.send_message().queue_url(&self.config.dead_letters).message_body(body);
        send.send().await.map(drop).map_err(|error| code(&error))
    }
}
