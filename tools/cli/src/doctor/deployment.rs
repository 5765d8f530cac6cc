//! Which deployment is looked at: a local stack while one runs over the data folder, else the AWS account that the
//! environment names, else none.

use std::path::Path;

use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::discord::rest::ApiBase;
use shared::env::Env;
use shared::secrets::AppSecrets;
use shared::store::Db;

use super::discord::Discord;
use super::finding::Finding;
use crate::local::session::{self, Session};

/// A deployment, and when it is looked at.
pub(super) struct Deployment {
    /// Where it is.
    pub(super) place: Place,
    /// How its services are reached.
    pub(super) sdk: SdkConfig,
    /// What the names of its tables, queues and functions begin with.
    pub(super) table_prefix: String,
    /// What the names of its secrets begin with.
    pub(super) secret_prefix: String,
    /// When it is looked at.
    pub(super) now: Timestamp,
}

/// Where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On this machine.
    Local(Box<Session>),
    /// In an account of AWS.
    Account(Identity),
    /// Nowhere: neither of both.
    Nowhere(Identity),
}

/// What the environment says about who we are at AWS. Of the key only its public half.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    /// The access key's id.
    pub(super) key_id: Option<String>,
    /// Whether a profile is named, which only the AWS CLI reads here.
    pub(super) has_profile: bool,
    /// The region.
    pub(super) region: Option<String>,
}

impl Identity {
    /// From the variables that AWS's own tools know.
    pub(super) fn of(env: &Env) -> Self {
        let owned = |name| env.get(name).map(str::to_owned);
        Self {
            key_id: owned("AWS_ACCESS_KEY_ID").filter(|_| env.get("AWS_SECRET_ACCESS_KEY").is_some()),
            has_profile: env.get("AWS_PROFILE").is_some(),
            region: owned("AWS_REGION").or_else(|| owned("AWS_DEFAULT_REGION")),
        }
    }
}

impl Place {
    /// A running stack goes first.
    pub(super) fn find(data: &Path, env: &Env) -> Self {
        if let Ok(session) = Session::load(data) {
            return Self::Local(Box::new(session));
        }
        let identity = Identity::of(env);
        if identity.key_id.is_some() && identity.region.is_some() {
            Self::Account(identity)
        } else {
            Self::Nowhere(identity)
        }
    }

    /// As people call it.
    pub(super) fn name(&self, data: &Path, table_prefix: &str) -> String {
        match self {
            Self::Local(_) => format!("the local stack in {}", data.display()),
            Self::Account(identity) => {
                let region = identity.region.as_deref().unwrap_or("?");
                format!("{table_prefix} in the account of your AWS variables, {region}")
            }
            Self::Nowhere(_) => "this machine; no deployment was found".to_owned(),
        }
    }
}

impl Deployment {
    /// At this place.
    pub(super) fn at(place: Place, data: &Path, prefixes: [&str; 2], now: Timestamp) -> Self {
        let sdk = session::sdk(data);
        let [table_prefix, secret_prefix] = prefixes.map(str::to_owned);
        Self { place, sdk, table_prefix, secret_prefix, now }
    }

    /// The local stack's session, if it is one.
    pub(super) fn local(&self) -> Option<&Session> {
        match &self.place {
            Place::Local(session) => Some(session),
            Place::Account(_) | Place::Nowhere(_) => None,
        }
    }

    /// Its tables.
    pub(super) fn db(&self) -> Db {
        Db::new(shared::store::client(&self.sdk), &self.table_prefix)
    }

    /// The name of a table, queue or function of its.
    pub(super) fn named(&self, suffix: &str) -> String {
        format!("{}-{suffix}", self.table_prefix)
    }

    /// Discord, asked with the bot's token.
    pub(super) async fn discord(&self) -> Result<Discord, Finding> {
        let name = format!("{}/bot-token", self.secret_prefix);
        let token = AppSecrets::new(&self.sdk).text(&name).await.map_err(|error| {
            if error.is_definite() {
                Finding::broken(format!("{name} holds no token"), "timmy rotate bot-token stores one")
            } else {
                Finding::untold(&name, error.code())
            }
        })?;
        let base = self.local().map_or_else(
            || ApiBase::DISCORD.to_owned(),
            |session| format!("{}/api/v10", session.simulator.trim_end_matches("/sim")),
        );
        Discord::new(&base, &token)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use testkit::{Aws, Fault};

    use super::*;

    /// The emulated account, without a stack on top.
    pub(in crate::doctor) fn deployment(aws: &Aws, now: Timestamp) -> Deployment {
        let (table_prefix, secret_prefix) = (aws.prefix().to_owned(), "/timmybot".to_owned());
        let place = Place::Account(Identity::default());
        Deployment { place, sdk: aws.sdk_config().clone(), table_prefix, secret_prefix, now }
    }

    fn env(pairs: &[(&str, &str)]) -> Env {
        Env::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn without_a_stack_the_environment_says_where() {
        let data = tempfile::tempdir().unwrap();
        let keys = [("AWS_ACCESS_KEY_ID", "test_id"), ("AWS_SECRET_ACCESS_KEY", "test_key")];
        let find = |pairs: &[(&str, &str)]| Place::find(data.path(), &env(pairs));
        assert!(matches!(find(&[]), Place::Nowhere(_)));
        assert!(matches!(find(&keys), Place::Nowhere(_)), "no region");
        assert!(matches!(find(&keys[..1]), Place::Nowhere(_)), "half a key");
        for region in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            let found = find(&[keys[0], keys[1], (region, "eu-central-1")]);
            let name = found.name(data.path(), "timmybot-dev");
            assert_eq!(name, "timmybot-dev in the account of your AWS variables, eu-central-1");
        }
        let Place::Nowhere(identity) = find(&[("AWS_PROFILE", "dev")]) else { panic!("a profile is no key") };
        assert!(identity.has_profile);
    }

    #[tokio::test]
    async fn a_secret_without_a_token_is_told_from_one_that_cannot_be_read() {
        let aws = Aws::start().await;
        let deployment = deployment(&aws, Timestamp::UNIX_EPOCH);
        let missing = deployment.discord().await.err().unwrap();
        assert_eq!(missing.what, "/timmybot/bot-token holds no token");
        aws.fault_next("GetSecretValue", Fault::Status500, 1);
        let failed = deployment.discord().await.err().unwrap();
        assert!(failed.what.contains("could not be read"), "{failed:?}");
        let put = aws.secrets().put_secret_value().secret_id("/timmybot/bot-token");
        put.secret_string("test_token").send().await.unwrap();
        assert!(deployment.discord().await.is_ok());
    }
}
