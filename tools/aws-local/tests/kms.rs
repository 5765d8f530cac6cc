//! KMS through the SDK: encrypting, signing, and what a key's state forbids.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::HashMap;

use aws_local::{Data, Fault, Stack};
use aws_sdk_kms::Client;
use aws_sdk_kms::error::ProvideErrorMetadata as _;
use aws_sdk_kms::operation::decrypt::{DecryptError, DecryptOutput};
use aws_sdk_kms::operation::encrypt::EncryptError;
use aws_sdk_kms::operation::sign::SignError;
use aws_sdk_kms::operation::verify::VerifyError;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{DataKeySpec, KeySpec, KeyState, KeyUsageType, MessageType, SigningAlgorithmSpec};
use ed25519_dalek::{Signature, VerifyingKey};
use proptest::test_runner::{Config, TestRunner};

const TOKENS: &str = "alias/timmybot-tokens";
const CHECKPOINT: &str = "alias/timmybot-checkpoint";

fn client(stack: &Stack) -> Client {
    Client::new(&testkit::sdk_config(&stack.endpoint()))
}

async fn id_of(client: &Client, alias: &str) -> String {
    let described = client.describe_key().key_id(alias).send().await.unwrap();
    described.key_metadata.unwrap().key_id
}

async fn encrypt(
    client: &Client,
    key: &str,
    plaintext: &[u8],
    context: &HashMap<String, String>,
) -> Result<Blob, EncryptError> {
    let call = client.encrypt().key_id(key).plaintext(Blob::new(plaintext));
    let sent = call.set_encryption_context(Some(context.clone())).send().await;
    Ok(sent.map_err(aws_sdk_kms::error::SdkError::into_service_error)?.ciphertext_blob.unwrap())
}

async fn decrypt(
    client: &Client,
    blob: &Blob,
    context: &HashMap<String, String>,
) -> Result<DecryptOutput, DecryptError> {
    let call = client.decrypt().ciphertext_blob(blob.clone());
    let sent = call.set_encryption_context(Some(context.clone())).send().await;
    sent.map_err(aws_sdk_kms::error::SdkError::into_service_error)
}

async fn sign(client: &Client, key: &str, message: &[u8]) -> Result<Blob, SignError> {
    let call = client.sign().key_id(key).message(Blob::new(message)).message_type(MessageType::Raw);
    let sent = call.signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512).send().await;
    Ok(sent.map_err(aws_sdk_kms::error::SdkError::into_service_error)?.signature.unwrap())
}

async fn verify(client: &Client, message: &[u8], signature: &Blob) -> Result<bool, VerifyError> {
    let call = client.verify().key_id(CHECKPOINT).message(Blob::new(message)).signature(signature.clone());
    let sent = call.signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512).send().await;
    Ok(sent.map_err(aws_sdk_kms::error::SdkError::into_service_error)?.signature_valid)
}

fn context(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn keys_describe_themselves_by_each_of_their_names() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let tokens = client.describe_key().key_id(TOKENS).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(
        (tokens.key_spec(), tokens.key_usage()),
        (Some(&KeySpec::SymmetricDefault), Some(&KeyUsageType::EncryptDecrypt))
    );
    assert_eq!(
        (tokens.key_state(), tokens.enabled, tokens.description()),
        (Some(&KeyState::Enabled), true, Some("tokens"))
    );
    let signs = client.describe_key().key_id(CHECKPOINT).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(
        (signs.key_spec(), signs.key_usage()),
        (Some(&KeySpec::EccNistEdwards25519), Some(&KeyUsageType::SignVerify))
    );
    assert_eq!(signs.signing_algorithms(), [SigningAlgorithmSpec::Ed25519Sha512]);
    for name in [
        tokens.key_id(),
        tokens.arn().unwrap(),
        "arn:aws:kms:eu-central-1:000000000000:alias/timmybot-tokens",
    ] {
        assert_eq!(id_of(&client, name).await, tokens.key_id(), "{name}");
    }
    for unknown in ["alias/none", "00000000-0000-4000-8000-000000000000"] {
        let error = client.describe_key().key_id(unknown).send().await.unwrap_err().into_service_error();
        assert!(error.is_not_found_exception(), "{error:?}");
    }
}

