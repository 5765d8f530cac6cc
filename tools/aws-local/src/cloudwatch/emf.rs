//! Metrics in lines of a log, in the embedded metric format. A line that is none is none of ours.

use jiff::Timestamp;
use serde_json::Value;

use super::metrics::Key;

/// A point in a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) key: Key,
    pub(super) value: f64,
    pub(super) at: Timestamp,
}

/// Every point of a line: each of its metrics, once for each set of dimensions. None at all if anything is missing, as the
/// service does.
pub(super) fn points(line: &str) -> Vec<Point> {
    // Most lines are others, and reading them as JSON would cost more than everything else here.
    if !line.contains("\"_aws\"") {
        return Vec::new();
    }
    let root: Value = serde_json::from_str(line.trim()).unwrap_or_default();
    read(&root).unwrap_or_default()
}

fn read(root: &Value) -> Option<Vec<Point>> {
    let aws = &root["_aws"];
    let at = Timestamp::from_millisecond(aws["Timestamp"].as_i64()?).ok()?;
    let mut points = Vec::new();
    for directive in aws["CloudWatchMetrics"].as_array()? {
        let namespace = directive["Namespace"].as_str()?;
        for set in directive["Dimensions"].as_array()? {
            let dimension = |name: &Value| {
                let name = name.as_str()?;
                Some((name.to_owned(), root[name].as_str()?.to_owned()))
            };
            let dimensions: std::collections::BTreeMap<_, _> =
                set.as_array()?.iter().map(dimension).collect::<Option<_>>()?;
            for metric in directive["Metrics"].as_array()? {
                let name = metric["Name"].as_str()?;
                let key = Key {
                    namespace: namespace.to_owned(),
                    metric: name.to_owned(),
                    dimensions: dimensions.clone(),
                };
                points.push(Point { key, value: root[name].as_f64()?, at });
            }
        }
    }
    Some(points)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line() -> Value {
        json!({
            "_aws": { "Timestamp": 1_790_000_000_000_u64, "CloudWatchMetrics": [{
                "Namespace": "N", "Dimensions": [[], ["platform"]], "Metrics": [{ "Name": "m", "Unit": "Count" }],
            }] },
            "platform": "discord", "m": 3,
        })
    }

    #[test]
    fn a_line_is_a_point_for_each_set_of_dimensions() {
        let points = points(&format!("{}\n", line()));
        let dimensions: Vec<_> = points.iter().map(|point| point.key.dimensions.clone()).collect();
        assert_eq!(dimensions, [[].into(), [("platform".to_owned(), "discord".to_owned())].into()]);
        for point in &points {
            assert_eq!((point.key.namespace.as_str(), point.key.metric.as_str()), ("N", "m"));
            assert_eq!((point.value, point.at.as_second()), (3.0, 1_790_000_000));
        }
    }

    #[test]
    fn what_is_incomplete_or_something_else_is_no_point() {
        for (pointer, value) in [
            ("/m", json!("3")),
            ("/platform", json!(3)),
            ("/_aws/Timestamp", json!("now")),
            ("/_aws/CloudWatchMetrics/0/Namespace", json!(null)),
            ("/_aws/CloudWatchMetrics/0/Dimensions", json!("none")),
            ("/_aws/CloudWatchMetrics/0/Metrics/0/Name", json!("other")),
        ] {
            let mut broken = line();
            *broken.pointer_mut(pointer).unwrap() = value;
            assert_eq!(points(&broken.to_string()), [], "{pointer}");
        }
        for text in ["", "no JSON \"_aws\"", "{\"log\":\"security\"}", "[\"_aws\"]"] {
            assert_eq!(points(text), [], "{text}");
        }
    }
}
