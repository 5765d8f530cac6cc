//! What the function is told at its start.

use core::str::FromStr;

use shared::discord::rest::ApiBase;
use shared::domain::accounts::Provider;
use shared::env::{BadEnv, Env};
use shared::providers::client::Bases;
use shared::security::ca_pins::{CaPins, PinMode};
use shared::vault::{BadReplicas, Replicas};
use url::{Host, Url};

/// The function's configuration. It holds no secret (SPEC W30). Names are listed in `docs/OPERATIONS.md`.
#[derive(Clone, Debug)]
pub struct Config {
    /// `TABLE_PREFIX`, default `timmybot`.
    pub table_prefix: String,
    /// `SECRET_PREFIX`, default `/timmybot`: users' tokens and our clients' secrets are below it.
    pub secret_prefix: String,
    /// `LOG_KEY_SECRET`: the name of the secret with the keys of the pseudonyms.
    pub log_key_secret: String,
    /// `TOKEN_KEY_ID`: the key that encrypts users' tokens; without one, the account's own.
    pub token_key: Option<String>,
    /// `REPLICA_REGIONS`, `REPLICA_KEY_ID`: where else members' secrets are kept, and the key there (SPEC T8).
    pub replicas: Replicas,
    /// `PUBLIC_BASE_URL`: where browsers reach us.
    pub public: PublicBase,
    /// `CA_PINS`, `CA_PIN_MODE`: the authorities of some hosts, and whether they are watched or enforced.
    pub pins: (CaPins, PinMode),
    /// `PROVIDER_BASE_URLS`: other addresses than the services' own, for simulators.
    pub bases: Bases,
    /// `DISCORD_API_BASE_URL`.
    pub api_base: ApiBase,
}

/// The address below which our pages are: https, or http on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicBase(Url);

/// A public address that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an https address without user, query and fragment, such as https://bot.example.org")]
pub struct BadPublicBase;

impl PublicBase {
    /// The one address that a service may send its answer to; it is registered there to the letter.
    pub fn redirect(&self, provider: Provider) -> Url {
        self.below(&["oauth", "callback", provider.code()])
    }

    /// The address as text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The path of an address below ours, taken apart; `None`: it is not below it.
    pub(crate) fn parts<'a>(&self, path: &'a str) -> Option<Vec<&'a str>> {
        let own = self.0.path().trim_end_matches('/');
        Some(path.strip_prefix(own)?.strip_prefix('/')?.split('/').collect())
    }

    /// The path of one of our pages.
    pub(crate) fn path(&self, parts: &[&str]) -> String {
        self.below(parts).path().to_owned()
    }

    fn below(&self, parts: &[&str]) -> Url {
        let mut url = self.0.clone();
        // An address with a host has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }
}

impl FromStr for PublicBase {
    type Err = BadPublicBase;

    fn from_str(text: &str) -> Result<Self, BadPublicBase> {
        let url = Url::parse(text).map_err(|_| BadPublicBase)?;
        let local = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => return Err(BadPublicBase),
        };
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if bare && (url.scheme() == "https" || (url.scheme() == "http" && local)) {
            Ok(Self(url))
        } else {
            Err(BadPublicBase)
        }
    }
}

impl Config {
    /// Reads and checks everything at once; a function that is told nonsense does not start.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let home = env.get("AWS_REGION");
        let replicas = Replicas::new(env.list("REPLICA_REGIONS")?, env.get("REPLICA_KEY_ID"), home);
        let bad = |why: BadReplicas| BadEnv::Malformed { name: "REPLICA_REGIONS", why: why.to_string() };
        let named = |name: &str, default: &str| env.get(name).unwrap_or(default).to_owned();
        Ok(Self {
            table_prefix: named("TABLE_PREFIX", "timmybot"),
            secret_prefix: named("SECRET_PREFIX", "/timmybot"),
            log_key_secret: env.required("LOG_KEY_SECRET")?.to_owned(),
            token_key: env.get("TOKEN_KEY_ID").map(str::to_owned),
            replicas: replicas.map_err(bad)?,
            public: env.parse("PUBLIC_BASE_URL")?,
            pins: (
                env.parse_or("CA_PINS", CaPins::default())?,
                env.parse_or("CA_PIN_MODE", PinMode::default())?,
            ),
            bases: env.parse_or("PROVIDER_BASE_URLS", Bases::default())?,
            api_base: env.parse_or("DISCORD_API_BASE_URL", ApiBase::discord())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [(&str, &str); 2] =
        [("LOG_KEY_SECRET", "/timmybot/log-key"), ("PUBLIC_BASE_URL", "https://bot.example.org")];

    fn with(more: &[(&'static str, &'static str)]) -> Result<Config, BadEnv> {
        Config::from_env(&Env::of(REQUIRED.into_iter().chain(more.iter().copied())))
    }

    #[test]
    fn what_is_not_said_has_a_default_where_one_is_safe() {
        let config = with(&[]).unwrap();
        assert_eq!((config.table_prefix.as_str(), config.secret_prefix.as_str()), ("timmybot", "/timmybot"));
        assert_eq!((config.bases, config.token_key), (Bases::default(), None));
        assert_eq!(config.replicas, Replicas::default());
        for (name, _) in REQUIRED {
            let others = REQUIRED.into_iter().filter(|(other, _)| *other != name);
            assert_eq!(Config::from_env(&Env::of(others)).err(), Some(BadEnv::Missing(name)));
        }
    }

    #[test]
    fn nonsense_stops_the_function() {
        for (name, value) in [
            ("PUBLIC_BASE_URL", "http://bot.example.org"),
            ("PUBLIC_BASE_URL", "https://user@bot.example.org"),
            ("PUBLIC_BASE_URL", "https://bot.example.org/?a=b"),
            ("PUBLIC_BASE_URL", "bot.example.org"),
            ("REPLICA_REGIONS", "Frankfurt"),
            ("PROVIDER_BASE_URLS", "myspace=https://example.org"),
            ("DISCORD_API_BASE_URL", "http://discord.com/api/v10"),
        ] {
            let refused = with(&[(name, value)]).err();
            assert!(
                matches!(&refused, Some(BadEnv::Malformed { name: named, .. }) if *named == name),
                "{name}={value}"
            );
        }
    }

    #[test]
    fn copies_are_in_other_regions_than_the_stack() {
        let at_home = |regions| with(&[("AWS_REGION", "eu-west-1"), ("REPLICA_REGIONS", regions)]);
        assert_ne!(at_home("eu-north-1").unwrap().replicas, Replicas::default());
        assert!(matches!(at_home("eu-west-1"), Err(BadEnv::Malformed { name: "REPLICA_REGIONS", .. })));
    }

    #[test]
    fn every_service_has_one_address_to_answer_to() {
        for (base, expected) in [
            ("https://bot.example.org", "https://bot.example.org/oauth/callback/spotify"),
            ("https://bot.example.org/prod/", "https://bot.example.org/prod/oauth/callback/spotify"),
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787/oauth/callback/spotify"),
        ] {
            let base: PublicBase = base.parse().unwrap();
            assert_eq!(base.redirect(Provider::Spotify).as_str(), expected);
            let path = base.path(&["oauth", "link", "x"]);
            assert_eq!(base.parts(&path), Some(vec!["oauth", "link", "x"]));
        }
        let base: PublicBase = "https://bot.example.org/prod".parse().unwrap();
        assert_eq!((base.parts("/other/oauth"), base.parts("")), (None, None));
        assert_eq!(base.as_str(), "https://bot.example.org/prod");
    }
}
