//! Where the internet comes in: one of two doors for Discord, and a domain of one's own for everybody else (SPEC T2, T6).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::discord::invite::{Feature, link};
use shared::ids::ApplicationId;

use crate::chosen::Chosen;
use crate::ours;

const DOMAIN: [(&str, &str); 2] = [
    ("DomainName", "bot.example.org"),
    ("CertificateArn", "arn:aws:acm:eu-central-1:123456789012:certificate/0f1e2d3c"),
];

fn output(name: &str) -> Value {
    let found = ours().section("Outputs")[name]["Value"].clone();
    assert!(!found.is_null(), "there is no output {name}");
    found
}

/// What is made of a door's parts.
fn made(chosen: &Chosen) -> BTreeSet<String> {
    let template = ours();
    let parts = ["AWS::Lambda::Url", "AWS::Lambda::Permission", "AWS::ApiGatewayV2::Route"];
    let all = parts.into_iter().flat_map(|kind| template.of_type(kind));
    let of_door = all.filter(|(id, one)| id.starts_with("Interactions") && chosen.makes(one));
    of_door.map(|(id, _)| id.to_owned()).collect()
}

/// The door that was not chosen is not there at all.
#[test]
fn there_is_one_door_at_a_time() {
    let url = Chosen::by(&[("FrontDoor", "url")]);
    let open = [
        "InteractionsFunctionUrl",
        "InteractionsFunctionURLInvokeAllowPublicAccess",
        "InteractionsFunctionUrlPublicPermissions",
    ];
    let open: BTreeSet<_> = open.map(str::to_owned).into();
    assert_eq!(made(&url), open);
    assert_eq!(url.text(&output("InteractionsUrl")), "InteractionsFunctionUrl.FunctionUrl");
    let api = Chosen::by(&[("FrontDoor", "httpapi")]);
    assert_eq!(made(&api), ["InteractionsPermission", "InteractionsRoute"].map(str::to_owned).into());
    assert_eq!(api.text(&output("InteractionsUrl")), "PublicApi.ApiEndpoint/discord/interactions");
    assert_eq!(made(&Chosen::by(&[])), open, "who says nothing keeps the address that Discord knows");
}

/// SPEC T2: either way the function is handed the same payload, and the signature is the authentication.
#[test]
fn the_route_hands_over_what_the_address_does() {
    let template = ours();
    let route = &template.resource("InteractionsRoute")["Properties"];
    assert_eq!(
        (&route["RouteKey"], &route["AuthorizationType"]),
        (&json!("POST /discord/interactions"), &json!("NONE"))
    );
    assert_eq!(route["Target"], json!({ "Fn::Sub": "integrations/${InteractionsIntegration}" }));
    let integration = &template.resource("InteractionsIntegration")["Properties"];
    assert_eq!(integration["PayloadFormatVersion"], "2.0");
    assert_eq!(integration["IntegrationUri"], json!({ "Fn::GetAtt": ["InteractionsFunction", "Arn"] }));
    let url = &template.resource("InteractionsFunctionUrl")["Properties"];
    assert_eq!((&url["AuthType"], &url["InvokeMode"]), (&json!("NONE"), &json!("BUFFERED")));
    let from = &template.resource("InteractionsPermission")["Properties"]["SourceArn"]["Fn::Sub"];
    assert!(from.as_str().is_some_and(|from| from.ends_with("/POST/discord/interactions")), "{from}");
}

