//! What a role of `template.yaml` may do, so that a function's own list of grants can be compared with it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};
use aws_local::Call;
use serde_json::Value;

use crate::template::{OURS, Template};

/// Actions by resource, in the names of [`Statement`].
pub type Actions = BTreeMap<String, BTreeSet<String>>;

/// One `Allow` statement of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The statement's `Sid`.
    pub sid: String,
    /// Its actions, such as `dynamodb:PutItem`.
    pub actions: BTreeSet<String>,
    /// What it names, without prefix, account and region: `table/guild-queues`,
    /// `table/guild-access/index/by-status`, `table/audit-heads/stream`, `queue/reply-deadline`, `topic/alerts`,
    /// `secret/log-key`, `secret/users` (each below that name), `logs/interactions`, `log-group/functions` (those of all
    /// our functions), `key/DataKey`, `key/elsewhere`, `bucket/audio` (it or what is in it),
    /// `role/VoiceTaskRole`, `function/voice-supervisor`,
    /// `task-definition/voice` (each revision), `task/voice` (each task of the cluster), `repository/voice`,
    /// `rule/incidents`, `table/any` (each of ours), `event-source-mapping/any` (a condition has to say which), and `any` for
    /// actions that know no resource.
    pub resources: BTreeSet<String>,
}

/// The `Allow` statements of a role's inline policies, in the template's order. `template` is the YAML text, such as
/// [`crate::template::OURS`].
///
/// An error for a role that is not there, and for all that this reading would get wrong: `Deny`, `NotAction`,
/// `NotResource`, managed policies, a statement without `Sid`, a resource that is not spelled by reference.
pub fn statements(template: &str, role_logical_id: &str) -> Result<Vec<Statement>> {
    let template = Template::parse(template)?;
    let role = template.resource(role_logical_id);
    ensure!(role["Type"] == "AWS::IAM::Role", "{role_logical_id} is no role");
    ensure!(role["Properties"]["ManagedPolicyArns"].is_null(), "{role_logical_id} has managed policies");
    let policies = role["Properties"]["Policies"].as_array().context("no inline policies")?;
    let documents = policies.iter().map(|policy| &policy["PolicyDocument"]["Statement"]);
    documents.flat_map(items).map(|statement| read(&template, statement)).collect()
}

/// What a role of our template allows. Logs, and the keys that encrypt the data, go with every function and stand in no
/// function's own list; they are left out. The key that signs is used by its function itself, and the tokens' key is switched off by one.
pub fn allowed(role_logical_id: &str) -> Result<Actions> {
    let mut allowed = Actions::new();
    for statement in statements(OURS, role_logical_id)? {
        let switches = statement.actions.iter().all(|action| SWITCHES.contains(&action.as_str()));
        let by_itself = |name: &str| name == SIGNS || (name == CONTAINED && switches);
        let own =
            |name: &String| !name.starts_with("logs/") && (!name.starts_with("key/") || by_itself(name));
        for resource in statement.resources.into_iter().filter(own) {
            allowed.entry(resource).or_default().extend(statement.actions.iter().cloned());
        }
    }
    Ok(allowed)
}

/// What a function lists in its `grants.rs`: a resource with its actions, once or more.
pub fn listed<'a>(grants: impl IntoIterator<Item = (&'a str, &'a [&'a str])>) -> Actions {
    let mut listed = Actions::new();
    for (resource, actions) in grants {
        listed.entry(resource.to_owned()).or_default().extend(actions.iter().map(ToString::to_string));
    }
    listed
}

/// What calls need, as [`crate::Aws::take_calls`] gives them.
pub fn needed(calls: impl IntoIterator<Item = Call>) -> Actions {
    let mut needed = Actions::new();
    for need in calls.into_iter().flat_map(|call| call.needs) {
        needed.entry(need.resource).or_default().insert(need.action);
    }
    needed
}

