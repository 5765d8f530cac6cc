//! `AWS::KMS::Key` and `AWS::KMS::Alias`.

use super::{Resource, TemplateError};

/// A key to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CryptoKeyPlan {
    /// Its key id, made from its logical id.
    pub id: String,
    /// Its logical id in the template.
    pub logical_id: String,
    /// What kind of key it is.
    pub spec: CryptoKeySpec,
    /// `Description`, resolved; empty if there is none.
    pub description: String,
    /// Whether a new key may be used (default true).
    pub enabled: bool,
}

/// The kinds of keys that are emulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CryptoKeySpec {
    /// `SYMMETRIC_DEFAULT`: AES-256-GCM, to encrypt and decrypt.
    Symmetric,
    /// `ECC_NIST_EDWARDS25519`: Ed25519, to sign and verify.
    Ed25519,
}

/// An alias to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasPlan {
    /// Its name, with `alias/`.
    pub name: String,
    /// The id of the key that it stands for.
    pub key_id: String,
}

impl CryptoKeyPlan {
    pub(super) fn read(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        resource.refuse("Origin")?;
        Ok(Self {
            id: id_of(resource.id),
            logical_id: resource.id.to_owned(),
            spec: spec(resource)?,
            description: resource.text("Description")?.unwrap_or_default(),
            enabled: resource.flag("Enabled")?.unwrap_or(true),
        })
    }
}

impl AliasPlan {
    pub(super) fn read(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        let name = resource.required_text("AliasName")?;
        if !name.starts_with("alias/") || name.starts_with("alias/aws/") {
            return Err(resource.error("AliasName", "does not start with alias/, or is AWS's own"));
        }
        let target = resource.required_text("TargetKeyId")?;
        let key_id = target.rsplit('/').next().unwrap_or(&target).to_owned();
        Ok(Self { name, key_id })
    }
}

fn spec(resource: &Resource<'_>) -> Result<CryptoKeySpec, TemplateError> {
    let spec = resource.text("KeySpec")?;
    let usage = resource.text("KeyUsage")?;
    match (spec.as_deref().unwrap_or("SYMMETRIC_DEFAULT"), usage.as_deref().unwrap_or("ENCRYPT_DECRYPT")) {
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT") => Ok(CryptoKeySpec::Symmetric),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY") => Ok(CryptoKeySpec::Ed25519),
        (spec, usage) => Err(resource.error("KeySpec", &format!("{spec} for {usage} is not emulated"))),
    }
}

/// The id of the key with this logical id, in the shape that the service gives it. It is the same in each run, and can
/// be said before the key exists.
pub(super) fn id_of(logical_id: &str) -> String {
    let text = format!("{:x}", md5::compute(logical_id));
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Plan;
    use super::*;

    fn parse(kind: &str, properties: &str) -> Result<Plan, TemplateError> {
        let text =
            format!("Resources:\n  X:\n    Type: AWS::KMS::{kind}\n    Properties: {{ {properties} }}\n");
        Plan::parse(&text, &BTreeMap::new())
    }

    #[test]
    fn keys_have_their_kind_and_an_id_that_does_not_change() {
        let plan = parse("Key", "Description: d, Enabled: false, EnableKeyRotation: true").unwrap();
        let key = CryptoKeyPlan {
            // `printf X | md5sum`
            id: "02129bb8-6106-1d1a-052c-592e2dc6b383".into(),
            logical_id: "X".into(),
            spec: CryptoKeySpec::Symmetric,
            description: "d".into(),
            enabled: false,
        };
        assert_eq!(plan.keys, [key]);
        let signs = parse("Key", "KeySpec: ECC_NIST_EDWARDS25519, KeyUsage: SIGN_VERIFY").unwrap();
        assert_eq!((signs.keys[0].spec, signs.keys[0].enabled), (CryptoKeySpec::Ed25519, true));
    }

    #[test]
    fn an_alias_points_at_its_key_however_it_is_referred_to() {
        for target in ["!Ref DataKey", "!GetAtt DataKey.Arn"] {
            let text = format!(
                "Resources:\n  DataKey: {{ Type: 'AWS::KMS::Key' }}\n  A:\n    Type: AWS::KMS::Alias\n    \
                 Properties: {{ AliasName: alias/a, TargetKeyId: {target} }}\n"
            );
            let plan = Plan::parse(&text, &BTreeMap::new()).unwrap();
            assert_eq!(plan.aliases, [AliasPlan { name: "alias/a".into(), key_id: id_of("DataKey") }]);
        }
    }

    #[test]
    fn what_is_not_emulated_is_refused() {
        for properties in [
            "KeySpec: RSA_2048, KeyUsage: SIGN_VERIFY",
            "KeySpec: ECC_NIST_EDWARDS25519",
            "KeyUsage: SIGN_VERIFY",
            "Origin: EXTERNAL",
            "Enabled: perhaps",
        ] {
            assert!(parse("Key", properties).is_err(), "{properties}");
        }
        for properties in ["AliasName: a, TargetKeyId: k", "AliasName: alias/aws/s3, TargetKeyId: k", ""] {
            assert!(parse("Alias", properties).is_err(), "{properties}");
        }
    }
}
