//! Discord's rate limits as its answers tell them, so that we wait instead of being refused
//! (<https://discord.com/developers/docs/topics/rate-limits>). A 429 is waited for by the sender itself; too many of
//! them would get the bot's address blocked.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::time::Instant;

use super::RestError;

/// Routes remembered at a time; a bot has a handful for each guild.
const ROUTES: usize = 4096;

/// When each route has room again. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets(Arc<Mutex<HashMap<String, Instant>>>);

impl Buckets {
    /// A route's limit is its method's, and its first id's (channel or guild).
    pub(super) fn key(method: &Method, path: &[&str]) -> String {
        let rest = path.get(2..).unwrap_or_default();
        let shape: Vec<&str> = rest
            .iter()
            .map(|part| if part.bytes().all(|b| b.is_ascii_digit()) { ":id" } else { part })
            .collect();
        let top = path.get(..2).unwrap_or(path).join("/");
        format!("{method} {top}/{}", shape.join("/"))
    }

    /// Waits until the route has room, unless that is longer than `patience`.
    pub(super) async fn wait(&self, route: &str, patience: Duration) -> Result<(), RestError> {
        let until = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(route).copied();
        let Some(until) = until else { return Ok(()) };
        if until.saturating_duration_since(Instant::now()) > patience {
            return Err(RestError::GaveUp { cause: "rate_limited" });
        }
        tokio::time::sleep_until(until).await;
        Ok(())
    }

    /// Remembers a route that has no room left.
    pub(super) fn learn(&self, route: &str, headers: &HeaderMap) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match exhausted_for(headers) {
            None => drop(buckets.remove(route)),
            Some(wait) => {
                if buckets.len() >= ROUTES {
                    let now = Instant::now();
                    buckets.retain(|_, until| *until > now);
                }
                buckets.insert(route.to_owned(), Instant::now() + wait);
            }
        }
    }
}

/// How long until there is room, if there is none now. An absurd time is as if nothing were said.
fn exhausted_for(headers: &HeaderMap) -> Option<Duration> {
    const LONGEST: f64 = 3600.0;
    let text = |name: &str| headers.get(name)?.to_str().ok();
    if text("x-ratelimit-remaining")? != "0" {
        return None;
    }
    let seconds: f64 = text("x-ratelimit-reset-after")?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok().filter(|wait| wait.as_secs_f64() <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(remaining: &'static str, after: &'static str) -> HeaderMap {
        let pairs = [("x-ratelimit-remaining", remaining), ("x-ratelimit-reset-after", after)];
        pairs.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_route_is_its_shape_and_its_first_id() {
        let key = |path: &[&str]| Buckets::key(&Method::PATCH, path);
        assert_eq!(key(&["channels", "1", "messages", "2"]), "PATCH channels/1/messages/:id");
        assert_eq!(key(&["channels", "1", "messages", "3"]), "PATCH channels/1/messages/:id");
        assert_ne!(key(&["channels", "2", "messages", "2"]), key(&["channels", "1", "messages", "2"]));
    }

    #[test]
    fn only_an_empty_bucket_is_waited_for_and_never_for_ever() {
        assert_eq!(exhausted_for(&headers("0", "1.5")), Some(Duration::from_millis(1500)));
        for (remaining, after) in [("1", "1.5"), ("0", "-1"), ("0", "NaN"), ("0", "1e300"), ("x", "1")] {
            assert_eq!(exhausted_for(&headers(remaining, after)), None, "{remaining} {after}");
        }
        assert_eq!(exhausted_for(&HeaderMap::new()), None);
    }

    #[tokio::test]
    async fn an_empty_bucket_is_waited_for_within_reason() {
        let buckets = Buckets::default();
        buckets.learn("a", &headers("0", "0.2"));
        let begin = Instant::now();
        assert_eq!(buckets.wait("b", Duration::ZERO).await, Ok(()), "another route");
        assert!(buckets.wait("a", Duration::ZERO).await.is_err(), "longer than the patience");
        assert_eq!(buckets.wait("a", Duration::from_secs(5)).await, Ok(()));
        assert!(begin.elapsed() >= Duration::from_millis(200));
        buckets.learn("a", &headers("3", "2"));
        assert_eq!(buckets.wait("a", Duration::ZERO).await, Ok(()));
    }
}
