//! Rows in every store, for somebody, as their stores write them.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use shared::clock::Rng;
use shared::domain::accounts::Provider;
use shared::domain::playlist::Playlist;
use shared::domain::queue::{EntryId, Slot};
use shared::domain::track::Track;
use shared::ids::{GuildId, UserId};
use shared::security::secret::Secret;
use shared::security::track_url::{Query, UrlPolicy};
use shared::store::Item;
use shared::store::playlists::PlaylistStore;
use shared::vault::{Document, TokenVault, Tokens};

use super::world::{GUILD, World, now};

/// What must be in no export.
pub(crate) const SECRETS: [&str; 6] = [
    "test_secret_access",
    "test_secret_refresh",
    "test_secret_reply",
    "5ec4e7d19e57",
    "5ec4e7c00c1e",
    "5ec4e7fa311e",
];

#[expect(clippy::needless_pass_by_value, reason = "a row of a test reads better so")]
pub(crate) fn s(text: impl ToString) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

pub(crate) fn n(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) async fn put(world: &World, table: &str, attributes: &[(&str, AttributeValue)]) {
    let item: Item = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let name = format!("{}-{table}", world.aws.prefix());
    world.aws.dynamodb().put_item().table_name(name).set_item(Some(item)).send().await.unwrap();
}

/// A row of theirs in each store, with `mark` wherever there is room for a text.
pub(crate) async fn fill(world: &World, user: UserId, mark: &str) {
    let end = now().as_second() + 3_600;
    let expires = ("expires_at", n(end));
    let (guild, at) = (("guild", s(GUILD)), s(now()));
    let owner = ("owner", s(format!("user#{user}")));
    let link: &[_] = &[
        ("rev", n(1)),
        ("subject", s(format!("{mark}-account"))),
        ("status", s("good")),
        ("linked_at", at.clone()),
    ];
    put(world, "account-links", &[&[owner, ("sk", s("link#spotify"))], link].concat()).await;
    let state = ("owner", s(format!("state#{}{mark}", SECRETS[3])));
    let wanted: &[_] = &[
        ("user", s(user)),
        ("name", s(mark)),
        ("provider", s("twitch")),
        ("at", at.clone()),
        expires.clone(),
    ];
    let browser = ("browser", s(SECRETS[4]));
    put(world, "account-links", &[&[state, ("sk", s("linking")), browser], wanted].concat()).await;
    let key: &[_] = &[("hash", s(format!("{}{mark}", SECRETS[3]))), ("tenant", s(GUILD)), ("id", s(mark))];
    let made: &[_] = &[
        ("name", s(mark)),
        ("role", s("reader")),
        ("made_by", s(user)),
        ("made_at", at.clone()),
        ("ends_at", at.clone()),
        expires.clone(),
    ];
    put(world, "api-keys", &[key, made].concat()).await;
    let ask: &[_] = &[
        ("status", s("pending")),
        ("updated_at", s("x")),
        ("requested_by", s(user)),
        ("requested_at", n(1)),
        ("premium", AttributeValue::Bool(false)),
        ("version", n(1)),
    ];
    put(
        world,
        "guild-access",
        &[&[("guild", s(GUILD.get() + u64::from(mark.as_bytes()[0]))), ("sk", s("access"))], ask].concat(),
    )
    .await;
    put(
        world,
        "roles",
        &[
            guild.clone(),
            ("user", s(user)),
            ("role", s("moderator")),
            ("by", s(user)),
            ("at", at.clone()),
            ("version", n(1)),
        ],
    )
    .await;
    let family: &[_] = &[
        ("owner", s(format!("family#{}{mark}", SECRETS[5]))),
        ("sk", s("family")),
        ("user", s(user)),
        ("username", s(mark)),
    ];
    let tokens: &[_] = &[
        ("mfa", AttributeValue::Bool(true)),
        ("epoch", n(0)),
        ("current", s(SECRETS[3])),
        ("ends_at", at.clone()),
        expires.clone(),
    ];
    put(world, "sessions", &[family, tokens].concat()).await;
    put(
        world,
        "rate-limits",
        &[
            ("subject", s(GUILD)),
            ("sk", s(format!("user#{user}"))),
            ("ring", AttributeValue::L(vec![n(end * 1000)])),
            expires.clone(),
        ],
    )
    .await;
    put(world, "replay", &[("tenant", s(format!("dm#{user}"))), ("sk", s("interaction#7")), expires.clone()])
        .await;
    reply(world, user, mark).await;
    let name: &str = &format!("Liste {mark}");
    let track = Track::from_query(Query::parse(&format!("{mark} song"), UrlPolicy::HTTPS_ONLY).unwrap());
    let list = Playlist::new(name.parse().unwrap(), user, vec![track]).unwrap();
    PlaylistStore::new(world.db()).save(GUILD, &list, None, now()).await.unwrap();
    tokens_of(world, user, mark).await;
}

