//! The status page: no script, no picture, nothing from elsewhere (SPEC W2).

use data_encoding::BASE64;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use shared::domain::incident::Component;
use shared::domain::status::{Care, ComponentStatus, HISTORY, Outage, Overall, State, StatusDocument};
use shared::http_event::HttpAnswer;

use crate::status::Known;

const STYLE: &str = include_str!("status.css");
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The page.
pub(crate) fn page(known: &Known) -> HttpAnswer {
    let style = BASE64.encode(&Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    HttpAnswer::html(200, markup(known).into_string()).header("content-security-policy", policy)
}

const fn title(overall: Overall) -> (&'static str, &'static str) {
    match overall {
        Overall::Operational => ("good", "Everything works"),
        Overall::Disturbed => ("wait", "Something does not work as it should"),
        Overall::Paused => ("wait", "Paused for now"),
        Overall::LockedDown => ("bad", "Locked down by the operators"),
        Overall::Unknown => ("none", "It cannot be told just now"),
    }
}

const fn state(state: State) -> (&'static str, &'static str) {
    match state {
        State::Works => ("good", "works"),
        State::Disturbed => ("wait", "disturbed"),
        State::Paused => ("bad", "paused"),
        State::Unknown => ("none", "unknown"),
    }
}

const fn care(care: Care) -> &'static str {
    match care {
        Care::LookedInto => "We are looking into it.",
        Care::WorkedOn => "Somebody is working on it.",
        Care::Over => "It is over.",
    }
}

fn markup(known: &Known) -> Markup {
    let document = &known.document;
    let (tone, title) = title(document.overall);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · TimmyBot" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    p.brand { "TimmyBot" }
                    h1 class=(tone) { (title) }
                    @for outage in &document.outages { (going_on(outage)) }
                    (parts(known))
                    (history(known))
                    section #security {
                        h2 { "Found a weakness?" }
                        p.quiet {
                            "Tell us first, by the address in " a href=".well-known/security.txt" { "security.txt" }
                            ". Say what you did and what came of it; leave other people's data alone. You hear from a person."
                        }
                    }
                    footer {
                        "Looked at " (instant(known.at)) ". The same "
                        a href="status.json" { "as JSON" } "."
                    }
                }
            }
        }
    }
}

fn going_on(outage: &Outage) -> Markup {
    html! {
        article.wait {
            h2 { (outage.component.trouble()) }
            p { (care(outage.care)) " Since " (instant(outage.since)) "." }
        }
    }
}

/// Each part with its last two weeks, a bar a day.
fn parts(known: &Known) -> Markup {
    html! {
        section {
            h2 { "Parts" }
            ul.parts {
                @for part in &known.document.components { (row(known, *part)) }
            }
        }
    }
}

fn row(known: &Known, part: ComponentStatus) -> Markup {
    let (tone, said) = state(part.state);
    let days = days(&known.document, part.component, known.at);
    let bad = days.iter().filter(|disturbed| **disturbed).count();
    let told = match bad {
        0 => "Nothing in the last 14 days".to_owned(),
        1 => "Disturbed on 1 of the last 14 days".to_owned(),
        many => format!("Disturbed on {many} of the last 14 days"),
    };
    html! {
        li {
            span.name { (part.component.name()) }
            span class={ "state " (tone) } { (said) }
            @if known.complete {
                span.days role="img" aria-label=(told) title=(told) {
                    @for disturbed in days { i class=(if disturbed { "wait" } else { "good" }) {} }
                }
            }
        }
    }
}

/// Whether a part was disturbed on each of the last 14 days of UTC, today last.
fn days(document: &StatusDocument, component: Component, now: Timestamp) -> Vec<bool> {
    let count = HISTORY.as_secs() / DAY.as_secs();
    let today = now.as_second().div_euclid(DAY.as_secs());
    let day = |at: Timestamp| at.as_second().div_euclid(DAY.as_secs());
    let all: Vec<_> = document.outages.iter().chain(&document.history).collect();
    let touched = |number: i64| {
        let of_part = all.iter().filter(|outage| outage.component == component);
        of_part.into_iter().any(|outage| {
            day(outage.since) <= number && outage.until.is_none_or(|until| number <= day(until))
        })
    };
    (0..count).rev().map(|ago| touched(today - ago)).collect()
}

fn history(known: &Known) -> Markup {
    html! {
        section {
            h2 { "The last two weeks" }
            @if !known.complete {
                p.quiet { "What has been cannot be told just now." }
            } @else if known.document.history.is_empty() {
                p.quiet { "Nothing to report." }
            } @else {
                ol.past {
                    @for outage in &known.document.history {
                        li {
                            span.name { (outage.component.trouble()) }
                            span.quiet { (instant(outage.since)) @if let Some(until) = outage.until {
                                ", for " (length(until.duration_since(outage.since)))
                            } }
                        }
                    }
                }
            }
        }
    }
}

fn instant(at: Timestamp) -> Markup {
    let shown = at.to_zoned(TimeZone::UTC).strftime("%-d %B, %H:%M UTC").to_string();
    html! { time datetime=(at.strftime("%Y-%m-%dT%H:%M:%SZ")) { (shown) } }
}

