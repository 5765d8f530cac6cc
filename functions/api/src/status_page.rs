//! The status page: no script, no picture, nothing from elsewhere (SPEC W2).

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use shared::http_event::HttpAnswer;

use crate::handlers::public::{Condition, Standing};

const STYLE: &str = include_str!("status.css");

/// The page.
pub(crate) fn page(status: &Standing) -> HttpAnswer {
    let style = BASE64.encode(&Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    HttpAnswer::html(200, markup(status).into_string()).header("content-security-policy", policy)
}

const fn words(condition: Condition) -> (&'static str, &'static str) {
    match condition {
        Condition::Operational => ("good", "Everything works"),
        Condition::Paused => ("wait", "Paused by the operators"),
        Condition::LockedDown => ("bad", "Locked down by the operators"),
        Condition::Unknown => ("wait", "It cannot be told just now"),
    }
}

fn markup(status: &Standing) -> Markup {
    let (tone, title) = words(status.status);
    let row = |name: &str, works: bool| {
        let (tone, said) = if works { ("good", "works") } else { ("bad", "off") };
        html! { dt { (name) } dd class=(tone) { (said) } }
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · TimmyBot" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    p.brand { "TimmyBot" }
                    h1 class=(tone) { (title) }
                    dl {
                        (row("Commands in Discord", status.commands))
                        (row("Music", status.music))
                        (row("API keys", status.api_keys))
                    }
                    section #security {
                        h2 { "Found a weakness?" }
                        "Tell us first, by the address in " a href=".well-known/security.txt" { "security.txt" }
                        ". Say what you did and what came of it; leave other people's data alone. You hear from a person."
                    }
                    footer { "Looked at " (status.at.strftime("%Y-%m-%d %H:%M:%S UTC")) "." }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::containment::{Knowledge, Level};

    use super::*;

    fn shown(flag: Knowledge) -> HttpAnswer {
        page(&Standing::of(flag, "2026-01-02T03:04:05Z".parse().unwrap()))
    }

    #[test]
    fn it_says_what_works() {
        insta::assert_snapshot!(
            shown(Knowledge::Level(Level::L1)).body().replace(STYLE, "…").replace("><", ">\n<")
        );
        for (flag, title) in [
            (Knowledge::Level(Level::L0), "Everything works"),
            (Knowledge::Level(Level::L4), "Locked down by the operators"),
            (Knowledge::Nothing, "It cannot be told just now"),
        ] {
            assert!(shown(flag).body().contains(&format!("{title}</h1>")));
        }
    }

    #[test]
    fn nothing_may_run_be_loaded_or_be_framed() {
        let page = shown(Knowledge::Nothing);
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
}
