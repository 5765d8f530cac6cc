//! Users' OAuth tokens in Secrets Manager, and nowhere else (SPEC T3, T4, T5).
//!
//! A user has one secret, `{prefix}/users/{user id}/oauth`, whose value is a [`Document`]. Its versions are what makes
//! two writers safe: a new version is first put aside (`AWSPENDING`), and becomes current only if the version that its
//! writer saw still is. Secrets Manager has no other conditional write. A writer that dies in between leaves the new
//! version aside, and whoever holds the user's lease next takes it up: a refresh token that a provider gives once is
//! not lost (SPEC T12).

mod delete;
mod document;
mod refresh;
mod replicas;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::create_secret::CreateSecretError;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_sdk_secretsmanager::operation::update_secret_version_stage::UpdateSecretVersionStageError;
use aws_sdk_secretsmanager::types::Tag;
use data_encoding::HEXLOWER;

pub use self::document::{DOCUMENT_MAX, Document, DocumentError, Tokens};
pub use self::refresh::{AccessError, AccessTokens, MARGIN_S, Refresher};
pub use self::replicas::{BadRegion, BadReplicas, REGIONS_MAX, Region, Replicas};
use crate::aws_code::code;
use crate::clock::{NoEntropy, Rng};
use crate::ids::UserId;
use crate::security::secret::Secret;

const CURRENT: &str = "AWSCURRENT";
const PENDING: &str = "AWSPENDING";
const PREVIOUS: &str = "AWSPREVIOUS";
/// Tags of every user's secret: whose software made it, and what it is.
const TAGS: [(&str, &str); 2] = [("application", "timmybot"), ("kind", "user-oauth")];

/// A version's id, which is the request token that it was put with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(String);

/// A document, and the version that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What it says.
    pub document: Document,
    version: Version,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// It is current.
    Now(Stored),
    /// Somebody else has changed the document since it was read. Read it again.
    Changed,
}

/// The store failed; whether anything is linked is not known (SPEC T5). Holds neither a name nor a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The service failed, refused or took too long. A write may or may not have happened.
    #[error("the token vault is not available: {code}")]
    Unavailable {
        /// The service's error code, or `timeout`, `dispatch`, `response`, `entropy`.
        code: String,
    },
    /// What it holds is no document of ours, or ours does not fit.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl VaultError {
    /// What may be logged.
    pub fn code(&self) -> &str {
        match self {
            Self::Unavailable { code } => code,
            Self::Document(DocumentError::Malformed) => "malformed",
            Self::Document(DocumentError::Format) => "format",
            Self::Document(DocumentError::TooLarge) => "too_large",
        }
    }
}

impl From<NoEntropy> for VaultError {
    fn from(_: NoEntropy) -> Self {
        Self::Unavailable { code: "entropy".to_owned() }
    }
}

/// The secrets of all users. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TokenVault {
    client: Client,
    rng: Rng,
    prefix: Arc<str>,
    kms_key: Option<Arc<str>>,
    replicas: Replicas,
}

impl TokenVault {
    /// Secrets named `{prefix}/users/…`, encrypted with this key (its ARN, id or alias); without one, with the
    /// account's own. `rng` names the versions.
    pub fn new(sdk: &SdkConfig, rng: Rng, prefix: &str, kms_key: Option<&str>) -> Self {
        let (prefix, kms_key) = (prefix.into(), kms_key.map(Into::into));
        Self { client: Client::new(sdk), rng, prefix, kms_key, replicas: Replicas::default() }
    }

    /// The same, but a secret that it makes has copies in other regions. They follow each change by themselves.
    #[must_use]
    pub fn replicated(self, replicas: Replicas) -> Self {
        Self { replicas, ..self }
    }

    /// What a user has linked; `None`: they never have. One call.
    pub async fn read(&self, user: UserId) -> Result<Option<Stored>, VaultError> {
        self.stage(user, CURRENT).await
    }

    /// The same, after the write of somebody who died in the middle of it is made whole. For who holds the user's lease:
    /// nobody else is writing then.
    pub async fn settle(&self, user: UserId) -> Result<Option<Stored>, VaultError> {
        let Some(current) = self.read(user).await? else { return Ok(None) };
        let pending = self.stage(user, PENDING).await?;
        let next = |pending: &Stored| pending.document.rev() == current.document.rev().saturating_add(1);
        let Some(pending) = pending.filter(next) else { return Ok(Some(current)) };
        match self.promote(user, &current.version, pending).await? {
            Replaced::Now(stored) => Ok(Some(stored)),
            Replaced::Changed => self.read(user).await,
        }
    }

