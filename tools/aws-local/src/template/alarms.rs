//! `AWS::CloudWatch::Alarm` and `AWS::CloudWatch::CompositeAlarm`.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use super::{Resource, TemplateError};
use crate::cloudwatch::{Expression, Rule};

/// An alarm to create.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmPlan {
    /// Its name, resolved.
    pub name: String,
    /// `AlarmDescription`.
    pub description: Option<String>,
    /// What it looks at.
    pub kind: AlarmKind,
    /// ARNs of the topics that hear of `ALARM`.
    pub alarm_actions: Vec<String>,
    /// Of those that hear of `OK`.
    pub ok_actions: Vec<String>,
    /// Of those that hear of `INSUFFICIENT_DATA`.
    pub insufficient_data_actions: Vec<String>,
}

/// What an alarm looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum AlarmKind {
    /// A figure.
    Metric(Box<MetricAlarm>),
    /// Other alarms.
    Composite(Rule),
}

/// An alarm over a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricAlarm {
    /// Which.
    pub source: Source,
    /// `EvaluationPeriods`.
    pub evaluation_periods: u32,
    /// `DatapointsToAlarm` (default: all of them).
    pub datapoints_to_alarm: u32,
    /// `Threshold`.
    pub threshold: f64,
    /// `ComparisonOperator`.
    pub comparison: Comparison,
    /// `TreatMissingData` (default missing).
    pub missing: Missing,
}

/// Where a figure comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A metric.
    Metric(MetricStat),
    /// Several, by arithmetic.
    Math {
        /// The id of the expression.
        id: String,
        /// Its label.
        label: Option<String>,
        /// What is computed.
        expression: Expression,
        /// Of which metrics, by id; all have the same period.
        metrics: BTreeMap<String, MetricStat>,
    },
}

/// A metric, and what is made of its points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricStat {
    /// `Namespace`.
    pub namespace: String,
    /// `MetricName`.
    pub metric: String,
    /// `Dimensions`; a metric is another one with others.
    pub dimensions: BTreeMap<String, String>,
    /// `Statistic`.
    pub statistic: Statistic,
    /// `Period`, in seconds: whole minutes.
    pub period_s: u32,
}

/// What is made of the points of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the service's own words")]
pub enum Statistic {
    Average,
    Maximum,
    Minimum,
    SampleCount,
    Sum,
}

/// How a figure is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the service's own words")]
pub enum Comparison {
    GreaterThanThreshold,
    GreaterThanOrEqualToThreshold,
    LessThanThreshold,
    LessThanOrEqualToThreshold,
}

/// What a period without any point counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// As bad.
    Breaching,
    /// As good.
    NotBreaching,
    /// The alarm stays as it is.
    Ignore,
    /// Nobody can tell.
    Missing,
}

impl AlarmPlan {
    /// An `AWS::CloudWatch::Alarm`.
    pub(super) fn of_metric(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        for property in [
            "ExtendedStatistic",
            "Unit",
            "EvaluateLowSampleCountPercentile",
            "ThresholdMetricId",
            "ActionsEnabled",
        ] {
            resource.refuse(property)?;
        }
        let evaluation_periods = whole(resource, "EvaluationPeriods")?;
        let missing = missing(resource)?;
        if evaluation_periods > 1 && matches!(missing, Missing::Ignore | Missing::Missing) {
            return Err(resource.error("TreatMissingData", "is emulated for one period only"));
        }
        let threshold = resource.required_text("Threshold")?;
        let alarm = MetricAlarm {
            source: source(resource)?,
            evaluation_periods,
            datapoints_to_alarm: resource.number("DatapointsToAlarm")?.unwrap_or(evaluation_periods),
            threshold: threshold.parse().map_err(|_| resource.error("Threshold", "is not a number"))?,
            comparison: comparison(resource)?,
            missing,
        };
        Self::read(resource, AlarmKind::Metric(Box::new(alarm)))
    }