/// A limit of a route needs the route, which may not be there; the reference makes one wait for the other.
#[test]
fn the_route_is_limited_where_it_is() {
    let template = ours();
    let stage = &template.resource("PublicApiStage")["Properties"];
    let limits = &stage["RouteSettings"]["POST /discord/interactions"]["Fn::If"];
    assert_eq!((&limits[0], &limits[2]), (&json!("DoorIsApi"), &json!({ "Ref": "AWS::NoValue" })));
    assert_eq!(limits[1], json!({ "ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100 }));
    let waits = &stage["Description"]["Fn::If"];
    assert_eq!(waits[0], "DoorIsApi");
    assert!(waits[1].to_string().contains("${InteractionsRoute}"), "{waits}");
}

/// SPEC T6: with a domain nothing older than TLS 1.2 comes in, and AWS's own address does not lead past it.
#[test]
fn a_domain_of_ones_own_takes_tls_1_2_and_is_the_only_way() {
    let template = ours();
    let named = &template.resource("PublicDomain")["Properties"];
    assert_eq!(named["DomainName"], json!({ "Ref": "DomainName" }));
    let configuration = json!([{
        "CertificateArn": { "Ref": "CertificateArn" }, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2",
    }]);
    assert_eq!(named["DomainNameConfigurations"], configuration);
    let mapping = &template.resource("PublicDomainMapping")["Properties"];
    assert_eq!(
        (&mapping["ApiId"], &mapping["Stage"]),
        (&json!({ "Ref": "PublicApi" }), &json!({ "Ref": "PublicApiStage" }))
    );
    let closed = &template.resource("PublicApi")["Properties"]["DisableExecuteApiEndpoint"];
    assert_eq!(*closed, json!({ "Fn::If": ["HasDomain", true, false] }));
    let (with, without) = (Chosen::by(&DOMAIN), Chosen::by(&[]));
    for id in ["PublicDomain", "PublicDomainMapping"] {
        assert!(with.makes(template.resource(id)) && !without.makes(template.resource(id)), "{id}");
    }
}

/// Functions, Discord and people are told the same address.
#[test]
fn the_addresses_follow_the_domain() {
    let door = [("FrontDoor", "httpapi")];
    let with = Chosen::by(&[&DOMAIN[..], &door].concat());
    assert_eq!(with.text(&output("PublicBaseUrl")), "https://bot.example.org");
    assert_eq!(with.text(&output("InteractionsUrl")), "https://bot.example.org/discord/interactions");
    let before = Chosen::by(&[("PublicBaseUrl", "https://front.example.org"), door[0]]);
    assert_eq!(before.text(&output("PublicBaseUrl")), "https://front.example.org");
    assert_eq!(before.text(&output("InteractionsUrl")), "https://front.example.org/discord/interactions");
    let mut count = 0;
    for (id, function) in ours().of_type("AWS::Serverless::Function") {
        let told = &function["Properties"]["Environment"]["Variables"]["PUBLIC_BASE_URL"];
        if !told.is_null() {
            assert_eq!(with.text(told), "https://bot.example.org", "{id}");
            count += 1;
        }
    }
    assert!(count > 4, "{count}");
}

#[test]
fn a_domain_needs_its_certificate_and_a_certificate_its_domain() {
    assert!(Chosen::by(&DOMAIN).refusals().is_empty());
    for (said, asks_for) in [
        (vec![DOMAIN[0]], "CertificateArn"),
        (vec![DOMAIN[1]], "DomainName"),
        (vec![DOMAIN[0], DOMAIN[1], ("PublicBaseUrl", "https://front.example.org")], "PublicBaseUrl"),
    ] {
        let refusals = Chosen::by(&said).refusals();
        let [refusal] = refusals.as_slice() else { panic!("{refusals:?}") };
        assert!(refusal.contains(asks_for), "{refusal}");
    }
}

/// SPEC P13: the number is what the enabled features need together.
#[test]
fn the_invite_asks_for_the_least_permissions() {
    let said = Chosen::by(&[("DiscordApplicationId", "7")]);
    let least = link(ApplicationId::new(7), &[Feature::Voice, Feature::Messages]);
    assert_eq!(said.text(&output("InviteUrl")), least);
}

#[test]
fn the_dashboard_is_found_by_its_name() {
    let said = Chosen::by(&[("TablePrefix", "other")]).text(&output("DashboardUrl"));
    assert!(said.ends_with("#dashboards/dashboard/other"), "{said}");
    let template = ours();
    assert_eq!(
        template.resource("Dashboard")["Properties"]["DashboardName"],
        json!({ "Ref": "TablePrefix" })
    );
}
