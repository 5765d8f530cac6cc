//! Rule: an access token is a JWT (RFC 7519) that one of our named keys has signed with HS256, of type `access`, by us, for
//! us, and in its time (SPEC W7, W8).
//! Threat: `alg: none` and other algorithms, a key that the token names itself, a refresh token passed off as an access
//! token, another deployment's token, one that never ends.
//! Refusal: every failure is one and the same 401 `invalid_token`; the cause goes to the log only.

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::security::key_set::{KeySet, Kid};

/// How long a token is good unless the operator says otherwise.
pub const LIFE: SignedDuration = SignedDuration::from_mins(30);
/// The longest life that an operator can choose.
pub const LIFE_MAX: SignedDuration = SignedDuration::from_mins(60);
/// How far the clocks of two of our instances may lie apart.
pub const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// The longest token that is looked at, in bytes.
pub const TOKEN_MAX: usize = 4096;

/// Who makes tokens, and for whom: both are this deployment's public address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm(String);

impl Realm {
    /// Of the deployment at this address.
    pub fn new(public_base: &str) -> Self {
        Self(public_base.trim_end_matches('/').to_owned())
    }
}

/// What a token says of its bearer. There is no e-mail address in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The Discord user.
    pub user: UserId,
    /// Their name, to show; nothing is decided by it.
    pub username: String,
    /// Roles by their names. They are a hint for clients; what decides is read from our tables.
    pub roles: Vec<String>,
    /// The token's own id, for the deny-list.
    pub id: String,
    /// The sign-in that it belongs to.
    pub family: String,
    /// How often its user had signed out everywhere when it was made.
    pub epoch: u64,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why a token is not believed. All of them look the same from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// No JWT, or one with a header that we never write.
    #[error("malformed")]
    Malformed,
    /// Another algorithm than HS256.
    #[error("algorithm")]
    Algorithm,
    /// A key that we do not have, or no longer.
    #[error("unknown_key")]
    UnknownKey,
    /// The key did not sign it.
    #[error("bad_signature")]
    BadSignature,
    /// By somebody else, for somebody else, or of another type.
    #[error("claims")]
    Claims,
    /// Not yet good.
    #[error("future")]
    Future,
    /// Over, or meant to last longer than any token.
    #[error("expired")]
    Expired,
}

impl InvalidToken {
    /// The cause as a constant, for logs and metric dimensions.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknown_key",
            Self::BadSignature => "bad_signature",
            Self::Claims => "claims",
            Self::Future => "future",
            Self::Expired => "expired",
        }
    }
}

/// The token could not be written; nothing that we put into one makes that happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token could not be made")]
pub struct NotSigned;

/// A header as we write it. A `crit`, `jku`, `jwk` or `x5u` is somebody's try.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OurHeader {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    sub: UserId,
    username: String,
    roles: Vec<String>,
    iss: String,
    aud: String,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    #[serde(rename = "type")]
    kind: Kind,
    fam: String,
    epoch: u64,
}

#[derive(PartialEq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "access")]
    Access,
}

/// Signs a token that is good from `now` until `access.expires_at`, which is cut to [`LIFE_MAX`].
pub fn sign(access: &Access, keys: &KeySet, realm: &Realm, now: Timestamp) -> Result<String, NotSigned> {
    let keys = keys.at(now);
    let (kid, key) = keys.current();
    let latest = now.saturating_add(LIFE_MAX).unwrap_or(now);
    let claims = Claims {
        sub: access.user,
        username: access.username.clone(),
        roles: access.roles.clone(),
        iss: realm.0.clone(),
        aud: realm.0.clone(),
        jti: access.id.clone(),
        iat: now.as_second(),
        nbf: now.as_second(),
        exp: access.expires_at.min(latest).as_second(),
        kind: Kind::Access,
        fam: access.family.clone(),
        epoch: access.epoch,
    };
    let header = Header { kid: Some(kid.to_string()), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key.expose())).map_err(|_| NotSigned)
}

/// What the token says, if it may be believed now. Whether it was revoked is the store's to say.
pub fn verify(token: &str, keys: &KeySet, realm: &Realm, now: Timestamp) -> Result<Access, InvalidToken> {
    let kid = kid(token)?;
    let keys = keys.at(now);
    let key = keys.get(&kid).ok_or(InvalidToken::UnknownKey)?;
    let key = DecodingKey::from_secret(key.expose());
    let data = jsonwebtoken::decode::<Claims>(token, &key, &validation(realm)).map_err(|error| {
        use jsonwebtoken::errors::ErrorKind;
        match error.kind() {
            ErrorKind::InvalidSignature => InvalidToken::BadSignature,
            ErrorKind::InvalidAlgorithm => InvalidToken::Algorithm,
            ErrorKind::Base64(_) | ErrorKind::InvalidToken | ErrorKind::Utf8(_) => InvalidToken::Malformed,
            _ => InvalidToken::Claims,
        }
    })?;
    in_time(data.claims, now)
}

/// Of the header alone, before anything is computed.
fn kid(token: &str) -> Result<Kid, InvalidToken> {
    if token.len() > TOKEN_MAX {
        return Err(InvalidToken::Malformed);
    }
    let mut parts = token.split('.');
    let (Some(header), Some(_), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(InvalidToken::Malformed);
    };
    let json = BASE64URL_NOPAD.decode(header.as_bytes()).map_err(|_| InvalidToken::Malformed)?;
    let header: OurHeader = serde_json::from_slice(&json).map_err(|_| InvalidToken::Malformed)?;
    if header.alg != "HS256" {
        return Err(InvalidToken::Algorithm);
    }
    if header.typ != "JWT" || signature.is_empty() {
        return Err(InvalidToken::Malformed);
    }
    header.kid.parse().map_err(|_| InvalidToken::UnknownKey)
}

/// The library's clock is the machine's; ours is an argument, so the times are looked at here.
fn validation(realm: &Realm) -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    validation.set_audience(&[&realm.0]);
    validation.set_issuer(&[&realm.0]);
    validation
}

fn in_time(claims: Claims, now: Timestamp) -> Result<Access, InvalidToken> {
    let at = |second: i64| Timestamp::from_second(second).map_err(|_| InvalidToken::Claims);
    let (issued, begins, ends) = (at(claims.iat)?, at(claims.nbf)?, at(claims.exp)?);
    if begins.duration_since(now) > LEEWAY || issued.duration_since(now) > LEEWAY {
        return Err(InvalidToken::Future);
    }
    if now.duration_since(ends) >= LEEWAY || ends.duration_since(issued) > LIFE_MAX {
        return Err(InvalidToken::Expired);
    }
    let Claims { sub, username, roles, jti, fam, epoch, .. } = claims;
    Ok(Access { user: sub, username, roles, id: jti, family: fam, epoch, expires_at: ends })
}

#[cfg(test)]
#[path = "access_token_tests.rs"]
mod tests;
