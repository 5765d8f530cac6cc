//! What can go wrong at a service.

use serde::{Deserialize, Serialize};

use super::desk::Endpoint;
use super::service::Service;

/// A service fails. In JSON: `{"fault": "accounts", "service": "spotify", "times": 2, "kind": {"status": 503}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountsFault {
    /// Which one.
    pub service: Service,
    /// Where.
    #[serde(default)]
    pub at: FaultAt,
    /// How often; none: until mended.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens.
    pub kind: AccountsFaultKind,
}

/// Where a service fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultAt {
    /// At the token endpoint.
    #[default]
    Token,
    /// Everywhere.
    Everywhere,
    /// There alone.
    #[serde(untagged)]
    Only(Endpoint),
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountsFaultKind {
    /// 429, with this many seconds in `Retry-After`; nothing is done.
    RateLimited(u64),
    /// An error of the service's own, such as 500 or 503; nothing is done.
    Status(u16),
    /// Everything is done, and the answer comes so many milliseconds late.
    Hang(u64),
    /// Everything is done, and the connection breaks in the middle of the answer.
    Cut,
    /// Everything is done, and the answer is no JSON.
    Malformed,
    /// The code or refresh token is said to be worth nothing; nothing is done.
    InvalidGrant,
}

/// All faults of all services, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct AccountsFaults(Vec<AccountsFault>);

impl AccountsFaults {
    pub(crate) fn add(&mut self, fault: AccountsFault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What happens to this request; it counts against the fault's times.
    pub(super) fn hit(&mut self, service: Service, endpoint: Endpoint) -> Option<AccountsFaultKind> {
        self.0.retain(|fault| fault.times != Some(0));
        let is_hit = |fault: &&mut AccountsFault| fault.service == service && fault.at.is(endpoint);
        let fault = self.0.iter_mut().find(is_hit)?;
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        Some(fault.kind)
    }
}

impl FaultAt {
    fn is(self, endpoint: Endpoint) -> bool {
        match self {
            Self::Token => endpoint == Endpoint::Token,
            Self::Everywhere => true,
            Self::Only(only) => endpoint == only,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fault::Fault;

    #[test]
    fn a_fault_hits_its_service_and_place_as_often_as_it_says() {
        let mut faults = AccountsFaults::default();
        let kind = AccountsFaultKind::Status(503);
        let service = Service::Spotify;
        faults.add(AccountsFault { service, at: FaultAt::Token, times: Some(2), kind });
        assert_eq!(faults.hit(Service::Slack, Endpoint::Token), None);
        assert_eq!(faults.hit(service, Endpoint::Identity), None);
        let hits = (0..3).filter(|_| faults.hit(service, Endpoint::Token).is_some());
        assert_eq!(hits.count(), 2);
        faults.add(AccountsFault { service, at: FaultAt::Everywhere, times: None, kind });
        assert!(Endpoint::ALL.iter().all(|one| faults.hit(service, *one) == Some(kind)));
        faults.clear();
        assert_eq!(faults.hit(service, Endpoint::Token), None);
        faults.add(AccountsFault { service, at: FaultAt::Only(Endpoint::Data), times: None, kind });
        let hit: Vec<_> =
            Endpoint::ALL.into_iter().filter(|one| faults.hit(service, *one).is_some()).collect();
        assert_eq!(hit, [Endpoint::Data]);
    }

    #[test]
    fn faults_are_written_as_flat_json() {
        let read = |value| serde_json::from_value::<Fault>(value).unwrap();
        let fault =
            |at, times, kind| Fault::Accounts(AccountsFault { service: Service::YouTube, at, times, kind });
        assert_eq!(
            read(
                json!({ "fault": "accounts", "service": "youtube", "times": 2, "kind": { "rate_limited": 7 } })
            ),
            fault(FaultAt::Token, Some(2), AccountsFaultKind::RateLimited(7))
        );
        assert_eq!(
            read(
                json!({ "fault": "accounts", "service": "youtube", "at": "everywhere", "kind": { "status": 503 } })
            ),
            fault(FaultAt::Everywhere, None, AccountsFaultKind::Status(503))
        );
        assert_eq!(
            read(json!({ "fault": "accounts", "service": "youtube", "at": "data", "kind": "cut" })),
            fault(FaultAt::Only(Endpoint::Data), None, AccountsFaultKind::Cut)
        );
    }
}
