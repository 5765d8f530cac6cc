//! The address that a user's browser is sent to.

use url::Url;

use super::spec::spec;
use crate::domain::accounts::Provider;
use crate::security::oauth::one_time::OneTime;
use crate::security::oauth::pkce::{METHOD, Verifier};

/// What a linking asks a service for.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// Which service.
    pub provider: Provider,
    /// Our client there. It is public.
    pub client: &'a str,
    /// The one address that the answer may come to, as it is registered.
    pub redirect: &'a Url,
    /// What the answer has to bring back.
    pub state: &'a OneTime,
    /// Whose challenge is sent, to services that take one.
    pub verifier: &'a Verifier,
}

/// A base address that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the service's address does not read as one")]
pub struct BadEndpoint;

/// An endpoint of a service: its own, or the same path below another base, for simulators and tests.
pub fn endpoint(own: &str, base: Option<&Url>) -> Result<Url, BadEndpoint> {
    let mut own = Url::parse(own).map_err(|_| BadEndpoint)?;
    let Some(base) = base else { return Ok(own) };
    own.set_scheme(base.scheme()).map_err(|()| BadEndpoint)?;
    own.set_host(base.host_str()).map_err(|_| BadEndpoint)?;
    own.set_port(base.port()).map_err(|()| BadEndpoint)?;
    let path = format!("{}{}", base.path().trim_end_matches('/'), own.path());
    own.set_path(&path);
    Ok(own)
}

/// Where to send the browser (RFC 6749, section 4.1.1).
pub fn authorize_url(asking: Asking<'_>, base: Option<&Url>) -> Result<Url, BadEndpoint> {
    let spec = spec(asking.provider);
    let mut url = endpoint(spec.authorize, base)?;
    let mut query = url.query_pairs_mut();
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", asking.client)
        .append_pair("redirect_uri", asking.redirect.as_str())
        .append_pair("scope", &spec.scopes.join(" "))
        .append_pair("state", &asking.state.to_text());
    if spec.pkce {
        query.append_pair("code_challenge", &asking.verifier.challenge());
        query.append_pair("code_challenge_method", METHOD);
    }
    query.extend_pairs(spec.more);
    drop(query);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Rng;

    fn url(provider: Provider, base: Option<&str>) -> String {
        let redirect = Url::parse("https://bot.example.org/oauth/callback/x").unwrap();
        let (state, browser) = (OneTime::new(Rng::fixed(1)).unwrap(), OneTime::new(Rng::fixed(2)).unwrap());
        let verifier = Verifier::of(&browser, &state);
        let asking = Asking {
            provider,
            client: "our client",
            redirect: &redirect,
            state: &state,
            verifier: &verifier,
        };
        let base = base.map(|base| Url::parse(base).unwrap());
        authorize_url(asking, base.as_ref()).unwrap().to_string().replace('&', "\n&")
    }

    #[test]
    fn each_service_is_asked_in_its_own_way() {
        let all: Vec<String> = Provider::ALL.map(|provider| url(provider, None)).into();
        insta::assert_snapshot!(all.join("\n\n"));
    }

    #[test]
    fn another_base_keeps_the_paths() {
        let said = url(Provider::YouTube, Some("http://127.0.0.1:8787/simulated/google/"));
        assert!(said.starts_with("http://127.0.0.1:8787/simulated/google/o/oauth2/v2/auth?"), "{said}");
        let token =
            endpoint("https://id.twitch.tv/oauth2/token", Some(&Url::parse("http://[::1]:9").unwrap()));
        assert_eq!(token.unwrap().as_str(), "http://[::1]:9/oauth2/token");
        assert_eq!(endpoint("token", None), Err(BadEndpoint));
        assert_eq!(endpoint("https://a/b", Some(&Url::parse("data:x").unwrap())), Err(BadEndpoint));
    }

    /// A client id that somebody configured with care for nothing stays one parameter.
    #[test]
    fn nothing_breaks_out_of_its_parameter() {
        let said = url(Provider::Slack, None);
        assert!(said.contains("client_id=our+client"), "{said}");
        assert!(said.contains("redirect_uri=https%3A%2F%2Fbot.example.org%2Foauth%2Fcallback%2Fx"), "{said}");
    }
}
