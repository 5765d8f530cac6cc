//! The page on which somebody chooses an account and consents, and the one that says why nobody can. No script, nothing
//! from elsewhere; a form that leads here and back to the client, and nowhere else.

use std::sync::LazyLock;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

use super::authorize::Asked;
use super::people::Account;
use super::service::Service;

const STYLE: &str = include_str!("consent.css");

/// What a browser may take for the page's style: this text, to the last character.
static STYLE_HASH: LazyLock<String> = LazyLock::new(|| BASE64.encode(&Sha256::digest(STYLE.as_bytes())));

const CHECK: &str = r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m5 12.5 4.5 4.5L19 7.5"/></svg>"#;
const GO: &str = r#"<svg class="go" viewBox="0 0 24 24" aria-hidden="true"><path d="m9 5 7 7-7 7"/></svg>"#;

/// The page that asks.
pub(super) fn ask(service: Service, asked: &Asked, people: &[Account]) -> Response {
    let policy = format!("'self' {}", asked.back.source());
    page(StatusCode::OK, &policy, document(service, "Allow access?", &asking(service, asked, people)))
}

/// The page that says why nobody is asked.
pub(super) fn refuse(service: Service, why: &str) -> Response {
    page(StatusCode::BAD_REQUEST, "'none'", document(service, "Not possible", &refusing(why)))
}

fn page(status: StatusCode, form_action: &str, html: String) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action {form_action}; base-uri 'none'; \
         frame-ancestors 'none'",
        *STYLE_HASH
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        // With `no-referrer` browsers would send the form without saying from where, and it would be refused.
        (header::REFERRER_POLICY, "same-origin".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::X_FRAME_OPTIONS, "DENY".to_owned()),
    ];
    (status, headers, html).into_response()
}

fn document(service: Service, title: &str, main: &str) -> String {
    let (name, code) = (service.name(), service.code());
    let letter = name.chars().take(1).collect::<String>();
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Simulated {name}</title>
<style>{STYLE}</style>
</head>
<body class="{code}">
<main>
<div class="head"><span class="mark" aria-hidden="true">{letter}</span><p>Simulated {name}<small>Only on this machine</small></p></div>
{main}
</main>
</body>
</html>
"#
    )
}

fn asking(service: Service, asked: &Asked, people: &[Account]) -> String {
    let (name, client) = (service.name(), escape(&asked.client.name));
    let scopes: String = asked.scopes.iter().map(|scope| scope_item(service, scope)).collect();
    let own = people.iter().filter(|one| one.service == service);
    let people: String = own.map(person).collect();
    let place = escape(&asked.back.place());
    format!(
        r#"<div class="body">
<h1>{client} wants to use your {name} account</h1>
<section aria-labelledby="what">
<h2 id="what">It will be able to</h2>
<ul class="scopes">
{scopes}</ul>
</section>
<form method="post">
<h2 id="who">Allow it, and continue as</h2>
<ul class="people" aria-labelledby="who">
{people}<li><button class="deny" name="deny" value="1">Deny</button></li>
</ul>
</form>
</div>
<p class="foot">Nobody here is real, and no password is asked for. You will be sent back to {place}.</p>"#
    )
}

fn scope_item(service: Service, scope: &str) -> String {
    let known = service.habits().scopes.iter().find(|(one, _)| *one == scope);
    let words = known.map_or("", |(_, words)| words);
    format!("<li>{CHECK}<span>{}<code>{}</code></span></li>\n", escape(words), escape(scope))
}

fn person(account: &Account) -> String {
    let Account { id, name, login, .. } = account;
    let letter = name.chars().take(1).flat_map(char::to_uppercase).collect::<String>();
    format!(
        "<li><button class=\"person\" name=\"account\" value=\"{}\"><span class=\"face\" aria-hidden=\"true\">{}</span>\
         <span class=\"who\"><strong>{}</strong><span>{}</span></span>{GO}</button></li>\n",
        escape(id),
        escape(&letter),
        escape(name),
        escape(login),
    )
}

fn refusing(why: &str) -> String {
    format!(
        r#"<div class="body">
<h1>This request cannot be answered</h1>
<p>What is wrong: {}.</p>
<p>Nobody was asked, and nothing was sent back.</p>
</div>
<p class="foot">The client's registration and its request have to agree to the last character.</p>"#,
        escape(why)
    )
}

/// Text between tags and in quoted attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            one => out.push(one),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::authorize;
    use crate::accounts::config::{AccountsConfig, ClientConfig};

    fn asked(service: Service, clients: &[ClientConfig]) -> Asked {
        let code = service.code();
        let scopes = match service {
            Service::YouTube => "openid https://www.googleapis.com/auth/youtube.readonly",
            service => service.habits().scopes[0].0,
        };
        let query = format!(
            "response_type=code&client_id=timmy-at-{code}&state=s&scope={scopes}&code_challenge_method=S256&\
             code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&\
             redirect_uri=http://127.0.0.1:8787/oauth/callback/{code}"
        );
        authorize::read(service, &query, clients).unwrap()
    }

    async fn read(response: Response) -> (StatusCode, String, String) {
        let (status, policy) = (response.status(), &response.headers()[header::CONTENT_SECURITY_POLICY]);
        let policy = policy.to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
        (status, policy, String::from_utf8(body.into()).unwrap())
    }

    #[tokio::test]
    async fn what_people_see() {
        let AccountsConfig { clients, accounts, .. } = AccountsConfig::default();
        let mut seen = Vec::new();
        for service in Service::ALL {
            let (_, policy, html) = read(ask(service, &asked(service, &clients), &accounts)).await;
            seen.push(format!("{}\n{policy}\n{html}\n", service.code()));
        }
        let (_, policy, html) = read(refuse(Service::Slack, "there is no such <client>")).await;
        seen.push(format!("refused\n{policy}\n{html}"));
        let seen = seen.concat().replace(STYLE, "…").replace(&*STYLE_HASH, "…");
        insta::assert_snapshot!(seen);
    }

    #[tokio::test]
    async fn nothing_comes_from_elsewhere_and_nothing_runs() {
        let AccountsConfig { clients, accounts, .. } = AccountsConfig::default();
        let (status, policy, html) =
            read(ask(Service::Twitch, &asked(Service::Twitch, &clients), &accounts)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"));
        assert!(policy.contains("form-action 'self' http://127.0.0.1:8787;"), "{policy}");
        for tag in ["<script", "<link", "<img", "src=", " style=", "@import", "url("] {
            assert!(!html.contains(tag), "{tag}");
        }
    }

    #[tokio::test]
    async fn what_others_have_written_is_text() {
        let AccountsConfig { mut clients, mut accounts, .. } = AccountsConfig::default();
        for client in &mut clients {
            client.name = "<script>\"'&".to_owned();
        }
        accounts[0].name = "<b>".to_owned();
        accounts[0].id = "\"><i>".to_owned();
        let (_, _, html) = read(ask(Service::Discord, &asked(Service::Discord, &clients), &accounts)).await;
        for tag in ["<script", "<b>", "<i>"] {
            assert!(!html.contains(tag), "{tag}");
        }
        assert!(html.contains("&lt;script&gt;&quot;&#39;&amp; wants"), "{html}");
    }
}
