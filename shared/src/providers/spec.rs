//! Where a service is reached and what it is asked for: the least that we need.

use crate::domain::accounts::Provider;

/// A service's endpoints and habits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The page on which a user consents.
    pub authorize: &'static str,
    /// The token endpoint.
    pub token: &'static str,
    /// Where tokens are revoked (RFC 7009, or its own way); Spotify has no such place, its users have a page.
    pub revoke: Option<&'static str>,
    /// Where a token says whose it is.
    pub identity: &'static str,
    /// What is asked for.
    pub scopes: &'static [&'static str],
    /// Whether it takes a PKCE challenge (RFC 7636). Where it does not, state and client secret have to do.
    pub pkce: bool,
    /// Its issuer (`OpenID` Connect, RFC 9207), where it has one.
    pub issuer: Option<&'static str>,
    /// What else an authorization request has to say.
    pub more: &'static [(&'static str, &'static str)],
}

/// What we know of a service.
pub const fn spec(provider: Provider) -> &'static Spec {
    match provider {
        Provider::Discord => &DISCORD,
        Provider::Slack => &SLACK,
        Provider::Spotify => &SPOTIFY,
        Provider::Twitch => &TWITCH,
        Provider::YouTube => &GOOGLE,
    }
}

/// <https://discord.com/developers/docs/topics/oauth2>. Revoking one token revokes all that the user has given us.
const DISCORD: Spec = Spec {
    authorize: "https://discord.com/oauth2/authorize",
    token: "https://discord.com/api/oauth2/token",
    revoke: Some("https://discord.com/api/oauth2/token/revoke"),
    identity: "https://discord.com/api/v10/users/@me",
    scopes: &["identify"],
    pkce: true,
    issuer: None,
    more: &[],
};

/// Sign in with Slack (<https://docs.slack.dev/authentication/sign-in-with-slack/>), not the older `identity.*`.
const SLACK: Spec = Spec {
    authorize: "https://slack.com/openid/connect/authorize",
    token: "https://slack.com/api/openid.connect.token",
    revoke: Some("https://slack.com/api/auth.revoke"),
    identity: "https://slack.com/api/openid.connect.userInfo",
    scopes: &["openid"],
    pkce: false,
    issuer: Some("https://slack.com"),
    more: &[],
};

/// <https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow>. For the names of tracks only.
const SPOTIFY: Spec = Spec {
    authorize: "https://accounts.spotify.com/authorize",
    token: "https://accounts.spotify.com/api/token",
    revoke: None,
    identity: "https://api.spotify.com/v1/me",
    scopes: &["playlist-read-private"],
    pkce: true,
    issuer: None,
    more: &[],
};

/// <https://dev.twitch.tv/docs/authentication/>. It takes no challenge. Redemptions need the first scope; the chat, read
/// as the broadcaster with a token of our own, the other three
/// (<https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/#channelchatmessage>).
const TWITCH: Spec = Spec {
    authorize: "https://id.twitch.tv/oauth2/authorize",
    token: "https://id.twitch.tv/oauth2/token",
    revoke: Some("https://id.twitch.tv/oauth2/revoke"),
    identity: "https://id.twitch.tv/oauth2/validate",
    scopes: &["channel:read:redemptions", "channel:bot", "user:bot", "user:read:chat"],
    pkce: false,
    issuer: None,
    more: &[],
};

/// <https://developers.google.com/identity/protocols/oauth2/web-server>. It gives a refresh token only to who asks for
/// `offline` and has the user consent.
const GOOGLE: Spec = Spec {
    authorize: "https://accounts.google.com/o/oauth2/v2/auth",
    token: "https://oauth2.googleapis.com/token",
    revoke: Some("https://oauth2.googleapis.com/revoke"),
    identity: "https://openidconnect.googleapis.com/v1/userinfo",
    scopes: &["openid", "https://www.googleapis.com/auth/youtube.readonly"],
    pkce: true,
    issuer: Some("https://accounts.google.com"),
    more: &[("access_type", "offline"), ("prompt", "consent"), ("include_granted_scopes", "false")],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_https_and_no_two_of_a_service_are_the_same() {
        for provider in Provider::ALL {
            let Spec { authorize, token, revoke, identity, .. } = *spec(provider);
            let mut all: Vec<&str> = [authorize, token, identity].into_iter().chain(revoke).collect();
            assert!(all.iter().all(|url| url.starts_with("https://")), "{provider}");
            let before = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), before, "{provider}");
        }
    }

    #[test]
    fn nobody_is_asked_for_an_address_or_a_right_to_write() {
        for provider in Provider::ALL {
            for scope in spec(provider).scopes {
                let bad = ["email", "profile", "write", "manage", "edit", "modify", "streaming"];
                assert!(!bad.iter().any(|bad| scope.contains(bad)), "{provider}: {scope}");
            }
        }
    }

    #[test]
    fn only_who_takes_no_challenge_is_asked_without_one() {
        let without = Provider::ALL.into_iter().filter(|provider| !spec(*provider).pkce);
        assert_eq!(without.collect::<Vec<_>>(), [Provider::Slack, Provider::Twitch]);
    }
}
