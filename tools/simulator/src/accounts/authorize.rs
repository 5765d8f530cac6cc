//! What a browser brings to the consent page, and where it is sent from there (RFC 6749, section 4.1). Pure.
//!
//! Nobody is sent to an address that the client did not register, whatever else is wrong: until client and address are
//! known, every answer is a page (section 4.1.2.1).

use url::Url;

use super::config::ClientConfig;
use super::form::Fields;
use super::pkce;
use super::service::Service;

/// A request that may be put to a person.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) client: ClientConfig,
    pub(super) back: Back,
    pub(super) scopes: Vec<String>,
    pub(super) challenge: Option<String>,
    pub(super) lasting: Lasting,
}

/// Where the answer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Back {
    service: Service,
    redirect: Url,
    /// As it was registered and asked for.
    pub(super) registered: String,
    state: Option<String>,
}

/// Whether a refresh token is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lasting {
    /// Yes.
    Always,
    /// At the first consent alone (Google, without `prompt=consent`).
    Once,
    /// No.
    Never,
}

/// Why nobody is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// A page says so.
    Here(String),
    /// The client is told.
    There(Url),
}

/// Reads a request's query.
pub(super) fn read(service: Service, query: &str, clients: &[ClientConfig]) -> Result<Asked, Refused> {
    let here = |why: &str| Refused::Here(why.to_owned());
    let fields = Fields::parse(query.as_bytes()).map_err(|twice| Refused::Here(twice.to_string()))?;
    let id = fields.get("client_id").ok_or_else(|| here("client_id is missing"))?;
    let client = clients.iter().find(|one| one.service == service && one.id == id);
    let client = client.ok_or_else(|| here("there is no such client"))?;
    let redirect = fields.get("redirect_uri").ok_or_else(|| here("redirect_uri is missing"))?;
    let registered = client.redirects.iter().find(|one| *one == redirect);
    let registered = registered.ok_or_else(|| here("redirect_uri is not one that this client registered"))?;
    let parsed = Url::parse(registered).ok().filter(|url| url.fragment().is_none());
    let back = Back {
        service,
        redirect: parsed.ok_or_else(|| here("the registered address does not read as one"))?,
        registered: registered.clone(),
        state: fields.get("state").map(str::to_owned),
    };
    check(service, &fields, client, &back)
        .map_err(|(error, why)| Refused::There(back.error(error, Some(why))))
}

/// What is told to the client: RFC 6749, section 4.1.2.1.
type Wrong = (&'static str, &'static str);

fn check(service: Service, fields: &Fields, client: &ClientConfig, back: &Back) -> Result<Asked, Wrong> {
    if fields.get("response_type") != Some("code") {
        return Err(("unsupported_response_type", "response_type has to be code"));
    }
    if back.state.is_none() {
        return Err(("invalid_request", "state is missing"));
    }
    Ok(Asked {
        client: client.clone(),
        back: back.clone(),
        scopes: scopes(service, fields.get("scope").unwrap_or_default())?,
        challenge: challenge(service, fields)?,
        lasting: lasting(service, fields)?,
    })
}

fn scopes(service: Service, text: &str) -> Result<Vec<String>, Wrong> {
    let known = |scope: &str| service.habits().scopes.iter().any(|(one, _)| *one == scope);
    let asked: Vec<String> = text.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect();
    if asked.is_empty() || !asked.iter().all(|scope| known(scope)) {
        return Err(("invalid_scope", "the scope is empty, or unknown to this simulator"));
    }
    if service == Service::Slack && !asked.iter().any(|scope| scope == "openid") {
        return Err(("invalid_scope", "signing in with Slack asks for openid"));
    }
    Ok(asked)
}

/// A service without PKCE does not look at it.
fn challenge(service: Service, fields: &Fields) -> Result<Option<String>, Wrong> {
    if !service.habits().pkce {
        return Ok(None);
    }
    if fields.get("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "code_challenge_method has to be S256"));
    }
    let challenge = fields.get("code_challenge").filter(|text| pkce::is_challenge(text));
    challenge.map(|text| Some(text.to_owned())).ok_or(("invalid_request", "code_challenge is none of S256"))
}

/// Google's `access_type` and `prompt`.
fn lasting(service: Service, fields: &Fields) -> Result<Lasting, Wrong> {
    if service != Service::YouTube {
        return Ok(Lasting::Always);
    }
    let mut prompts = fields.get("prompt").unwrap_or_default().split(' ').filter(|one| !one.is_empty());
    let mut consents = false;
    if prompts.clone().any(|one| one == "none") {
        return Err(("interaction_required", "nobody is signed in here without a click"));
    }
    if !prompts.all(|one| {
        consents |= one == "consent";
        matches!(one, "consent" | "select_account")
    }) {
        return Err(("invalid_request", "prompt is none, consent or select_account"));
    }
    match fields.get("access_type") {
        None | Some("online") => Ok(Lasting::Never),
        Some("offline") if consents => Ok(Lasting::Always),
        Some("offline") => Ok(Lasting::Once),
        Some(_) => Err(("invalid_request", "access_type is online or offline")),
    }
}

impl Back {
    /// With a code.
    pub(super) fn code(&self, code: &str, scopes: &[String]) -> Url {
        let mut pairs = vec![("code", code.to_owned())];
        if matches!(self.service, Service::Twitch | Service::YouTube) {
            pairs.push(("scope", scopes.join(" ")));
        }
        self.with(pairs)
    }

    /// The person says no.
    pub(super) fn denied(&self) -> Url {
        self.error(
            "access_denied",
            match self.service {
                Service::Twitch => Some("The user denied you access"),
                Service::Discord => Some("The resource owner or authorization server denied the request"),
                Service::Slack | Service::Spotify | Service::YouTube => None,
            },
        )
    }

    fn error(&self, error: &'static str, why: Option<&'static str>) -> Url {
        let why = why.map(|why| ("error_description", why.to_owned()));
        self.with([("error", error.to_owned())].into_iter().chain(why))
    }

    fn with(&self, pairs: impl IntoIterator<Item = (&'static str, String)>) -> Url {
        let mut url = self.redirect.clone();
        let mut query = url.query_pairs_mut();
        query.extend_pairs(pairs);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        if let Some(issuer) = self.service.habits().says_issuer {
            query.append_pair("iss", issuer);
        }
        drop(query);
        url
    }

    /// The origin that a form may lead to, as a content security policy names it.
    pub(super) fn source(&self) -> String {
        let origin = self.redirect.origin();
        if origin.is_tuple() { origin.ascii_serialization() } else { format!("{}:", self.redirect.scheme()) }
    }

    /// Where the person will be sent, in few words.
    pub(super) fn place(&self) -> String {
        let host = self.redirect.host_str().unwrap_or_else(|| self.redirect.scheme());
        self.redirect.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

#[cfg(test)]
#[path = "authorize_tests.rs"]
mod tests;
