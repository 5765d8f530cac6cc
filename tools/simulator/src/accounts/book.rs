//! What the services remember: codes, grants and their tokens. Pure: the time and fresh texts are arguments.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::pkce;
use super::service::Service;

/// A consent, which everything given for it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// Its number here.
    pub id: u64,
    /// Who gives.
    pub service: Service,
    /// To which client.
    pub client: String,
    /// In whose name: the service's id of the account.
    pub account: String,
    /// What was allowed.
    pub scopes: Vec<String>,
    /// When.
    pub since: Timestamp,
}

/// Why nothing is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotGiven {
    /// No such code, or not for this client.
    Code,
    /// It is older than a code may be.
    CodeExpired,
    /// It was exchanged before. What it gave is worth nothing any more.
    CodeUsed,
    /// The address is not the one that the code was sent to.
    Redirect,
    /// The verifier is missing.
    NoVerifier,
    /// It is not the one of the challenge.
    Verifier,
    /// No such refresh token, or not of this client.
    Refresh,
    /// It was taken back, or used before, where one use is all.
    RefreshRevoked,
}

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dead {
    /// There is none.
    Missing,
    /// Nobody gave it.
    Unknown,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}

/// What somebody consented to.
#[derive(Clone, Debug)]
pub(super) struct Consent {
    pub(super) service: Service,
    pub(super) client: String,
    pub(super) redirect: String,
    pub(super) account: String,
    pub(super) scopes: Vec<String>,
    pub(super) challenge: Option<String>,
    /// Whether tokens can be refreshed (Google: `access_type=offline`).
    pub(super) lasting: bool,
}

/// What a client shows for a code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exchange<'a> {
    pub(super) service: Service,
    pub(super) client: &'a str,
    pub(super) code: &'a str,
    pub(super) redirect: &'a str,
    pub(super) verifier: Option<&'a str>,
}

/// Texts that nobody has had before, and when it is.
#[derive(Clone, Debug)]
pub(super) struct Fresh {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) now: Timestamp,
}

/// What is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) grant: Grant,
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) life: Option<Duration>,
}

#[derive(Debug)]
struct Code {
    consent: Consent,
    until: Timestamp,
    /// What it was exchanged for.
    spent: Option<u64>,
}

#[derive(Debug)]
struct Access {
    grant: u64,
    until: Option<Timestamp>,
}

#[derive(Debug)]
struct Refresh {
    grant: u64,
    spent: bool,
}

/// Everything that was given, and how long things live.
#[derive(Debug)]
pub(super) struct Book {
    code_life: Duration,
    token_life: BTreeMap<Service, Option<Duration>>,
    codes: BTreeMap<String, Code>,
    grants: BTreeMap<u64, Grant>,
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, Refresh>,
    last: u64,
}

impl Book {
    pub(super) fn new(code_life: Duration, token_life: BTreeMap<Service, Option<Duration>>) -> Self {
        Self {
            code_life,
            token_life,
            codes: BTreeMap::new(),
            grants: BTreeMap::new(),
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
            last: 0,
        }
    }

    /// From now on access tokens of a service live so long.
    pub(super) fn set_token_life(&mut self, service: Service, life: Option<Duration>) {
        self.token_life.insert(service, life);
    }

    fn life(&self, service: Service) -> Option<Duration> {
        self.token_life.get(&service).copied().unwrap_or(service.habits().life)
    }

    /// Somebody consents, and `code` goes back to the client.
    pub(super) fn consent(&mut self, consent: Consent, code: String, now: Timestamp) {
        let until = later(now, self.code_life);
        self.codes.insert(code, Code { consent, until, spent: None });
    }

