//! Log groups that would keep for ever: one that a service made by itself, before or beside the template's.

use aws_sdk_cloudwatchlogs::types::LogGroup;
use shared::aws_code::code;

use super::plan::Found;
use crate::app::App;

/// How long such a group keeps from now on, in days: as those of the template do.
const KEEP_DAYS: i32 = 30;

/// All of ours. The error is a code, and then there is nothing to plan with.
pub(super) async fn found(app: &App) -> Result<Vec<Found>, String> {
    let prefix = app.config.log_group_prefix.as_str();
    let (mut found, mut next) = (Vec::new(), None);
    loop {
        let call = app.night.logs.describe_log_groups().log_group_name_prefix(prefix);
        let page = call.set_next_token(next).send().await.map_err(|error| code(&error))?;
        let groups = page.log_groups.unwrap_or_default();
        found.extend(groups.into_iter().filter_map(|group| read(group, prefix)));
        next = page.next_token;
        if next.is_none() {
            return Ok(found);
        }
    }
}

/// From now on it forgets. Repeating it changes nothing.
pub(super) async fn end(app: &App, group: &str) -> Result<(), String> {
    let call = app.night.logs.put_retention_policy().log_group_name(group);
    call.retention_in_days(KEEP_DAYS).send().await.map(drop).map_err(|error| code(&error))
}

fn read(group: LogGroup, prefix: &str) -> Option<Found> {
    let name = group.log_group_name.filter(|name| name.starts_with(prefix))?;
    Some(Found::Logs(name, group.retention_in_days))
}
