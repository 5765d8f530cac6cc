//! A browser for one person: cookies, redirects, links and forms, no scripts. For the login and consent pages of servers
//! that are not ours.

use core::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use url::{Url, form_urlencoded};

/// For one request.
const PATIENCE: Duration = Duration::from_secs(20);
/// Redirects in a row, after which none leads anywhere.
const HOPS: u32 = 20;

/// Remembers cookies, each for the site that set it.
#[derive(Debug)]
pub struct Browser {
    http: Client,
    cookies: Vec<Cookie>,
}

#[derive(Debug, PartialEq, Eq)]
struct Cookie {
    site: String,
    path: String,
    name: String,
    value: String,
}

/// Where a request led.
#[derive(Debug)]
pub enum Arrived {
    /// To a page.
    Page(Page),
    /// Away from the site: there it is not followed.
    Elsewhere(Url),
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its address.
    pub url: Url,
    /// Its HTTP status.
    pub status: u16,
    /// Its source.
    pub html: String,
}

/// A form that is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where to.
    pub action: Url,
    fields: Vec<(String, String)>,
}

impl Browser {
    /// One that has been nowhere.
    pub fn new() -> Result<Self> {
        let http = Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE).build()?;
        Ok(Self { http, cookies: Vec::new() })
    }

    /// Goes to an address.
    pub async fn open(&mut self, url: &Url) -> Result<Arrived> {
        self.go(url.clone(), None).await
    }

    /// Posts a form with these answers beside what stands in it already.
    pub async fn submit(&mut self, form: &Form, answers: &[(&str, &str)]) -> Result<Arrived> {
        self.go(form.action.clone(), Some(form.encoded(answers))).await
    }

    async fn go(&mut self, mut url: Url, mut form: Option<String>) -> Result<Arrived> {
        let site = url.origin();
        for _ in 0..HOPS {
            if url.origin() != site {
                return Ok(Arrived::Elsewhere(url));
            }
            let response = self.request(&url, form.take()).await?;
            self.remember(&url, response.headers());
            let Some(next) = next(&url, &response)? else {
                let (status, html) = (response.status().as_u16(), response.text().await?);
                return Ok(Arrived::Page(Page { url, status, html }));
            };
            url = next;
        }
        bail!("{HOPS} redirects in a row, the last to {}", url.path())
    }

    async fn request(&self, url: &Url, form: Option<String>) -> Result<Response> {
        let request = match form {
            Some(form) => self
                .http
                .post(url.clone())
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form),
            None => self.http.get(url.clone()),
        };
        Ok(request.header(COOKIE, self.cookies_for(url)).send().await?)
    }

    fn cookies_for(&self, url: &Url) -> String {
        let site = site(url);
        let sent = self.cookies.iter().filter(|cookie| cookie.site == site && cookie.is_for(url.path()));
        sent.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
    }

    fn remember(&mut self, url: &Url, headers: &HeaderMap) {
        let set = headers.get_all(SET_COOKIE).iter().filter_map(|header| header.to_str().ok());
        for new in set.filter_map(|header| Cookie::parse(url, header)) {
            self.cookies.retain(|old| !old.is_same(&new));
            // A server takes a cookie back by setting it to nothing.
            if !new.value.is_empty() {
                self.cookies.push(new);
            }
        }
    }
}

impl Cookie {
    /// What the header `Set-Cookie` says; how long it lives is left out, no test takes that long.
    fn parse(url: &Url, header: &str) -> Option<Self> {
        let mut parts = header.split(';').map(str::trim);
        let (name, value) = parts.next()?.split_once('=')?;
        let path = parts.find_map(|part| part.strip_prefix("path=").or_else(|| part.strip_prefix("Path=")));
        let (name, value) = (name.to_owned(), value.to_owned());
        Some(Self { site: site(url), path: path.unwrap_or("/").to_owned(), name, value })
    }

    fn is_same(&self, other: &Self) -> bool {
        self.site == other.site && self.path == other.path && self.name == other.name
    }

    /// RFC 6265, section 5.1.4.
    fn is_for(&self, path: &str) -> bool {
        let rest = path.strip_prefix(&self.path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/'))
    }
}

impl Page {
    /// Its first form.
    pub fn form(&self) -> Result<Form> {
        let (_, rest) = self.html.split_once("<form").with_context(|| self.said("no form"))?;
        let form = rest.split("</form>").next().unwrap_or(rest);
        let tag = form.split('>').next().unwrap_or(form);
        ensure!(attribute(tag, "method").is_some_and(|method| method == "post"), "the form is not posted");
        let action = attribute(tag, "action").unwrap_or_default();
        let field = |tag: &str| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()));
        let fields = form.split("<input").skip(1).filter_map(|rest| field(rest.split('>').next()?));
        Ok(Form { action: self.url.join(&action)?, fields: fields.collect() })
    }

    /// Where the link with these words leads.
    pub fn link(&self, words: &str) -> Result<Url> {
        let mut links = self.html.split("<a ").skip(1).filter_map(|rest| rest.split_once('>'));
        let says = |rest: &str| rest.split("</a>").next().is_some_and(|said| said.trim() == words);
        let link = links.find(|(_, rest)| says(rest));
        let (tag, _) = link.with_context(|| self.said("no such link"))?;
        let href = attribute(&format!(" {tag}"), "href").with_context(|| self.said("a link to nowhere"))?;
        Ok(self.url.join(&href)?)
    }

    fn said(&self, what: &str) -> String {
        format!("{what} at {} ({}): {}", self.url.path(), self.status, self.html)
    }
}