#[tokio::test]
async fn what_is_encrypted_is_decrypted_without_saying_the_key() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let user = context(&[("user", "1"), ("provider", "spotify")]);
    let blob = encrypt(&client, TOKENS, b"secret", &user).await.unwrap();
    assert!(!blob.as_ref().windows(6).any(|window| window == b"secret"));
    assert_ne!(encrypt(&client, TOKENS, b"secret", &user).await.unwrap(), blob, "a nonce each");
    let opened = decrypt(&client, &blob, &user).await.unwrap();
    assert_eq!(opened.plaintext().unwrap().as_ref(), b"secret");
    assert!(opened.key_id().unwrap().ends_with(&id_of(&client, TOKENS).await));
    for other in [context(&[]), context(&[("user", "2"), ("provider", "spotify")])] {
        assert!(decrypt(&client, &blob, &other).await.unwrap_err().is_invalid_ciphertext_exception());
    }
    let named = client.decrypt().ciphertext_blob(blob.clone()).key_id(TOKENS);
    assert!(named.set_encryption_context(Some(user.clone())).send().await.is_ok());
    let other = client.decrypt().ciphertext_blob(blob).key_id(CHECKPOINT);
    let other = other.set_encryption_context(Some(user)).send().await.unwrap_err().into_service_error();
    assert!(other.is_incorrect_key_exception(), "{other:?}");
}

#[test]
fn any_bytes_come_back_under_their_own_context_alone() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let contexts = proptest::collection::hash_map("[a-z:é]{1,6}", ".{0,12}", 0..4);
    let plaintexts = proptest::collection::vec(proptest::num::u8::ANY, 1..4_097);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(48) });
    let held = runner.run(&(plaintexts, contexts.clone(), contexts), |(plaintext, own, other)| {
        runtime.block_on(async {
            let blob = encrypt(&client, TOKENS, &plaintext, &own).await.unwrap();
            let opened = decrypt(&client, &blob, &own).await.unwrap();
            assert_eq!(opened.plaintext().unwrap().as_ref(), plaintext);
            assert_eq!(decrypt(&client, &blob, &other).await.is_ok(), own == other);
        });
        Ok(())
    });
    held.unwrap();
}

#[tokio::test]
async fn what_cannot_be_encrypted_or_decrypted_is_refused() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let none = context(&[]);
    assert!(encrypt(&client, TOKENS, &[7; 4_096], &none).await.is_ok());
    for plaintext in [&[][..], &[7; 4_097]] {
        let refused = encrypt(&client, TOKENS, plaintext, &none).await.unwrap_err();
        assert_eq!(refused.code(), Some("ValidationException"));
    }
    assert!(encrypt(&client, "alias/none", b"x", &none).await.unwrap_err().is_not_found_exception());
    assert!(encrypt(&client, CHECKPOINT, b"x", &none).await.unwrap_err().is_invalid_key_usage_exception());
    let odd = decrypt(&client, &Blob::new("nothing that was ever encrypted"), &none).await.unwrap_err();
    assert!(odd.is_invalid_ciphertext_exception(), "{odd:?}");
    let mut blob = encrypt(&client, TOKENS, b"x", &none).await.unwrap().into_inner();
    *blob.last_mut().unwrap() ^= 1;
    assert!(
        decrypt(&client, &Blob::new(blob.clone()), &none)
            .await
            .unwrap_err()
            .is_invalid_ciphertext_exception()
    );
    blob[1..37].copy_from_slice(b"00000000-0000-4000-8000-000000000000");
    let stranger = decrypt(&client, &Blob::new(blob), &none).await.unwrap_err();
    assert_eq!(stranger.code(), Some("AccessDeniedException"));
}

#[tokio::test]
async fn a_data_key_comes_plain_and_encrypted() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let own = context(&[("file", "export")]);
    let call = client.generate_data_key().key_id(TOKENS).key_spec(DataKeySpec::Aes256);
    let key = call.set_encryption_context(Some(own.clone())).send().await.unwrap();
    let plaintext = key.plaintext().unwrap();
    assert_eq!(plaintext.as_ref().len(), 32);
    let opened = decrypt(&client, key.ciphertext_blob().unwrap(), &own).await.unwrap();
    assert_eq!(opened.plaintext(), Some(plaintext));
    let bytes = client.generate_data_key().key_id(TOKENS).number_of_bytes(64).send().await.unwrap();
    assert_eq!(bytes.plaintext().unwrap().as_ref().len(), 64);
    let neither = client.generate_data_key().key_id(TOKENS).send().await.unwrap_err();
    assert_eq!(neither.code(), Some("ValidationException"));
}