fn read(template: &Template, statement: &Value) -> Result<Statement> {
    let sid = statement["Sid"].as_str().context("a statement without Sid")?.to_owned();
    for unreadable in ["NotAction", "NotResource", "NotPrincipal"] {
        ensure!(statement[unreadable].is_null(), "{sid} has {unreadable}");
    }
    ensure!(statement["Effect"] == "Allow", "{sid} does not allow");
    let action = |action: &Value| action.as_str().map(str::to_owned).context("an action is not a string");
    let actions = items(&statement["Action"]).map(action).collect::<Result<BTreeSet<_>>>()?;
    let without_resource = |action: &String| WITHOUT_RESOURCE.contains(&action.as_str());
    if statement["Resource"] == "*" && actions.iter().all(without_resource) {
        return Ok(Statement { sid, actions, resources: BTreeSet::from(["any".to_owned()]) });
    }
    let resource = |resource: &Value| name(template, resource).with_context(|| sid.clone());
    let resources = items(&statement["Resource"]).map(resource).collect::<Result<_>>()?;
    Ok(Statement { sid, actions, resources })
}

/// The keys that the code itself asks KMS about, to sign and to switch off; others are used by the services that hold the data.
const SIGNS: &str = "key/AuditSigningKey";
const CONTAINED: &str = "key/TokenKey";
const SWITCHES: [&str; 3] = ["kms:DescribeKey", "kms:DisableKey", "kms:EnableKey"];

/// The actions that we use for which IAM knows no resource; `policy/iam.guard` says what each gives away.
const WITHOUT_RESOURCE: [&str; 9] = [
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "dynamodb:ListStreams",
    "ecr:GetAuthorizationToken",
    "ecs:ListTasks",
    "events:ListRules",
    "lambda:ListEventSourceMappings",
    "logs:DescribeLogGroups",
    "secretsmanager:ListSecrets",
];

/// IAM writes a list of one without brackets.
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    let list = value.as_array();
    let single = list.is_none().then_some(value).filter(|value| !value.is_null());
    list.into_iter().flatten().chain(single)
}

fn name(template: &Template, resource: &Value) -> Result<String> {
    if let Some(id) = resource["Ref"].as_str() {
        return short_name(template, id);
    }
    if let Some(id) = resource["Fn::GetAtt"][0].as_str() {
        let is_table = template.resource(id)["Type"] == "AWS::DynamoDB::Table";
        if is_table && resource["Fn::GetAtt"][1] == "StreamArn" {
            return Ok(short_name(template, id)? + "/stream");
        }
        ensure!(resource["Fn::GetAtt"][1] == "Arn", "{resource} is no ARN");
        return short_name(template, id);
    }
    if let Some(short) = resource["Fn::Sub"].as_str().and_then(|text| spelled_out(template, text)) {
        return Ok(short);
    }
    let below = resource["Fn::Sub"].as_str().and_then(|text| text.strip_prefix("${")?.split_once(".Arn}"));
    let Some((id, rest)) = below else { bail!("{resource} is not spelled by reference") };
    let short = short_name(template, id)?;
    // What is in a bucket has its bucket's name; a test of the roles says where these two may stand.
    Ok(if short.starts_with("bucket/") && rest.ends_with("/*") { short } else { short + rest })
}

/// What no attribute of a resource gives: names that another resource would have to be made for first, and all
/// revisions or tasks of one.
fn spelled_out(template: &Template, arn: &str) -> Option<String> {
    let own = arn.strip_prefix("arn:${AWS::Partition}:")?;
    // Keys in other regions; a condition has to say which.
    if own == "kms:*:${AWS::AccountId}:key/*" {
        return Some("key/elsewhere".to_owned());
    }
    let own = own.split_once(":${AWS::Region}:${AWS::AccountId}:")?;
    let named = |rest: &str| rest.strip_prefix("${TablePrefix}-").map(str::to_owned);
    match own {
        ("dynamodb", "table/${TablePrefix}-*") => Some("table/any".to_owned()),
        ("events", rest) => Some(format!("rule/{}", named(rest.strip_prefix("rule/")?)?)),
        // They are named by chance.
        ("lambda", "event-source-mapping:*") => Some("event-source-mapping/any".to_owned()),
        ("lambda", rest) => Some(format!("function/{}", named(rest.strip_prefix("function:")?)?)),
        // Secrets whose names nobody knows before they are made: all below one name.
        ("secretsmanager", rest) => {
            let name = rest.strip_prefix("secret:${SecretPrefix}/")?;
            // One of them alone, with the six characters that the service puts behind its name: calls say only the folder.
            let one = name.strip_suffix("-??????").and_then(|name| Some(name.rsplit_once('/')?.0));
            Some(format!("secret/{}", one.or_else(|| name.strip_suffix("/*"))?))
        }
        ("logs", "log-group:/aws/lambda/${TablePrefix}-*") => Some("log-group/functions".to_owned()),
        ("ecr", rest) => Some(format!("repository/{}", named(rest.strip_prefix("repository/")?)?)),
        ("ecs", rest) => match rest.split_once('/')? {
            ("task-definition", family) => {
                Some(format!("task-definition/{}", named(family.strip_suffix(":*")?)?))
            }
            ("task", tasks) => {
                let id = tasks.strip_prefix("${")?.strip_suffix("}/*")?;
                let cluster = template.resource(id)["Properties"]["ClusterName"]["Fn::Sub"].as_str()?;
                Some(format!("task/{}", named(cluster)?))
            }
            _ => None,
        },
        _ => None,
    }
}

