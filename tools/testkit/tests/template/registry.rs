//! The stack of the worker's repository, which is there before the main one (SPEC W4, W28).

use serde_json::{Value, json};
use testkit::template::{REGISTRY, Template};

use crate::ours;

fn registry() -> Template {
    Template::parse(REGISTRY).expect("registry.yaml reads")
}

fn repository() -> Value {
    registry().resource("VoiceRepository").clone()
}

/// No role, no key, nothing that costs while it stands, and nobody's data: what judges those needs to look at
/// `template.yaml` only.
#[test]
fn there_is_a_repository_and_nothing_else() {
    let registry = registry();
    let resources = registry.section("Resources").as_object().expect("resources");
    assert_eq!(resources.keys().collect::<Vec<_>>(), ["VoiceRepository"]);
    assert_eq!(repository()["Type"], "AWS::ECR::Repository");
}

/// In the main stack the repository would come with what cannot be made before an image is in it.
#[test]
fn the_main_stack_makes_no_repository() {
    assert_eq!(ours().of_type("AWS::ECR::Repository").count(), 0);
}

#[test]
fn what_was_scanned_stays_what_its_tag_means() {
    let properties = &repository()["Properties"];
    assert_eq!(properties["ImageTagMutability"], "IMMUTABLE");
    assert_eq!(properties["ImageScanningConfiguration"], json!({ "ScanOnPush": true }));
    assert_eq!(properties["EncryptionConfiguration"], json!({ "EncryptionType": "KMS" }));
}

#[test]
fn nobody_outside_of_the_account_is_let_in() {
    assert!(repository()["Properties"]["RepositoryPolicyText"].is_null());
}

/// The main stack may run from it when this one is taken down.
#[test]
fn images_outlive_their_stack() {
    let repository = repository();
    assert_eq!(repository["DeletionPolicy"], "RetainExceptOnCreate");
    assert_eq!(repository["UpdateReplacePolicy"], "Retain");
}

#[test]
fn a_few_images_are_kept_to_go_back_to_and_the_others_leave() {
    let text = repository()["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"].clone();
    let policy: Value = serde_json::from_str(text.as_str().expect("a text")).expect("JSON");
    let rules = policy["rules"].as_array().expect("rules");
    for rule in rules {
        assert_eq!(rule["action"], json!({ "type": "expire" }));
        // Seconds or hours would take away what a deployment has just pushed.
        let unit = &rule["selection"]["countUnit"];
        assert!(unit.is_null() || unit == "days", "{rule}");
    }
    let selections: Vec<_> = rules.iter().map(|rule| &rule["selection"]).collect();
    let [tagged, untagged] = selections[..] else { panic!("two rules: {policy}") };
    assert_eq!((&tagged["tagStatus"], &tagged["tagPatternList"]), (&json!("tagged"), &json!(["*"])));
    assert_eq!((&tagged["countType"], &tagged["countNumber"]), (&json!("imageCountMoreThan"), &json!(10)));
    assert_eq!((&untagged["tagStatus"], &untagged["countNumber"]), (&json!("untagged"), &json!(14)));
}

/// Both stacks and the role mean the same repository.
#[test]
fn it_is_the_repository_that_the_workers_role_pulls_from() {
    let (registry, main) = (registry(), ours());
    let name = repository()["Properties"]["RepositoryName"]["Fn::Sub"].clone();
    let name = name.as_str().expect("named by prefix").to_owned();
    for part in ["AllowedPattern", "Default", "Type"] {
        let of = |template: &Template| template.section("Parameters")["TablePrefix"][part].clone();
        assert_eq!(of(&registry), of(&main), "{part}");
    }
    let role = &main.resource("VoiceExecutionRole")["Properties"]["Policies"][0]["PolicyDocument"];
    let statements = role["Statement"].as_array().expect("statements");
    let pull = statements.iter().find(|one| one["Sid"] == "PullImage").expect("it pulls");
    let arn = pull["Resource"]["Fn::Sub"].as_str().expect("one repository");
    assert!(arn.ends_with(&format!(":repository/{name}")), "{arn}");
}

/// `timmy deploy` asks for this output.
#[test]
fn the_stack_says_where_images_are_pushed() {
    let uri = json!({ "Fn::GetAtt": ["VoiceRepository", "RepositoryUri"] });
    assert_eq!(registry().section("Outputs")["RepositoryUri"]["Value"], uri);
}
