use std::sync::Mutex;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::*;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn root() -> Authority {
    CertifiedIssuer::self_signed(params("root"), KeyPair::generate().unwrap()).unwrap()
}

fn below(root: &Authority, name: &str) -> Authority {
    CertifiedIssuer::signed_by(params(name), KeyPair::generate().unwrap(), root).unwrap()
}

fn pin(authority: &Authority) -> Pin {
    let der = authority.der();
    Pin::of_key(&ParsedCertificate::try_from(der).unwrap().subject_public_key_info())
}

/// Whether a client with these pins for `localhost` talks to a server whose certificate `issuer` gave and which sends
/// `along`; and how often it reported.
async fn connects(
    root: &Authority,
    issuer: &Authority,
    along: &[&Authority],
    pinned: [Pin; 2],
    mode: PinMode,
) -> (bool, usize) {
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
    let chain = core::iter::once(leaf.der().clone()).chain(along.iter().map(|one| one.der().clone()));
    let provider = Arc::new(aws_lc_rs::default_provider());
    let server = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = server.with_no_client_auth().with_single_cert(chain.collect(), key).unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepting = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let Ok(mut stream) = TlsAcceptor::from(Arc::new(server)).accept(stream).await else { return };
        let _ = stream.write_all(b"hello").await;
    });
    let reports = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&reports);
    let pinning = Pinning {
        pins: format!("localhost={}|{}", pinned[0], pinned[1]).parse().unwrap(),
        mode,
        reporter: Arc::new(move |mode| heard.lock().unwrap().push(mode)),
    };
    let config = client_config(pinning, [root.der().clone()]).unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connected = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    accepting.abort();
    let reports = reports.lock().unwrap();
    assert!(reports.iter().all(|reported| *reported == mode));
    (connected.is_ok(), reports.len())
}

#[tokio::test]
async fn a_pinned_authority_is_let_in_and_another_is_not() {
    let root = root();
    let (ours, theirs) = (below(&root, "ours"), below(&root, "theirs"));
    let pins = [pin(&ours), Pin::of_key(b"spare")];
    for mode in [PinMode::Report, PinMode::Enforce] {
        assert_eq!(connects(&root, &ours, &[&ours], pins, mode).await, (true, 0), "{mode:?}");
    }
    assert_eq!(connects(&root, &theirs, &[&theirs], pins, PinMode::Enforce).await, (false, 1));
    assert_eq!(
        connects(&root, &theirs, &[&theirs], pins, PinMode::Report).await,
        (true, 1),
        "it is only watched"
    );
}

/// Sending a pinned authority's certificate along costs nothing: what counts is who signed.
#[tokio::test]
async fn a_pinned_certificate_that_is_only_sent_along_opens_nothing() {
    let root = root();
    let (ours, theirs) = (below(&root, "ours"), below(&root, "theirs"));
    let pins = [pin(&ours), Pin::of_key(b"spare")];
    for along in [&[&theirs, &ours][..], &[&ours, &theirs]] {
        assert_eq!(connects(&root, &theirs, along, pins, PinMode::Enforce).await, (false, 1));
    }
}

#[tokio::test]
async fn a_pin_never_replaces_the_roots_and_other_hosts_are_as_before() {
    let (root, stranger) = (root(), root());
    let own = below(&stranger, "own");
    let pins = [pin(&own), Pin::of_key(b"spare")];
    assert_eq!(
        connects(&root, &own, &[&own], pins, PinMode::Enforce).await,
        (false, 0),
        "nobody trusts its root"
    );
    let pinning = Pinning {
        pins: format!("slack.com={}|{}", pins[0], pins[1]).parse().unwrap(),
        mode: PinMode::Enforce,
        reporter: Arc::new(|_| ()),
    };
    assert!(pinning.pins.of("localhost").is_none());
    assert!(format!("{pinning:?}").contains("slack.com"));
}
