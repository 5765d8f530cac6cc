//! People who do not exist, with ids of the shape that each service gives, and what they listen to.

use super::service::Service;
use super::songs::{self, Playlist};

/// An account at a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Where.
    pub service: Service,
    /// The service's own id: what a link is kept under.
    pub id: String,
    /// What they are called.
    pub name: String,
    /// What they log in with; it is shown beside the name.
    pub login: String,
    /// Their playlists, at Spotify and `YouTube`.
    pub playlists: Vec<Playlist>,
}

/// Slack's workspace.
pub(super) const TEAM: &str = "T0SIMULATE";

/// Id, name, login.
type Person = (&'static str, &'static str, &'static str);

/// Three accounts at each service.
const PEOPLE: [(Service, [Person; 3]); 5] = [
    (
        Service::Discord,
        [
            ("245901773041958912", "Ada", "ada.l"),
            ("318442907615248384", "Grace", "grace_h"),
            ("1103877520446173184", "Linus", "linus.t"),
        ],
    ),
    (
        Service::Slack,
        [
            ("U0SIMADA1", "Ada Lindqvist", "ada@sim.example"),
            ("U0SIMGRA2", "Grace Hollis", "grace@sim.example"),
            ("U0SIMLIN3", "Linus Tamm", "linus@sim.example"),
        ],
    ),
    (
        Service::Spotify,
        [
            ("ada.lindqvist", "Ada", "ada@sim.example"),
            ("31q7simulatedgrace4hollis2xy", "Grace", "grace@sim.example"),
            ("1128450917", "Linus", "linus@sim.example"),
        ],
    ),
    (
        Service::Twitch,
        [
            ("141981764", "AdaPlays", "adaplays"),
            ("73904428", "gracelive", "gracelive"),
            ("902117356", "LinusLoops", "linusloops"),
        ],
    ),
    (
        Service::YouTube,
        [
            ("104882915730216648091", "Ada Lindqvist", "ada@sim.example"),
            ("117350264498120773586", "Grace Hollis", "grace@sim.example"),
            ("109917463205581294470", "Linus Tamm", "linus@sim.example"),
        ],
    ),
];

pub(super) fn default() -> Vec<Account> {
    let numbered = |(service, people): &(Service, [Person; 3])| {
        let (service, people) = (*service, *people);
        (0..).zip(people).map(move |(n, (id, name, login))| Account {
            service,
            id: id.to_owned(),
            name: name.to_owned(),
            login: login.to_owned(),
            playlists: songs::of_person(service, n),
        })
    };
    PEOPLE.iter().flat_map(numbered).collect()
}

impl Account {
    /// The channel of a Google account (`YouTube`: "channelId").
    pub(super) fn channel(&self) -> String {
        format!("UC{}", songs::made_up_id(&self.id, 22))
    }

    /// One of their playlists.
    pub(super) fn playlist(&self, id: &str) -> Option<&Playlist> {
        self.playlists.iter().find(|playlist| playlist.id == id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_service_has_three_with_ids_of_its_own_shape() {
        let digits = |id: &str, len: core::ops::RangeInclusive<usize>| {
            len.contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit())
        };
        let all = default();
        for service in Service::ALL {
            let own: Vec<_> = all.iter().filter(|one| one.service == service).collect();
            let ids: BTreeSet<_> = own.iter().map(|one| &one.id).collect();
            assert_eq!((own.len(), ids.len()), (3, 3), "{service:?}");
            for Account { id, .. } in own {
                let fits = match service {
                    Service::Discord => digits(id, 17..=20),
                    Service::Slack => id.starts_with("U0"),
                    Service::Spotify => id.bytes().all(|byte| byte.is_ascii_graphic()),
                    Service::Twitch => digits(id, 1..=12),
                    Service::YouTube => digits(id, 21..=21),
                };
                assert!(fits, "{service:?}: {id}");
            }
        }
    }

    #[test]
    fn whoever_has_playlists_has_a_long_one_among_them_somewhere() {
        for account in default() {
            let has = matches!(account.service, Service::Spotify | Service::YouTube);
            assert_eq!(!account.playlists.is_empty(), has, "{account:?}");
            for playlist in &account.playlists {
                assert_eq!(account.playlist(&playlist.id), Some(playlist));
            }
        }
        for service in [Service::Spotify, Service::YouTube] {
            let all = default();
            let mut lists = all.iter().filter(|one| one.service == service).flat_map(|one| &one.playlists);
            assert!(lists.any(|list| list.entries.len() > 100), "{service:?}");
        }
    }
}
