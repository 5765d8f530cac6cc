//! Something of one person in every store, written by the stores themselves.

use core::num::NonZeroU32;
use core::time::Duration;

use jiff::ToSpan as _;
use shared::clock::Rng;
use shared::domain::access::{Step, Tenant};
use shared::domain::accounts::Provider;
use shared::domain::containment::{Act, Level};
use shared::domain::observed::Observed;
use shared::domain::playlist::Playlist;
use shared::domain::queue::{Command, OpId, Place, Request};
use shared::domain::settings::GuildSettings;
use shared::domain::track::Track;
use shared::domain::workers::{LeaseTimes, ShardId};
use shared::ids::{ApplicationId, GuildId, InteractionId, UserId};
use shared::messages::AccountJob;
use shared::security::api_key::{ApiKey, KeyRole, KeyScope};
use shared::security::permissions::{Permission, Role};
use shared::security::rate_limit::{Limit, Subject as Limited};
use shared::security::refresh_token::RefreshToken;
use shared::security::secret::Secret;
use shared::security::track_url::{Query, UrlPolicy};
use shared::store::Applied;
use shared::store::access::{AccessStore, DEFAULT_CAP};
use shared::store::api_keys::{ApiKeyStore, KeyTenant, StoredKey};
use shared::store::deferred::{Deferral, DeferredReplies, DeferredReply, Purpose, ReplyKind};
use shared::store::flags::{FlagStore, Move};
use shared::store::leases::{Leases, Take};
use shared::store::links::{Link, LinkStore};
use shared::store::observed::ObservedStore;
use shared::store::playlists::PlaylistStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::replay::ReplayStore;
use shared::store::roles::{GivenRole, RoleStore};
use shared::store::sessions::SessionStore;
use shared::store::sign_ins::SignedIn;
use shared::store::votes::VoteStore;
use shared::vault::{Document, TokenVault, Tokens};

use super::scan::Person;
use super::world::{World, noon};

/// Where both are.
pub(crate) const GUILD: GuildId = GuildId::new(290_926_798_626_357_999);
/// Who has nothing to do with either.
const SOMEBODY: UserId = UserId::new(155_149_108_183_695_999);

/// Writes something of theirs into every store; `number` makes keys differ that hold no name.
pub(crate) async fn seed(world: &World, person: Person, number: u64) {
    account(world, person, number).await;
    machine(world, person).await;
    music(world, person, number).await;
    waiting(world, person, number).await;
    standing(world, person, number).await;
}

/// A linked account, its tokens.
async fn account(world: &World, person: Person, number: u64) {
    let subject = format!("{}{number}", person.word).parse().unwrap();
    let link = Link::new(Provider::Twitch, subject, None, noon());
    LinkStore::new(world.db()).put(person.user, None, link.clone()).await.unwrap();
    let tokens = Tokens {
        subject: link.subject,
        access: Secret::new(format!("test_access_{}", person.word)),
        refresh: Some(Secret::new(format!("test_refresh_{}", person.word))),
        expires_at: None,
        scopes: vec![],
        linked_at: noon(),
    };
    let vault = TokenVault::new(world.aws.sdk_config(), Rng::system(), "/timmybot", None);
    let document = Document::default().with(Provider::Twitch, tokens);
    vault.replace(person.user, None, document).await.unwrap();
}

/// What they use the API with.
async fn machine(world: &World, person: Person) {
    let (store, db) = (ApiKeyStore::new(world.db()), world.db());
    let hash = ApiKey::new(Rng::system()).unwrap().hash();
    let scope = KeyScope::new(KeyRole::Action, vec![Permission::QueueAdd], noon() + 24.hours(), noon());
    let key = StoredKey {
        id: format!("key-{}", person.word),
        tenant: KeyTenant::Guild(GUILD),
        name: format!("script of {}", person.word),
        scope: scope.unwrap(),
        made: (person.user, noon()),
        replaces: None,
        used_at: None,
        revoked_at: None,
    };
    let made = store.plan_new(&hash, &key).unwrap().apply(&db, "test").await;
    assert_eq!(made, Ok(Applied::Done));
    let sessions = SessionStore::new(world.db());
    sessions.end_all(person.user).await.unwrap();
    let who = SignedIn { user: person.user, username: person.word.to_owned(), mfa: true };
    sessions.begin(&RefreshToken::first(Rng::system()).unwrap(), who, noon()).await.unwrap();
}

