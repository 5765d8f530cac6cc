//! A change by an administrator, with its audit row in the same transaction (SPEC T36).

use shared::http_error::HttpError;
use shared::ids::GuildId;
use shared::security::audit::AuditEvent;
use shared::security::event::{Outcome, SecurityEvent};
use shared::security::fact::Fact;
use shared::security::pseudonym::Pseudonym;
use shared::store::audit::AppendError;
use shared::store::{Applied, Change};
use shared::telemetry::StoreOperation;

use crate::visit::{Visit, unavailable};

/// How often a change is planned again after somebody else was first.
pub(crate) const TRIES: u32 = 4;
/// Where it was done, in the trail.
const SOURCE: &str = "api";
/// The chain that belongs to no community.
const OPERATORS: &str = "operators";

/// An action that is about to be done.
#[derive(Clone, Debug)]
pub(crate) struct Deed<'a> {
    visit: &'a Visit<'a>,
    action: &'static str,
    guild: Option<GuildId>,
    event: AuditEvent,
}

/// The chain's name: a guild's id, or the operators' own.
pub(crate) fn chain(guild: Option<GuildId>) -> String {
    guild.map_or_else(|| OPERATORS.to_owned(), |guild| guild.to_string())
}

impl<'a> Deed<'a> {
    /// What the route is called in the trail, done to a `resource` of this community, or of the deployment. Without the
    /// log key nobody could tell later who it was: then nothing is done.
    pub(crate) fn new(
        visit: &'a Visit<'a>,
        resource: &'static str,
        guild: Option<GuildId>,
    ) -> Result<Self, HttpError> {
        let names = visit.report.names();
        let action = visit.route.audit.filter(|_| names.is_available()).ok_or_else(unavailable)?;
        let admin = names.admin(visit.user()?);
        let event = AuditEvent::new(admin, action, resource, SOURCE, visit.now, visit.random()?);
        Ok(Self { visit, action, guild, event })
    }

    /// Which one of its kind the resource is.
    pub(crate) fn to(self, id: Pseudonym) -> Self {
        Self { event: self.event.resource_id(id), ..self }
    }

    /// One more typed detail.
    pub(crate) fn detail(self, name: &'static str, fact: impl Into<Fact>) -> Self {
        Self { event: self.event.detail(name, fact), ..self }
    }

    /// Writes the change and its row together. [`Applied::Conflict`]: somebody else was first; plan again.
    pub(crate) async fn write(
        &self,
        changes: impl IntoIterator<Item = Change>,
    ) -> Result<Applied, HttpError> {
        let items = changes.into_iter().flat_map(Change::into_items).collect();
        let app = self.visit.app;
        match app.audit.append_with(chain(self.guild), self.event.clone(), items, app.rng).await {
            Ok(_) => {
                self.tell();
                Ok(Applied::Done)
            }
            Err(AppendError::Refused { .. }) => Ok(Applied::Conflict),
            Err(AppendError::Store(error)) => Err(self.visit.failed(StoreOperation::Audit, &error)),
        }
    }

    /// The row is the truth; the log has a copy, and the security event (SPEC W35).
    fn tell(&self) {
        let (report, now) = (self.visit.report, self.visit.now);
        let told = SecurityEvent::administrative_action(self.action, Outcome::Success, now);
        let told = match self.visit.user() {
            Ok(user) => told.user(report.names().user(user)),
            Err(_) => told,
        };
        let guild = self.guild.map(|guild| report.names().guild(guild));
        report.log().audit(guild.as_ref(), &self.event);
        report.security(match guild {
            Some(guild) => told.guild(guild),
            None => told,
        });
    }
}