async fn reply(world: &World, user: UserId, mark: &str) {
    let end = now().as_second() + 900;
    let purpose = AttributeValue::M(Item::from([("kind".to_owned(), s("join"))]));
    put(
        world,
        "deferred",
        &[
            ("tenant", s(GUILD)),
            ("sk", s(format!("reply#{}", user.get() % 1_000))),
            ("interaction_id", s(user.get() % 1_000)),
            ("caller", s(user)),
            ("purpose", purpose),
            ("application_id", s(7)),
            ("reply_token", s(format!("{}{mark}", SECRETS[2]))),
            ("locale", s("de")),
            ("reply_kind", s("public")),
            ("support_id", s("0123ABCD")),
            ("reply_state", s("open")),
            ("claim_number", n(0)),
            ("deadline_at", n(end)),
            ("expires_at", n(end)),
        ],
    )
    .await;
}

async fn tokens_of(world: &World, user: UserId, mark: &str) {
    let tokens = Tokens {
        subject: format!("{mark}-account").parse().unwrap(),
        access: Secret::new(SECRETS[0]),
        refresh: Some(Secret::new(SECRETS[1])),
        expires_at: Some(now()),
        scopes: vec!["user-read-email".to_owned()],
        linked_at: now(),
    };
    let vault = TokenVault::new(world.aws.sdk_config(), Rng::system(), "/timmybot", None);
    vault.replace(user, None, Document::default().with(Provider::Spotify, tokens)).await.unwrap();
}

/// A queue, votes and listeners of several people at once.
pub(crate) async fn share(world: &World, guild: GuildId, people: &[UserId]) {
    let end = now().as_second() + 3_600;
    let slot =
        |(at, user): (usize, &UserId)| Slot { entry: EntryId::new(at as u64 + 1, 0), requester: *user };
    let slots: Vec<Slot> = people.iter().enumerate().map(slot).collect();
    let packed = AttributeValue::B(Slot::pack(&slots).into());
    let keys = |sk: &str| [("guild", s(guild)), ("sk", s(sk)), ("expires_at", n(end))];
    let segment = [("id", n(1)), ("rev", n(1)), ("slots", packed)];
    put(world, "guild-queues", &[keys("q#order#00000001"), segment].concat()).await;
    let voters = AttributeValue::Ss(people.iter().map(ToString::to_string).collect());
    put(world, "guild-state", &[&keys("votes")[..], &[("run", n(3)), ("voters", voters)]].concat()).await;
    let listeners = AttributeValue::L(people.iter().map(s).collect());
    let observed =
        AttributeValue::M(Item::from([("listeners".to_owned(), listeners), ("rev".to_owned(), n(1))]));
    put(world, "guild-state", &[&keys("observed")[..], &[("epoch", n(1)), ("observed", observed)]].concat())
        .await;
}

/// The value of a field in each row that has it.
pub(crate) fn field<'a>(rows: &'a [Value], name: &str) -> Vec<&'a Value> {
    rows.iter().filter_map(|row| row.get(name)).collect()
}