    /// An `AWS::CloudWatch::CompositeAlarm`.
    pub(super) fn composite(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        resource.refuse("ActionsSuppressor")?;
        let rule = resource.required_text("AlarmRule")?;
        let rule = rule.parse().map_err(|_| resource.error("AlarmRule", "is not understood"))?;
        Self::read(resource, AlarmKind::Composite(rule))
    }

    fn read(resource: &Resource<'_>, kind: AlarmKind) -> Result<Self, TemplateError> {
        let actions = |property: &str| -> Result<Vec<String>, TemplateError> {
            resource.list(property)?.iter().map(|node| resource.resolve(property, node)).collect()
        };
        Ok(Self {
            name: resource.required_text("AlarmName")?,
            description: resource.text("AlarmDescription")?,
            kind,
            alarm_actions: actions("AlarmActions")?,
            ok_actions: actions("OKActions")?,
            insufficient_data_actions: actions("InsufficientDataActions")?,
        })
    }
}

/// A composite alarm is about alarms of metrics that there are, as the service demands; composites of composites are not
/// emulated.
pub(super) fn check(alarms: &[AlarmPlan], resources: &[Resource<'_>]) -> Result<(), TemplateError> {
    let of_metric = |name: &str| {
        alarms.iter().any(|alarm| alarm.name == name && matches!(alarm.kind, AlarmKind::Metric(_)))
    };
    for resource in resources.iter().filter(|one| one.kind == "AWS::CloudWatch::CompositeAlarm") {
        let name = resource.required_text("AlarmName")?;
        for alarm in alarms.iter().filter(|alarm| alarm.name == name) {
            let AlarmKind::Composite(rule) = &alarm.kind else { continue };
            if let Some(unknown) = rule.alarms().into_iter().find(|name| !of_metric(name)) {
                return Err(resource.error("AlarmRule", &format!("there is no alarm {unknown:?}")));
            }
        }
    }
    Ok(())
}

fn source(resource: &Resource<'_>) -> Result<Source, TemplateError> {
    if resource.get("Metrics").is_some() {
        return math(resource);
    }
    let dimensions = resource.list("Dimensions")?;
    Ok(Source::Metric(MetricStat {
        namespace: resource.required_text("Namespace")?,
        metric: resource.required_text("MetricName")?,
        dimensions: dimensions_of(resource, dimensions)?,
        statistic: statistic(resource, &resource.required_text("Statistic")?)?,
        period_s: period(resource, &resource.required_text("Period")?)?,
    }))
}

const METRICS: &str = "Metrics";

fn math(resource: &Resource<'_>) -> Result<Source, TemplateError> {
    let error = |reason: &str| resource.error(METRICS, reason);
    let mut metrics = BTreeMap::new();
    let mut computed = None;
    for node in resource.list(METRICS)? {
        let id = resource.member(METRICS, node, "Id")?;
        if let Some(stat) = node.get("MetricStat") {
            metrics.insert(id, metric_stat(resource, stat)?);
            continue;
        }
        let text = resource.member(METRICS, node, "Expression")?;
        let expression = text.parse::<Expression>().map_err(|_| error("Expression is not understood"))?;
        let label = node.get("Label").map(|label| resource.resolve(METRICS, label)).transpose()?;
        if computed.replace((id, label, expression)).is_some() {
            return Err(error("one expression is emulated, and no more"));
        }
    }
    let (id, label, expression) = computed.ok_or_else(|| error("there is no expression"))?;
    if expression.ids().iter().any(|id| !metrics.contains_key(*id)) {
        return Err(error("the expression names a metric that is not there"));
    }
    let mut periods = metrics.values().map(|metric: &MetricStat| metric.period_s);
    let first = periods.next().ok_or_else(|| error("there is no metric"))?;
    if periods.any(|period| period != first) {
        return Err(error("metrics of different periods are not emulated"));
    }
    Ok(Source::Math { id, label, expression, metrics })
}

fn metric_stat(resource: &Resource<'_>, node: &Value) -> Result<MetricStat, TemplateError> {
    let metric = node.get("Metric").ok_or_else(|| resource.error(METRICS, "Metric is missing"))?;
    let dimensions = metric.get("Dimensions").and_then(Value::as_sequence).map_or(&[][..], Vec::as_slice);
    Ok(MetricStat {
        namespace: resource.member(METRICS, metric, "Namespace")?,
        metric: resource.member(METRICS, metric, "MetricName")?,
        dimensions: dimensions_of(resource, dimensions)?,
        statistic: statistic(resource, &resource.member(METRICS, node, "Stat")?)?,
        period_s: period(resource, &resource.member(METRICS, node, "Period")?)?,
    })
}

fn dimensions_of(
    resource: &Resource<'_>,
    nodes: &[Value],
) -> Result<BTreeMap<String, String>, TemplateError> {
    const PROPERTY: &str = "Dimensions";
    let one =
        |node| Ok((resource.member(PROPERTY, node, "Name")?, resource.member(PROPERTY, node, "Value")?));
    nodes.iter().map(one).collect()
}

fn statistic(resource: &Resource<'_>, text: &str) -> Result<Statistic, TemplateError> {
    let all =
        [Statistic::Average, Statistic::Maximum, Statistic::Minimum, Statistic::SampleCount, Statistic::Sum];
    let found = all.into_iter().find(|one| one.as_str() == text);
    found.ok_or_else(|| resource.error("Statistic", &format!("{text:?} is not emulated")))
}

/// Shorter ones need metrics of high resolution, which we have none of.
fn period(resource: &Resource<'_>, text: &str) -> Result<u32, TemplateError> {
    let seconds = text.parse::<u32>().ok().filter(|seconds| *seconds > 0 && seconds % 60 == 0);
    seconds.ok_or_else(|| resource.error("Period", "is not whole minutes"))
}

fn whole(resource: &Resource<'_>, property: &str) -> Result<u32, TemplateError> {
    let number = resource.number(property)?.filter(|number: &u32| *number > 0);
    number.ok_or_else(|| resource.error(property, "is missing"))
}

fn comparison(resource: &Resource<'_>) -> Result<Comparison, TemplateError> {
    let text = resource.required_text("ComparisonOperator")?;
    let all = [
        Comparison::GreaterThanThreshold,
        Comparison::GreaterThanOrEqualToThreshold,
        Comparison::LessThanThreshold,
        Comparison::LessThanOrEqualToThreshold,
    ];
    let found = all.into_iter().find(|one| one.as_str() == text);
    found.ok_or_else(|| resource.error("ComparisonOperator", &format!("{text:?} is not emulated")))
}

fn missing(resource: &Resource<'_>) -> Result<Missing, TemplateError> {
    let Some(text) = resource.text("TreatMissingData")? else { return Ok(Missing::Missing) };
    let all = [Missing::Breaching, Missing::NotBreaching, Missing::Ignore, Missing::Missing];
    let found = all.into_iter().find(|one| one.as_str() == text);
    found.ok_or_else(|| resource.error("TreatMissingData", &format!("{text:?} is not known")))
}

impl Statistic {
    /// The service's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Average => "Average",
            Self::Maximum => "Maximum",
            Self::Minimum => "Minimum",
            Self::SampleCount => "SampleCount",
            Self::Sum => "Sum",
        }
    }
}

impl Comparison {
    /// The service's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GreaterThanThreshold => "GreaterThanThreshold",
            Self::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            Self::LessThanThreshold => "LessThanThreshold",
            Self::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
        }
    }

    /// Whether a value is on the bad side of the threshold.
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanThreshold => value > threshold,
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }
}

impl Missing {
    /// The service's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
            Self::Ignore => "ignore",
            Self::Missing => "missing",
        }
    }
}

impl Source {
    /// How long a period is, in seconds.
    pub fn period_s(&self) -> u32 {
        match self {
            Self::Metric(metric) => metric.period_s,
            // There is one at least, and all have the same.
            Self::Math { metrics, .. } => metrics.values().next().map_or(60, |metric| metric.period_s),
        }
    }
}

#[cfg(test)]
#[path = "alarms_tests.rs"]
mod tests;
