//! `template.yaml` as `CloudFormation` deploys it into an account that is made up: names, ARNs and policies without
//! references, for those who judge policies as AWS sees them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use crate::template::{OURS, Template};

/// The account.
pub const ACCOUNT: &str = "123456789012";
/// The region.
pub const REGION: &str = "eu-central-1";
/// What names of ours begin with, such as `timmybot-replay` and `/timmybot/log-key`.
pub const PREFIX: &str = "timmybot";

/// What the operator and the account say; other parameters have their defaults.
const SAID: [(&str, &str); 7] = [
    ("AWS::AccountId", ACCOUNT),
    ("AWS::Partition", "aws"),
    ("AWS::Region", REGION),
    ("AWS::URLSuffix", "amazonaws.com"),
    ("ReplicaRegions", "eu-west-1,us-east-1"),
    ("SecretPrefix", "/timmybot"),
    ("TablePrefix", PREFIX),
];

/// A template in that account.
#[derive(Clone, Debug)]
pub struct Deployed(Template);

impl Deployed {
    /// Our own template. An error if it does not parse.
    pub fn ours() -> Result<Self> {
        Ok(Self(Template::parse(OURS)?))
    }

    /// The inline policies of each role, by its logical id.
    pub fn roles(&self) -> Result<BTreeMap<String, Vec<Value>>> {
        let policies = |(id, role): (&str, &Value)| -> Result<(String, Vec<Value>)> {
            let all =
                role["Properties"]["Policies"].as_array().with_context(|| format!("{id} has no policy"))?;
            let documents: Result<Vec<Value>> =
                all.iter().map(|policy| self.value(&policy["PolicyDocument"])).collect();
            Ok((id.to_owned(), documents.with_context(|| id.to_owned())?))
        };
        self.0.of_type("AWS::IAM::Role").map(policies).collect()
    }

    /// The policies that buckets, queues, topics and keys have themselves, by ARN.
    pub fn policies_of_resources(&self) -> Result<BTreeMap<String, Value>> {
        let mut policies = BTreeMap::new();
        for (kind, of) in [
            ("AWS::S3::BucketPolicy", "Bucket"),
            ("AWS::SQS::QueuePolicy", "Queues"),
            ("AWS::SNS::TopicPolicy", "Topics"),
        ] {
            for (id, policy) in self.0.of_type(kind) {
                let properties = &policy["Properties"];
                let named =
                    properties[of].as_array().cloned().unwrap_or_else(|| vec![properties[of].clone()]);
                for reference in named {
                    let on = reference["Ref"].as_str().with_context(|| format!("{id} is for nothing"))?;
                    policies.insert(self.arn(on)?, self.value(&properties["PolicyDocument"])?);
                }
            }
        }
        for (id, key) in self.0.of_type("AWS::KMS::Key") {
            policies.insert(self.arn(id)?, self.value(&key["Properties"]["KeyPolicy"])?);
        }
        Ok(policies)
    }

    /// The ARN of each resource of a type.
    pub fn arns(&self, kind: &str) -> Result<Vec<String>> {
        self.0.of_type(kind).map(|(id, _)| self.arn(id)).collect()
    }

    /// The ARN of a resource. What AWS makes up is made up: a key has its logical id, a secret ends with `-AbCdEf`. An
    /// error for types that no policy names.
    pub fn arn(&self, logical_id: &str) -> Result<String> {
        let kind = self.kind(logical_id)?;
        let name = self.name(logical_id)?;
        let (service, rest) = match kind {
            "AWS::S3::Bucket" => return Ok(format!("arn:aws:s3:::{name}")),
            "AWS::IAM::Role" => return Ok(format!("arn:aws:iam::{ACCOUNT}:role/{name}")),
            "AWS::DynamoDB::Table" => ("dynamodb", format!("table/{name}")),
            "AWS::ECS::Cluster" => ("ecs", format!("cluster/{name}")),
            "AWS::KMS::Key" => ("kms", format!("key/{name}")),
            "AWS::Logs::LogGroup" => ("logs", format!("log-group:{name}:*")),
            "AWS::SecretsManager::Secret" => ("secretsmanager", format!("secret:{name}-AbCdEf")),
            "AWS::Serverless::Function" => ("lambda", format!("function:{name}")),
            "AWS::SNS::Topic" => ("sns", name),
            "AWS::SQS::Queue" => ("sqs", name),
            other => bail!("{logical_id} is a {other}, which no policy names yet"),
        };
        Ok(arn_of(service, &rest))
    }

