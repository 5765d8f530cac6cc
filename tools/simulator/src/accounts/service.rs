//! The services, and what each of them documents of itself: where its endpoints are, what it takes and what it gives.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A service whose accounts are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Discord as an authorization server.
    Discord,
    /// Sign in with Slack.
    Slack,
    /// Spotify, with the playlists of its Web API.
    Spotify,
    /// Twitch.
    Twitch,
    /// Google, with the playlists of `YouTube`'s Data API.
    YouTube,
}

/// How a client says who it is at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientIn {
    /// HTTP Basic alone.
    Header,
    /// Fields of the form alone.
    Form,
    /// Either.
    Both,
}

/// What a service documents of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habits {
    /// The page on which people consent; a path, as all here.
    pub(super) authorize: &'static str,
    pub(super) token: &'static str,
    pub(super) revoke: Option<&'static str>,
    pub(super) identity: &'static str,
    pub(super) client_in: ClientIn,
    /// Whether it checks a PKCE challenge. One that does wants to see one: our bot always sends it.
    pub(super) pkce: bool,
    /// Whether a refresh gives a new refresh token and ends the old one.
    pub(super) rotates: bool,
    /// How long an access token lives; none: for ever, and then there is nothing to refresh.
    pub(super) life: Option<Duration>,
    /// Whose ID tokens these are (`OpenID` Connect).
    pub(super) id_issuer: Option<&'static str>,
    /// What it says as `iss` in the browser (RFC 9207).
    pub(super) says_issuer: Option<&'static str>,
    /// What may be asked for, and what that means to a person.
    pub(super) scopes: &'static [(&'static str, &'static str)],
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Discord, Self::Slack, Self::Spotify, Self::Twitch, Self::YouTube];

    /// Its name in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Slack => "slack",
            Self::Spotify => "spotify",
            Self::Twitch => "twitch",
            Self::YouTube => "youtube",
        }
    }

    /// Its name as people know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discord => "Discord",
            Self::Slack => "Slack",
            Self::Spotify => "Spotify",
            Self::Twitch => "Twitch",
            Self::YouTube => "YouTube",
        }
    }

    pub(super) const fn habits(self) -> &'static Habits {
        match self {
            Self::Discord => &DISCORD,
            Self::Slack => &SLACK,
            Self::Spotify => &SPOTIFY,
            Self::Twitch => &TWITCH,
            Self::YouTube => &GOOGLE,
        }
    }

    /// Where it begins on this server.
    pub(super) fn root(self) -> String {
        format!("/accounts/{}", self.code())
    }
}

/// <https://discord.com/developers/docs/topics/oauth2>, <https://discord.com/.well-known/oauth-authorization-server>.
const DISCORD: Habits = Habits {
    authorize: "/oauth2/authorize",
    token: "/api/oauth2/token",
    revoke: Some("/api/oauth2/token/revoke"),
    identity: "/api/v10/users/@me",
    client_in: ClientIn::Both,
    pkce: true,
    rotates: true,
    life: Some(Duration::from_hours(7 * 24)),
    id_issuer: None,
    says_issuer: Some("https://discord.com"),
    scopes: &[
        ("identify", "See who you are: your user name and avatar"),
        ("email", "See your e-mail address"),
        ("guilds", "See which servers you are in"),
    ],
};

/// <https://docs.slack.dev/authentication/sign-in-with-slack/>. Tokens do not end unless the app has token rotation on
/// (<https://docs.slack.dev/authentication/using-token-rotation>): give them a life for that.
const SLACK: Habits = Habits {
    authorize: "/openid/connect/authorize",
    token: "/api/openid.connect.token",
    revoke: Some("/api/auth.revoke"),
    identity: "/api/openid.connect.userInfo",
    client_in: ClientIn::Both,
    pkce: false,
    rotates: true,
    life: None,
    id_issuer: Some("https://slack.com"),
    says_issuer: None,
    scopes: &[
        ("openid", "Know who you are in this workspace"),
        ("email", "See your e-mail address"),
        ("profile", "See your name and picture"),
    ],
};

