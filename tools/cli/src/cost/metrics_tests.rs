use testkit::Aws;

use super::*;

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn start() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// The figure of the one that is about this.
fn figure(asked: &[Asked], sums: &[Option<f64>], of: &Of) -> Option<f64> {
    sums[asked.iter().position(|asked| asked.of == *of).unwrap()]
}

#[test]
fn every_function_table_queue_and_log_of_the_template_is_asked_about() {
    let asked = wanted("other").unwrap();
    let template = Template::parse(OURS).unwrap();
    let count = |of: &Of| asked.iter().filter(|asked| asked.of == *of).count();
    let functions = template.of_type("AWS::Serverless::Function").count();
    assert_eq!(asked.iter().filter(|asked| matches!(asked.of, Of::Requests(_))).count(), functions);
    assert!(
        count(&Of::Writes) > template.of_type("AWS::DynamoDB::Table").count(),
        "indexes are paid for, too"
    );
    assert_eq!(count(&Of::Writes), count(&Of::Reads));
    assert_eq!(count(&Of::Messages), 4 * template.of_type("AWS::SQS::Queue").count());
    assert_eq!(count(&Of::LogBytes), template.of_type("AWS::Logs::LogGroup").count());
    assert_eq!((count(&Of::MusicMinutes), count(&Of::WorkerMinutes)), (1, 1));
    assert!(asked.len() <= MOST_QUERIES, "it is one call");
    let names = asked
        .iter()
        .flat_map(|asked| &asked.dimensions)
        .filter(|(name, _)| *name != "GlobalSecondaryIndexName");
    for (name, value) in names {
        assert!(value.contains("other-") && !value.contains('$'), "{name} {value}");
    }
    assert_eq!(count(&Of::Requests("interactions".to_owned())), 1);
}

#[tokio::test]
async fn what_was_counted_this_month_is_summed() {
    let aws = Aws::start().await;
    let (cloudwatch, of_lambda) = (aws.cloudwatch(), ("FunctionName", "timmybot-interactions"));
    let before = "2025-12-31T23:59:00Z".parse().unwrap();
    for (at, value) in
        [(before, 100.0), (start(), 1.0), ("2026-01-01T12:00:00Z".parse().unwrap(), 2.0), (now(), 4.0)]
    {
        cloudwatch.put("AWS/Lambda", "Invocations", of_lambda, value, at);
    }
    let asked = wanted("timmybot").unwrap();
    let metrics = Metrics::of(aws.sdk_config(), now()).await.unwrap();
    let sums = metrics.sums(&asked, start(), now()).await.unwrap();
    assert_eq!(sums.len(), asked.len());
    assert_eq!(figure(&asked, &sums, &Of::Requests("interactions".to_owned())), Some(7.0));
    assert_eq!(figure(&asked, &sums, &Of::Requests("api".to_owned())), None);
    assert_eq!(figure(&asked, &sums, &Of::WorkerMinutes), None);
}

#[tokio::test]
async fn a_refusal_says_what_is_needed() {
    let aws = Aws::start().await;
    let metrics = Metrics::of(aws.sdk_config(), now()).await.unwrap();
    let asked = vec![Asked { statistic: "p99", ..wanted("timmybot").unwrap().remove(0) }];
    let refused = metrics.sums(&asked, start(), now()).await.unwrap_err().to_string();
    assert!(refused.contains("InvalidParameterValueException"), "{refused}");
    assert!(refused.contains("cloudwatch:GetMetricData"), "{refused}");
}

#[tokio::test]
async fn without_a_region_or_credentials_nothing_is_asked() {
    let nobody = SdkConfig::builder().region(aws_config::Region::from_static("eu-central-1")).build();
    assert!(Metrics::of(&nobody, now()).await.is_err_and(|error| error.to_string().contains("credentials")));
    let nowhere = Metrics::of(&SdkConfig::builder().build(), now()).await;
    assert!(nowhere.is_err_and(|error| error.to_string().contains("Missing Region")));
}

/// Whoever changes a call on its way has no signature for it.
#[tokio::test]
async fn a_call_is_signed_with_its_body_and_its_target() {
    let aws = Aws::start().await;
    let metrics = Metrics::of(aws.sdk_config(), now()).await.unwrap();
    let signature = |target: &str, body: &[u8]| {
        let signed = metrics.signature(&[("content-type", JSON), ("x-amz-target", target)], body).unwrap();
        signed.into_iter().find(|(name, _)| name == "authorization").unwrap().1
    };
    let one = signature(TARGET, b"{}");
    assert!(
        one.starts_with("AWS4-HMAC-SHA256 Credential=local/20260102/eu-central-1/monitoring/aws4_request"),
        "{one}"
    );
    assert!(one.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-target"), "{one}");
    assert_eq!(one, signature(TARGET, b"{}"));
    assert_ne!(one, signature(TARGET, b"{ }"));
    assert_ne!(one, signature("GraniteServiceVersion20100801.PutMetricData", b"{}"));
}