    /// A code for tokens. Whoever shows a code wrongly does not spend it; whoever shows it twice ends what it gave (RFC
    /// 6749, section 4.1.2).
    pub(super) fn exchange(&mut self, asked: Exchange<'_>, fresh: Fresh) -> Result<Given, NotGiven> {
        let code = self.codes.get_mut(asked.code).ok_or(NotGiven::Code)?;
        let Consent { service, client, redirect, challenge, .. } = &code.consent;
        if *service != asked.service || client != asked.client {
            return Err(NotGiven::Code);
        }
        if let Some(grant) = code.spent {
            self.end(grant);
            return Err(NotGiven::CodeUsed);
        }
        if code.until <= fresh.now {
            return Err(NotGiven::CodeExpired);
        }
        if redirect != asked.redirect {
            return Err(NotGiven::Redirect);
        }
        if let Some(challenge) = challenge {
            let verifier = asked.verifier.ok_or(NotGiven::NoVerifier)?;
            if !pkce::holds(challenge, verifier) {
                return Err(NotGiven::Verifier);
            }
        }
        self.last += 1;
        code.spent = Some(self.last);
        let consent = code.consent.clone();
        let grant = Grant {
            id: self.last,
            service: consent.service,
            client: consent.client,
            account: consent.account,
            scopes: consent.scopes,
            since: fresh.now,
        };
        self.grants.insert(grant.id, grant.clone());
        let lasting = consent.lasting && self.life(grant.service).is_some();
        Ok(self.give(grant, lasting, fresh))
    }

    /// A refresh token for new tokens. Where each is good for one use, a second use ends the grant.
    pub(super) fn refresh(
        &mut self,
        service: Service,
        client: &str,
        token: &str,
        fresh: Fresh,
    ) -> Result<Given, NotGiven> {
        let shown = self.refresh.get_mut(token).ok_or(NotGiven::Refresh)?;
        let grant = self.grants.get(&shown.grant).cloned().ok_or(NotGiven::RefreshRevoked)?;
        if grant.service != service || grant.client != client {
            return Err(NotGiven::Refresh);
        }
        if shown.spent {
            self.end(grant.id);
            return Err(NotGiven::RefreshRevoked);
        }
        shown.spent = service.habits().rotates;
        let rotates = shown.spent;
        Ok(self.give(grant, rotates, fresh))
    }

    fn give(&mut self, grant: Grant, with_refresh: bool, fresh: Fresh) -> Given {
        let life = self.life(grant.service);
        let until = life.map(|life| later(fresh.now, life));
        self.access.insert(fresh.access.clone(), Access { grant: grant.id, until });
        let refresh = with_refresh.then_some(fresh.refresh);
        if let Some(refresh) = &refresh {
            self.refresh.insert(refresh.clone(), Refresh { grant: grant.id, spent: false });
        }
        Given { grant, access: fresh.access, refresh, life }
    }

    /// Whose an access token is, and until when it is good.
    pub(super) fn owner(
        &self,
        service: Service,
        token: &str,
        now: Timestamp,
    ) -> Result<(&Grant, Option<Timestamp>), Dead> {
        let access = self.access.get(token).ok_or(Dead::Unknown)?;
        let grant = self.grants.get(&access.grant).ok_or(Dead::Revoked)?;
        if grant.service != service {
            return Err(Dead::Unknown);
        }
        if access.until.is_some_and(|until| until <= now) {
            return Err(Dead::Expired);
        }
        Ok((grant, access.until))
    }

    /// The living grant that a refresh token belongs to.
    pub(super) fn of_refresh(&self, service: Service, token: &str) -> Option<&Grant> {
        let grant = self.grants.get(&self.refresh.get(token)?.grant)?;
        (grant.service == service).then_some(grant)
    }

    /// Ends a grant with all that was given for it. Whether it was alive.
    pub(super) fn end(&mut self, grant: u64) -> bool {
        self.grants.remove(&grant).is_some()
    }

    /// Ends all that an account has given to a client.
    pub(super) fn end_all(&mut self, service: Service, client: &str, account: &str) {
        self.grants.retain(|_, one| one.service != service || one.client != client || one.account != account);
    }

    /// What is alive at a service, oldest first.
    pub(super) fn grants(&self, service: Service) -> Vec<Grant> {
        self.grants.values().filter(|one| one.service == service).cloned().collect()
    }

    /// Whether an account has given a client anything that is alive.
    pub(super) fn knows(&self, service: Service, client: &str, account: &str) -> bool {
        let is = |one: &Grant| one.service == service && one.client == client && one.account == account;
        self.grants.values().any(is)
    }

    /// Everything that was given so far becomes older by so much.
    pub(super) fn age(&mut self, by: Duration) {
        for code in self.codes.values_mut() {
            code.until = earlier(code.until, by);
        }
        for access in self.access.values_mut() {
            access.until = access.until.map(|until| earlier(until, by));
        }
    }
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