#[tokio::test]
async fn a_signature_holds_here_and_with_the_public_key_alone() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let signature = sign(&client, CHECKPOINT, b"checkpoint 7").await.unwrap();
    assert!(verify(&client, b"checkpoint 7", &signature).await.unwrap());
    assert!(
        verify(&client, b"checkpoint 8", &signature).await.unwrap_err().is_kms_invalid_signature_exception()
    );
    let short = verify(&client, b"checkpoint 7", &Blob::new([1, 2, 3])).await.unwrap_err();
    assert!(short.is_kms_invalid_signature_exception(), "{short:?}");
    let public = client.get_public_key().key_id(CHECKPOINT).send().await.unwrap();
    let der = public.public_key().unwrap().as_ref();
    assert_eq!(hex::encode(&der[..12]), "302a300506032b6570032100");
    let public = VerifyingKey::from_bytes(der[12..].try_into().unwrap()).unwrap();
    let signature = Signature::from_slice(signature.as_ref()).unwrap();
    assert!(public.verify_strict(b"checkpoint 7", &signature).is_ok());
}

#[tokio::test]
async fn what_cannot_be_signed_is_refused() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    assert!(sign(&client, CHECKPOINT, &[7; 4_096]).await.is_ok());
    assert_eq!(sign(&client, CHECKPOINT, &[7; 4_097]).await.unwrap_err().code(), Some("ValidationException"));
    assert!(sign(&client, TOKENS, b"m").await.unwrap_err().is_invalid_key_usage_exception());
    let public = client.get_public_key().key_id(TOKENS).send().await.unwrap_err().into_service_error();
    assert!(public.is_unsupported_operation_exception(), "{public:?}");
    let digest =
        client.sign().key_id(CHECKPOINT).message(Blob::new([7; 64])).message_type(MessageType::Digest);
    let digest = digest.signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512).send().await.unwrap_err();
    assert_eq!(digest.code(), Some("ValidationException"));
}

#[tokio::test]
async fn a_disabled_key_does_nothing_until_it_is_enabled() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let none = context(&[]);
    let blob = encrypt(&client, TOKENS, b"x", &none).await.unwrap();
    let signature = sign(&client, CHECKPOINT, b"x").await.unwrap();
    let by_alias = client.disable_key().key_id(TOKENS).send().await.unwrap_err().into_service_error();
    assert!(by_alias.is_not_found_exception(), "{by_alias:?}");
    let ids = [id_of(&client, TOKENS).await, id_of(&client, CHECKPOINT).await];
    for id in &ids {
        client.disable_key().key_id(id).send().await.unwrap();
        let described = client.describe_key().key_id(id).send().await.unwrap().key_metadata.unwrap();
        assert_eq!((described.enabled, described.key_state()), (false, Some(&KeyState::Disabled)));
    }
    assert!(encrypt(&client, TOKENS, b"x", &none).await.unwrap_err().is_disabled_exception());
    assert!(decrypt(&client, &blob, &none).await.unwrap_err().is_disabled_exception());
    let data_key = client.generate_data_key().key_id(TOKENS).number_of_bytes(1).send().await.unwrap_err();
    assert!(data_key.into_service_error().is_disabled_exception());
    assert!(sign(&client, CHECKPOINT, b"x").await.unwrap_err().is_disabled_exception());
    assert!(verify(&client, b"x", &signature).await.unwrap_err().is_disabled_exception());
    let public = client.get_public_key().key_id(CHECKPOINT).send().await.unwrap_err();
    assert!(public.into_service_error().is_disabled_exception());
    for id in &ids {
        client.enable_key().key_id(id).send().await.unwrap();
    }
    assert!(decrypt(&client, &blob, &none).await.is_ok());
    assert!(verify(&client, b"x", &signature).await.unwrap());
}