impl Form {
    /// What a field holds already.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    fn encoded(&self, answers: &[(&str, &str)]) -> String {
        let is_answered = |name: &str| answers.iter().any(|(answered, _)| *answered == name);
        let kept = self.fields.iter().filter(|(name, _)| !is_answered(name));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).extend_pairs(answers).finish()
    }
}

fn site(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Where a redirect leads to, with a GET. One that keeps the method is none that a login page needs.
fn next(url: &Url, response: &Response) -> Result<Option<Url>> {
    if !matches!(response.status().as_u16(), 301..=303) {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION).context("a redirect to nowhere")?;
    Ok(Some(url.join(location.to_str()?)?))
}

/// An attribute in double quotes.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let begins = format!("{name}=\"");
    let is_whole = |at: usize| tag[..at].ends_with(|before: char| before.is_ascii_whitespace());
    let (at, _) = tag.match_indices(&begins).find(|(at, _)| is_whole(*at))?;
    let value = tag[at + begins.len()..].split('"').next()?;
    Some(unescaped(value))
}

fn unescaped(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'")];
    let text = named.iter().fold(text.to_owned(), |text, (name, character)| text.replace(name, character));
    // Last, or what it gives would be taken for one of the others.
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn page(html: &str) -> Page {
        Page { url: url("http://127.0.0.1:9/login/one"), status: 200, html: html.to_owned() }
    }

    fn browser(set: &[(&str, &str)]) -> Browser {
        let mut browser = Browser::new().unwrap();
        for (at, header) in set {
            let mut headers = HeaderMap::new();
            headers.append(SET_COOKIE, HeaderValue::from_str(header).unwrap());
            browser.remember(&url(at), &headers);
        }
        browser
    }

    #[test]
    fn a_cookie_goes_back_to_its_site_and_below_its_path() {
        let (site, other) = ("http://127.0.0.1:9/", "http://127.0.0.1:10/");
        let browser = browser(&[
            (site, "all=1; path=/; httponly"),
            (site, "some=2; Path=/login"),
            (other, "theirs=3"),
            (site, "no cookie"),
        ]);
        for (to, sent) in [
            ("http://127.0.0.1:9/", "all=1"),
            ("http://127.0.0.1:9/login", "all=1; some=2"),
            ("http://127.0.0.1:9/login/x?y", "all=1; some=2"),
            ("http://127.0.0.1:9/logins", "all=1"),
            ("http://127.0.0.1:10/login", "theirs=3"),
            ("https://127.0.0.1:9/login", ""),
        ] {
            assert_eq!(browser.cookies_for(&url(to)), sent, "{to}");
        }
    }

    #[test]
    fn a_cookie_is_replaced_and_taken_back() {
        let at = "http://127.0.0.1:9/";
        let set = [(at, "a=1"), (at, "b=1; path=/x"), (at, "a=2"), (at, "b=; path=/x; expires=long ago")];
        assert_eq!(browser(&set).cookies_for(&url("http://127.0.0.1:9/x")), "a=2");
    }

    #[test]
    fn a_form_is_posted_with_what_stands_in_it_and_the_answers() {
        let form = page(
            "<form class=\"data-action\" action=\"/go?a=1&amp;b=2\" method=\"post\">\
             <input type=\"hidden\" name=\"prompt\" value=\"&quot;login&quot;\"/>\
             <input required name=\"login\"\n value=\"old\"></form><input name=\"outside\" value=\"1\">",
        );
        let form = form.form().unwrap();
        assert_eq!(form.action.as_str(), "http://127.0.0.1:9/go?a=1&b=2");
        assert_eq!((form.value("prompt"), form.value("outside")), (Some("\"login\""), None));
        assert_eq!(form.encoded(&[("login", "a b")]), "prompt=%22login%22&login=a+b");
    }

    #[test]
    fn a_form_that_is_none_or_not_posted_is_not_guessed() {
        assert!(page("<p>nothing</p>").form().is_err());
        assert!(page("<form action=\"/x\"><input name=\"a\"></form>").form().is_err());
    }

    #[test]
    fn a_link_is_found_by_its_words() {
        let page =
            page("<a class=\"x\" href=\"other\">Help</a> <a href=\"abort?a&amp;amp;\"> [ Cancel ] </a>");
        assert_eq!(page.link("[ Cancel ]").unwrap().as_str(), "http://127.0.0.1:9/login/abort?a&amp;");
        assert_eq!(page.link("Help").unwrap().path(), "/login/other");
        assert!(page.link("Cancel").is_err());
    }
}
