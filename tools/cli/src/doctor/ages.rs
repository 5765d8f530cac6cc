//! How old credentials are (SPEC W32), by the rules of the job that watches them at night.

use aws_sdk_kms::Client as Kms;
use aws_sdk_secretsmanager::Client as Secrets;
use token_rotation::{Origin, secret_age, signing_key_age};

use super::deployment::Deployment;
use super::finding::Finding;
use crate::rotate::guide::{Credential, Way};

/// The key in KMS that signs what nobody may change later.
const SIGNING: &str = "audit";

/// What was seen of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    /// Its name in the service.
    name: String,
    origin: Origin,
    /// Days, if it is there; or the service's code.
    days: Result<Option<u32>, String>,
    /// How it is made new.
    mend: String,
}

/// Asks for the age of each, never for its value.
pub(super) async fn look(deployment: &Deployment) -> Vec<Finding> {
    let secrets = Secrets::new(&deployment.sdk);
    let mut seen = Vec::new();
    for credential in Credential::ALL {
        let (name, origin) = (credential.secret(&deployment.secret_prefix), origin(credential));
        let days = secret_age(&secrets, &name, origin, deployment.now).await;
        seen.push(Seen { name, origin, days, mend: format!("timmy rotate {}", credential.name()) });
    }
    let name = format!("alias/{}", deployment.named(SIGNING));
    let days = signing_key_age(&Kms::new(&deployment.sdk), &name, deployment.now).await.map(Some);
    let mend = "replace it: docs/runbooks/signing-key-age.md".to_owned();
    seen.push(Seen { name, origin: Origin::Own, days, mend });
    judge(&seen)
}

const fn origin(credential: Credential) -> Origin {
    match credential.way() {
        Way::Automatic => Origin::Own,
        Way::ByHand(_) => Origin::Given,
    }
}

/// One that is not there is no finding: not every service is linked, and what misses one says so.
fn judge(seen: &[Seen]) -> Vec<Finding> {
    let finding = |one: &Seen| match &one.days {
        Err(code) => Some(Finding::untold(&format!("the age of {}", one.name), code)),
        Ok(Some(days)) if one.origin.is_old(*days) => Some(Finding::look(
            format!("{} is {days} days old; it should be no older than {}", one.name, one.origin.days()),
            one.mend.clone(),
        )),
        Ok(_) => None,
    };
    seen.iter().filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use shared::clock::Clock;
    use testkit::template::{OURS, Template};
    use testkit::{Aws, Fault};

    use super::super::deployment::tests::deployment;
    use super::super::finding::Severity;
    use super::*;

    fn seen(origin: Origin, days: Result<Option<u32>, &str>) -> Vec<Finding> {
        let (name, mend) = ("/timmybot/bot-token".to_owned(), "timmy rotate bot-token".to_owned());
        judge(&[Seen { name, origin, days: days.map_err(str::to_owned), mend }])
    }

    #[test]
    fn what_is_too_old_says_how_it_is_renewed() {
        assert_eq!(seen(Origin::Given, Ok(Some(179))), []);
        assert_eq!(seen(Origin::Own, Ok(Some(365))), []);
        assert_eq!(seen(Origin::Given, Ok(None)), [], "not every service is linked");
        let old = seen(Origin::Given, Ok(Some(180)));
        assert_eq!((old.len(), old[0].severity), (1, Severity::Look));
        assert_eq!(old[0].what, "/timmybot/bot-token is 180 days old; it should be no older than 180");
        assert_eq!(old[0].mend, "timmy rotate bot-token");
        assert_eq!(seen(Origin::Own, Ok(Some(366))).len(), 1);
        assert_eq!(seen(Origin::Own, Err("AccessDeniedException"))[0].severity, Severity::Broken);
    }

    /// The alarms of the template and this command agree.
    #[test]
    fn the_limits_are_those_of_the_alarms() {
        let template = Template::parse(OURS).unwrap();
        for (metric, origin) in [("third_party_key_age", Origin::Given), ("signing_key_age", Origin::Own)] {
            let mut alarms =
                template.of_type("AWS::CloudWatch::Alarm").map(|(_, alarm)| &alarm["Properties"]);
            let alarm = alarms.find(|alarm| alarm["MetricName"] == metric).unwrap();
            assert_eq!(alarm["Threshold"], origin.days(), "{metric}");
            let at_once = alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold";
            assert_eq!(origin.is_old(origin.days()), at_once, "{metric}");
        }
    }

    #[test]
    fn what_people_renew_was_given_and_the_rest_is_ours() {
        let own = Credential::ALL.into_iter().filter(|one| origin(*one) == Origin::Own);
        let own: Vec<_> = own.map(Credential::name).collect();
        assert_eq!(own, ["log-key", "custom-id-key", "jwt-keys"]);
    }

    #[tokio::test]
    async fn the_services_are_asked() {
        let aws = Aws::start().await;
        let now = Clock::system().now();
        let mut deployment = deployment(&aws, now);
        assert_eq!(look(&deployment).await, [], "all is new");
        deployment.now = now + SignedDuration::from_hours(24 * 367);
        let found = look(&deployment).await;
        let is_told = |name: &str| found.iter().any(|finding| finding.what.starts_with(name));
        for name in ["/timmybot/log-key", "/timmybot/custom-id-key", "alias/timmybot-audit"] {
            assert!(is_told(name), "{name}: {found:?}");
        }
        deployment.now = Timestamp::UNIX_EPOCH;
        assert_eq!(look(&deployment).await, [], "clocks differ");
        aws.fault_next("DescribeKey", Fault::Status500, 1);
        let found = look(&deployment).await;
        assert!(found.len() == 1 && found[0].what.contains("alias/timmybot-audit"), "{found:?}");
    }
}
