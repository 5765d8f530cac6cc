//! How a function makes its linker when it starts.

use std::sync::Arc;

use aws_config::SdkConfig;

use super::Linker;
use super::keeper::Keeper;
use crate::machine::Machine;
use crate::providers::client::{Bases, NoClient, Patience, Providers};
use crate::providers::pinned_tls::Pinning;
use crate::providers::refresher::ServiceRefresher;
use crate::providers::registrations::Registrations;
use crate::secrets::AppSecrets;
use crate::security::ca_pins::{CaPins, PinMode};
use crate::store::Db;
use crate::store::linkings::LinkingStore;
use crate::store::links::LinkStore;
use crate::store::token_leases::TokenLeases;
use crate::telemetry::Telemetry;
use crate::vault::{AccessTokens, Replicas, TokenVault};

/// What a function was told of the services and of users' tokens.
#[derive(Clone, Debug, Default)]
pub struct Setup<'a> {
    /// Users' tokens and our clients' secrets are below it.
    pub secret_prefix: &'a str,
    /// The key that encrypts users' tokens; without one, the account's own.
    pub token_key: Option<&'a str>,
    /// Where else users' tokens are kept.
    pub replicas: Replicas,
    /// The authorities of some hosts, and whether they are watched or enforced.
    pub pins: (CaPins, PinMode),
    /// Other addresses than the services' own.
    pub bases: Bases,
}

impl Linker {
    /// Over the tables of `db` and the secrets under these settings.
    pub fn new(
        setup: Setup<'_>,
        sdk: &SdkConfig,
        db: Db,
        machine: &Machine<Patience>,
        telemetry: &Telemetry,
    ) -> Result<Self, NoClient> {
        let Machine { clock, rng, patience, .. } = *machine;
        let Setup { secret_prefix, token_key, replicas, pins, bases } = setup;
        let pinning = Pinning::told(pins, telemetry);
        Ok(Self {
            providers: Providers::pinned(bases, patience, Some(pinning))?,
            registrations: Arc::new(Registrations::new(AppSecrets::new(sdk), secret_prefix)),
            vault: TokenVault::new(sdk, rng, secret_prefix, token_key).replicated(replicas),
            leases: TokenLeases::new(db.clone()),
            links: LinkStore::new(db.clone()),
            linkings: LinkingStore::new(db),
            clock,
            rng,
        })
    }

    /// What keeps the same links alive.
    pub fn keeper(&self) -> Keeper {
        let Self { providers, registrations, vault, leases, links, clock, rng, .. } = self;
        let refresher = ServiceRefresher::new(providers.clone(), Arc::clone(registrations), *clock);
        let tokens = AccessTokens::new(vault.clone(), leases.clone(), refresher, *clock, *rng);
        Keeper::new(tokens, links.clone(), *clock)
    }
}
