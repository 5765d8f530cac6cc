//! The end of a member's secret (SPEC T8, T30). Only data-retention has the right to it.

use aws_sdk_secretsmanager::operation::delete_secret::DeleteSecretError;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretError;

use super::{CURRENT, Document, PENDING, TokenVault, VaultError};
use crate::aws_code::code;
use crate::ids::UserId;

impl TokenVault {
    /// All that a user's tokens may be in: the current document, and one that somebody died over. What services have to be
    /// told of before it is deleted. One that does not read is left out: nobody could tell a service of it.
    pub async fn held(&self, user: UserId) -> Result<Vec<Document>, VaultError> {
        let mut held = Vec::new();
        for stage in [CURRENT, PENDING] {
            match self.stage(user, stage).await {
                Ok(stored) => held.extend(stored.map(|stored| stored.document)),
                Err(VaultError::Document(_)) => {}
                Err(unavailable @ VaultError::Unavailable { .. }) => return Err(unavailable),
            }
        }
        Ok(held)
    }

    /// Deletes a user's secret with all its versions, at once and for good. Its copies in other regions go first: with one of
    /// them left, the service refuses. `false`: there was none.
    pub async fn delete(&self, user: UserId) -> Result<bool, VaultError> {
        let Some(copies) = self.copies(user).await? else { return Ok(false) };
        if !copies.is_empty() {
            let call = self.client.remove_regions_from_replication().secret_id(self.name(user));
            let sent = call.set_remove_replica_regions(Some(copies)).send().await;
            sent.map_err(|error| VaultError::Unavailable { code: code(&error) })?;
        }
        let call = self.client.delete_secret().secret_id(self.name(user));
        match call.force_delete_without_recovery(true).send().await {
            Ok(_) => Ok(true),
            // Somebody else was faster.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteSecretError::is_resource_not_found_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(VaultError::Unavailable { code: code(&error) }),
        }
    }

    /// The regions that have a copy; `None`: there is no secret.
    async fn copies(&self, user: UserId) -> Result<Option<Vec<String>>, VaultError> {
        let described = match self.client.describe_secret().secret_id(self.name(user)).send().await {
            Ok(described) => described,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeSecretError::is_resource_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(VaultError::Unavailable { code: code(&error) }),
        };
        let copies = described.replication_status.unwrap_or_default();
        Ok(Some(copies.into_iter().filter_map(|copy| copy.region).collect()))
    }
}

#[cfg(test)]
#[path = "delete_tests.rs"]
mod tests;
