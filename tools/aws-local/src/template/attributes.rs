//! What is known of resources before they exist: names and ARNs, for `!Ref`, `!GetAtt` and `!Sub` elsewhere.

use std::collections::BTreeMap;

use super::{Resource, TemplateError, kms};
use crate::wire::{ACCOUNT, REGION};

/// `Id` is what `!Ref` gives, `Id.Attribute` what `!GetAtt` gives. Of a queue, `!Ref` is not known: its address needs a
/// port. Of a secret, nothing is: its ARN ends at random.
pub(super) fn known(resources: &[Resource<'_>]) -> Result<BTreeMap<String, String>, TemplateError> {
    let mut known = BTreeMap::new();
    for resource in resources {
        for (attribute, value) in of(resource)? {
            let path = if attribute.is_empty() {
                resource.id.to_owned()
            } else {
                format!("{}.{attribute}", resource.id)
            };
            known.insert(path, value);
        }
    }
    Ok(known)
}

/// Attributes by name; the empty name is `!Ref`.
fn of(resource: &Resource<'_>) -> Result<Vec<(&'static str, String)>, TemplateError> {
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}");
    Ok(match resource.kind {
        "AWS::SQS::Queue" => {
            let name = resource.required_text("QueueName")?;
            vec![("Arn", arn("sqs", &name)), ("QueueName", name)]
        }
        "AWS::SNS::Topic" => {
            let name = resource.required_text("TopicName")?;
            vec![("", arn("sns", &name)), ("TopicArn", arn("sns", &name)), ("TopicName", name)]
        }
        "AWS::KMS::Key" => {
            let id = kms::id_of(resource.id);
            vec![("Arn", arn("kms", &format!("key/{id}"))), ("KeyId", id.clone()), ("", id)]
        }
        "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm" => {
            let name = resource.required_text("AlarmName")?;
            vec![("Arn", arn("cloudwatch", &format!("alarm:{name}"))), ("", name)]
        }
        "AWS::KMS::Alias" => vec![("", resource.required_text("AliasName")?)],
        // A function without a name of its own is named by CloudFormation, and nobody here can say how.
        "AWS::Serverless::Function" | "AWS::Lambda::Function" => match resource.text("FunctionName") {
            Ok(Some(name)) => vec![("Arn", arn("lambda", &format!("function:{name}"))), ("", name)],
            Ok(None) | Err(_) => Vec::new(),
        },
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Parameters, sorted};
    use super::*;

    #[test]
    fn what_other_resources_refer_to_is_known() {
        let yaml = "
Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: q } }
T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: t } }
K: { Type: 'AWS::KMS::Key', Properties: {} }
A: { Type: 'AWS::KMS::Alias', Properties: { AliasName: alias/a, TargetKeyId: !Ref K } }
F: { Type: 'AWS::Serverless::Function', Properties: { FunctionName: f } }
G: { Type: 'AWS::Lambda::Function', Properties: {} }
S: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: s } }
W: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: w } }
";
        let resources = serde_yaml_ng::from_str(yaml).unwrap();
        let known = known(&sorted(&resources, &Parameters::default())).unwrap();
        let key = kms::id_of("K");
        let key_arn = format!("arn:aws:kms:eu-central-1:000000000000:key/{key}");
        let expected = [
            ("A", "alias/a"),
            ("F", "f"),
            ("F.Arn", "arn:aws:lambda:eu-central-1:000000000000:function:f"),
            ("K", &key),
            ("K.Arn", &key_arn),
            ("K.KeyId", &key),
            ("Q.Arn", "arn:aws:sqs:eu-central-1:000000000000:q"),
            ("Q.QueueName", "q"),
            ("T", "arn:aws:sns:eu-central-1:000000000000:t"),
            ("T.TopicArn", "arn:aws:sns:eu-central-1:000000000000:t"),
            ("T.TopicName", "t"),
            ("W", "w"),
            ("W.Arn", "arn:aws:cloudwatch:eu-central-1:000000000000:alarm:w"),
        ];
        let expected = expected.map(|(path, value)| (path.to_owned(), value.to_owned()));
        assert_eq!(known, BTreeMap::from(expected));
    }
}
