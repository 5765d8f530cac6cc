//! Addresses that carry a signature (Signature Version 4 in the query): who has one may do what it says, until it ends.
//!
//! Of all signatures these alone are checked, since a browser has nothing else to show. There is one access key here, and
//! its secret is its name. <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use core::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::error::S3Error;
use super::request::Request;
use crate::wire::{ACCESS_KEY, REGION};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SIGNATURE: &str = "X-Amz-Signature";
/// A week, in seconds.
const LONGEST: i64 = 604_800;
/// How far the signer's clock may be ahead.
const LEEWAY: SignedDuration = SignedDuration::from_mins(15);

/// A request that is signed in its address holds what it says, and comes in time. One that is signed in a header passes, and
/// one that is not signed at all does not: no bucket here is open to everybody.
pub(super) fn check(request: &Request, now: Timestamp) -> Result<(), S3Error> {
    let Some(given) = request.query(SIGNATURE) else {
        let signed = request.header("authorization").is_some();
        return if signed { Ok(()) } else { Err(S3Error::access_denied("Access Denied")) };
    };
    let said = Said::read(request)?;
    if now < said.at - LEEWAY {
        return Err(S3Error::access_denied("Request is not yet valid"));
    }
    if now >= said.at + SignedDuration::from_secs(said.seconds) {
        return Err(S3Error::access_denied("Request has expired"));
    }
    let text =
        format!("{ALGORITHM}\n{}\n{}\n{}", said.date, said.scope, digest(&canonical(request, said.headers)));
    let key = said.scope.split('/').fold(seed(), |key, part| mac(&key, part));
    if hex::encode(mac(&key, &text)) == given { Ok(()) } else { Err(S3Error::signature_does_not_match()) }
}

/// What the address says about its signature.
struct Said<'a> {
    date: &'a str,
    at: Timestamp,
    seconds: i64,
    /// `<day>/<region>/s3/aws4_request`
    scope: &'a str,
    headers: &'a str,
}

impl<'a> Said<'a> {
    fn read(request: &'a Request) -> Result<Self, S3Error> {
        let missing = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, \
                       X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
        let get = |name: &str| request.query(name).ok_or(S3Error::query_parameters(missing));
        if get("X-Amz-Algorithm")? != ALGORITHM {
            return Err(S3Error::query_parameters("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\""));
        }
        let date = get("X-Amz-Date")?;
        let malformed = S3Error::query_parameters("X-Amz-Date must be in the ISO8601 Long Format");
        let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date).ok();
        let at = at.and_then(|at| at.to_zoned(jiff::tz::TimeZone::UTC).ok()).ok_or(malformed)?.timestamp();
        let seconds = get("X-Amz-Expires")?.parse().ok().filter(|seconds| (1..=LONGEST).contains(seconds));
        let range = "X-Amz-Expires must be a positive number of at most a week";
        let seconds = seconds.ok_or(S3Error::query_parameters(range))?;
        let (who, scope) = get("X-Amz-Credential")?.split_once('/').unwrap_or_default();
        if who != ACCESS_KEY {
            return Err(S3Error::unknown_access_key());
        }
        let day = date.split('T').next().unwrap_or_default();
        if scope != format!("{day}/{REGION}/s3/aws4_request") {
            return Err(S3Error::query_parameters("Error parsing the X-Amz-Credential parameter"));
        }
        Ok(Self { date, at, seconds, scope, headers: get("X-Amz-SignedHeaders")? })
    }
}

/// The request in the one spelling that is signed. Its body is not.
fn canonical(request: &Request, headers: &str) -> String {
    let query = request.uri.query().unwrap_or_default();
    let pairs = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != SIGNATURE);
    let mut pairs: Vec<String> =
        pairs.map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value))).collect();
    pairs.sort();
    let mut text = format!("{}\n{}\n{}\n", request.method, request.uri.path(), pairs.join("&"));
    for name in headers.split(';') {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}:{}", request.header(name).unwrap_or_default().trim());
    }
    text + "\n" + headers + "\nUNSIGNED-PAYLOAD"
}

/// All but unreserved characters (RFC 3986, 2.3).
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn seed() -> Vec<u8> {
    format!("AWS4{ACCESS_KEY}").into_bytes()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
