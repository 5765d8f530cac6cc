//! `Conditions`: what `!If` chooses by. Those that depend on what is not known here are left out, and an `!If` that needs
//! one is refused.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use super::Parameters;

/// So deep a condition may refer to others; deeper ones refer to themselves.
const DEPTH: u32 = 8;

/// The conditions of a template, by name, as far as they are known.
pub(super) fn known(node: Option<&Value>, parameters: &Parameters) -> BTreeMap<String, bool> {
    let all = node.and_then(Value::as_mapping).into_iter().flatten();
    let named = all.filter_map(|(name, body)| Some((name.as_str()?, body)));
    named.filter_map(|(name, body)| Some((name.to_owned(), holds(body, node?, parameters, DEPTH)?))).collect()
}

fn holds(condition: &Value, all: &Value, parameters: &Parameters, depth: u32) -> Option<bool> {
    let depth = depth.checked_sub(1)?;
    let (function, argument) = call(condition)?;
    let each = || -> Option<Vec<bool>> {
        argument.as_sequence()?.iter().map(|one| holds(one, all, parameters, depth)).collect()
    };
    match function.as_str() {
        "Equals" => match argument.as_sequence()?.as_slice() {
            [one, other] => Some(parameters.resolve(one).ok()? == parameters.resolve(other).ok()?),
            _ => None,
        },
        "Not" => match each()?.as_slice() {
            [one] => Some(!one),
            _ => None,
        },
        "And" => Some(each()?.into_iter().all(|one| one)),
        "Or" => Some(each()?.into_iter().any(|one| one)),
        "Condition" => holds(all.get(argument.as_str()?)?, all, parameters, depth),
        _ => None,
    }
}

/// `!Equals [..]` and `{ 'Fn::Equals': [..] }` are one call.
fn call(node: &Value) -> Option<(String, &Value)> {
    let named = |name: &str| name.trim_start_matches('!').trim_start_matches("Fn::").to_owned();
    match node {
        Value::Tagged(tagged) => Some((named(&tagged.tag.to_string()), &tagged.value)),
        Value::Mapping(map) if map.len() == 1 => {
            let (name, argument) = map.iter().next()?;
            Some((named(name.as_str()?), argument))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(yaml: &str) -> BTreeMap<String, bool> {
        let declared = serde_yaml_ng::from_str("Stage: { Default: dev }\nMail: { Default: '' }").unwrap();
        let parameters = Parameters::new(Some(&declared), &BTreeMap::new());
        known(Some(&serde_yaml_ng::from_str(yaml).unwrap()), &parameters)
    }

    #[test]
    fn conditions_are_known_in_both_spellings_and_by_each_other() {
        let yaml = "
IsProd: !Equals [!Ref Stage, prod]
IsDev: { 'Fn::Equals': [{ Ref: Stage }, dev] }
HasMail: !Not [!Equals [!Ref Mail, '']]
Both: !And [!Condition IsDev, !Not [{ Condition: IsProd }]]
Either: !Or [!Condition HasMail, !Condition IsProd]
";
        let expected =
            [("Both", true), ("Either", false), ("HasMail", false), ("IsDev", true), ("IsProd", false)];
        assert_eq!(conditions(yaml), expected.map(|(name, holds)| (name.to_owned(), holds)).into());
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let yaml = "
A: !Equals [!Ref Nobody, x]
B: !Equals [!Ref Stage]
C: !Not [!Condition A]
D: !Condition D
E: plain
F: !Not [!Condition G, !Condition G]
G: !Equals [a, a]
H: !Condition Nowhere
";
        assert_eq!(conditions(yaml), [("G".to_owned(), true)].into());
        assert!(known(None, &Parameters::default()).is_empty());
    }
}