#[tokio::test]
async fn a_key_that_is_to_be_deleted_can_be_saved() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let id = id_of(&client, TOKENS).await;
    let early =
        client.schedule_key_deletion().key_id(&id).pending_window_in_days(6).send().await.unwrap_err();
    assert_eq!(early.code(), Some("ValidationException"));
    let idle = client.cancel_key_deletion().key_id(&id).send().await.unwrap_err().into_service_error();
    assert!(idle.is_kms_invalid_state_exception(), "{idle:?}");
    let scheduled =
        client.schedule_key_deletion().key_id(&id).pending_window_in_days(7).send().await.unwrap();
    assert_eq!(
        (scheduled.key_state(), scheduled.pending_window_in_days()),
        (Some(&KeyState::PendingDeletion), Some(7))
    );
    let described = client.describe_key().key_id(&id).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(described.deletion_date(), scheduled.deletion_date());
    let used = encrypt(&client, TOKENS, b"x", &context(&[])).await.unwrap_err();
    assert!(used.is_kms_invalid_state_exception(), "{used:?}");
    let enable = client.enable_key().key_id(&id).send().await.unwrap_err().into_service_error();
    assert!(enable.is_kms_invalid_state_exception(), "{enable:?}");
    let again = client.schedule_key_deletion().key_id(&id).send().await.unwrap_err().into_service_error();
    assert!(again.is_kms_invalid_state_exception(), "{again:?}");
    client.cancel_key_deletion().key_id(&id).send().await.unwrap();
    assert!(encrypt(&client, TOKENS, b"x", &context(&[])).await.unwrap_err().is_disabled_exception());
    client.enable_key().key_id(&id).send().await.unwrap();
    assert!(encrypt(&client, TOKENS, b"x", &context(&[])).await.is_ok());
}

#[tokio::test]
async fn keys_and_their_states_survive_a_restart_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::Dir(folder.path().to_owned());
    let stack = common::stack(data.clone());
    let first = client(&stack);
    let own = context(&[("user", "1")]);
    let blob = encrypt(&first, TOKENS, b"kept", &own).await.unwrap();
    let public = first.get_public_key().key_id(CHECKPOINT).send().await.unwrap().public_key.unwrap();
    first.disable_key().key_id(id_of(&first, CHECKPOINT).await).send().await.unwrap();
    stack.shutdown();
    let stack = common::stack(data);
    let second = client(&stack);
    assert_eq!(decrypt(&second, &blob, &own).await.unwrap().plaintext().unwrap().as_ref(), b"kept");
    assert!(sign(&second, CHECKPOINT, b"x").await.unwrap_err().is_disabled_exception());
    second.enable_key().key_id(id_of(&second, CHECKPOINT).await).send().await.unwrap();
    assert_eq!(second.get_public_key().key_id(CHECKPOINT).send().await.unwrap().public_key(), Some(&public));
}

#[tokio::test]
async fn two_stacks_share_no_key() {
    let (one, other) = (common::stack(Data::Memory), common::stack(Data::Memory));
    let blob = encrypt(&client(&one), TOKENS, b"x", &context(&[])).await.unwrap();
    let opened = decrypt(&client(&other), &blob, &context(&[])).await.unwrap_err();
    assert!(opened.is_invalid_ciphertext_exception(), "{opened:?}");
}

#[tokio::test]
async fn a_fault_hits_the_calls_that_were_named() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let id = id_of(&client, TOKENS).await;
    stack.fault_next("DisableKey", Fault::Throttle, 1);
    stack.fault_next("DisableKey", Fault::AccessDenied, 1);
    stack.fault_next("DisableKey", Fault::AnswerLost, 1);
    let disable = || client.disable_key().key_id(&id).send();
    assert_eq!(disable().await.unwrap_err().code(), Some("ThrottlingException"));
    assert_eq!(disable().await.unwrap_err().code(), Some("AccessDeniedException"));
    assert!(encrypt(&client, TOKENS, b"x", &context(&[])).await.is_ok(), "nothing was done");
    assert!(disable().await.unwrap_err().into_service_error().is_kms_internal_exception());
    assert!(encrypt(&client, TOKENS, b"x", &context(&[])).await.unwrap_err().is_disabled_exception());
}

#[tokio::test]
async fn calls_are_remembered_with_the_keys_logical_id() {
    let stack = common::stack(Data::Memory);
    let client = client(&stack);
    let blob = encrypt(&client, TOKENS, b"x", &context(&[])).await.unwrap();
    stack.record_calls();
    decrypt(&client, &blob, &context(&[])).await.unwrap();
    sign(&client, CHECKPOINT, b"x").await.unwrap();
    let needs = stack.take_calls().into_iter().flat_map(|call| call.needs);
    let needs: Vec<(String, String)> = needs.map(|need| (need.action, need.resource)).collect();
    let expected = [("kms:Decrypt", "key/TokensKey"), ("kms:Sign", "key/CheckpointKey")];
    assert_eq!(needs, expected.map(|(action, resource)| (action.to_owned(), resource.to_owned())));
}
