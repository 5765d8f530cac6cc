//! `/admin`: access to the bot and its operation (SPEC T15, T33, T36, P10). Each change and its audit row are one
//! transaction: neither happens without the other.

mod audit;
mod audited;
pub(crate) mod incident;
mod incidents;
mod list;
mod lockdown;
mod request;
pub(crate) mod review;

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;

use crate::refused::Refused;
use crate::visit::Visit;

pub(crate) use audit::page as audit_page;
pub(crate) use incidents::page as incidents_page;
pub(crate) use list::page as list_page;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    match command.subcommands().as_slice() {
        ["request"] => request::run(visit).await,
        ["approve"] => review::run(visit, command, review::Verdict::Approve { premium: None }).await,
        ["deny"] => review::run(visit, command, review::Verdict::Deny).await,
        ["revoke"] => review::run(visit, command, review::Verdict::Revoke).await,
        ["list"] => list::run(visit, command).await,
        ["lockdown", "on"] => lockdown::on(visit, command).await,
        ["lockdown", "resume"] => lockdown::resume(visit).await,
        ["audit"] => audit::run(visit, command).await,
        ["incidents"] => incidents::run(visit).await,
        _ => Err(Refused::UnknownCommand),
    }
}
