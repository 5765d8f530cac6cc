//! The templates before judges that are not ours (SPEC T1, T13, W29): cfn-guard with the rules of `policy/`, checkov, and
//! parliament on the roles' policies. Who may do what is asked of a simulator, by the tests beside this file.

#[cfg(test)]
mod places;
#[cfg(test)]
mod roles_tests;

use std::fs::{create_dir_all, remove_dir_all, write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use testkit::deployed::Deployed;
use testkit::npm;

use super::TEMPLATES;
use super::python::{POLICY, tool};
use super::shell::{program, quiet, root};
use super::step::{Ctx, Outcome};

/// An open bucket, and a role that may do everything.
const KNOWN_BAD: &str = "Resources:
  Bucket: { Type: 'AWS::S3::Bucket' }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: 'sts:AssumeRole' }]
      Policies:
        - PolicyName: everything
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{ Sid: All, Effect: Allow, Action: '*', Resource: '*' }]
";
/// What has to be found there, by our rules and by checkov's.
const OF_GUARD: [&str; 4] = [
    "roles_allow_no_action_by_a_star",
    "roles_name_what_they_reach",
    "each_bucket_has_a_policy",
    "buckets_are_closed",
];
const OF_CHECKOV: [&str; 3] = ["CKV_AWS_53", "CKV_AWS_62", "CKV_AWS_63"];