fn short_name(template: &Template, id: &str) -> Result<String> {
    let resource = template.resource(id);
    let properties = &resource["Properties"];
    let (kind, full) = match resource["Type"].as_str().with_context(|| format!("no resource {id}"))? {
        "AWS::DynamoDB::Table" => ("table", &properties["TableName"]),
        "AWS::SQS::Queue" => ("queue", &properties["QueueName"]),
        "AWS::SNS::Topic" => ("topic", &properties["TopicName"]),
        "AWS::SecretsManager::Secret" => ("secret", &properties["Name"]),
        "AWS::Logs::LogGroup" => ("logs", &properties["LogGroupName"]),
        "AWS::S3::Bucket" => ("bucket", &properties["BucketName"]),
        "AWS::KMS::Key" => return Ok(format!("key/{id}")),
        "AWS::IAM::Role" => return Ok(format!("role/{id}")),
        other => bail!("{id} is a {other}, which no statement names yet"),
    };
    let full = full["Fn::Sub"].as_str().with_context(|| format!("{id} has no name with a prefix"))?;
    let (_, own) = full.split_once("Prefix}").with_context(|| format!("{id} has no prefix"))?;
    let own = own.strip_suffix("-${AWS::AccountId}").unwrap_or(own);
    Ok(format!("{kind}/{}", own.trim_start_matches(['-', '/'])))
}

#[cfg(test)]
mod tests {
    use aws_local::Need;

    use super::*;

    const ROLE: &str = "
Resources:
  T: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: !Sub '${TablePrefix}-things' } }
  S: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: !Sub '${SecretPrefix}/key' } }
  R:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement:
              - { Sid: One, Effect: Allow, Action: a:B, Resource: !GetAtt T.Arn }
              - { Sid: Two, Effect: Allow, Action: [a:B, a:C], Resource: [!Ref S, !Sub '${T.Arn}/index/i'] }
