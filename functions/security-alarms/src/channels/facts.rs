//! What a notice says, in words that each kind of channel shows in its own way. Nothing here is escaped.

use jiff::Timestamp;
use shared::domain::containment::Level;
use shared::domain::incident::{By, Detail, Happening, Kind, Notice, Status};

/// The words of one notice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    notice: &'a Notice,
    runbooks: &'a str,
}

/// What stands beside a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A word or a number of ours.
    Text(String),
    /// An instant.
    At(Timestamp),
}

impl<'a> Facts<'a> {
    /// `runbooks` is the address below which the runbooks are, without its last slash.
    pub(super) const fn new(notice: &'a Notice, runbooks: &'a str) -> Self {
        Self { notice, runbooks }
    }

    pub(super) const fn notice(&self) -> &'a Notice {
        self.notice
    }

    /// Whether there is an incident, and not a test.
    pub(super) fn is_real(&self) -> bool {
        self.notice.kind != Kind::Test
    }

    /// How urgent, and what.
    pub(super) fn headline(&self) -> String {
        if self.is_real() {
            format!("{} · {}", self.notice.severity(), self.notice.incident.alert.rule().title)
        } else {
            "Test of the alarms".to_owned()
        }
    }

    /// Why somebody hears of it.
    pub(super) fn lead(&self) -> String {
        self.lead_of(self.notice.kind)
    }

    /// The same, of an earlier notice about this incident.
    pub(super) fn lead_of(&self, kind: Kind) -> String {
        match kind {
            Kind::Opened => "New incident.".to_owned(),
            Kind::Grew => "It has fired again.".to_owned(),
            Kind::Repeated => "It still goes on.".to_owned(),
            Kind::Reopened => "It is back.".to_owned(),
            Kind::Overdue => "Nobody has answered in time.".to_owned(),
            Kind::Acknowledged => {
                format!("{} has taken it.", self.who(&Happening::Acknowledged).unwrap_or("Somebody"))
            }
            Kind::Contained => format!("The bot was contained because of it: {}.", self.contained()),
            Kind::Resolved => match self.who(&Happening::Resolved) {
                Some(who) => format!("{who} has closed it."),
                None => "It is over.".to_owned(),
            },
            Kind::Test => "Somebody wanted to know whether this channel works. It does.".to_owned(),
        }
    }

    /// Names and values, in the order in which they are shown.
    pub(super) fn lines(&self) -> Vec<(&'static str, Value)> {
        if !self.is_real() {
            return Vec::new();
        }
        let incident = &self.notice.incident;
        let (about, is_open) = (incident.label.as_ref(), incident.status != Status::Resolved);
        let mut lines = Vec::new();
        lines.extend(about.map(|label| ("About", Value::Text(label.to_string()))));
        lines.push(("Since", Value::At(incident.opened_at)));
        lines.extend(incident.resolved_at.map(|at| ("Over since", Value::At(at))));
        if incident.count > 1 {
            lines.push(("Times", Value::Text(incident.count.to_string())));
        }
        if incident.contained > Level::L0 {
            lines.push(("Contained", Value::Text(self.contained())));
        }
        lines.extend(incident.due_at.filter(|_| is_open).map(|at| ("Answer by", Value::At(at))));
        lines.extend(incident.review_by.map(|at| ("Review by", Value::At(at))));
        lines
    }

    /// What the alarm says of itself. Untrusted.
    pub(super) fn detail(&self) -> Option<&'a str> {
        self.notice.incident.detail.as_ref().filter(|_| self.is_real()).map(Detail::as_str)
    }

    /// What to do first, while there is something to do.
    pub(super) fn advice(&self) -> Option<&'static str> {
        let goes_on = self.is_real() && self.notice.incident.is_open();
        goes_on.then(|| self.notice.incident.alert.rule().advice)
    }

    /// What is done by itself against whoever it is, and how to do it for good; while there is something to do.
    pub(super) fn counter_measure(&self) -> Option<&'static str> {
        let incident = &self.notice.incident;
        incident.response().counter_measure.words().filter(|_| self.is_real() && incident.is_open())
    }

    /// Where it says what to do.
    pub(super) fn runbook(&self) -> Option<String> {
        let slug = self.notice.incident.alert.slug();
        self.is_real().then(|| format!("{}/{slug}.md", self.runbooks))
    }

    /// By what people call it, and which notice of it this is.
    pub(super) fn signature(&self) -> String {
        if self.is_real() {
            format!("{} · notice {}", self.notice.incident.id.short(), self.notice.number)
        } else {
            "TimmyBot".to_owned()
        }
    }

    fn contained(&self) -> String {
        format!("L{}", self.notice.incident.contained.number())
    }

    /// The pseudonym of the person who did it last; nobody, if it happened by itself.
    fn who(&self, what: &Happening) -> Option<&'a str> {
        let last = self.notice.incident.timeline.iter().rev().find(|entry| entry.what == *what)?;
        match &last.by {
            By::Person(who) => Some(who),
            By::Itself => None,
        }
    }
}

/// An instant for those who cannot show one in the reader's own time zone.
pub(super) fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