/// What they have played, saved and voted for.
async fn music(world: &World, person: Person, number: u64) {
    let track = |words: &str| Track::from_query(Query::parse(words, UrlPolicy::HTTPS_ONLY).unwrap());
    let settings = GuildSettings::default();
    let command = Command::Add { tracks: vec![track("a song")], requester: person.user, place: Place::End };
    let request = Request {
        op: OpId::Interaction(InteractionId::new(number)),
        command: &command,
        now: noon(),
        settings: &settings,
        exempt: true,
        only_of: None,
    };
    QueueStore::new(world.db(), Rng::system()).apply(GUILD, &request).await.unwrap();
    let name = format!("list of {}", person.word).parse().unwrap();
    let song = format!("the song of {}", person.word);
    let list = Playlist::new(name, person.user, vec![track(&song)]).unwrap();
    PlaylistStore::new(world.db()).save(GUILD, &list, None, noon()).await.unwrap();
    VoteStore::new(world.db()).cast(GUILD, 1, person.user, noon()).await.unwrap();
}

/// What they wait for, and what they have sent.
async fn waiting(world: &World, person: Person, number: u64) {
    let deferral = Deferral {
        tenant: AccountJob::tenant(person.user),
        interaction: InteractionId::new(number),
        caller: person.user,
        purpose: Purpose::Unlink { provider: Provider::Twitch },
        application: ApplicationId::new(7),
        token: Secret::new(format!("test_token_{}", person.word)),
        locale: "de".to_owned(),
        kind: ReplyKind::Ephemeral,
        support_id: "0123ABCD".parse().unwrap(),
    };
    let reply = DeferredReply::new(deferral, noon(), Duration::from_mins(1)).unwrap();
    DeferredReplies::new(world.db()).open(&reply).await.unwrap();
    let limit = Limit::new(NonZeroU32::new(5).unwrap(), NonZeroU32::new(60).unwrap());
    let limited = Limited::command(Tenant::Guild(GUILD), "play", person.user);
    RateLimitStore::new(world.db()).check(&limited, limit, noon()).await.unwrap();
    let seen = ReplayStore::new(world.db());
    seen.first_sight(Tenant::Dm(person.user), InteractionId::new(number), noon()).await.unwrap();
}

/// What they may, and what they have decided.
async fn standing(world: &World, person: Person, number: u64) {
    let own = GuildId::new(GUILD.get() + number);
    let access = AccessStore::new(world.db(), RateLimitStore::new(world.db()), DEFAULT_CAP);
    access.take(own, &Step::Request { by: person.user }, noon()).await.unwrap();
    let reason = "known".parse().unwrap();
    access.take(own, &Step::Approve { by: person.user, reason }, noon()).await.unwrap();
    for (user, by) in [(person.user, SOMEBODY), (UserId::new(SOMEBODY.get() + number), person.user)] {
        let roles = RoleStore::new(world.db());
        let seen = roles.find(own, user).await.unwrap();
        let given = GivenRole { user, role: Role::Moderator, by, at: noon() };
        let change = roles.plan(own, &seen, given).unwrap().unwrap();
        assert_eq!(change.apply(&world.db(), "test").await, Ok(Applied::Done));
    }
}

/// The one flag that there is, and who listens: both name both.
pub(crate) async fn together(world: &World, one: Person, other: Person) {
    let flag = FlagStore::new(world.db());
    let act = |by: UserId| Act { by: by.into(), at: noon() };
    flag.make(&Move::Raise(Level::L1, act(other.user), "leak".parse().unwrap())).await.unwrap();
    flag.make(&Move::RequestResume(act(one.user))).await.unwrap();
    let leases = Leases::new(world.db(), LeaseTimes::DEFAULT);
    let fence = match leases.take(ShardId::new(0), &"worker".parse().unwrap(), noon()).await.unwrap() {
        Take::Mine(held) => held.fence(),
        Take::Theirs(lease) => panic!("{lease:?}"),
    };
    let heard = Observed { listeners: Some(vec![one.user, other.user]), ..Observed::default() };
    ObservedStore::new(world.db()).save(GUILD, &heard, fence, noon()).await.unwrap();
}