    /// Makes `document` the user's, if what they have still is what was `seen`. Make it by [`Document::with`] or
    /// [`Document::without`] from what was seen, so that it is the next one.
    pub async fn replace(
        &self,
        user: UserId,
        seen: Option<&Stored>,
        document: Document,
    ) -> Result<Replaced, VaultError> {
        let value = document.to_secret()?;
        let stored = Stored { document, version: Version(HEXLOWER.encode(&self.rng.bytes::<16>()?)) };
        let Some(seen) = seen else { return self.create(user, stored, &value).await };
        self.put_aside(user, &stored.version, &value).await?;
        self.promote(user, &seen.version, stored).await
    }

    /// Forgets what the current document has replaced: an unlinked account's tokens would stay readable there.
    pub async fn forget_previous(&self, user: UserId) -> Result<(), VaultError> {
        let Some(previous) = self.stage(user, PREVIOUS).await? else { return Ok(()) };
        let call = self.client.update_secret_version_stage().secret_id(self.name(user));
        let sent = call.version_stage(PREVIOUS).remove_from_version_id(previous.version.0).send().await;
        match sent {
            Ok(_) => Ok(()),
            // Somebody else was faster, or has written meanwhile: what was the previous one then is not any more.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(UpdateSecretVersionStageError::is_invalid_parameter_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(VaultError::Unavailable { code: code(&error) }),
        }
    }

    /// A user id is digits: nothing else can get into the name.
    fn name(&self, user: UserId) -> String {
        format!("{}/users/{user}/oauth", self.prefix)
    }

    async fn stage(&self, user: UserId, stage: &str) -> Result<Option<Stored>, VaultError> {
        let sent =
            self.client.get_secret_value().secret_id(self.name(user)).version_stage(stage).send().await;
        let output = match sent {
            Ok(output) => output,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(VaultError::Unavailable { code: code(&error) }),
        };
        let (Some(value), Some(version)) = (output.secret_string, output.version_id) else {
            return Err(DocumentError::Malformed.into());
        };
        let document = Document::parse(&Secret::new(value))?;
        Ok(Some(Stored { document, version: Version(version) }))
    }

    async fn create(&self, user: UserId, stored: Stored, value: &Secret) -> Result<Replaced, VaultError> {
        let tag = |(key, value): (&str, &str)| Tag::builder().key(key).value(value).build();
        let call = self
            .client
            .create_secret()
            .name(self.name(user))
            .client_request_token(&stored.version.0)
            .set_kms_key_id(self.kms_key.as_deref().map(str::to_owned))
            .set_tags(Some(TAGS.map(tag).into()))
            .set_add_replica_regions(self.replicas.to_request())
            .secret_string(text(value)?);
        match call.send().await {
            Ok(_) => Ok(Replaced::Now(stored)),
            Err(error)
                if error.as_service_error().is_some_and(CreateSecretError::is_resource_exists_exception) =>
            {
                Ok(Replaced::Changed)
            }
            Err(error) => Err(VaultError::Unavailable { code: code(&error) }),
        }
    }

    async fn put_aside(&self, user: UserId, version: &Version, value: &Secret) -> Result<(), VaultError> {
        let call = self.client.put_secret_value().secret_id(self.name(user)).client_request_token(&version.0);
        match call.version_stages(PENDING).secret_string(text(value)?).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(VaultError::Unavailable { code: code(&error) }),
        }
    }

    /// What was put aside becomes current, if `seen` still is. When that is refused, or its answer lost, the current
    /// version says what happened.
    async fn promote(&self, user: UserId, seen: &Version, next: Stored) -> Result<Replaced, VaultError> {
        let call =
            self.client.update_secret_version_stage().secret_id(self.name(user)).version_stage(CURRENT);
        let sent = call.remove_from_version_id(&seen.0).move_to_version_id(&next.version.0).send().await;
        let Err(error) = sent else { return Ok(Replaced::Now(next)) };
        match self.read(user).await? {
            Some(current) if current.version == next.version => Ok(Replaced::Now(next)),
            Some(current) if current.version == *seen => Err(VaultError::Unavailable { code: code(&error) }),
            _ => Ok(Replaced::Changed),
        }
    }
}

fn text(value: &Secret) -> Result<String, VaultError> {
    String::from_utf8(value.expose().to_vec()).map_err(|_| DocumentError::Malformed.into())
}