/// An action that there is not, on something of another kind.
const KNOWN_BAD_POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "A", "Effect": "Allow", "Action": "s3:GetObjects", "Resource": "arn:aws:s3:::b/*" },
    { "Sid": "B", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b/*" }
  ]
}"#;
/// What parliament has to find there.
const OF_PARLIAMENT: [&str; 2] = ["UNKNOWN_ACTION", "RESOURCE_MISMATCH"];

/// What parliament would be right about anywhere else: the finding, the role and the detail. Here and not in a configuration
/// of its own, whose places it overlooks.
const EXCEPTED: [(&str, &str, &str); 4] = [
    // Its resource would be a container instance, of which Fargate has none: AWS's example, too, says `*` and names the
    // cluster in a condition.
    ("RESOURCE_STAR", "SecurityAlarmsRole", r#"["ecs:ListTasks"]"#),
    ("RESOURCE_STAR", "BreakGlassRole", r#"["ecs:ListTasks"]"#),
    // KMS documents this condition for each action on a key; the list behind parliament has it for none.
    (UNKNOWN_CONDITION, "OauthRole", r#""Unknown condition kms:ResourceAliases for action kms:Encrypt""#),
    (
        UNKNOWN_CONDITION,
        "OauthRole",
        r#""Unknown condition kms:ResourceAliases for action kms:GenerateDataKey""#,
    ),
];
const UNKNOWN_CONDITION: &str = "UNKNOWN_CONDITION_FOR_ACTION";

/// First that each judge refuses what is known to be bad, then that none refuses ours.
pub(crate) fn check(ctx: &Ctx) -> Result<Outcome> {
    let log = ctx.log("policy");
    let folder = root().join("target/policy");
    let bad = folder.join("known-bad.yaml");
    create_dir_all(&folder)?;
    write(&bad, KNOWN_BAD)?;

    let mut tests = guard()?;
    tests.args(["test", "--dir", "policy"]);
    quiet(tests, &log)?;
    refused(validate(&bad)?, &OF_GUARD)?;
    for template in TEMPLATES {
        quiet(validate(Path::new(template))?, &log)?;
    }

    refused(checkov(&bad)?, &OF_CHECKOV)?;
    for template in TEMPLATES {
        quiet(checkov(Path::new(template))?, &log)?;
    }

    let bad = vec![("bad".to_owned(), KNOWN_BAD_POLICY.to_owned())];
    let found = parliament(&policies(&folder.join("known-bad"), bad)?)?;
    let found: Vec<_> = found.iter().filter_map(|finding| finding["issue"].as_str()).collect();
    ensure!(OF_PARLIAMENT.iter().all(|bad| found.contains(bad)), "parliament let what is bad through");
    let found = not_excepted(&parliament(&policies(&folder.join("roles"), of_roles()?)?)?);
    ensure!(found.is_empty(), "parliament:\n{}", found.join("\n"));
    Ok(Outcome::Passed)
}

/// Any failure would look like a refusal, so the findings themselves are asked for.
fn refused(mut judge: Command, findings: &[&str]) -> Result<()> {
    let name = judge.get_program().to_string_lossy().into_owned();
    let output = judge.output().with_context(|| format!("cannot start {name}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let missed: Vec<_> = findings.iter().filter(|finding| !said.contains(**finding)).copied().collect();
    ensure!(
        !output.status.success() && missed.is_empty(),
        "{name} let what is bad through: {}",
        missed.join(", ")
    );
    Ok(())
}

fn validate(template: &Path) -> Result<Command> {
    let mut command = guard()?;
    command.args(["validate", "--rules", "policy", "--show-summary", "fail", "--data"]).arg(template);
    Ok(command)
}

/// AWS's own program, as the package of its CDK brings it.
fn guard() -> Result<Command> {
    let packages = npm(&root().join("policy"))?;
    let place = of_platform(std::env::consts::OS, std::env::consts::ARCH)?;
    Ok(program(packages.join("node_modules/@cdklabs/cdk-validator-cfnguard/bin").join(place)))
}

fn of_platform(system: &str, machine: &str) -> Result<PathBuf> {
    let folder = match system {
        "linux" => "ubuntu",
        "macos" => "macos",
        other => bail!("cfn-guard's package has no program for {other}"),
    };
    Ok(Path::new(folder).join(machine).join("cfn-guard"))
}

fn checkov(template: &Path) -> Result<Command> {
    let mut command = tool(POLICY, "checkov")?;
    command.args(["--config-file", "policy/checkov.yaml", "--file"]).arg(template);
    Ok(command)
}

/// What parliament finds in the policies of a folder.
fn parliament(folder: &Path) -> Result<Vec<Value>> {
    let mut command = tool(POLICY, "parliament")?;
    command.args(["--json", "--include_policy_extension", "json", "--directory"]).arg(folder);
    let output = command.output().context("cannot start parliament")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let findings: Vec<Value> = said.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    // It fails with findings; what fails without any is something else.
    let failed = !output.status.success() && findings.is_empty();
    ensure!(!failed, "parliament failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(findings)
}

/// A line for each finding that is not excepted, and for each exception that nothing needs.
fn not_excepted(findings: &[Value]) -> Vec<String> {
    let open = findings.iter().filter(|finding| !EXCEPTED.iter().any(|one| is_excepted(finding, one)));
    let idle = EXCEPTED.iter().filter(|one| !findings.iter().any(|finding| is_excepted(finding, one)));
    let idle =
        idle.map(|(issue, role, detail)| format!("an exception without need: {issue} {role} {detail}"));
    open.map(ToString::to_string).chain(idle).collect()
}

fn is_excepted(finding: &Value, (issue, role, detail): &(&str, &str, &str)) -> bool {
    let of = finding["location"]["filepath"].as_str().map(Path::new).and_then(Path::file_stem);
    let said = serde_json::from_str::<Value>(detail).is_ok_and(|detail| finding["detail"] == detail);
    finding["issue"] == *issue && of.is_some_and(|of| of == *role) && said
}

/// Each role's policies, named after it.
fn of_roles() -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for (role, policies) in Deployed::ours()?.roles()? {
        for policy in policies {
            all.push((role.clone(), serde_json::to_string_pretty(&policy)?));
        }
    }
    Ok(all)
}

/// A folder with these policies and no others.
fn policies(folder: &Path, all: Vec<(String, String)>) -> Result<PathBuf> {
    if folder.exists() {
        remove_dir_all(folder)?;
    }
    create_dir_all(folder)?;
    for (name, policy) in all {
        let file = folder.join(name).with_extension("json");
        ensure!(!file.exists(), "a role has two policies: {}", file.display());
        write(file, policy)?;
    }
    Ok(folder.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs::read_to_string;

    use serde_json::json;

    use super::*;

    fn read(file: &str) -> String {
        read_to_string(root().join("policy").join(file)).unwrap()
    }

    /// The names of the files with our rules.
    fn books() -> Vec<String> {
        let files = std::fs::read_dir(root().join("policy")).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter_map(|name| name.strip_suffix(".guard").map(str::to_owned)).collect()
    }

    #[test]
    fn each_rule_is_tried_on_what_it_lets_through_and_on_what_it_stops() {
        let books = books();
        assert_eq!(books.len(), 6);
        for book in books {
            let (rules, tests) = (read(&format!("{book}.guard")), read(&format!("tests/{book}_tests.yaml")));
            for rule in rules.lines().filter_map(|line| line.strip_prefix("rule ")?.split(' ').next()) {
                for verdict in ["PASS", "FAIL"] {
                    assert!(tests.contains(&format!("{rule}: {verdict}")), "{book}: {rule} {verdict}");
                }
            }
        }
    }

    #[test]
    fn each_exception_has_its_reason() {
        let checkov = read("checkov.yaml");
        let lines: Vec<_> = checkov.lines().collect();
        let excepted: Vec<_> = (0..lines.len()).filter(|at| lines[*at].starts_with("  - CKV")).collect();
        assert!(!excepted.is_empty());
        for at in excepted {
            assert!(lines[at - 1].starts_with("  # "), "{}", lines[at]);
        }
        for template in TEMPLATES {
            let template = read(&format!("../{template}"));
            for skip in template.lines().filter(|line| line.contains("checkov:")) {
                let (_, reason) = skip.split_once("comment: ").unwrap();
                assert!(reason.len() > 15, "{skip}");
            }
        }
    }

    #[test]
    fn every_template_is_judged_and_what_has_no_role_needs_no_parliament() {
        let files = std::fs::read_dir(root()).unwrap().map(|file| file.unwrap().path());
        let yaml = files.filter(|file| file.extension().is_some_and(|ending| ending == "yaml"));
        let templates =
            yaml.filter(|file| read_to_string(file).unwrap().contains("AWSTemplateFormatVersion"));
        let found: BTreeSet<_> =
            templates.map(|file| file.file_name().unwrap().to_str().unwrap().to_owned()).collect();
        assert_eq!(found, TEMPLATES.map(str::to_owned).into());
        let others = TEMPLATES.iter().filter(|template| **template != "template.yaml");
        for other in others {
            assert!(!read(&format!("../{other}")).contains("AWS::IAM::"), "{other}");
        }
    }

    /// An action that nobody uses any more leaves the list, too.
    #[test]
    fn what_may_say_every_resource_is_what_does() {
        let rules = read("iam.guard");
        let (_, list) = rules.split_once("let without_resource = [").unwrap();
        let listed: BTreeSet<_> = list.split(']').next().unwrap().split('\'').skip(1).step_by(2).collect();
        let deployed = Deployed::ours().unwrap().roles().unwrap();
        let statements =
            deployed.values().flatten().flat_map(|policy| policy["Statement"].as_array().unwrap());
        let wide = statements.filter(|statement| statement["Resource"] == "*");
        let said: BTreeSet<_> = wide
            .flat_map(|statement| statement["Action"].as_array().unwrap())
            .map(|action| action.as_str().unwrap())
            .collect();
        assert_eq!(listed, said);
        for action in listed {
            assert!(rules.contains(&format!("#   {action} ")), "{action} has no reason");
        }
    }

    #[test]
    fn what_was_not_found_is_named() {
        let says = |what: &str, code: u8| {
            let (mut command, script) = (program("sh"), format!("echo {what}; exit {code}"));
            command.args(["-c", script.as_str()]);
            command
        };
        refused(says("a b", 1), &["a", "b"]).unwrap();
        let error = refused(says("a", 1), &["a", "b"]).unwrap_err().to_string();
        assert!(error.ends_with(": b"), "{error}");
        assert!(refused(says("a b", 0), &["a", "b"]).is_err(), "found, and let through");
    }

    #[test]
    fn what_is_excepted_is_excepted_for_one_role_and_as_long_as_it_is_needed() {
        let finding = |issue: &str, role: &str, detail: &str| {
            let detail: Value = serde_json::from_str(detail).unwrap();
            json!({ "issue": issue, "detail": detail, "location": { "filepath": format!("/a/{role}.json") } })
        };
        let all: Vec<_> = EXCEPTED.iter().map(|(issue, role, detail)| finding(issue, role, detail)).collect();
        assert_eq!(not_excepted(&all), [""; 0]);
        let [first, ..] = EXCEPTED;
        let other = finding(first.0, "ApiRole", first.2);
        assert_eq!(not_excepted(&[&all[..], core::slice::from_ref(&other)].concat()), [other.to_string()]);
        assert_eq!(not_excepted(&all[1..]).len(), 1, "nothing needs the first one");
    }

    #[test]
    fn the_program_is_that_of_the_machine() {
        assert_eq!(of_platform("linux", "aarch64").unwrap(), Path::new("ubuntu/aarch64/cfn-guard"));
        assert_eq!(of_platform("macos", "x86_64").unwrap(), Path::new("macos/x86_64/cfn-guard"));
        assert!(of_platform("windows", "x86_64").is_err());
    }

    #[test]
    fn a_role_with_two_policies_is_not_half_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let of = |names: &[&str]| -> Vec<(String, String)> {
            names.iter().map(|name| ((*name).to_owned(), "{}".to_owned())).collect()
        };
        assert!(policies(folder.path(), of(&["a", "b"])).is_ok());
        assert!(policies(folder.path(), of(&["c", "c"])).is_err());
        policies(folder.path(), of(&["d"])).unwrap();
        assert!(!folder.path().join("a.json").exists() && folder.path().join("d.json").exists());
        assert_eq!(of_roles().unwrap().len(), Deployed::ours().unwrap().roles().unwrap().len());
    }
}
