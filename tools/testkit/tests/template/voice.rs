//! The voice worker's task (SPEC W28, P7).

use serde_json::{Value, json};

use crate::ours;

fn definition() -> Value {
    ours().resource("VoiceTaskDefinition")["Properties"].clone()
}

fn container() -> Value {
    let definition = definition();
    let containers = definition["ContainerDefinitions"].as_array().expect("containers");
    assert_eq!(containers.len(), 1);
    containers[0].clone()
}

/// SPEC W28.
#[test]
fn the_worker_is_nobody_and_writes_nowhere_but_to_tmp() {
    let container = container();
    assert_eq!((&container["User"], &container["Privileged"]), (&json!("1000:1000"), &json!(false)));
    assert_eq!(container["ReadonlyRootFilesystem"], true);
    assert_eq!(container["LinuxParameters"]["Capabilities"], json!({ "Drop": ["ALL"] }));
    let mounts = json!([{ "SourceVolume": "tmp", "ContainerPath": "/tmp", "ReadOnly": false }]);
    assert_eq!(container["MountPoints"], mounts);
    assert_eq!(
        definition()["Volumes"],
        json!([{ "Name": "tmp" }]),
        "no host, no file system that outlives it"
    );
    assert_eq!(container["StopTimeout"], 120);
    assert!(container["PortMappings"].is_null());
}

/// SPEC W28: what runs is what was scanned.
#[test]
fn the_image_is_pinned_by_digest() {
    assert_eq!(container()["Image"], json!({ "Ref": "VoiceImage" }));
    let template = ours();
    let image = &template.section("Parameters")["VoiceImage"];
    let pattern = image["AllowedPattern"].as_str().expect("a pattern");
    assert!(pattern.ends_with("@sha256:[0-9a-f]{64}$"), "{pattern}");
    assert!(image["Default"].is_null());
}

/// SPEC W30.
#[test]
fn the_worker_is_told_names_of_secrets_and_no_secret() {
    let container = container();
    assert!(
        container["Secrets"].is_null(),
        "ECS would read them with the execution role, before the worker runs"
    );
    for variable in container["Environment"].as_array().expect("variables") {
        let name = variable["Name"].as_str().expect("a name");
        if name.ends_with("_SECRET") {
            let value = variable["Value"]["Fn::Sub"].as_str().expect("named by prefix");
            assert!(value.starts_with("${SecretPrefix}/"), "{name}");
        }
    }
}

#[test]
fn nobody_reaches_the_worker_and_nobody_enters_it() {
    let template = ours();
    let group = &template.resource("VoiceSecurityGroup")["Properties"];
    assert_eq!(group["SecurityGroupIngress"], json!([]));
    assert_eq!(template.of_type("AWS::EC2::SecurityGroupIngress").count(), 0);
    let commands =
        &template.resource("VoiceCluster")["Properties"]["Configuration"]["ExecuteCommandConfiguration"];
    assert_eq!(*commands, json!({ "Logging": "NONE" }));
}

/// SPEC P7: none of these costs nothing while nobody listens.
#[test]
fn nothing_stands_by() {
    let template = ours();
    for kind in [
        "AWS::ECS::Service",
        "AWS::EC2::NatGateway",
        "AWS::EC2::EIP",
        "AWS::EC2::VPCEndpoint",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElastiCache::CacheCluster",
        "AWS::EC2::Instance",
    ] {
        assert_eq!(template.of_type(kind).count(), 0, "{kind}");
    }
    let insights = json!([{ "Name": "containerInsights", "Value": "disabled" }]);
    assert_eq!(template.resource("VoiceCluster")["Properties"]["ClusterSettings"], insights);
}

#[test]
fn a_stopped_worker_is_told_to_the_supervisor() {
    let template = ours();
    let rule = &template.resource("VoiceSupervisorFunction")["Properties"]["Events"]["VoiceTaskStopped"];
    assert_eq!(rule["Type"], "EventBridgeRule");
    let detail = &rule["Properties"]["Pattern"]["detail"];
    assert_eq!(detail["lastStatus"], json!(["STOPPED"]));
    assert_eq!(detail["group"], json!([{ "Fn::Sub": "family:${TablePrefix}-voice" }]));
    assert_eq!(definition()["Family"], json!({ "Fn::Sub": "${TablePrefix}-voice" }));
}
