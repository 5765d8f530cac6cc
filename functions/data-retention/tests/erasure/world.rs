//! AWS and the services for one test.

use core::ops::Deref;
use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use data_retention::{Answer, App, Invocation, handle};
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::domain::accounts::Provider;
use shared::ids::{GuildId, UserId};
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource};
use shared::privacy::{Case, CaseState, DataSubject};
use shared::security::checkpoint::Checkpoint;
use shared::security::erasure_receipt::ErasureReceipt;
use shared::signing::Signer;
use shared::store::tombstones::TombstoneStore;
use shared::store::{Item, Table};
use shared::vault::TokenVault;
use simulator::{ClientConfig, Config as Discord, Service, Simulator};

use crate::support::{BASE, KEY, Support};

pub(crate) const ADA: UserId = UserId::new(80_351_110_224_678_912);
pub(crate) const BEN: UserId = UserId::new(80_351_110_224_678_913);
pub(crate) const GUILD: GuildId = GuildId::new(290_926_798_626_357_999);
pub(crate) const OTHER: GuildId = GuildId::new(290_926_798_626_358_000);

/// What keeps somebody erased, and what their cases say.
const KEPT: Table = Table::Tombstones;

pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) support: Support,
}

impl Deref for World {
    type Target = Support;

    fn deref(&self) -> &Support {
        &self.support
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

/// What somebody asks for; the same each time.
pub(crate) fn erasure(subject: impl Into<Subject>) -> PrivacyRequest {
    let Subject(subject) = subject.into();
    let mut digest = [0; 32];
    for (to, from) in digest.iter_mut().zip(subject.to_string().bytes().rev()) {
        *to = from;
    }
    let id = PrivacyRequestId::of_digest(&digest);
    PrivacyRequest::new(id, subject, PrivacyAction::Erase, PrivacySource::Command)
}

/// A person or a community, by their id.
pub(crate) struct Subject(DataSubject);

impl From<UserId> for Subject {
    fn from(user: UserId) -> Self {
        Self(DataSubject::User(user))
    }
}

impl From<GuildId> for Subject {
    fn from(guild: GuildId) -> Self {
        Self(DataSubject::Guild(guild))
    }
}

pub(crate) fn message(request: &PrivacyRequest) -> Value {
    let body = request.to_body().unwrap();
    json!({ "Records": [{ "messageId": "m-1", "body": body, "eventSource": "aws:sqs" }] })
}

impl World {
    pub(crate) async fn new() -> Self {
        let people = [ADA.to_string(), BEN.to_string(), GUILD.to_string(), OTHER.to_string()];
        let (support, simulator) =
            (Support::new(people).await, Simulator::start(Discord::default()).unwrap());
        for service in Service::ALL {
            let client = ClientConfig::of_the_bot(service, BASE);
            support.aws.fill_in_client(service.code(), &client.id, &client.secret).await;
            simulator.accounts().register(client);
        }
        Self { simulator, support }
    }

    pub(crate) fn app(&self, now: Timestamp) -> App {
        self.app_below(now, &self.simulator.accounts_url())
    }

    /// The same, but the services are there.
    pub(crate) fn app_below(&self, now: Timestamp, services: &str) -> App {
        let services = Provider::ALL.map(|provider| format!("{provider}={services}/{provider}")).join(",");
        let told = [("PROVIDER_BASE_URLS", services), ("DISCORD_API_BASE_URL", self.simulator.rest_url())];
        self.app_told(Clock::fixed(now), told)
    }

    pub(crate) fn vault(&self) -> TokenVault {
        TokenVault::new(self.aws.sdk_config(), Rng::system(), "/timmybot", None)
    }

    /// One delivery of the message. Whether it is deleted then.
    pub(crate) async fn deliver(&self, request: &PrivacyRequest, now: Timestamp) -> bool {
        self.deliver_to(&self.app(now), request, now).await
    }

    pub(crate) async fn deliver_to(&self, app: &App, request: &PrivacyRequest, now: Timestamp) -> bool {
        let answer = handle(app, message(request), &invocation(now)).await.unwrap();
        let Answer::Messages(answer) = answer else { panic!("{answer:?}") };
        let answer = serde_json::to_value(answer).unwrap();
        answer["batchItemFailures"].as_array().unwrap().is_empty()
    }

    pub(crate) async fn case(&self, request: &PrivacyRequest, now: Timestamp) -> Option<Case> {
        TombstoneStore::new(self.db()).case(request.subject(), request.id(), now).await.unwrap()
    }

    /// Deliveries, two minutes apart, until the case is over; its receipt.
    pub(crate) async fn erase(&self, request: &PrivacyRequest, from: Timestamp) -> ErasureReceipt {
        let mut at = from;
        for _ in 0..50 {
            self.deliver(request, at).await;
            if let Some(Case { state: CaseState::Erased { receipt, .. }, .. }) = self.case(request, at).await
            {
                return self.believed(&receipt).await;
            }
            at += 121.seconds();
        }
        panic!("it has no end: {:?} {}", self.case(request, at).await, self.log.text());
    }

    /// Under the published key.
    pub(crate) async fn believed(&self, receipt: &str) -> ErasureReceipt {
        let signer = Signer::new(self.aws.sdk_config(), KEY, Checkpoint::origin(BASE).unwrap());
        ErasureReceipt::open(receipt, &[signer.key().await.unwrap().clone()]).unwrap()
    }

    pub(crate) async fn put(&self, table: Table, item: Item) {
        let name = format!("{}-{}", self.aws.prefix(), table.suffix());
        self.aws.dynamodb().put_item().table_name(name).set_item(Some(item)).send().await.unwrap();
    }

    pub(crate) async fn rows(&self, table: Table) -> Vec<Item> {
        let name = format!("{}-{}", self.aws.prefix(), table.suffix());
        let pages = self.aws.dynamodb().scan().table_name(name).into_paginator();
        pages.items().send().collect::<Result<Vec<_>, _>>().await.unwrap()
    }

    /// Every row of every table, as text, but for those that keep somebody erased.
    pub(crate) async fn everything(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        let mut all = BTreeMap::new();
        for table in Table::ALL.into_iter().filter(|table| *table != KEPT) {
            let rows = self.rows(table).await.iter().map(written).collect();
            all.insert(table.suffix(), rows);
        }
        all
    }

    /// The tables with a row that says something of whoever has this id, and the secrets.
    pub(crate) async fn mentions(&self, id: u64) -> Vec<String> {
        let mut found = Vec::new();
        let bytes = format!("{:?}", id.to_be_bytes()).replace(['[', ']'], "");
        for (table, rows) in self.everything().await {
            let says = |row: &&String| row.contains(&id.to_string()) || row.contains(&bytes);
            found.extend(rows.iter().filter(says).map(|row| format!("{table}: {row}")));
        }
        let list = self.aws.secrets().list_secrets().include_planned_deletion(true).max_results(100);
        let listed = list.send().await.unwrap();
        assert_eq!(listed.next_token(), None);
        let names = listed.secret_list().iter().filter_map(|secret| secret.name());
        found.extend(names.filter(|name| name.contains(&id.to_string())).map(str::to_owned));
        found
    }
}

pub(crate) fn invocation(now: Timestamp) -> Invocation {
    Invocation { id: "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned(), deadline: now + 5.minutes() }
}

/// A row with its attributes in order; sets in order, too.
fn written(item: &Item) -> String {
    let mut fields: Vec<String> =
        item.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect();
    fields.sort_unstable();
    fields.join(" ")
}

fn plain(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Ss(names) => format!("{:?}", names.iter().collect::<BTreeSet<_>>()),
        AttributeValue::L(all) => all.iter().map(plain).collect::<Vec<_>>().join(","),
        AttributeValue::M(map) => format!("{{{}}}", written(map)),
        AttributeValue::B(bytes) => format!("{:?}", bytes.as_ref()),
        other => format!("{other:?}"),
    }
}
