//! The services, as tests and the local stack hold them.

use std::sync::Arc;
use std::time::Duration;

use super::book::Grant;
use super::config::ClientConfig;
use super::desk::Endpoint;
use super::eventsub::{self, ChatLine, Delivered, Redemption, Subscription};
use super::service::Service;
use crate::core::Core;

/// The services of a running simulator. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(Arc<Core>);

impl Accounts {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self(core)
    }

    /// Registers a client, or changes what is registered under its id.
    pub fn register(&self, client: ClientConfig) {
        self.0.accounts().register(client);
    }

    /// How often an endpoint was called, whatever it answered.
    pub fn calls(&self, service: Service, endpoint: Endpoint) -> u64 {
        self.0.accounts().calls(service, endpoint)
    }

    /// How often tokens were asked for.
    pub fn token_calls(&self, service: Service) -> u64 {
        self.calls(service, Endpoint::Token)
    }

    /// What is alive, oldest first.
    pub fn grants(&self, service: Service) -> Vec<Grant> {
        self.0.accounts().book.grants(service)
    }

    /// Ends a grant, as when somebody takes it back on the service's own pages. Whether it was alive.
    pub fn end_grant(&self, grant: u64) -> bool {
        let ended = self.0.accounts().book.end(grant);
        self.0.touch();
        ended
    }

    /// What clients have subscribed at Twitch.
    pub fn subscriptions(&self) -> Vec<Subscription> {
        eventsub::all(&self.0)
    }

    /// Somebody redeems channel points: those who listen are told, each until it takes it.
    pub async fn redeem(&self, redemption: Redemption) -> Vec<Delivered> {
        eventsub::redeem(&self.0, redemption).await
    }

    /// Somebody writes in a channel's chat.
    pub async fn chat(&self, line: ChatLine) -> Vec<Delivered> {
        eventsub::chat(&self.0, line).await
    }

    /// Somebody takes back on Twitch's own pages what they have allowed a client.
    pub async fn disconnect_at_twitch(&self, client: &str, account: &str) {
        eventsub::revoke(&self.0, client, account).await;
    }

    /// From now on access tokens live so long; none: for ever, and without a refresh token.
    pub fn set_token_life(&self, service: Service, life: Option<Duration>) {
        self.0.accounts().book.set_token_life(service, life);
    }

    /// Codes and access tokens that were given so far become older by so much, at all services.
    pub fn age(&self, by: Duration) {
        let mut desk = self.0.accounts();
        desk.book.age(by);
        desk.eventsub.age(by);
    }
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}
