//! What is sent to a service: the exchange of a code, a refresh, a revocation, the question whose a token is
//! (RFC 6749, sections 2.3.1, 4.1.3 and 6; RFC 7009; each service's own pages in [`super::spec`]).

use data_encoding::BASE64;
use url::{Url, form_urlencoded};

use super::authorize::{BadEndpoint, endpoint};
use super::spec::spec;
use crate::domain::accounts::Provider;
use crate::security::oauth::pkce::Verifier;
use crate::security::secret::Secret;

/// Our client at a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Its id. It is public.
    pub client: String,
    /// Its secret.
    pub secret: Secret,
}

/// A request. Its address holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Where to.
    pub url: Url,
    /// The header `Authorization`.
    pub authorization: Option<Secret>,
    /// A form to be posted; without one the request is a GET.
    pub form: Option<Secret>,
}

/// How a service wants to know whose client it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClientIn {
    /// HTTP Basic, as RFC 6749 prefers.
    Header,
    /// Two fields of the form.
    Form,
}

const fn client_in(provider: Provider) -> ClientIn {
    match provider {
        Provider::Discord | Provider::Spotify => ClientIn::Header,
        Provider::Slack | Provider::Twitch | Provider::YouTube => ClientIn::Form,
    }
}

/// A code for tokens. `redirect` is the address that the code came to.
pub fn exchange(
    provider: Provider,
    registration: &Registration,
    code: &str,
    redirect: &Url,
    verifier: &Verifier,
    base: Option<&Url>,
) -> Result<Ask, BadEndpoint> {
    let mut fields = vec![
        ("grant_type", "authorization_code".as_bytes()),
        ("code", code.as_bytes()),
        ("redirect_uri", redirect.as_str().as_bytes()),
    ];
    if spec(provider).pkce {
        fields.push(("code_verifier", verifier.secret().expose()));
    }
    of_client(provider, registration, spec(provider).token, fields, base)
}

/// A refresh token for new tokens.
pub fn refresh(
    provider: Provider,
    registration: &Registration,
    token: &Secret,
    base: Option<&Url>,
) -> Result<Ask, BadEndpoint> {
    let fields = vec![("grant_type", "refresh_token".as_bytes()), ("refresh_token", token.expose())];
    of_client(provider, registration, spec(provider).token, fields, base)
}

/// A token of our own, for what is nobody's (RFC 6749, section 4.4).
pub fn app_token(
    provider: Provider,
    registration: &Registration,
    base: Option<&Url>,
) -> Result<Ask, BadEndpoint> {
    let fields = vec![("grant_type", "client_credentials".as_bytes())];
    of_client(provider, registration, spec(provider).token, fields, base)
}

/// Takes back what a user has given us; `None`: the service has no place for that. `token` is the refresh token where
/// there is one, since it is the one that matters; Twitch takes access tokens only, and ends the other with it.
pub fn revoke(
    provider: Provider,
    registration: &Registration,
    token: &Secret,
    base: Option<&Url>,
) -> Result<Option<Ask>, BadEndpoint> {
    let Some(own) = spec(provider).revoke else { return Ok(None) };
    let ask = match provider {
        // The token is who asks, and what is asked about.
        Provider::Slack => Ask { form: Some(form(&[])), ..bearing("Bearer ", own, token, base)? },
        Provider::YouTube => Ask {
            url: endpoint(own, base)?,
            authorization: None,
            form: Some(form(&[("token", token.expose())])),
        },
        // Its client has no secret here.
        Provider::Twitch => {
            let fields = [("client_id", registration.client.as_bytes()), ("token", token.expose())];
            Ask { url: endpoint(own, base)?, authorization: None, form: Some(form(&fields)) }
        }
        Provider::Discord | Provider::Spotify => {
            of_client(provider, registration, own, vec![("token", token.expose())], base)?
        }
    };
    Ok(Some(ask))
}

/// Whose a token is.
pub fn identity(provider: Provider, access: &Secret, base: Option<&Url>) -> Result<Ask, BadEndpoint> {
    // Twitch's endpoint for this is older than the word "Bearer" there.
    let scheme = if provider == Provider::Twitch { "OAuth " } else { "Bearer " };
    bearing(scheme, spec(provider).identity, access, base)
}

fn bearing(scheme: &str, own: &str, token: &Secret, base: Option<&Url>) -> Result<Ask, BadEndpoint> {
    let authorization = Some(Secret::new([scheme.as_bytes(), token.expose()].concat()));
    Ok(Ask { url: endpoint(own, base)?, authorization, form: None })
}

fn of_client<'a>(
    provider: Provider,
    registration: &'a Registration,
    own: &str,
    mut fields: Vec<(&'a str, &'a [u8])>,
    base: Option<&Url>,
) -> Result<Ask, BadEndpoint> {
    let authorization = match client_in(provider) {
        ClientIn::Header => Some(basic(registration)),
        ClientIn::Form => {
            fields.push(("client_id", registration.client.as_bytes()));
            fields.push(("client_secret", registration.secret.expose()));
            None
        }
    };
    Ok(Ask { url: endpoint(own, base)?, authorization, form: Some(form(&fields)) })
}

/// Both halves are encoded as in a form before they are put together (RFC 6749, section 2.3.1).
fn basic(registration: &Registration) -> Secret {
    let encoded = |bytes: &[u8]| form_urlencoded::byte_serialize(bytes).collect::<String>();
    let pair =
        format!("{}:{}", encoded(registration.client.as_bytes()), encoded(registration.secret.expose()));
    Secret::new(format!("Basic {}", BASE64.encode(Secret::new(pair).expose())))
}

