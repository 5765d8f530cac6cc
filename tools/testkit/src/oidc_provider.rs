//! An authorization server that is not ours: npm `oidc-provider`, as one of the services that accounts are linked with.
//! How it is set up stands in `tools/testkit/oidc-provider/provider.mjs`.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use url::Url;

use crate::browser::{Arrived, Browser};
use crate::{npm, workspace_root};

/// Our client there. Both have what has to be encoded.
pub const CLIENT: &str = "our client";
/// Its secret.
pub const TEST_SECRET: &str = "s3cret/+ %&=";
/// Pages between the service's first and the redirect to us: a login, a consent, and no end of others.
const PAGES: u32 = 5;

/// The server, with nobody logged in and nothing granted; it ends on drop.
#[derive(Debug)]
pub struct OidcProvider {
    process: Child,
    address: Url,
}

/// What somebody says who is asked to consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes.
    Given,
    /// Yes, but this scope not.
    Without(&'static str),
    /// No.
    Refused,
}

impl OidcProvider {
    /// Starts it as `service` (`youtube` or `discord`), where our client may have answers come to `redirect`.
    pub async fn start(service: &str, redirect: &Url) -> Result<Self> {
        let (service, redirect) = (service.to_owned(), redirect.clone());
        // The packages may have to be installed first.
        tokio::task::spawn_blocking(move || Self::spawn(&service, &redirect)).await?
    }

    fn spawn(service: &str, redirect: &Url) -> Result<Self> {
        let packages = npm(&source())?;
        let client = json!({ "client_id": CLIENT, "client_secret": TEST_SECRET, "redirect_uris": [redirect.as_str()] });
        let mut node = Command::new("node");
        node.arg(source().join("provider.mjs")).arg(packages).args([service, &client.to_string()]);
        // Its input ends with us, and it with its input, even if we are killed.
        node.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = node.spawn().context("node is missing (Debian, Ubuntu: apt-get install nodejs)")?;
        match listens_at(&mut process) {
            Ok(address) => Ok(Self { process, address }),
            Err(error) => {
                end(&mut process);
                Err(error)
            }
        }
    }

    /// The address below which its paths are the service's.
    pub const fn address(&self) -> &Url {
        &self.address
    }

    /// How often it was asked so, such as `POST /token`, or took a grant back (`grant.revoked`).
    pub async fn calls(&self, what: &str) -> Result<u64> {
        let Arrived::Page(page) = Browser::new()?.open(&self.address.join("/_calls")?).await? else {
            bail!("the counters are elsewhere");
        };
        let calls: Value = serde_json::from_str(&page.html)?;
        Ok(calls[what].as_u64().unwrap_or_default())
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Somebody who is sent to `address` logs in as `login`, if they have not already, and says this. Where they are sent
/// then.
pub async fn consent(browser: &mut Browser, address: &Url, login: &str, consent: Consent) -> Result<Url> {
    let mut arrived = browser.open(address).await?;
    for _ in 0..PAGES {
        let page = match arrived {
            Arrived::Elsewhere(url) => return Ok(url),
            Arrived::Page(page) => page,
        };
        let mut form = page.form()?;
        arrived = match (form.value("prompt"), consent) {
            (Some("login"), _) => browser.submit(&form, &[("login", login), ("password", "any")]).await?,
            (Some("consent"), Consent::Given) => browser.submit(&form, &[]).await?,
            (Some("consent"), Consent::Without(scope)) => {
                form.action.query_pairs_mut().append_pair("withheld", scope);
                browser.submit(&form, &[]).await?
            }
            (Some("consent"), Consent::Refused) => browser.open(&page.link("[ Cancel ]")?).await?,
            (other, _) => bail!("an unknown form: {other:?}"),
        };
    }
    bail!("{PAGES} pages, and no redirect to us")
}

fn source() -> PathBuf {
    workspace_root().join("tools/testkit/oidc-provider")
}

/// Its first line says where it listens.
fn listens_at(process: &mut Child) -> Result<Url> {
    let mut line = String::new();
    BufReader::new(process.stdout.take().context("its output is ours")?).read_line(&mut line)?;
    let said: Value = serde_json::from_str(&line).context("it ended before it listened")?;
    Ok(said["address"].as_str().context("it says no address")?.parse()?)
}

/// One that has ended already cannot be ended again; either way it is waited for.
fn end(process: &mut Child) {
    drop(process.kill());
    drop(process.wait());
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn redirect() -> Url {
        "https://bot.example/callback".parse().unwrap()
    }

    async fn page(address: &Url, path: &str) -> Result<String> {
        match Browser::new()?.open(&address.join(path)?).await? {
            Arrived::Page(page) => Ok(page.html),
            Arrived::Elsewhere(url) => bail!("sent to {url}"),
        }
    }

    #[tokio::test]
    async fn it_is_each_service_at_its_own_paths_and_ends_on_drop() {
        for (service, issuer, token) in [
            ("youtube", "https://accounts.google.com", "/token"),
            ("discord", "https://discord.com", "/api/oauth2/token"),
        ] {
            let server = OidcProvider::start(service, &redirect()).await.unwrap();
            let address = server.address().clone();
            let said = page(&address, "/.well-known/oauth-authorization-server").await.unwrap();
            let said: Value = serde_json::from_str(&said).unwrap();
            assert_eq!(said["issuer"], issuer);
            assert_eq!(said["token_endpoint"], address.join(token).unwrap().as_str());
            assert_eq!(said["code_challenge_methods_supported"], json!(["S256"]));
            assert_eq!(
                server.calls("GET /.well-known/oauth-authorization-server").await.unwrap(),
                1,
                "{service}"
            );
            drop(server);
            assert!(page(&address, "/_calls").await.is_err(), "{service} still listens");
        }
    }

    #[tokio::test]
    async fn a_service_that_it_does_not_know_is_an_error_and_not_a_wait() {
        let refused = OidcProvider::start("myspace", &redirect()).await;
        assert!(refused.unwrap_err().to_string().contains("before it listened"));
    }

    #[test]
    fn the_lock_file_pins_the_package_and_names_no_registry() {
        let lock = fs::read_to_string(source().join("package-lock.json")).unwrap();
        assert!(lock.contains("\"oidc-provider\": \"9.13.3\"") && lock.contains("sha512-"));
        assert!(!lock.contains("resolved") && !lock.contains("://"), "npm finds the registry by itself");
    }
}
