//! What people see in their browser. No script, no picture, nothing from elsewhere: the policy forbids all but our own
//! style and, on the first page, the way to one service. Every text is escaped by the template.

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use shared::discord::words::{Message, Words};
use shared::domain::accounts::Provider;
use shared::domain::track::Title;
use shared::http_event::HttpAnswer;
use shared::providers::authorize::endpoint;
use shared::providers::client::Bases;
use shared::providers::spec::spec;
use shared::store::linkings::Wanted;

const STYLE: &str = include_str!("page.css");

/// A page with its status.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    status: u16,
    words: Words,
    title: String,
    body: Markup,
    /// Where its form may lead to, besides us.
    leads_to: Option<String>,
    cookie: Option<String>,
    retry_after_s: Option<u32>,
}

/// "Link Spotify to this user": the page behind a link from Discord. `own` is its path.
pub(crate) fn offer(words: Words, wanted: &Wanted, own: &str, bases: &Bases) -> Page {
    let provider = wanted.provider;
    let say = |message: &Message| words.say(message);
    // A name is what its owner typed: what nobody can see is taken out of it.
    let name = Title::parse(&wanted.name);
    let name = name.as_ref().map_or("?", Title::as_str);
    let initial: String = name.chars().next().into_iter().flat_map(char::to_uppercase).collect();
    let reads = match provider {
        Provider::Spotify | Provider::YouTube => Message::PageLinkReadsPlaylists,
        Provider::Twitch => Message::PageLinkReadsChannel,
        Provider::Discord | Provider::Slack => Message::PageLinkKnowsYou,
    };
    let body = html! {
        p.to { (say(&Message::PageLinkWho)) }
        div.user {
            span.face aria-hidden="true" { (initial) }
            span { strong { (name) } small { (wanted.user) } }
        }
        ul {
            li { (say(&reads)) }
            li { (say(&Message::PageLinkKeeps { provider })) }
        }
        form method="post" action=(own) {
            button type="submit" { (say(&Message::PageLinkGo { provider })) }
        }
        p.aside { (say(&Message::PageLinkNotYou)) }
    };
    let leads_to = endpoint(spec(provider).authorize, bases.of(provider)).ok();
    Page {
        leads_to: leads_to.map(|url| url.origin().ascii_serialization()),
        ..page(words, 200, say(&Message::PageLinkTitle { provider }), body)
    }
}

/// "It is linked."
pub(crate) fn done(words: Words, provider: Provider) -> Page {
    let body = html! {
        p.sign.good aria-hidden="true" { "✓" }
        p { (words.say(&Message::PageDone)) }
    };
    page(words, 200, words.say(&Message::PageDoneTitle { provider }), body)
}

/// "Sign in with Discord". `own` is the page's path.
pub(crate) fn sign_in(words: Words, own: &str, bases: &Bases) -> Page {
    let say = |message: &Message| words.say(message);
    let body = html! {
        p { (say(&Message::PageSignInWhat)) }
        form method="post" action=(own) {
            button type="submit" { (say(&Message::PageSignInGo)) }
        }
        p.aside { (say(&Message::PageSignInNotYou)) }
    };
    let leads_to = endpoint(spec(Provider::Discord).authorize, bases.of(Provider::Discord)).ok();
    Page {
        leads_to: leads_to.map(|url| url.origin().ascii_serialization()),
        ..page(words, 200, say(&Message::PageSignInTitle), body)
    }
}

/// The code of a sign-in. It is shown here and nowhere else.
pub(crate) fn signed_in(words: Words, code: &str) -> Page {
    let body = html! {
        p { (words.say(&Message::PageSignedInCode)) }
        p.code { code { (code) } }
        p.aside { (words.say(&Message::PageSignedInSecret)) }
    };
    page(words, 200, words.say(&Message::PageSignedInTitle), body)
}

/// "You are not signed in", and what to do.
pub(crate) fn not_signed_in(words: Words, status: u16, why: &Message) -> Page {
    let body = html! {
        p.sign.bad aria-hidden="true" { "!" }
        p { (words.say(why)) }
    };
    page(words, status, words.say(&Message::PageSignInFailedTitle), body)
}

/// "Nothing was linked", and why.
pub(crate) fn failed(words: Words, status: u16, why: &Message) -> Page {
    let body = html! {
        p.sign.bad aria-hidden="true" { "!" }
        p { (words.say(why)) }
    };
    page(words, status, words.say(&Message::PageFailedTitle), body)
}

const fn page(words: Words, status: u16, title: String, body: Markup) -> Page {
    Page { status, words, title, body, leads_to: None, cookie: None, retry_after_s: None }
}

impl Page {
    /// The same, and sets a cookie.
    pub(crate) fn cookie(self, cookie: String) -> Self {
        Self { cookie: Some(cookie), ..self }
    }