fn form(fields: &[(&str, &[u8])]) -> Secret {
    let field = |(name, value): &(&str, &[u8])| {
        let value: String = form_urlencoded::byte_serialize(value).collect();
        format!("{name}={value}")
    };
    Secret::new(fields.iter().map(field).collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use core::str;

    use proptest::prelude::*;

    use super::*;
    use crate::security::oauth::one_time::OneTime;

    fn registration() -> Registration {
        Registration { client: "our client".into(), secret: Secret::new("s3cret/+") }
    }

    fn text(secret: Option<&Secret>) -> &str {
        str::from_utf8(secret.unwrap().expose()).unwrap()
    }

    fn fields(ask: &Ask) -> Vec<(String, String)> {
        form_urlencoded::parse(ask.form.as_ref().unwrap().expose()).into_owned().collect()
    }

    fn verifier() -> Verifier {
        let one: OneTime = "A".repeat(43).parse().unwrap();
        Verifier::of(&one, &one)
    }

    fn exchanged(provider: Provider) -> Ask {
        let redirect = Url::parse("https://bot.example/oauth/callback/x").unwrap();
        exchange(provider, &registration(), "c&de", &redirect, &verifier(), None).unwrap()
    }

    #[test]
    fn a_code_is_exchanged_with_its_verifier_where_there_is_one() {
        for provider in Provider::ALL {
            let ask = exchanged(provider);
            let fields = fields(&ask);
            let has = |name: &str, value: &str| fields.contains(&(name.to_owned(), value.to_owned()));
            assert!(has("grant_type", "authorization_code") && has("code", "c&de"), "{provider}");
            assert!(has("redirect_uri", "https://bot.example/oauth/callback/x"));
            let sent = verifier();
            let sent = str::from_utf8(sent.secret().expose()).unwrap();
            assert_eq!(has("code_verifier", sent), spec(provider).pkce, "{provider}");
            assert_eq!(ask.url.as_str(), spec(provider).token);
        }
    }

    #[test]
    fn the_client_says_once_who_it_is() {
        for provider in Provider::ALL {
            let ask = exchanged(provider);
            let in_form = fields(&ask).contains(&("client_secret".to_owned(), "s3cret/+".to_owned()));
            assert_ne!(in_form, ask.authorization.is_some(), "{provider}");
        }
        let ask = exchanged(Provider::Spotify);
        let encoded = text(ask.authorization.as_ref()).strip_prefix("Basic ").unwrap();
        assert_eq!(BASE64.decode(encoded.as_bytes()).unwrap(), b"our+client:s3cret%2F%2B");
    }

    #[test]
    fn a_refresh_asks_the_token_endpoint_and_nothing_else() {
        let ask = refresh(Provider::Discord, &registration(), &Secret::new("r"), None).unwrap();
        assert_eq!(text(ask.form.as_ref()), "grant_type=refresh_token&refresh_token=r");
        assert_eq!(ask.url.as_str(), "https://discord.com/api/oauth2/token");
    }

    #[test]
    fn a_token_of_our_own_is_asked_for_with_our_own_secret() {
        let ask = app_token(Provider::Twitch, &registration(), None).unwrap();
        let expected = "grant_type=client_credentials&client_id=our+client&client_secret=s3cret%2F%2B";
        assert_eq!(
            (ask.url.as_str(), text(ask.form.as_ref())),
            ("https://id.twitch.tv/oauth2/token", expected)
        );
    }

    #[test]
    fn each_service_is_asked_to_revoke_in_its_own_way() {
        let ask = |provider| revoke(provider, &registration(), &Secret::new("r"), None).unwrap();
        assert_eq!(ask(Provider::Spotify), None);
        let slack = ask(Provider::Slack).unwrap();
        assert_eq!((text(slack.authorization.as_ref()), text(slack.form.as_ref())), ("Bearer r", ""));
        let google = ask(Provider::YouTube).unwrap();
        assert_eq!((google.authorization.as_ref(), text(google.form.as_ref())), (None, "token=r"));
        let twitch = ask(Provider::Twitch).unwrap();
        assert_eq!(text(twitch.form.as_ref()), "client_id=our+client&token=r");
        let discord = ask(Provider::Discord).unwrap();
        assert!(text(discord.authorization.as_ref()).starts_with("Basic "));
        assert_eq!(text(discord.form.as_ref()), "token=r");
    }

    #[test]
    fn a_token_says_whose_it_is_at_the_right_place_and_at_another_base() {
        let base = Url::parse("http://127.0.0.1:9/spotify").unwrap();
        let ask = identity(Provider::Spotify, &Secret::new("a"), Some(&base)).unwrap();
        assert_eq!(ask.url.as_str(), "http://127.0.0.1:9/spotify/v1/me");
        assert_eq!((text(ask.authorization.as_ref()), ask.form.as_ref()), ("Bearer a", None));
        let twitch = identity(Provider::Twitch, &Secret::new("a"), None).unwrap();
        assert_eq!(text(twitch.authorization.as_ref()), "OAuth a");
    }

    proptest! {
        #[test]
        fn whatever_is_in_a_token_stays_in_its_field(token in "\\PC{1,60}", client in "\\PC{1,30}") {
            let registration = Registration { client: client.clone(), secret: Secret::new("s") };
            let ask = refresh(Provider::Twitch, &registration, &Secret::new(token.clone()), None).unwrap();
            let expected = [("grant_type", "refresh_token"), ("refresh_token", &token), ("client_id", &client), ("client_secret", "s")];
            let expected: Vec<_> = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            prop_assert_eq!(fields(&ask), expected);
            prop_assert!(!ask.url.as_str().contains(&token) || token.len() < 4);
        }
    }
}