    fn kind(&self, logical_id: &str) -> Result<&str> {
        self.0.resource(logical_id)["Type"].as_str().with_context(|| format!("no resource {logical_id}"))
    }

    /// The name that the template gives it, or else its logical id.
    fn name(&self, logical_id: &str) -> Result<String> {
        let property = match self.kind(logical_id)? {
            "AWS::DynamoDB::Table" => "TableName",
            "AWS::ECS::Cluster" => "ClusterName",
            "AWS::Logs::LogGroup" => "LogGroupName",
            "AWS::S3::Bucket" => "BucketName",
            "AWS::SecretsManager::Secret" => "Name",
            "AWS::Serverless::Function" => "FunctionName",
            "AWS::SNS::Topic" => "TopicName",
            "AWS::SQS::Queue" => "QueueName",
            _ => return Ok(logical_id.to_owned()),
        };
        let name = &self.0.resource(logical_id)["Properties"][property];
        text(&self.value(name)?).with_context(|| format!("{logical_id} has no {property}"))
    }

    fn value(&self, value: &Value) -> Result<Value> {
        match value {
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(pairs) => self.object(pairs),
            plain => Ok(plain.clone()),
        }
    }

    fn object(&self, pairs: &Map<String, Value>) -> Result<Value> {
        if let Some((name, argument)) = pairs.iter().next()
            && pairs.len() == 1
            && (name == "Ref" || name.starts_with("Fn::"))
        {
            return self.intrinsic(name, argument).with_context(|| format!("{name} {argument}"));
        }
        let resolved = pairs.iter().map(|(key, value)| Ok((key.clone(), self.value(value)?)));
        Ok(Value::Object(resolved.collect::<Result<_>>()?))
    }

    fn intrinsic(&self, name: &str, argument: &Value) -> Result<Value> {
        Ok(match name {
            "Ref" => Value::String(self.reference(&text(argument)?)?),
            "Fn::GetAtt" => Value::String(self.attribute(&text(&argument[0])?, &text(&argument[1])?)?),
            "Fn::Sub" => match argument.as_array() {
                Some(parts) => Value::String(self.substituted(&text(&argument[0])?, parts.get(1))?),
                None => Value::String(self.substituted(&text(argument)?, None)?),
            },
            "Fn::Split" => {
                let (by, whole) = (text(&argument[0])?, text(&self.value(&argument[1])?)?);
                whole.split(&by).map(Value::from).collect()
            }
            "Fn::Join" => {
                let parts = self.value(&argument[1])?;
                let parts = parts.as_array().context("nothing to join")?;
                Value::String(parts.iter().map(text).collect::<Result<Vec<_>>>()?.join(&text(&argument[0])?))
            }
            other => bail!("{other} stands in no policy yet"),
        })
    }

    fn reference(&self, name: &str) -> Result<String> {
        if let Some((_, said)) = SAID.iter().find(|(said, _)| *said == name) {
            return Ok((*said).to_owned());
        }
        match self.kind(name) {
            Ok("AWS::SNS::Topic" | "AWS::SecretsManager::Secret") => self.arn(name),
            Ok(_) => self.name(name),
            Err(_) => text(&self.0.section("Parameters")[name]["Default"]),
        }
    }

    fn attribute(&self, logical_id: &str, attribute: &str) -> Result<String> {
        match attribute {
            "Arn" => self.arn(logical_id),
            "StreamArn" => Ok(self.arn(logical_id)? + "/stream/1"),
            other => bail!("{logical_id}.{other} stands in no policy yet"),
        }
    }

    /// `variables` are those that the function brings itself.
    fn substituted(&self, template: &str, variables: Option<&Value>) -> Result<String> {
        let (mut done, mut rest) = (String::new(), template);
        while let Some((before, after)) = rest.split_once("${") {
            let (name, behind) = after.split_once('}').context("a variable has no end")?;
            done.push_str(before);
            done.push_str(&match (variables.and_then(|all| all.get(name)), name.split_once('.')) {
                (Some(own), _) => text(&self.value(own)?)?,
                (None, Some((id, attribute))) => self.attribute(id, attribute)?,
                (None, None) => self.reference(name)?,
            });
            rest = behind;
        }
        Ok(done + rest)
    }
}