/// <https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow>.
const SPOTIFY: Habits = Habits {
    authorize: "/authorize",
    token: "/api/token",
    revoke: None,
    identity: "/v1/me",
    client_in: ClientIn::Header,
    pkce: true,
    rotates: true,
    life: Some(Duration::from_hours(1)),
    id_issuer: None,
    says_issuer: None,
    scopes: &[
        ("playlist-read-private", "Read your playlists, the private ones as well"),
        ("playlist-read-collaborative", "Read the playlists that you share"),
        ("user-read-email", "See your e-mail address"),
        ("user-read-private", "See your country and your subscription"),
    ],
};

/// <https://dev.twitch.tv/docs/authentication/>. A client with a secret keeps its refresh token.
const TWITCH: Habits = Habits {
    authorize: "/oauth2/authorize",
    token: "/oauth2/token",
    revoke: Some("/oauth2/revoke"),
    identity: "/oauth2/validate",
    client_in: ClientIn::Form,
    pkce: false,
    rotates: false,
    life: Some(Duration::from_hours(4)),
    id_issuer: None,
    says_issuer: None,
    scopes: &[
        ("channel:read:redemptions", "See what your viewers spend channel points on"),
        ("channel:read:subscriptions", "See who subscribes to your channel"),
        ("channel:bot", "Join your channel's chat as a bot"),
        ("user:bot", "Join chats in your name as a bot"),
        ("user:read:chat", "Read chats that you can read"),
        ("user:read:email", "See your e-mail address"),
    ],
};

/// <https://developers.google.com/identity/protocols/oauth2/web-server>,
/// <https://accounts.google.com/.well-known/openid-configuration>.
const GOOGLE: Habits = Habits {
    authorize: "/o/oauth2/v2/auth",
    token: "/token",
    revoke: Some("/revoke"),
    identity: "/v1/userinfo",
    client_in: ClientIn::Both,
    pkce: true,
    rotates: false,
    life: Some(Duration::from_secs(3599)),
    id_issuer: Some("https://accounts.google.com"),
    says_issuer: Some("https://accounts.google.com"),
    scopes: &[
        ("openid", "Know which Google account is yours"),
        ("https://www.googleapis.com/auth/youtube.readonly", "See your YouTube account and its playlists"),
        ("email", "See your e-mail address"),
        ("profile", "See your name and picture"),
    ],
};

#[cfg(test)]
mod tests {
    use shared::domain::accounts::Provider;
    use shared::providers::spec::spec;
    use url::Url;

    use super::*;

    fn path(address: &str) -> String {
        Url::parse(address).unwrap().path().to_owned()
    }

    #[test]
    fn every_service_of_the_bot_stands_here_at_its_own_paths() {
        for (service, provider) in Service::ALL.into_iter().zip(Provider::ALL) {
            assert_eq!((service.code(), service.name()), (provider.code(), provider.name()));
            let (habits, spec) = (service.habits(), spec(provider));
            assert_eq!(habits.authorize, path(spec.authorize), "{provider}");
            assert_eq!(habits.token, path(spec.token), "{provider}");
            assert_eq!(habits.identity, path(spec.identity), "{provider}");
            assert_eq!(habits.revoke.map(str::to_owned), spec.revoke.map(path), "{provider}");
            assert_eq!(habits.pkce, spec.pkce, "{provider}");
        }
    }

    #[test]
    fn what_the_bot_asks_for_can_be_given() {
        for (service, provider) in Service::ALL.into_iter().zip(Provider::ALL) {
            for scope in spec(provider).scopes {
                assert!(service.habits().scopes.iter().any(|(known, _)| known == scope), "{scope}");
            }
        }
    }

    #[test]
    fn a_service_is_written_as_its_code() {
        for service in Service::ALL {
            assert_eq!(serde_json::to_value(service).unwrap(), service.code());
        }
    }
}
