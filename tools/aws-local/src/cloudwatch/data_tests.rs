use std::io::Write as _;

use super::super::tests::world;
use super::*;

const DAY_S: i64 = 86_400;
/// The beginning of a day.
const START_S: i64 = 1_767_312_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(START_S + second).unwrap()
}

fn query(metric: &str, stat: &str, period: u32) -> Value {
    json!({ "Id": "q1", "MetricStat": {
        "Metric": { "Namespace": "N", "MetricName": metric, "Dimensions": [{ "Name": "d", "Value": "v" }] },
        "Period": period, "Stat": stat,
    } })
}

async fn asked(cloudwatch: &CloudWatch, operation: &str, queries: &[Value], days: i64) -> (u16, Value) {
    let end = START_S + days * DAY_S;
    let body = json!({ "MetricDataQueries": queries, "StartTime": START_S, "EndTime": end });
    let request = http::Request::new(Body::from(body.to_string()));
    let answer = cloudwatch.call(operation, request).await;
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, MAX_REQUEST).await.unwrap();
    (parts.status.as_u16(), serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_metric_is_summed_or_counted_by_the_day_newest_first() {
    let world = world(&[]);
    for (second, value) in [(0, 1.0), (60, 2.0), (DAY_S, 4.0), (DAY_S + 1, 8.0), (3 * DAY_S, 100.0)] {
        world.cloudwatch.put("N", "m", ("d", "v"), value, at(second));
    }
    let queries =
        [query("m", "Sum", 86_400), query("m", "SampleCount", 86_400), query("other", "Sum", 86_400)];
    let (status, said) = asked(&world.cloudwatch, "GetMetricData", &queries, 2).await;
    assert_eq!(status, 200, "{said}");
    let values = |at: usize| said["MetricDataResults"][at]["Values"].clone();
    assert_eq!((values(0), values(1), values(2)), (json!([12.0, 3.0]), json!([2.0, 2.0]), json!([])));
    assert_eq!(said["MetricDataResults"][0]["Timestamps"], json!([START_S + DAY_S, START_S]));
    assert_eq!(said["MetricDataResults"][0]["Id"], "q1");
}

#[tokio::test]
async fn what_was_logged_a_moment_ago_is_in_it() {
    let world = world(&[]);
    let mut log = tempfile::NamedTempFile::new().unwrap();
    world.cloudwatch.follow(log.path().to_owned());
    let line = json!({
        "_aws": { "Timestamp": at(5).as_millisecond(), "CloudWatchMetrics": [{
            "Namespace": "N", "Dimensions": [["d"]], "Metrics": [{ "Name": "m", "Unit": "Count" }],
        }] },
        "d": "v", "m": 3,
    });
    writeln!(log, "{line}").unwrap();
    let (_, said) = asked(&world.cloudwatch, "GetMetricData", &[query("m", "Sum", 3_600)], 1).await;
    assert_eq!(said["MetricDataResults"][0]["Values"], json!([3.0]));
}

#[tokio::test]
async fn what_the_service_refuses_is_refused() {
    let world = world(&[]);
    for (operation, queries, days) in [
        ("PutMetricData", vec![], 1),
        ("GetMetricData", vec![query("m", "Sum", 86_400)], 0),
        ("GetMetricData", vec![query("m", "p99", 86_400)], 1),
        ("GetMetricData", vec![query("m", "Sum", 90)], 1),
        ("GetMetricData", vec![json!({ "Id": "q1" })], 1),
        ("GetMetricData", vec![query("m", "Sum", 60); 501], 1),
    ] {
        let (status, said) = asked(&world.cloudwatch, operation, &queries, days).await;
        assert_eq!(status, 400, "{operation}: {said}");
    }
}