/// An ARN in the account and the region, such as of `table/other` of `dynamodb`.
pub fn arn_of(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}")
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("{value} is no text"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deployed(yaml: &str) -> Deployed {
        Deployed(Template::parse(yaml).unwrap())
    }

    const SMALL: &str = "
Parameters:
  Days: { Type: String, Default: '7' }
Resources:
  T: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: !Sub '${TablePrefix}-things' } }
  Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: !Sub '${TablePrefix}-work' } }
  S: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: !Sub '${SecretPrefix}/key' } }
  K: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement: [{ Resource: '*' }] } } }
  P: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [!Ref Q], PolicyDocument: { Of: !GetAtt Q.Arn } } }
  R:
    Type: AWS::IAM::Role
    Properties: { Policies: [{ PolicyDocument: { Statement: [{ Resource: [!Ref S, !GetAtt T.StreamArn] }] } }] }
";

    #[test]
    fn references_become_what_aws_would_have() {
        let small = deployed(SMALL);
        let table = "arn:aws:dynamodb:eu-central-1:123456789012:table/timmybot-things";
        let via = json!({ "Fn::Split": [",", { "Fn::Sub": ["s.${R}.c", { "R": {
            "Fn::Join": [".c,s.", { "Fn::Split": [",", { "Ref": "ReplicaRegions" }] }]
        } }] }] });
        for (value, expected) in [
            (json!({ "Fn::GetAtt": ["T", "Arn"] }), json!(table)),
            (
                json!({ "Fn::Sub": "${T.Arn}/index/${AWS::Region}" }),
                json!(format!("{table}/index/eu-central-1")),
            ),
            (json!({ "Ref": "Q" }), json!("timmybot-work")),
            (json!([{ "Ref": "Days" }, 1, false]), json!(["7", 1, false])),
            (json!({ "a": { "Ref": "S" }, "b": {} }), json!({ "a": small.arn("S").unwrap(), "b": {} })),
            (via, json!(["s.eu-west-1.c", "s.us-east-1.c"])),
        ] {
            assert_eq!(small.value(&value).unwrap(), expected, "{value}");
        }
        assert_eq!(small.arn("S").unwrap(), arn_of("secretsmanager", "secret:/timmybot/key-AbCdEf"));
    }

    #[test]
    fn what_is_not_known_is_an_error_and_no_gap() {
        let small = deployed(SMALL);
        for unknown in [
            json!({ "Ref": "Nowhere" }),
            json!({ "Fn::GetAtt": ["T", "TableId"] }),
            json!({ "Fn::GetAtt": ["P", "Arn"] }),
            json!({ "Fn::Sub": "${T.Arn" }),
            json!({ "Fn::ImportValue": "x" }),
            json!({ "Fn::Join": [",", "x"] }),
        ] {
            assert!(small.value(&unknown).is_err(), "{unknown}");
        }
    }

    #[test]
    fn policies_are_found_where_they_hang() {
        let small = deployed(SMALL);
        let stream = small.arn("T").unwrap() + "/stream/1";
        let of_role = json!({ "Statement": [{ "Resource": [small.arn("S").unwrap(), stream] }] });
        assert_eq!(small.roles().unwrap(), BTreeMap::from([("R".to_owned(), vec![of_role])]));
        let (key, queue) = (small.arn("K").unwrap(), small.arn("Q").unwrap());
        let of_key = json!({ "Statement": [{ "Resource": "*" }] });
        let expected = BTreeMap::from([(key, of_key), (queue.clone(), json!({ "Of": queue }))]);
        assert_eq!(small.policies_of_resources().unwrap(), expected);
        assert_eq!(small.arns("AWS::DynamoDB::Table").unwrap(), [small.arn("T").unwrap()]);
    }

    #[test]
    fn nothing_in_a_policy_of_ours_is_left_to_resolve() {
        let ours = Deployed::ours().unwrap();
        let (roles, resources) = (ours.roles().unwrap(), ours.policies_of_resources().unwrap());
        assert!(roles.len() > 9 && resources.len() > 20, "{} {}", roles.len(), resources.len());
        for text in roles.values().flatten().chain(resources.values()).map(ToString::to_string) {
            assert!(!text.contains("${") && !text.contains("Fn::") && !text.contains("\"Ref\""), "{text}");
        }
    }
}