/// Rounded up: nothing lasted 0 minutes.
fn length(length: SignedDuration) -> String {
    let minutes = length.as_secs().max(0).div_euclid(60) + i64::from(length.as_secs().rem_euclid(60) > 0);
    let minutes = minutes.max(1);
    let many = |count: i64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    match (minutes / 60, minutes % 60) {
        (0, minutes) => many(minutes, "minute"),
        (hours, _) if hours >= 48 => many(hours / 24, "day"),
        (hours, 0) => many(hours, "hour"),
        (hours, minutes) => format!("{} {}", many(hours, "hour"), many(minutes, "minute")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use shared::domain::containment::{Knowledge, Level};

    use super::*;

    fn now() -> Timestamp {
        "2026-01-20T03:04:05Z".parse().unwrap()
    }

    fn outage(component: Component, began_h: i64, ended_h: Option<i64>) -> Outage {
        let until = ended_h.map(|hours| now() - hours.hours());
        let care = if until.is_some() { Care::Over } else { Care::WorkedOn };
        Outage { component, care, since: now() - began_h.hours(), until }
    }

    fn document() -> StatusDocument {
        StatusDocument {
            outages: vec![outage(Component::Music, 2, None)],
            history: vec![
                outage(Component::Commands, 30, Some(28)),
                outage(Component::Music, 200, Some(150)),
            ],
            ..StatusDocument::quiet(now())
        }
    }

    fn shown(document: Option<StatusDocument>, flag: Knowledge) -> HttpAnswer {
        page(&Known::of(document, flag, now()))
    }

    fn lines(answer: &HttpAnswer) -> String {
        answer.body().replace(STYLE, "…").replace("><", ">\n<")
    }

    #[test]
    fn it_says_what_works() {
        insta::assert_snapshot!(lines(&shown(Some(document()), Knowledge::Level(Level::L0))));
        let quiet = || Some(StatusDocument::quiet(now()));
        for (document, flag, title) in [
            (quiet(), Knowledge::Level(Level::L0), "Everything works"),
            (Some(document()), Knowledge::Level(Level::L0), "Something does not work as it should"),
            (quiet(), Knowledge::Level(Level::L1), "Paused for now"),
            (quiet(), Knowledge::Level(Level::L4), "Locked down by the operators"),
            (quiet(), Knowledge::Nothing, "It cannot be told just now"),
        ] {
            assert!(shown(document, flag).body().contains(&format!("{title}</h1>")), "{title}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_told_as_calm() {
        insta::assert_snapshot!("nothing_known", lines(&shown(None, Knowledge::Nothing)));
        let body = shown(None, Knowledge::Level(Level::L1)).body().to_owned();
        assert!(body.contains("Paused for now") && body.contains("cannot be told just now"));
        assert!(!body.contains("Nothing to report") && !body.contains("works<"));
    }

    #[test]
    fn nothing_may_run_be_loaded_or_be_framed() {
        let page = shown(Some(document()), Knowledge::Nothing);
        let policy = page.header_value("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"));
        assert!(
            !page.body().contains("<script")
                && !page.body().contains("src=")
                && !page.body().contains(" style=")
        );
        let (_, rest) = page.body().split_once("<style>").unwrap();
        let hash = BASE64.encode(&Sha256::digest(rest.split_once("</style>").unwrap().0));
        assert!(policy.contains(&hash), "the policy's hash is of what stands between the tags");
    }

    /// By days of UTC: what began yesterday evening and ended this morning is on both.
    #[test]
    fn each_day_that_was_touched_is_marked() {
        let marked = |component, began_h, ended_h| {
            let document = StatusDocument {
                history: vec![outage(component, began_h, ended_h)],
                ..StatusDocument::quiet(now())
            };
            let days = days(&document, Component::Music, now());
            assert_eq!(days.len(), 14);
            days.iter().enumerate().filter(|(_, touched)| **touched).map(|(at, _)| at).collect::<Vec<_>>()
        };
        assert_eq!(marked(Component::Music, 4, Some(1)), [12, 13]);
        assert_eq!(marked(Component::Music, 3, Some(1)), [13]);
        assert_eq!(marked(Component::Music, 2, None), [13]);
        assert_eq!(
            marked(Component::Music, 400, Some(311)),
            [0],
            "13 days and a little ago is the first bar"
        );
        assert_eq!(marked(Component::Music, 900, Some(800)), [] as [usize; 0]);
        assert_eq!(marked(Component::Api, 4, Some(1)), [] as [usize; 0]);
    }

    #[test]
    fn lengths_read_as_people_say_them() {
        for (seconds, said) in [
            (-5, "1 minute"),
            (0, "1 minute"),
            (61, "2 minutes"),
            (3_600, "1 hour"),
            (5_400, "1 hour 30 minutes"),
            (47 * 3_600, "47 hours"),
            (49 * 3_600, "2 days"),
        ] {
            assert_eq!(length(SignedDuration::from_secs(seconds)), said);
        }
    }
}