";

    fn set(items: &[&str]) -> BTreeSet<String> {
        items.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_listed_twice_is_one_resource() {
        let grants: [(&str, &[&str]); 3] =
            [("table/a", &["a:B"]), ("table/b", &[]), ("table/a", &["a:C", "a:B"])];
        let expected = [("table/a".to_owned(), set(&["a:B", "a:C"])), ("table/b".to_owned(), set(&[]))];
        assert_eq!(listed(grants), Actions::from(expected));
    }

    #[test]
    fn a_role_reads_in_order_with_short_names() {
        let one = Statement { sid: "One".into(), actions: set(&["a:B"]), resources: set(&["table/things"]) };
        let resources = set(&["secret/key", "table/things/index/i"]);
        let two = Statement { sid: "Two".into(), actions: set(&["a:B", "a:C"]), resources };
        assert_eq!(statements(ROLE, "R").unwrap(), [one, two]);
    }

    #[test]
    fn what_would_be_read_wrongly_is_refused() {
        for (from, to) in [
            ("Sid: One, Effect: Allow", "Sid: One, Effect: Deny"),
            ("Sid: One, ", ""),
            ("Action: a:B, Resource: !GetAtt T.Arn", "NotAction: a:B, Resource: !GetAtt T.Arn"),
            ("!GetAtt T.Arn", "'*'"),
            ("!GetAtt T.Arn", "!GetAtt Missing.Arn"),
            ("!GetAtt T.Arn", "!GetAtt T.TableId"),
            ("[!Ref S,", "[!GetAtt S.StreamArn,"),
            ("Policies:", "ManagedPolicyArns: [x]\n      Policies:"),
            ("AWS::IAM::Role", "AWS::IAM::User"),
        ] {
            let changed = ROLE.replacen(from, to, 1);
            assert_ne!(changed, ROLE);
            assert!(statements(&changed, "R").is_err(), "{to}");
        }
    }

    #[test]
    fn what_is_allowed_and_what_is_needed_read_alike() {
        let need = |action: &str, resource: &str| Need { action: action.into(), resource: resource.into() };
        let both = [need("dynamodb:UpdateItem", "table/x"), need("dynamodb:PutItem", "table/x")];
        let call = |needs: &[Need]| Call {
            operation: "x".into(),
            needs: needs.iter().cloned().collect(),
            trace: None,
        };
        let needed = needed([call(&both), call(&both[..1])]);
        assert_eq!(
            needed,
            Actions::from([("table/x".into(), set(&["dynamodb:PutItem", "dynamodb:UpdateItem"]))])
        );
        let allowed = allowed("VoiceSupervisorRole").unwrap();
        assert_eq!(allowed["table/deferred"], set(&["dynamodb:GetItem", "dynamodb:UpdateItem"]));
        assert!(
            !allowed.keys().any(|name| name.starts_with("logs/") || name.starts_with("key/")),
            "{allowed:?}"
        );
    }

    #[test]
    fn a_tables_stream_is_not_the_table() {
        let role = ROLE.replace("Resource: !GetAtt T.Arn", "Resource: !GetAtt T.StreamArn");
        assert_eq!(statements(&role, "R").unwrap()[0].resources, set(&["table/things/stream"]));
    }

    #[test]
    fn a_topic_has_its_name_as_calls_have_it() {
        let role = ROLE
            .replace("AWS::DynamoDB::Table", "AWS::SNS::Topic")
            .replace("TableName: !Sub '${TablePrefix}-things'", "TopicName: !Sub '${TablePrefix}-alerts'")
            .replace("!GetAtt T.Arn", "!Ref T")
            .replace(", !Sub '${T.Arn}/index/i'", "");
        assert_eq!(statements(&role, "R").unwrap()[0].resources, set(&["topic/alerts"]));
    }

    #[test]
    fn each_role_of_ours_reads() {
        for role in ["InteractionsRole", "VoiceSupervisorRole", "VoiceTaskRole"] {
            assert!(statements(OURS, role).unwrap().len() > 3, "{role}");
        }
    }

    #[test]
    fn what_is_spelled_out_is_read_and_a_star_stands_for_nothing_else() {
        let resource = |yaml: &str| {
            let template = format!(
                "Resources:\n  C: {{ Type: 'AWS::ECS::Cluster', Properties: {{ ClusterName: !Sub '${{TablePrefix}}-c' }} }}\n  R:\n    Type: AWS::IAM::Role\n    Properties: {{ Policies: [{{ PolicyDocument: {{ Statement: [{{ Sid: S, Effect: Allow, Action: a:B, Resource: {yaml} }}] }} }}] }}\n"
            );
            statements(&template, "R").map(|all| all[0].resources.first().cloned().unwrap_or_default())
        };
        let arn = |rest: &str| format!("!Sub 'arn:${{AWS::Partition}}:{rest}'");
        let here = "${AWS::Region}:${AWS::AccountId}";
        for (rest, short) in [
            (format!("lambda:{here}:function:${{TablePrefix}}-f"), "function/f"),
            (format!("ecs:{here}:task-definition/${{TablePrefix}}-f:*"), "task-definition/f"),
            (format!("events:{here}:rule/${{TablePrefix}}-f-nightly"), "rule/f-nightly"),
            (format!("dynamodb:{here}:table/${{TablePrefix}}-*"), "table/any"),
            (format!("lambda:{here}:event-source-mapping:*"), "event-source-mapping/any"),
            (format!("ecs:{here}:task/${{C}}/*"), "task/c"),
            (format!("ecr:{here}:repository/${{TablePrefix}}-r"), "repository/r"),
            (format!("secretsmanager:{here}:secret:${{SecretPrefix}}/users/*"), "secret/users"),
            (
                format!("secretsmanager:{here}:secret:${{SecretPrefix}}/webhooks/one-??????"),
                "secret/webhooks",
            ),
        ] {
            assert_eq!(resource(&arn(&rest)).unwrap(), short);
        }
        for rest in [
            format!("ecs:{here}:task/*"),
            format!("ecs:{here}:task-definition/*"),
            format!("lambda:{here}:function:*"),
        ] {
            assert!(resource(&arn(&rest)).is_err(), "{rest}");
        }
        assert!(resource("'*'").is_err(), "of an action that knows resources");
    }
}
