//! The secrets with people's tokens at other services.

use shared::privacy::DataSubject;

use super::NotForgotten;
use crate::app::App;

pub(super) async fn forget(app: &App, subject: DataSubject) -> Result<u64, NotForgotten> {
    let Some(user) = subject.user() else { return Ok(0) };
    Ok(u64::from(app.linker.vault.delete(user).await?))
}
