//! Somebody with something in every store, written as the functions write it.

use core::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{Timestamp, ToSpan as _};
use shared::clock::Rng;
use shared::domain::access::{Reason, Step, Tenant};
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
use shared::security::oauth::one_time::OneTime;
use shared::security::permissions::{Permission, Role};
use shared::security::refresh_token::RefreshToken;
use shared::security::secret::Secret;
use shared::security::track_url::{Query, UrlPolicy};
use shared::store::Table;
use shared::store::access::{AccessStore, DEFAULT_CAP};
use shared::store::api_keys::{ApiKeyStore, KeyTenant, StoredKey};
use shared::store::channels::{Channel, ChannelStore};
use shared::store::deferred::{Deferral, DeferredReplies, DeferredReply, Purpose, ReplyKind};
use shared::store::flags::{FlagStore, Move};
use shared::store::leases::{Leases, Take};
use shared::store::linkings::{LinkingStore, Wanted};
use shared::store::links::{Link, LinkStore};
use shared::store::observed::ObservedStore;
use shared::store::playlists::PlaylistStore;
use shared::store::queue::QueueStore;
use shared::store::rate_limits::RateLimitStore;
use shared::store::replay::ReplayStore;
use shared::store::roles::{GivenRole, RoleStore};
use shared::store::sessions::SessionStore;
use shared::store::sign_ins::{SignInStore, SignedIn};
use shared::store::token_leases::TokenLeases;
use shared::store::votes::VoteStore;
use shared::vault::Tokens;

use super::world::World;

pub(crate) fn track(called: &str) -> Track {
    Track::from_query(Query::parse(called, UrlPolicy::HTTPS_ONLY).unwrap())
}

fn reason() -> Reason {
    "because".parse().unwrap()
}

/// An id of theirs that nobody else has.
fn own(user: UserId, number: u64) -> u64 {
    (user.get() % 1_000_000) * 1_000 + number
}

impl World {
    /// They have used everything, in this community. `now` is when.
    pub(crate) async fn fill(&self, user: UserId, guild: GuildId, now: Timestamp) {
        self.fill_accounts(user, guild, now).await;
        self.fill_tokens(user, Provider::Discord, now).await;
        self.fill_music(user, guild, now).await;
        self.fill_api(user, guild, now).await;
        self.fill_rest(user, guild, now).await;
    }

    pub(crate) async fn fill_accounts(&self, user: UserId, guild: GuildId, now: Timestamp) {
        let subject: shared::domain::accounts::Subject = own(user, 1).to_string().parse().unwrap();
        let link = Link::new(Provider::Discord, subject.clone(), Some(now + 1.hour()), now);
        LinkStore::new(self.db()).put(user, None, link).await.unwrap();
        let wanted = Wanted { user, name: "Ada".into(), provider: Provider::Spotify, locale: None, at: now };
        let offer = OneTime::new(Rng::system()).unwrap();
        LinkingStore::new(self.db()).offer(&offer.digest(), &wanted).await.unwrap();
        let channel = Channel { broadcaster: subject, guild, streamer: user, since: now };
        ChannelStore::new(self.db()).connect(&channel).await.unwrap();
        let leases = TokenLeases::new(self.db());
        let long_ago = now - 1.hour();
        leases.take(user, "before", long_ago).await.unwrap();
    }

    pub(crate) async fn fill_tokens(&self, user: UserId, provider: Provider, now: Timestamp) {
        let tokens = Tokens {
            subject: own(user, 1).to_string().parse().unwrap(),
            access: Secret::new(format!("test_access_{}", own(user, 2))),
            refresh: Some(Secret::new(format!("test_refresh_{}", own(user, 3)))),
            expires_at: Some(now + 1.hour()),
            scopes: vec![],
            linked_at: now,
        };
        let seen = self.vault().read(user).await.unwrap();
        let before = seen.as_ref().map(|seen| seen.document.clone()).unwrap_or_default();
        self.vault().replace(user, seen.as_ref(), before.with(provider, tokens)).await.unwrap();
    }

    pub(crate) async fn fill_music(&self, user: UserId, guild: GuildId, now: Timestamp) {
        self.play(user, guild, own(user, 4), now).await;
        let votes = VoteStore::new(self.db());
        votes.cast(guild, 1, user, now).await.unwrap();
        let playlist = Playlist::new("Road Trip".parse().unwrap(), user, vec![track("a song"); 60]);
        PlaylistStore::new(self.db()).save(guild, &playlist.unwrap(), None, now).await.unwrap();
        self.listen(user, guild, now).await;
    }

    /// Three tracks.
    pub(crate) async fn play(&self, user: UserId, guild: GuildId, interaction: u64, now: Timestamp) {
        let tracks = ["one", "two", "three"].map(track).to_vec();
        let command = Command::Add { tracks, requester: user, place: Place::End };
        let request = Request {
            op: OpId::Interaction(InteractionId::new(interaction)),
            command: &command,
            now,
            settings: &GuildSettings::default(),
            exempt: true,
            only_of: None,
        };
        QueueStore::new(self.db(), Rng::system()).apply(guild, &request).await.unwrap();
    }

