use std::collections::BTreeMap;

use shared::domain::incident::{Alert, Kind};

use super::*;
use crate::channels::tests::world::notice;

const RUNBOOKS: &str = "https://runbooks.example.org";

#[test]
fn mails_look_like_this() {
    let shown: BTreeMap<&str, [String; 2]> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let notice = notice(kind);
            let facts = Facts::new(&notice, RUNBOOKS);
            (kind.as_str(), [subject(&facts), message(&facts)])
        })
        .collect();
    insta::assert_json_snapshot!(shown);
}

/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>: fewer than 100 characters, which begin with a letter, a
/// digit or a mark.
#[test]
fn every_subject_is_one() {
    for alert in Alert::ALL {
        for kind in Kind::ALL {
            let mut notice = notice(kind);
            notice.incident.alert = alert;
            let subject = subject(&Facts::new(&notice, RUNBOOKS));
            assert!((1..100).contains(&subject.len()) && !subject.starts_with(' '), "{subject}");
            assert!(subject.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{subject}");
        }
    }
}
