//! What the log says of an erasure that is over: that it was, of whom by a pseudonym, and how much there was.

use shared::privacy::{Case, DataSubject};
use shared::security::fact::Fact;
use shared::telemetry::{Metric, Telemetry};

pub(super) fn erased(log: &Telemetry, case: &Case) {
    let who = match case.subject {
        DataSubject::User(user) => log.pseudonyms().user(user),
        DataSubject::Guild(guild) => log.pseudonyms().guild(guild),
    };
    let facts: [(&'static str, Fact); 3] = [
        ("subject", who.into()),
        ("kind", case.subject.kind().as_str().into()),
        ("source", case.source.as_str().into()),
    ];
    log.note("privacy_erased", &facts);
    log.count(Metric::Erasures { subject: case.subject.kind() });
}
