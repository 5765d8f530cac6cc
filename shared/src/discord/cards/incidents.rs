//! The list of incidents for operators: what goes on, then what has been.

use jiff::Timestamp;

use super::{PAGE_ROWS, Page, Ui, colour};
use crate::{
    discord::{
        components::{container, text},
        escape::Escaped,
        response::Card,
        words::{Message, Moment},
    },
    domain::incident::{Alert, Severity, Status},
    security::custom_id::Action,
};

/// An incident in the list.
#[derive(Clone, Copy, Debug)]
pub struct IncidentRow<'a> {
    /// What people call it: `I-4fa2c1`.
    pub id: &'a str,
    /// Of which alert.
    pub alert: Alert,
    /// About what.
    pub label: Option<&'a str>,
    /// How urgent.
    pub severity: Severity,
    /// How far it is.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
    /// How often it has fired.
    pub count: u64,
    /// Not told of until then.
    pub silenced_until: Option<Timestamp>,
    /// Until when somebody has to review it, if it is over and nobody has.
    pub review_by: Option<Timestamp>,
}

/// A page of the incidents.
pub fn incidents(ui: Ui<'_>, rows: &[IncidentRow<'_>], page: Page) -> Card {
    let lines: Vec<_> = rows.iter().take(PAGE_ROWS).map(|row| line(ui, row)).collect();
    let body = if lines.is_empty() { ui.say(&Message::IncidentsEmpty) } else { lines.join("\n") };
    let mut parts = vec![text(format!("### {}", ui.say(&Message::CardIncidents))), text(body)];
    parts.extend(ui.pager(page, Action::IncidentsPage));
    Card::new(vec![container(edge(rows), parts)])
}

/// As urgent as the most urgent one that goes on.
fn edge(rows: &[IncidentRow<'_>]) -> u32 {
    match rows.iter().filter(|row| row.status != Status::Resolved).map(|row| row.severity).min() {
        Some(Severity::P0 | Severity::P1) => colour::ERROR,
        Some(Severity::P2 | Severity::P3) => colour::REFUSAL,
        None => colour::CALM,
    }
}

fn line(ui: Ui<'_>, row: &IncidentRow<'_>) -> String {
    let status = match row.status {
        Status::Open => Message::IncidentOpen,
        Status::Acknowledged => Message::IncidentAcknowledged,
        Status::Resolved => Message::IncidentResolved,
    };
    let about = row.label.map(|label| format!(" ({})", Escaped::within(label, 60))).unwrap_or_default();
    let (title, status, since) = (ui.say(&title(row.alert)), ui.say(&status), Moment(row.since));
    let often = if row.count > 1 { format!(" · ×{}", row.count) } else { String::new() };
    let quiet = row.silenced_until.filter(|_| row.status != Status::Resolved);
    let quiet = quiet.map(|until| format!(" · {}", ui.say(&Message::IncidentQuiet { until: Moment(until) })));
    let review =
        row.review_by.map(|by| format!(" · {}", ui.say(&Message::IncidentReview { by: Moment(by) })));
    let last = [quiet, review].into_iter().flatten().collect::<String>();
    let small = format!("-# `{}` · {since} · {status}{often}{last}", row.id);
    format!("**{}** · **{title}**{about}\n{small}", row.severity)
}

/// What an alert is called in the reader's words.
const fn title(alert: Alert) -> Message {
    match alert {
        Alert::UnderAttack => Message::AlertUnderAttack,
        Alert::UnauthorizedAccess => Message::AlertUnauthorizedAccess,
        Alert::AuthFailures => Message::AlertAuthFailures,
        Alert::SuspiciousActivity => Message::AlertSuspiciousActivity,
        Alert::GuildBanned => Message::AlertGuildBanned,
        Alert::Finding => Message::AlertFinding,
        Alert::SecretTouched => Message::AlertSecretTouched,
        Alert::BreakGlass => Message::AlertBreakGlass,
        Alert::VerificationFailures => Message::AlertVerificationFailures,
        Alert::WebhookUnconfigured => Message::AlertWebhookUnconfigured,
        Alert::RotationFailures => Message::AlertRotationFailures,
        Alert::SigningKeyAge => Message::AlertSigningKeyAge,
        Alert::ThirdPartyKeyAge => Message::AlertThirdPartyKeyAge,
        Alert::DeadLetters => Message::AlertDeadLetters,
        Alert::FunctionErrors => Message::AlertFunctionErrors,
        Alert::FunctionThrottles => Message::AlertFunctionThrottles,
        Alert::StoreFailures => Message::AlertStoreFailures,
        Alert::VoiceLate => Message::AlertVoiceLate,
        Alert::VoiceFailures => Message::AlertVoiceFailures,
        Alert::LeaseAge => Message::AlertLeaseAge,
        Alert::WorkerStopped => Message::AlertWorkerStopped,
        Alert::RepliesRefused => Message::AlertRepliesRefused,
        Alert::Checkpoints => Message::AlertCheckpoints,
        Alert::Budget => Message::AlertBudget,
        Alert::FanOut => Message::AlertFanOut,
        Alert::Unknown => Message::AlertUnknown,
        Alert::Malformed => Message::AlertMalformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        discord::words::{Locale, Words},
        security::{custom_id::CustomIds, secret::Secret},
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn row(alert: Alert, status: Status) -> IncidentRow<'static> {
        IncidentRow {
            id: "I-4fa2c1",
            alert,
            label: None,
            severity: alert.rule().severity,
            status,
            since: at(0),
            count: 1,
            silenced_until: None,
            review_by: None,
        }
    }

    #[test]
    fn the_list_speaks_the_readers_language() {
        let ids = CustomIds::new(vec![("k1".to_owned(), Secret::new([1; 32]))]).unwrap();
        let rows = [
            row(Alert::UnderAttack, Status::Open),
            IncidentRow {
                label: Some("webhooks"),
                count: 7,
                silenced_until: Some(at(3_600)),
                ..row(Alert::DeadLetters, Status::Acknowledged)
            },
            IncidentRow {
                silenced_until: Some(at(3_600)),
                review_by: Some(at(1_209_600)),
                ..row(Alert::VoiceFailures, Status::Resolved)
            },
        ];
        for locale in Locale::ALL {
            let ui = Ui::new(Words::new(locale), &ids, "42");
            let card = incidents(ui, &rows, Page::new(0, 12, PAGE_ROWS));
            insta::assert_json_snapshot!(format!("incidents_{}", locale.code()), card.components());
        }
    }

    /// The edge is as urgent as what goes on, not as what is over.
    #[test]
    fn the_edge_says_how_urgent_it_is() {
        use Status::{Acknowledged, Open, Resolved};
        assert_eq!(edge(&[]), colour::CALM);
        assert_eq!(edge(&[row(Alert::UnderAttack, Resolved)]), colour::CALM);
        assert_eq!(edge(&[row(Alert::UnderAttack, Resolved), row(Alert::Budget, Open)]), colour::REFUSAL);
        let urgent = [row(Alert::Budget, Open), row(Alert::StoreFailures, Acknowledged)];
        assert_eq!(edge(&urgent), colour::ERROR);
    }

    /// The notification and the list call it the same.
    #[test]
    fn the_english_title_is_the_one_of_the_table() {
        let words = Words::new(Locale::English);
        for alert in Alert::ALL {
            assert_eq!(words.say(&title(alert)), alert.rule().title);
            assert_eq!(title(alert).id(), format!("alert-{alert}"));
        }
    }
}
