//! What the services share: who is registered, what was given, what goes wrong, and how often each was called.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard};

use serde::{Deserialize, Serialize};

use super::book::{Book, Grant};
use super::config::{AccountsConfig, ClientConfig};
use super::eventsub::EventSubBook;
use super::fault::AccountsFaults;
use super::people::Account;
use super::service::Service;
use crate::core::Core;

/// What a request to a service is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// The consent page.
    Authorize,
    /// Tokens.
    Token,
    /// Taking them back.
    Revoke,
    /// Whose a token is.
    Identity,
    /// What is behind it: playlists.
    Data,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(super) clients: Vec<ClientConfig>,
    pub(super) people: Vec<Account>,
    pub(super) book: Book,
    pub(super) faults: AccountsFaults,
    pub(super) eventsub: EventSubBook,
    calls: BTreeMap<(Service, Endpoint), u64>,
}

/// A service of a simulator: what its handlers are given.
#[derive(Clone)]
pub(super) struct At {
    pub(super) core: Arc<Core>,
    pub(super) service: Service,
}

impl At {
    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.core.accounts()
    }
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Authorize, Self::Token, Self::Revoke, Self::Identity, Self::Data];

    /// What a path of a service is for.
    pub(super) fn of(service: Service, path: &str) -> Self {
        let habits = service.habits();
        match path {
            path if path == habits.authorize => Self::Authorize,
            path if path == habits.token => Self::Token,
            path if path == habits.identity => Self::Identity,
            path if Some(path) == habits.revoke => Self::Revoke,
            _ => Self::Data,
        }
    }
}

impl Desk {
    pub(crate) fn new(config: &AccountsConfig) -> Self {
        Self {
            clients: config.clients.clone(),
            people: config.accounts.clone(),
            book: Book::new(config.code_life, config.token_life.clone()),
            faults: AccountsFaults::default(),
            eventsub: EventSubBook::default(),
            calls: BTreeMap::new(),
        }
    }

    /// Makes a service go wrong.
    pub(crate) fn faults(&mut self) -> &mut AccountsFaults {
        &mut self.faults
    }

    /// The account that a grant is of.
    pub(super) fn account(&self, grant: &Grant) -> Option<&Account> {
        self.person(grant.service, &grant.account)
    }

    pub(super) fn person(&self, service: Service, id: &str) -> Option<&Account> {
        self.people.iter().find(|one| one.service == service && one.id == id)
    }

    /// One more call.
    pub(super) fn count(&mut self, service: Service, endpoint: Endpoint) {
        *self.calls.entry((service, endpoint)).or_default() += 1;
    }

    pub(super) fn calls(&self, service: Service, endpoint: Endpoint) -> u64 {
        self.calls.get(&(service, endpoint)).copied().unwrap_or_default()
    }

    /// Puts a client in the place of the one with its id, if there is one.
    pub(super) fn register(&mut self, client: ClientConfig) {
        self.clients.retain(|one| one.service != client.service || one.id != client.id);
        self.clients.push(client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_endpoint_or_data() {
        for service in Service::ALL {
            let habits = service.habits();
            assert_eq!(Endpoint::of(service, habits.authorize), Endpoint::Authorize);
            assert_eq!(Endpoint::of(service, habits.token), Endpoint::Token);
            assert_eq!(Endpoint::of(service, habits.identity), Endpoint::Identity);
            assert_eq!(
                habits.revoke.map(|path| Endpoint::of(service, path) == Endpoint::Revoke),
                habits.revoke.map(|_| true)
            );
            assert_eq!(Endpoint::of(service, "/else"), Endpoint::Data);
        }
    }

    #[test]
    fn a_client_is_registered_once() {
        let mut desk = Desk::new(&AccountsConfig::default());
        let before = desk.clients.len();
        desk.register(ClientConfig::of_the_bot(Service::Slack, "http://127.0.0.1:1"));
        assert_eq!(desk.clients.len(), before);
        let found = desk.clients.iter().find(|one| one.service == Service::Slack).unwrap();
        assert_eq!(found.redirects, ["http://127.0.0.1:1/oauth/callback/slack"]);
    }
}
