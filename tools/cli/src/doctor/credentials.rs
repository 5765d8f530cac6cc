//! Whether AWS lets us in, and with what.

use shared::aws_code::code;

use super::deployment::{Deployment, Identity, Place};
use super::finding::Finding;

/// A table that every deployment has.
const TABLE: &str = "flags";
/// What the id of a key begins with that lives until somebody deletes it (AWS IAM, "Unique identifiers").
const LONG_LIVED: &str = "AKIA";

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    place: Place,
    /// The table's name, and the service's code if it could not be described.
    table: (String, Result<(), String>),
}

/// Describes a table: who may do that is known to AWS and is in the right account and region.
pub(super) async fn look(deployment: &Deployment) -> Vec<Finding> {
    let name = deployment.named(TABLE);
    let described = match deployment.place {
        Place::Nowhere(_) => Ok(()),
        Place::Local(_) | Place::Account(_) => {
            let tables = shared::store::client(&deployment.sdk);
            let described = tables.describe_table().table_name(&name).send().await;
            described.map(drop).map_err(|error| code(&error))
        }
    };
    judge(&Seen { place: deployment.place.clone(), table: (name, described) })
}

fn judge(seen: &Seen) -> Vec<Finding> {
    let (name, described) = &seen.table;
    match &seen.place {
        Place::Nowhere(identity) => vec![nowhere(identity)],
        Place::Local(session) => {
            described.as_ref().err().map(|code| stale(session.pid, code)).into_iter().collect()
        }
        Place::Account(identity) => {
            let refused = described.as_ref().err().map(|code| refused(name, code));
            refused.into_iter().chain(long_lived(identity)).collect()
        }
    }
}

fn nowhere(identity: &Identity) -> Finding {
    let (what, mend) = match identity {
        Identity { key_id: Some(_), .. } => {
            ("your AWS variables name no region", "export AWS_REGION, such as eu-central-1")
        }
        Identity { has_profile: true, .. } => (
            "AWS_PROFILE is set, but the keys themselves are needed here",
            "eval \"$(aws configure export-credentials --format env)\", and export AWS_REGION",
        ),
        _ => (
            "no local stack runs here, and the environment names no AWS account",
            "start a stack with ./timmy up, or export AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION",
        ),
    };
    Finding::look(what, mend)
}

fn stale(pid: u32, code: &str) -> Finding {
    Finding::broken(
        format!("the local stack's AWS services do not answer ({code})"),
        format!("start it again with ./timmy up; if process {pid} still runs, end it first"),
    )
}

fn refused(table: &str, code: &str) -> Finding {
    match code {
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidSignatureException" => {
            Finding::broken(
                format!("AWS does not take your keys ({code})"),
                "sign in again, and export the new keys",
            )
        }
        "ResourceNotFoundException" => Finding::broken(
            format!("there is no table {table} in this account and region"),
            "say which deployment you mean with --table-prefix, look at AWS_REGION, or deploy",
        ),
        _ => Finding::untold(&format!("the table {table}"), code),
    }
}

fn long_lived(identity: &Identity) -> Option<Finding> {
    let is_long_lived = identity.key_id.as_deref().is_some_and(|id| id.starts_with(LONG_LIVED));
    is_long_lived.then(|| {
        Finding::look(
            "your access key lives until somebody deletes it",
            "sign in for hours instead: aws sso login, or aws sts assume-role. If it is the root user's, delete it now",
        )
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use testkit::{Aws, Fault};

    use super::super::deployment::tests::deployment;
    use super::super::finding::Severity;
    use super::*;

    fn identity(key_id: Option<&str>, region: Option<&str>, has_profile: bool) -> Identity {
        Identity { key_id: key_id.map(str::to_owned), has_profile, region: region.map(str::to_owned) }
    }

    fn account(key_id: &str, described: Result<(), &str>) -> Vec<Finding> {
        let place = Place::Account(identity(Some(key_id), Some("eu-central-1"), false));
        judge(&Seen { place, table: ("timmybot-flags".to_owned(), described.map_err(str::to_owned)) })
    }

    #[test]
    fn a_session_of_hours_is_well_and_a_key_for_ever_is_not() {
        assert_eq!(account("ASIAEXAMPLE", Ok(())), []);
        let found = account("AKIAEXAMPLE", Ok(()));
        assert_eq!((found.len(), found[0].severity), (1, Severity::Look));
        assert!(found[0].mend.contains("root"), "{found:?}");
        assert_eq!(account("AKIAEXAMPLE", Err("timeout")).len(), 2);
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        for (code, what, mend) in [
            ("UnrecognizedClientException", "does not take your keys", "sign in"),
            ("InvalidSignatureException", "does not take your keys", "sign in"),
            ("ExpiredTokenException", "could not be read", "sign in again"),
            ("ResourceNotFoundException", "no table timmybot-flags", "--table-prefix"),
            ("AccessDeniedException", "could not be read", "docs/OPERATIONS.md"),
            ("dispatch", "could not be read", "reaches"),
        ] {
            let found = account("ASIAEXAMPLE", Err(code));
            assert_eq!((found.len(), found[0].severity), (1, Severity::Broken), "{code}");
            assert!(found[0].what.contains(what) && found[0].mend.contains(mend), "{code}: {found:?}");
        }
    }

    #[test]
    fn without_a_deployment_it_says_what_is_missing() {
        for (identity, what) in [
            (identity(None, None, false), "no local stack runs here"),
            (identity(None, Some("eu-central-1"), true), "AWS_PROFILE"),
            (identity(Some("ASIAEXAMPLE"), None, false), "no region"),
        ] {
            let found = judge(&Seen { place: Place::Nowhere(identity), table: (String::new(), Ok(())) });
            assert_eq!((found.len(), found[0].severity), (1, Severity::Look));
            assert!(found[0].what.contains(what), "{found:?}");
        }
    }

    #[tokio::test]
    async fn the_table_is_really_asked_for() {
        let aws = Aws::start().await;
        let mut deployment = deployment(&aws, Timestamp::UNIX_EPOCH);
        assert_eq!(look(&deployment).await, []);
        aws.fault_next("DescribeTable", Fault::Status500, 1);
        assert_eq!(look(&deployment).await.len(), 1);
        deployment.table_prefix = "other".to_owned();
        let found = look(&deployment).await;
        assert!(found[0].what.contains("no table other-flags"), "{found:?}");
        deployment.place = Place::Nowhere(Identity::default());
        assert!(look(&deployment).await[0].mend.contains("./timmy up"));
    }
}
