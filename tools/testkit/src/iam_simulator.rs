//! A simulator of IAM that is not ours, asked what roles may do: npm `@cloud-copilot/iam-simulate`. It knows which resources
//! and conditions each action takes, and decides as AWS documents it, with the policies of resources and keys.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use crate::deployed::ACCOUNT;
use crate::signers::ask;
use crate::{npm, workspace_root};

/// Who has which policies, by the roles' names and the resources' ARNs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies {
    /// The inline policies of each role.
    pub roles: BTreeMap<String, Vec<Value>>,
    /// The policies that resources have themselves.
    pub resources: BTreeMap<String, Value>,
}

/// May this role do that?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The role's name.
    pub role: String,
    /// Such as `dynamodb:PutItem`.
    pub action: String,
    /// An ARN without a star, or `*` for actions that know no resource.
    pub on: String,
    /// Condition keys of this request, on top of the common ones; `null` takes one away.
    pub context: Value,
}

/// Whether each is allowed, in the order of the questions. `context` is common to all; keys that an action does not know
/// are left out by the simulator.
///
/// An error if it cannot be started, or would not take a question: an unknown action, a resource of another kind.
pub fn simulate(policies: &Policies, context: &Value, questions: &[Question]) -> Result<Vec<bool>> {
    let source = workspace_root().join("policy");
    let script = std::fs::read_to_string(source.join("simulate.mjs"))?;
    let mut node = Command::new("node");
    node.args(["--input-type=module", "--eval", &script]).current_dir(npm(&source)?);
    let answers = ask(node, &asked(policies, context, questions))
        .context("node is missing or failed (Debian, Ubuntu: apt-get install nodejs)")?;
    let answers = answers.as_array().context("no list of answers")?;
    ensure!(answers.len() == questions.len(), "{} answers to {} questions", answers.len(), questions.len());
    answers.iter().zip(questions).map(|(answer, question)| allowed(answer, question)).collect()
}

fn asked(policies: &Policies, context: &Value, questions: &[Question]) -> Value {
    let arn = |role: &str| format!("arn:aws:iam::{ACCOUNT}:role/{role}");
    let roles: BTreeMap<_, _> =
        policies.roles.iter().map(|(role, documents)| (arn(role), documents)).collect();
    let one = |question: &Question| {
        let Question { role, action, on, context } = question;
        json!({ "role": arn(role), "action": action, "on": on, "context": context })
    };
    json!({
        "account": ACCOUNT,
        "context": context,
        "roles": roles,
        "resources": policies.resources,
        "questions": questions.iter().map(one).collect::<Vec<_>>(),
    })
}

fn allowed(answer: &Value, question: &Question) -> Result<bool> {
    match answer.as_str() {
        Some("Allowed") => Ok(true),
        Some("ImplicitlyDenied" | "ExplicitlyDenied") => Ok(false),
        _ => bail!("the simulator does not take {question:?}: {answer}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/t";

    fn policies() -> Policies {
        let allow = json!({
            "Version": "2012-10-17",
            "Statement": [
                { "Sid": "Read", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE },
                { "Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
                  "Condition": { "StringEquals": { "iam:PassedToService": "ecs-tasks.amazonaws.com" } } },
            ],
        });
        let roles = BTreeMap::from([("R".to_owned(), vec![allow]), ("Nobody".to_owned(), vec![])]);
        Policies { roles, resources: BTreeMap::new() }
    }

    fn question(role: &str, action: &str, on: &str, context: Value) -> Question {
        Question { role: role.to_owned(), action: action.to_owned(), on: on.to_owned(), context }
    }

    #[test]
    fn what_is_allowed_is_told_from_what_is_not() {
        let role = "arn:aws:iam::123456789012:role/R";
        let common = json!({ "iam:PassedToService": "ecs-tasks.amazonaws.com" });
        let asked = [
            (question("R", "dynamodb:GetItem", TABLE, json!({})), true),
            (question("R", "dynamodb:PutItem", TABLE, json!({})), false),
            (question("Nobody", "dynamodb:GetItem", TABLE, json!({})), false),
            (question("R", "iam:PassRole", role, json!({})), true),
            (
                question("R", "iam:PassRole", role, json!({ "iam:PassedToService": "lambda.amazonaws.com" })),
                false,
            ),
            (question("R", "iam:PassRole", role, json!({ "iam:PassedToService": null })), false),
        ];
        let (questions, expected): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        assert_eq!(simulate(&policies(), &common, &questions).unwrap(), expected);
    }

    /// A question that cannot be answered is no denial.
    #[test]
    fn a_question_that_makes_no_sense_is_an_error() {
        for (action, on) in
            [("dynamodb:GetItems", TABLE), ("sqs:SendMessage", TABLE), ("dynamodb:GetItem", "table")]
        {
            let asked = question("R", action, on, json!({}));
            assert!(simulate(&policies(), &json!({}), &[asked]).is_err(), "{action} {on}");
        }
    }
}