    /// They are heard of in the channel that the bot is in, with whoever is there.
    pub(crate) async fn listen(&self, user: UserId, guild: GuildId, now: Timestamp) {
        let leases = Leases::new(self.db(), LeaseTimes::DEFAULT);
        let Take::Mine(held) = leases.take(ShardId::new(0), &"a".parse().unwrap(), now).await.unwrap() else {
            panic!("somebody else holds the shard")
        };
        let store = ObservedStore::new(self.db());
        let mut observed = store.load(guild, now).await.unwrap();
        let mut there = observed.listeners.unwrap_or_default();
        there.push(user);
        observed = Observed { rev: observed.rev + 1, listeners: Some(there), ..observed };
        store.save(guild, &observed, held.fence(), now).await.unwrap();
    }

    pub(crate) async fn fill_api(&self, user: UserId, guild: GuildId, now: Timestamp) {
        let keys = ApiKeyStore::new(self.db());
        let key = StoredKey {
            id: format!("k{}", own(user, 5)),
            tenant: KeyTenant::Guild(guild),
            name: "my script".to_owned(),
            scope: KeyScope::new(KeyRole::Action, vec![Permission::QueueAdd], now + 24.hours(), now).unwrap(),
            made: (user, now),
            replaces: None,
            used_at: None,
            revoked_at: None,
        };
        let made = keys.plan_new(&ApiKey::new(Rng::system()).unwrap().hash(), &key).unwrap();
        assert_eq!(made.apply(&self.db(), "test").await, Ok(shared::store::Applied::Done));
        self.give_role(guild, GivenRole { user, role: Role::Moderator, by: user, at: now }).await;
        let who = SignedIn { user, username: "ada".into(), mfa: true };
        let sessions = SessionStore::new(self.db());
        sessions.end_all(user).await.unwrap();
        sessions.begin(&RefreshToken::first(Rng::system()).unwrap(), who.clone(), now).await.unwrap();
        let [code, bound] = [1, 2].map(|_| OneTime::new(Rng::system()).unwrap().digest());
        SignInStore::new(self.db()).give(&code, &who, &bound, now).await.unwrap();
    }

    pub(crate) async fn give_role(&self, guild: GuildId, given: GivenRole) {
        let store = RoleStore::new(self.db());
        let seen = store.find(guild, given.user).await.unwrap();
        let change = store.plan(guild, &seen, given).unwrap().unwrap();
        assert_eq!(change.apply(&self.db(), "test").await, Ok(shared::store::Applied::Done));
    }

    pub(crate) async fn fill_rest(&self, user: UserId, guild: GuildId, now: Timestamp) {
        self.owe(user, own(user, 6), now).await;
        let replay = ReplayStore::new(self.db());
        // Long ago: it is over, and the table has not noticed yet.
        let interaction = InteractionId::new(own(user, 7));
        replay.first_sight(Tenant::Dm(user), interaction, now - 1.hour()).await.unwrap();
        for (subject, sk) in [
            (guild.to_string(), format!("user#{user}")),
            (guild.to_string(), format!("command#play#user#{user}")),
            (format!("dm#{user}"), "autocomplete#user#1".to_owned()),
        ] {
            let times = AttributeValue::L(vec![AttributeValue::N(now.as_millisecond().to_string())]);
            let ends = AttributeValue::N((now.as_second() + 600).to_string());
            let row = [("subject", AttributeValue::S(subject)), ("sk", AttributeValue::S(sk))];
            let row = row.into_iter().chain([("ring", times), ("expires_at", ends)]);
            self.put(Table::RateLimits, row.map(|(name, value)| (name.to_owned(), value)).collect()).await;
        }
    }

    /// A reply that they wait for.
    pub(crate) async fn owe(&self, user: UserId, interaction: u64, now: Timestamp) {
        self.owe_for(user, interaction, Purpose::Unlink { provider: Provider::Discord }, now).await;
    }

    pub(crate) async fn owe_for(&self, user: UserId, interaction: u64, purpose: Purpose, now: Timestamp) {
        let deferral = Deferral {
            tenant: AccountJob::tenant(user),
            interaction: InteractionId::new(interaction),
            caller: user,
            purpose,
            application: ApplicationId::new(9),
            token: Secret::new("test_reply_token"),
            locale: "en-US".to_owned(),
            kind: ReplyKind::Ephemeral,
            support_id: "0123ABCD".parse().unwrap(),
        };
        let reply = DeferredReply::new(deferral, now, Duration::from_mins(5)).unwrap();
        DeferredReplies::new(self.db()).open(&reply).await.unwrap();
    }

    /// `by` has asked for the community, and an operator has said yes.
    pub(crate) async fn approve(&self, guild: GuildId, by: UserId, operator: UserId, now: Timestamp) {
        let store = AccessStore::new(self.db(), RateLimitStore::new(self.db()), DEFAULT_CAP);
        store.take(guild, &Step::Request { by }, now).await.unwrap();
        store.take(guild, &Step::Approve { by: operator, reason: reason() }, now + 1.minute()).await.unwrap();
    }

    /// The bot is shut down by one, and another wants it back.
    pub(crate) async fn contain(&self, raised_by: UserId, resume_by: UserId, now: Timestamp) {
        let store = FlagStore::new(self.db());
        let act = |by: UserId| Act { by: by.into(), at: now };
        store.make(&Move::Raise(Level::L2, act(raised_by), reason())).await.unwrap();
        store.make(&Move::RequestResume(act(resume_by))).await.unwrap();
    }
}
