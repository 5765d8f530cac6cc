//! Random text as `GenerateSecretString` makes it.

use crate::machine::{self, NoEntropy};
use crate::template::GeneratePlan;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
/// The service's limit.
const MAX_LENGTH: usize = 4_096;

/// Why no secret was generated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GenerateError {
    /// See [`NoEntropy`].
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The rules leave no character of some kind, or the length holds less than one of each kind.
    #[error("no text follows these rules")]
    Impossible,
    /// `SecretStringTemplate` must be a JSON object.
    #[error("the template is not a JSON object")]
    Template,
}

/// A value that follows `plan`.
pub(super) fn generate(plan: &GeneratePlan) -> Result<String, GenerateError> {
    let text = random_text(plan)?;
    let Some((template, key)) = &plan.template else { return Ok(text) };
    let mut document: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(template).map_err(|_| GenerateError::Template)?;
    document.insert(key.clone(), text.into());
    Ok(serde_json::Value::Object(document).to_string())
}

/// Every kind of character occurs, as the service promises by default.
fn random_text(plan: &GeneratePlan) -> Result<String, GenerateError> {
    let mut kinds = vec![LOWER, UPPER, DIGITS];
    if plan.punctuation {
        kinds.push(PUNCTUATION);
    }
    let kinds: Vec<Vec<u8>> = kinds.into_iter().map(|kind| without(kind, &plan.exclude)).collect();
    if kinds.iter().any(Vec::is_empty) || !(kinds.len()..=MAX_LENGTH).contains(&plan.length) {
        return Err(GenerateError::Impossible);
    }
    let alphabet = kinds.concat();
    loop {
        let text = draw(&alphabet, plan.length)?;
        if kinds.iter().all(|kind| text.bytes().any(|byte| kind.contains(&byte))) {
            return Ok(text);
        }
    }
}

fn without(kind: &str, exclude: &str) -> Vec<u8> {
    kind.chars().filter(|c| !exclude.contains(*c)).collect::<String>().into_bytes()
}

/// Bytes above the last whole multiple of the alphabet are thrown away: a remainder would favour its first characters.
fn draw(alphabet: &[u8], length: usize) -> Result<String, NoEntropy> {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let bytes: [u8; 64] = machine::random()?;
        let fair_bytes = bytes.into_iter().map(usize::from).filter(|byte| *byte < fair);
        let missing = length - text.len();
        text.extend(fair_bytes.take(missing).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> GeneratePlan {
        GeneratePlan { length: 32, exclude: String::new(), punctuation: true, template: None }
    }

    #[test]
    fn every_kind_of_character_occurs_and_no_two_texts_are_alike() {
        let (one, two) = (generate(&plan()).unwrap(), generate(&plan()).unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 32);
        assert!(
            one.contains(|c: char| c.is_ascii_lowercase()) && one.contains(|c: char| c.is_ascii_uppercase())
        );
        assert!(
            one.contains(|c: char| c.is_ascii_digit()) && one.contains(|c: char| c.is_ascii_punctuation())
        );
    }

    #[test]
    fn what_is_excluded_does_not_occur() {
        let plan = GeneratePlan { length: 2_000, exclude: "abc1".into(), punctuation: false, ..plan() };
        let text = generate(&plan).unwrap();
        assert!(!text.contains(|c: char| "abc1".contains(c) || c.is_ascii_punctuation()), "{text}");
    }

    #[test]
    fn a_template_takes_the_text_under_its_key() {
        let template = Some(("{\"kid\":\"k1\"}".to_owned(), "key".to_owned()));
        let value = generate(&GeneratePlan { template, ..plan() }).unwrap();
        let value: serde_json::Value = serde_json::from_str(&value).unwrap();
        assert_eq!((value["kid"].as_str(), value["key"].as_str().map(str::len)), (Some("k1"), Some(32)));
    }

    #[test]
    fn rules_that_nothing_follows_are_refused() {
        for bad in [
            GeneratePlan { length: 3, ..plan() },
            GeneratePlan { length: 4_097, ..plan() },
            GeneratePlan { exclude: DIGITS.into(), ..plan() },
        ] {
            assert!(matches!(generate(&bad), Err(GenerateError::Impossible)), "{bad:?}");
        }
        let template = Some(("[]".to_owned(), "key".to_owned()));
        assert!(matches!(generate(&GeneratePlan { template, ..plan() }), Err(GenerateError::Template)));
    }
}
