//! Signing in: in the user's own browser, with a code to paste back; on the local stack, the pages are gone through here.

use std::io::{BufRead as _, stdin};

use anyhow::{Context as _, Result, bail};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use serde_json::json;
use shared::clock::Rng;
use shared::security::oauth::one_time::OneTime;

use super::client::Client;
use crate::local::send::Person;
use crate::local::session::Session;
use crate::say;

/// Gets tokens and keeps them.
pub(super) async fn run(client: &mut Client, local: Option<&Session>, person: Person) -> Result<()> {
    // The code is worth something only together with this, which never leaves the machine before it is redeemed.
    let verifier = OneTime::new(Rng::system()).context("randomness")?;
    let page = format!("{}/oauth/sign-in?challenge={}", client.base(), verifier.digest().as_str());
    let code = if let Some(session) = local {
        through_the_pages(client, &page, person.of(&session.users)).await?
    } else {
        say::line(&format!("Open this in your browser, sign in, and paste the code here:\n\n  {page}\n"));
        let mut line = String::new();
        stdin().lock().read_line(&mut line)?;
        line.trim().to_owned()
    };
    let body = json!({ "code": code, "verifier": verifier.to_text() });
    client.redeem("/api/v1/sessions", body).await.context("the code was not taken")?;
    say::line("Signed in. ./timmy api me says what you may.");
    Ok(())
}

/// What a person does in a browser: the button, Discord's own page, and what stands on ours at the end.
async fn through_the_pages(client: &Client, page: &str, user: &str) -> Result<String> {
    let http = client.http();
    let shown = http.get(page).send().await.context("the local stack does not answer")?;
    let cookie = shown.headers().get(SET_COOKIE).and_then(|set| set.to_str().ok()?.split(';').next());
    let cookie = cookie.context("the page sets no cookie")?.to_owned();
    let sent = http.post(page).header(COOKIE, &cookie).send().await?;
    let discord = location(&sent)?;
    let form = format!("account={user}");
    let consent = http.post(discord).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
    let back = location(&consent.send().await?)?;
    let last = http.get(back).header(COOKIE, cookie).send().await?.text().await?;
    let code = last.split_once("<code>").and_then(|(_, rest)| rest.split_once("</code>"));
    match code {
        Some((code, _)) => Ok(code.to_owned()),
        None => bail!("the page at the end shows no code"),
    }
}

fn location(answer: &reqwest::Response) -> Result<String> {
    let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    to.map(str::to_owned)
        .with_context(|| format!("{} leads nowhere ({})", answer.url().path(), answer.status()))
}
