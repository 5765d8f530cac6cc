//! The external sender: the voice server's voice in an MLS group (RFC 9420, 12.1.8.1). It can propose, never commit.

use openmls::prelude::tls_codec::{DeserializeBytes as _, Serialize as _};
use openmls::prelude::{
    BasicCredential, ExternalProposal, ExternalSender as Sender, GroupEpoch, GroupId, KeyPackage,
    KeyPackageIn, LeafNodeIndex, MlsMessageIn, MlsMessageOut, OpenMlsProvider as _, ProtocolVersion,
    SenderExtensionIndex, SignatureScheme,
};
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;

use super::{DaveError, Round};
use crate::ids::{ChannelId, UserId};

/// The server's key, one a channel.
pub(crate) struct ExternalSender {
    channel: ChannelId,
    signer: SignatureKeyPair,
    package: Vec<u8>,
    provider: OpenMlsRustCrypto,
}

impl ExternalSender {
    /// With a key made for it. DAVE version 1 signs with P-256.
    pub(crate) fn new(channel: ChannelId) -> Result<Self, DaveError> {
        let signer = SignatureKeyPair::new(SignatureScheme::ECDSA_SECP256R1_SHA256).map_err(DaveError::of)?;
        let credential = BasicCredential::new(channel.get().to_be_bytes().into());
        let package = Sender::new(signer.public().into(), credential.into())
            .tls_serialize_detached()
            .map_err(DaveError::of)?;
        Ok(Self { channel, signer, package, provider: OpenMlsRustCrypto::default() })
    }

    /// What op 25 carries.
    pub(crate) fn package(&self) -> &[u8] {
        &self.package
    }

    /// What op 27 carries after its first byte: MLS messages in a vector with a length.
    pub(crate) fn proposals(&self, round: &Round) -> Result<Vec<u8>, DaveError> {
        let mut messages = Vec::new();
        for (_, leaf) in &round.removes {
            messages.extend(serialized(&self.remove(round.epoch, *leaf)?)?);
        }
        for (user, key_package) in &round.adds {
            messages.extend(serialized(&self.add(round.epoch, *user, key_package)?)?);
        }
        openmls::prelude::tls_codec::VLBytes::new(messages).tls_serialize_detached().map_err(DaveError::of)
    }

    /// A key package whose signature holds and that names this user (<https://daveprotocol.com/#validation>).
    pub(crate) fn check(&self, user: UserId, bytes: &[u8]) -> Result<(), DaveError> {
        self.key_package(user, bytes).map(drop)
    }

    fn key_package(&self, user: UserId, bytes: &[u8]) -> Result<KeyPackage, DaveError> {
        let package = KeyPackageIn::tls_deserialize_exact_bytes(bytes)
            .map_err(DaveError::of)?
            .validate(self.provider.crypto(), ProtocolVersion::Mls10)
            .map_err(DaveError::of)?;
        if package.leaf_node().credential().serialized_content() == user.get().to_be_bytes() {
            return Ok(package);
        }
        Err(DaveError("the key package names another user".to_owned()))
    }

    fn add(&self, epoch: u64, user: UserId, bytes: &[u8]) -> Result<MlsMessageOut, DaveError> {
        ExternalProposal::new_add::<OpenMlsRustCrypto>(
            self.key_package(user, bytes)?,
            self.group_id(),
            GroupEpoch::from(epoch),
            &self.signer,
            SenderExtensionIndex::new(0),
        )
        .map_err(DaveError::of)
    }

    fn remove(&self, epoch: u64, leaf: u32) -> Result<MlsMessageOut, DaveError> {
        ExternalProposal::new_remove::<OpenMlsRustCrypto>(
            LeafNodeIndex::new(leaf),
            self.group_id(),
            GroupEpoch::from(epoch),
            &self.signer,
            SenderExtensionIndex::new(0),
        )
        .map_err(DaveError::of)
    }

    fn group_id(&self) -> GroupId {
        GroupId::from_slice(&self.channel.get().to_be_bytes())
    }
}

fn serialized(message: &MlsMessageOut) -> Result<Vec<u8>, DaveError> {
    message.tls_serialize_detached().map_err(DaveError::of)
}

/// What op 28 carries: a commit, and after it a welcome when somebody is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommitWelcome {
    /// The epoch that it leaves.
    pub(crate) epoch: u64,
    /// An MLS message.
    pub(crate) commit: Vec<u8>,
    /// An MLS welcome; empty when nobody is added.
    pub(crate) welcome: Vec<u8>,
}

impl CommitWelcome {
    /// Of the two parts only the first says how long it is.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, DaveError> {
        let (message, welcome) = MlsMessageIn::tls_deserialize_bytes(bytes).map_err(DaveError::of)?;
        let commit = bytes[..bytes.len() - welcome.len()].to_vec();
        let message = message.try_into_protocol_message().map_err(DaveError::of)?;
        Ok(Self { epoch: message.epoch().as_u64(), commit, welcome: welcome.to_vec() })
    }
}
