//! What the services know when they start: clients, accounts, and how long tokens live.

use std::collections::BTreeMap;
use std::time::Duration;

use super::people::{self, Account};
use super::service::Service;

/// What the services know.
#[derive(Clone, Debug)]
pub struct AccountsConfig {
    /// Who may send people there.
    pub clients: Vec<ClientConfig>,
    /// Who can consent.
    pub accounts: Vec<Account>,
    /// How long access tokens live, where that shall not be as documented; none: for ever, without a refresh token.
    pub token_life: BTreeMap<Service, Option<Duration>>,
    /// How long a code may be exchanged.
    pub code_life: Duration,
}

/// A client, as a developer registers it with a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientConfig {
    /// Where.
    pub service: Service,
    /// Its id.
    pub id: String,
    /// Its secret. It opens nothing but this simulator.
    pub secret: String,
    /// What the consent page calls it.
    pub name: String,
    /// The addresses that people may be sent back to: these and no others, to the last character.
    pub redirects: Vec<String>,
}

impl ClientConfig {
    /// The bot's client, with the address at which it waits below `base`, as in `http://127.0.0.1:8787`.
    pub fn of_the_bot(service: Service, base: &str) -> Self {
        let code = service.code();
        Self {
            service,
            id: format!("timmy-at-{code}"),
            secret: format!("simulated-{code}-secret"),
            name: "TimmyBot".to_owned(),
            redirects: vec![format!("{base}/oauth/callback/{code}")],
        }
    }
}

impl Default for AccountsConfig {
    /// The bot on its usual port is a client everywhere, and each service has three accounts.
    fn default() -> Self {
        let client = |service| ClientConfig::of_the_bot(service, "http://127.0.0.1:8787");
        Self {
            clients: Service::ALL.map(client).into(),
            accounts: people::default(),
            token_life: BTreeMap::new(),
            code_life: Duration::from_mins(1),
        }
    }
}