    /// The same, and says when to come again, in seconds.
    pub(crate) fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// As it leaves us.
    pub(crate) fn answer(self) -> HttpAnswer {
        let answer = HttpAnswer::html(self.status, self.html());
        let answer = private(answer).header("content-security-policy", self.policy());
        let answer = match self.retry_after_s {
            Some(seconds) => answer.header("retry-after", seconds.to_string()),
            None => answer,
        };
        match self.cookie {
            Some(cookie) => answer.cookie(cookie),
            None => answer,
        }
    }

    fn policy(&self) -> String {
        let style = BASE64.encode(&Sha256::digest(STYLE));
        let forms = match &self.leads_to {
            Some(origin) => format!("'self' {origin}"),
            None => "'none'".to_owned(),
        };
        format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
        )
    }

    fn html(&self) -> String {
        let markup = html! {
            (DOCTYPE)
            html lang=(self.words.locale().code()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (self.title) " · TimmyBot" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    main {
                        p.brand { "TimmyBot" }
                        h1 { (self.title) }
                        (self.body)
                    }
                }
            }
        };
        markup.into_string()
    }
}

/// What keeps an answer to the one who asked: it is stored nowhere, shown in no frame, and its address is told to
/// nobody, since it may hold what admits once.
pub(crate) fn private(answer: HttpAnswer) -> HttpAnswer {
    answer
        .header("cache-control", "no-store")
        .header("referrer-policy", "no-referrer")
        .header("strict-transport-security", "max-age=63072000")
        .header("x-content-type-options", "nosniff")
        .header("x-frame-options", "DENY")
        .header("cross-origin-opener-policy", "same-origin")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use shared::discord::words::Locale;
    use shared::ids::UserId;

    use super::*;

    fn wanted(name: &str, provider: Provider) -> Wanted {
        let at: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        Wanted {
            user: UserId::new(80_351_110_224_678_912),
            name: name.to_owned(),
            provider,
            locale: None,
            at,
        }
    }

    fn shown(name: &str, provider: Provider, locale: Locale) -> HttpAnswer {
        let own = "/oauth/link/AAAA";
        offer(Words::new(locale), &wanted(name, provider), own, &Bases::default()).answer()
    }

    #[test]
    fn the_first_page_says_who_links_what() {
        let page = shown("Ada", Provider::Spotify, Locale::English);
        let without_style = page.body().replace(STYLE, "…");
        insta::assert_snapshot!(without_style.replace("><", ">\n<"));
        assert_eq!(page.status(), 200);
    }

    #[test]
    fn nothing_may_run_be_loaded_be_framed_or_be_kept() {
        let pages = [
            shown("Ada", Provider::YouTube, Locale::Japanese),
            done(Words::new(Locale::English), Provider::Twitch).answer(),
            failed(Words::new(Locale::German), 404, &Message::PageUnknown).answer(),
        ];
        let forms = ["'self' https://accounts.google.com", "'none'", "'none'"];
        for (page, forms) in pages.iter().zip(forms) {
            let policy = page.header_value("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
            assert!(
                policy.contains(&format!("; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"))
            );
            assert!(!policy.contains("unsafe") && !policy.contains("script"), "{policy}");
            assert_eq!(page.header_value("cache-control"), Some("no-store"));
            assert_eq!(page.header_value("referrer-policy"), Some("no-referrer"));
            assert!(!page.body().contains("<script") && !page.body().contains("src="));
            assert!(!page.body().contains(" style="), "the policy would drop it");
        }
    }

    /// The policy's hash is of exactly what stands between the tags.
    #[test]
    fn the_style_in_the_page_is_the_one_in_the_policy() {
        let page = done(Words::new(Locale::English), Provider::Slack).answer();
        let (_, rest) = page.body().split_once("<style>").unwrap();
        let (style, _) = rest.split_once("</style>").unwrap();
        let hash = BASE64.encode(&Sha256::digest(style));
        assert!(page.header_value("content-security-policy").unwrap().contains(&hash));
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains('<'));
    }

    #[test]
    fn a_name_is_text_whatever_it_says() {
        for (name, expected) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\"onmouseover=\"x", "&quot;onmouseover=&quot;x"),
            ("R&B \u{202e}gnp", "R&amp;B gnp"),
        ] {
            let page = shown(name, Provider::Discord, Locale::English);
            assert!(page.body().contains(&format!("<strong>{expected}</strong>")), "{name}: {}", page.body());
        }
        assert!(shown("\u{200b}", Provider::Discord, Locale::English).status() == 200);
    }

    #[test]
    fn every_language_has_every_page() {
        for locale in Locale::ALL {
            for provider in Provider::ALL {
                let page = shown("Ada", provider, locale);
                assert!(page.body().contains(&format!("lang=\"{}\"", locale.code())));
                assert!(page.body().contains(provider.name()), "{locale:?} {provider}");
                assert!(!page.body().contains("page-"), "{locale:?}: a text is missing");
            }
        }
    }

    #[test]
    fn who_has_to_wait_is_told_how_long() {
        let page = failed(Words::new(Locale::English), 429, &Message::PageSlowDown).retry_after(60).answer();
        assert_eq!((page.status(), page.header_value("retry-after")), (429, Some("60")));
    }
}
