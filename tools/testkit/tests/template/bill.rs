//! The bill has a ceiling and the stack prints it (DESIGN, invariant 8). `CloudFormation` cannot multiply, so the
//! products stand in the template; here they are computed again.

use serde_json::{Value, json};

use crate::chosen::Chosen;
use crate::ours;

const SECONDS: f64 = 31.0 * 86_400.0;
/// Lambda admits at most this many requests per second for each unit of concurrency.
const REQUESTS_PER_SECOND: f64 = 10.0;

fn number(value: &Value) -> f64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no number"))
}

fn ceiling(arch: &str, concurrency: f64, mebibytes: f64) -> f64 {
    let template = ours();
    let prices = &template.section("Metadata")["LambdaPrices"][arch];
    let seconds = mebibytes / 1024.0 * SECONDS * number(&prices["UsdPerGbSecond"]);
    let requests = REQUESTS_PER_SECOND * SECONDS * number(&prices["UsdPerMillionRequests"]) / 1e6;
    (concurrency * (seconds + requests)).ceil()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

#[test]
fn each_figure_is_the_product_that_it_claims_to_be() {
    let template = ours();
    for (table, arch) in [("CeilingX86", "x86_64"), ("CeilingArm", "arm64")] {
        for (concurrency, row) in template.section("Mappings")[table].as_object().expect("a table") {
            for (memory, dollars) in row.as_object().expect("a row") {
                let computed =
                    ceiling(arch, concurrency.parse().expect("a number"), memory.parse().expect("a number"));
                assert!(close(number(dollars), computed), "{table} {concurrency} {memory}: {computed}");
            }
        }
    }
}

/// Where the API is the door, no more comes in than its route lets through; what does costs the API's price besides, also
/// where the function has no room for it.
#[test]
fn each_figure_of_the_other_door_is_for_a_route_that_never_rests() {
    let template = ours();
    let settings = &template.resource("PublicApiStage")["Properties"]["RouteSettings"];
    let route = &settings["POST /discord/interactions"]["Fn::If"][1];
    let per_second = route["ThrottlingRateLimit"].as_f64().expect("a rate");
    let timeout = template.resource("InteractionsFunction")["Properties"]["Timeout"].as_f64().expect("s");
    let api = number(&template.section("Metadata")["HttpApiPrices"]["UsdPerMillionRequests"]);
    for (table, arch) in [("CeilingApiX86", "x86_64"), ("CeilingApiArm", "arm64")] {
        let prices = &template.section("Metadata")["LambdaPrices"][arch];
        for (concurrency, row) in template.section("Mappings")[table].as_object().expect("a table") {
            let concurrency: f64 = concurrency.parse().expect("a number");
            for (memory, dollars) in row.as_object().expect("a row") {
                let gib = memory.parse::<f64>().expect("a number") / 1024.0;
                let running = concurrency.min(per_second * timeout);
                let invoked = per_second.min(REQUESTS_PER_SECOND * concurrency);
                let requests = per_second * api + invoked * number(&prices["UsdPerMillionRequests"]);
                let computed =
                    running * gib * SECONDS * number(&prices["UsdPerGbSecond"]) + requests * SECONDS / 1e6;
                assert!(
                    close(number(dollars), computed.ceil()),
                    "{table} {concurrency} {memory}: {computed}"
                );
            }
        }
    }
}

/// The output says the figure of the door and of the architecture that were chosen.
#[test]
fn the_ceiling_is_that_of_the_door() {
    let template = ours();
    let output = &template.section("Outputs")["InteractionsBillCeilingUsd"]["Value"];
    for (door, arch, table) in [
        ("url", "x86_64", "CeilingX86"),
        ("url", "arm64", "CeilingArm"),
        ("httpapi", "x86_64", "CeilingApiX86"),
        ("httpapi", "arm64", "CeilingApiArm"),
    ] {
        let said = Chosen::by(&[("FrontDoor", door), ("Architecture", arch), ("ReservedConcurrency", "20")]);
        let expected = &template.section("Mappings")[table]["20"]["256"];
        assert_eq!(said.text(output), expected.as_str().expect("a figure"), "{door} {arch}");
    }
}

#[test]
fn the_voice_supervisors_figure_is_for_its_two_executions() {
    let template = ours();
    let output = &template.section("Outputs")["VoiceSupervisorBillCeilingUsd"]["Value"]["Fn::If"];
    assert_eq!(output[0], "IsArm");
    assert!(close(number(&output[1]), ceiling("arm64", 2.0, 128.0)));
    assert!(close(number(&output[2]), ceiling("x86_64", 2.0, 128.0)));
    assert_eq!(template.resource("VoiceSupervisorFunction")["Properties"]["MemorySize"], 128);
}

/// Five requests in a second, each for as long as the function may take, at the price of an HTTP API's request besides.
#[test]
fn the_pages_figure_is_for_requests_that_never_stop() {
    const PER_SECOND: f64 = 5.0;
    let template = ours();
    let function = &template.resource("OauthFunction")["Properties"];
    let (memory, timeout) =
        (function["MemorySize"].as_f64().expect("MiB"), function["Timeout"].as_f64().expect("s"));
    let figure = |arch: &str| {
        let prices = &template.section("Metadata")["LambdaPrices"][arch];
        let api = number(&template.section("Metadata")["HttpApiPrices"]["UsdPerMillionRequests"]);
        let gb_seconds = PER_SECOND * timeout * memory / 1024.0 * SECONDS * number(&prices["UsdPerGbSecond"]);
        let requests = PER_SECOND * SECONDS * (number(&prices["UsdPerMillionRequests"]) + api) / 1e6;
        (gb_seconds + requests).ceil()
    };
    let output = &template.section("Outputs")["OauthBillCeilingUsd"]["Value"]["Fn::If"];
    assert!(close(number(&output[1]), figure("arm64")), "{}", figure("arm64"));
    assert!(close(number(&output[2]), figure("x86_64")), "{}", figure("x86_64"));
}

/// As many requests as the route lets through, each for as long as the function may take.
#[test]
fn the_apis_figure_is_for_a_route_that_never_rests() {
    let template = ours();
    let route = &template.resource("PublicApiStage")["Properties"]["RouteSettings"]["ANY /api/{proxy+}"];
    let per_second = route["ThrottlingRateLimit"].as_f64().expect("a rate");
    let function = &template.resource("ApiFunction")["Properties"];
    let (memory, timeout) =
        (function["MemorySize"].as_f64().expect("MiB"), function["Timeout"].as_f64().expect("s"));
    let figure = |arch: &str| {
        let prices = &template.section("Metadata")["LambdaPrices"][arch];
        let api = number(&template.section("Metadata")["HttpApiPrices"]["UsdPerMillionRequests"]);
        let gb_seconds = per_second * timeout * memory / 1024.0 * SECONDS * number(&prices["UsdPerGbSecond"]);
        let requests = per_second * SECONDS * (number(&prices["UsdPerMillionRequests"]) + api) / 1e6;
        (gb_seconds + requests).ceil()
    };
    let output = &template.section("Outputs")["ApiBillCeilingUsd"]["Value"]["Fn::If"];
    assert!(close(number(&output[1]), figure("arm64")), "{}", figure("arm64"));
    assert!(close(number(&output[2]), figure("x86_64")), "{}", figure("x86_64"));
}

/// As many requests as the route lets through, each for the second within which its sender is answered, and the two
/// executions that read the queue, around the clock.
#[test]
fn the_webhooks_figure_is_for_a_route_that_never_rests() {
    let template = ours();
    let route = &template.resource("PublicApiStage")["Properties"]["RouteSettings"]["ANY /webhooks/{proxy+}"];
    let per_second = route["ThrottlingRateLimit"].as_f64().expect("a rate");
    let function = &template.resource("WebhooksFunction")["Properties"];
    let memory = function["MemorySize"].as_f64().expect("MiB");
    let figure = |arch: &str| {
        let prices = &template.section("Metadata")["LambdaPrices"][arch];
        let api = number(&template.section("Metadata")["HttpApiPrices"]["UsdPerMillionRequests"]);
        let gb_seconds = per_second * memory / 1024.0 * SECONDS * number(&prices["UsdPerGbSecond"]);
        let requests = per_second * SECONDS * (number(&prices["UsdPerMillionRequests"]) + api) / 1e6;
        let queue = memory / 1024.0 * SECONDS * number(&prices["UsdPerGbSecond"])
            + REQUESTS_PER_SECOND * SECONDS * number(&prices["UsdPerMillionRequests"]) / 1e6;
        (gb_seconds + requests + 2.0 * queue).ceil()
    };
    assert_eq!(function["Events"]["Jobs"]["Properties"]["ScalingConfig"]["MaximumConcurrency"], 2);
    let output = &template.section("Outputs")["WebhooksBillCeilingUsd"]["Value"]["Fn::If"];
    assert!(close(number(&output[1]), figure("arm64")), "{}", figure("arm64"));
    assert!(close(number(&output[2]), figure("x86_64")), "{}", figure("x86_64"));
}

#[test]
fn what_applies_is_the_smaller_of_reservation_and_quota() {
    let template = ours();
    let table = template.section("Mappings")["AppliedConcurrency"].as_object().expect("a table");
    for (reserved, row) in table {
        for (quota, applied) in row.as_object().expect("a row") {
            let quota: f64 = quota.parse().expect("a number");
            let expected = reserved.parse::<f64>().map_or(quota, |reserved| reserved.min(quota));
            assert!(close(number(applied), expected), "{reserved} {quota}");
        }
    }
}

/// A stack whose parameters fall outside the tables would not deploy at all.
#[test]
fn the_tables_cover_every_value_that_the_parameters_allow() {
    let template = ours();
    let (parameters, maps) = (template.section("Parameters"), template.section("Mappings"));
    let allowed = |name: &str| {
        let values = parameters[name]["AllowedValues"].as_array().expect("allowed values").clone();
        values
            .into_iter()
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
            .collect::<Vec<_>>()
    };
    for reserved in allowed("ReservedConcurrency") {
        for quota in allowed("AccountConcurrency") {
            let applied = maps["AppliedConcurrency"][&reserved][&quota].as_str().expect("an applied value");
            for memory in allowed("MemorySize") {
                for table in ["CeilingX86", "CeilingArm", "CeilingApiX86", "CeilingApiArm"] {
                    assert!(maps[table][applied][&memory].is_string(), "{table} {applied} {memory}");
                }
            }
        }
    }
}

#[test]
fn nothing_is_reserved_unless_asked_for() {
    let template = ours();
    assert_eq!(template.section("Parameters")["ReservedConcurrency"]["Default"], "unset");
    let reserved = &template.resource("InteractionsFunction")["Properties"]["ReservedConcurrentExecutions"];
    let by_condition =
        json!(["HasReservedConcurrency", { "Ref": "ReservedConcurrency" }, { "Ref": "AWS::NoValue" }]);
    assert_eq!(reserved["Fn::If"], by_condition);
}

#[test]
fn a_workers_figure_is_for_a_month_without_a_pause() {
    let template = ours();
    let price = |name: &str| number(&template.section("Metadata")["FargatePrices"][name]);
    let (vcpu, gb, address) = (price("UsdPerVcpuHour"), price("UsdPerGbHour"), price("UsdPerAddressHour"));
    for (cpu, row) in template.section("Mappings")["CeilingVoice"].as_object().expect("a table") {
        for (memory, dollars) in row.as_object().expect("a row") {
            let parsed = |text: &str| text.parse::<f64>().expect("a number") / 1024.0;
            let hour = parsed(cpu) * vcpu + parsed(memory) * gb + address;
            let computed = (SECONDS / 3_600.0 * hour).ceil();
            assert!(close(number(dollars), computed), "{cpu} {memory}: {computed}");
        }
    }
    let output = &template.section("Outputs")["VoiceBillCeilingUsd"]["Value"];
    let of_parameters = json!(["CeilingVoice", { "Ref": "VoiceCpu" }, { "Ref": "VoiceMemory" }]);
    assert_eq!(output["Fn::FindInMap"], of_parameters);
}
