//! How a stack was deployed, and the most that it can cost: the template's outputs `…BillCeilingUsd` for these parameters,
//! computed as `CloudFormation` computes them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use testkit::template::{OURS, Template};

/// What the outputs' names end with.
const CEILING: &str = "BillCeilingUsd";

/// The parameters of a deployment.
#[derive(Debug)]
pub(super) struct Parameters {
    template: Template,
    values: BTreeMap<String, String>,
}

impl Parameters {
    /// The template's defaults, and what was said instead, `NAME=VALUE` each.
    pub(super) fn of(said: &[String]) -> Result<Self> {
        let template = Template::parse(OURS)?;
        let all = template.section("Parameters").as_object().context("the template has no parameters")?;
        let default = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let mut values: BTreeMap<_, _> =
            all.iter().map(|(name, block)| (name.clone(), default(&block["Default"]))).collect();
        for text in said {
            let (name, value) = text.split_once('=').with_context(|| format!("{text}: write NAME=VALUE"))?;
            let known = values.get_mut(name);
            value.clone_into(known.with_context(|| format!("the template has no parameter {name}"))?);
        }
        Ok(Self { template, values })
    }

    /// One that is a number.
    pub(super) fn number(&self, name: &str) -> Result<f64> {
        let text = self.values.get(name).with_context(|| format!("the template has no parameter {name}"))?;
        let number: f64 = text.parse().with_context(|| format!("{name}={text} is no number"))?;
        if number.is_finite() && number >= 0.0 { Ok(number) } else { bail!("{name}={text} is no size") }
    }

    /// The most that functions and one worker can cost in 31 days.
    pub(super) fn ceiling(&self) -> Result<f64> {
        let outputs = self.template.section("Outputs").as_object().context("the template has no outputs")?;
        let mut sum = 0.0;
        for (name, output) in outputs.iter().filter(|(name, _)| name.ends_with(CEILING)) {
            let value = self.value(&output["Value"]).with_context(|| format!("computing {name}"))?;
            sum += value.parse::<f64>().with_context(|| format!("{name} is no number"))?;
        }
        Ok(sum)
    }

    fn value(&self, value: &Value) -> Result<String> {
        if let Some(text) = value.as_str() {
            return Ok(text.to_owned());
        }
        if let Some(name) = value["Ref"].as_str() {
            return self.values.get(name).cloned().with_context(|| format!("there is no parameter {name}"));
        }
        if let Some([condition, then, other]) = value["Fn::If"].as_array().map(Vec::as_slice) {
            return self.value(if self.holds(condition)? { then } else { other });
        }
        let Some([map, first, second]) = value["Fn::FindInMap"].as_array().map(Vec::as_slice) else {
            bail!("{value} is nothing that is computed here");
        };
        let (map, first, second) = (self.value(map)?, self.value(first)?, self.value(second)?);
        let found = &self.template.section("Mappings")[&map][&first][&second];
        let found = found.as_str().map(str::to_owned).or_else(|| Some(found.as_f64()?.to_string()));
        found.with_context(|| format!("the template's {map} has no {first} with {second}: see --parameter"))
    }

    fn holds(&self, condition: &Value) -> Result<bool> {
        let name = condition.as_str().context("a condition has a name")?;
        let block = &self.template.section("Conditions")[name];
        let Some([one, other]) = block["Fn::Equals"].as_array().map(Vec::as_slice) else {
            bail!("{name} is nothing that is computed here");
        };
        Ok(self.value(one)? == self.value(other)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::tests::close;

    fn ceiling(said: &[&str]) -> Result<f64> {
        let said: Vec<_> = said.iter().map(|&text| text.to_owned()).collect();
        Parameters::of(&said).and_then(|parameters| parameters.ceiling())
    }

    #[test]
    fn it_is_the_sum_of_what_the_stack_prints() {
        let template = Template::parse(OURS).unwrap();
        let outputs = template.section("Outputs").as_object().unwrap();
        assert!(outputs.keys().filter(|name| name.ends_with(CEILING)).count() >= 6);
        let usual = ceiling(&[]).unwrap();
        assert!(usual > 1_000.0 && usual < 100_000.0, "{usual}");
    }

    #[test]
    fn a_larger_deployment_can_cost_more_and_arm_less() {
        let usual = ceiling(&["MemorySize=256"]).unwrap();
        assert!(ceiling(&["MemorySize=512"]).unwrap() > usual);
        assert!(ceiling(&["Architecture=arm64"]).unwrap() < usual);
        let (small, large) = (["VoiceCpu=256", "VoiceMemory=512"], ["VoiceCpu=1024", "VoiceMemory=2048"]);
        assert!(close(ceiling(&large).unwrap() - ceiling(&small).unwrap(), 28.0));
    }

    #[test]
    fn what_is_no_parameter_or_no_size_of_it_says_so() {
        for (said, expected) in [
            ("MemorySize", "write NAME=VALUE"),
            ("Memory=1", "has no parameter Memory"),
            ("MemorySize=300", "computing"),
        ] {
            let error = format!("{:#}", ceiling(&[said]).unwrap_err());
            assert!(error.contains(expected), "{said}: {error}");
        }
        assert!(Parameters::of(&["MemorySize=many".to_owned()]).unwrap().number("MemorySize").is_err());
    }
}
