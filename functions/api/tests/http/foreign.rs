//! Held against what is not ours: npm `jose`, Python's `sectxt` and `schemathesis`.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_local::function_url::{Front, router};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::clock::{Clock, Rng};
use shared::security::api_key::KeyRole;
use shared::security::refresh_token::RefreshToken;
use shared::store::api_keys::KeyTenant;
use shared::store::sessions::SessionStore;
use shared::store::sign_ins::SignedIn;
use testkit::signers::by_node;
use testkit::venv;

use super::world::{ADA, As, BASE, GUILD, World};

/// Our key as the secret holds it, and its name.
async fn key(world: &World) -> (String, String) {
    let keys = json!({ "keys": [{ "kid": "k1", "key": "5a".repeat(32) }] }).to_string();
    let put = world.aws.secrets().put_secret_value().secret_id("/timmybot/jwt-keys").secret_string(keys);
    put.send().await.unwrap();
    ("5a".repeat(32), "k1".to_owned())
}

fn claims(now: Timestamp, family: &str) -> Value {
    let (begin, end) = (now.as_second(), now.as_second() + 600);
    json!({
        "sub": ADA.to_string(), "username": "ada", "roles": [], "iss": BASE, "aud": BASE, "jti": "j-1",
        "iat": begin, "nbf": begin, "exp": end, "type": "access", "fam": family, "epoch": 0,
    })
}

fn signed(key: &str, header: &Value, claims: &Value) -> String {
    let asked = json!({ "do": "jwt_sign", "key": key, "header": header, "claims": claims });
    by_node(&asked).unwrap()["token"].as_str().unwrap().to_owned()
}

/// RFC 7519 as others write it: what `jose` signs with our key is read alike, and each claim that is wrong is refused.
#[tokio::test(flavor = "multi_thread")]
async fn what_jose_signs_is_judged_as_what_we_sign() {
    let world = World::new().await;
    let (key, kid) = key(&world).await;
    let first = RefreshToken::first(Rng::system()).unwrap();
    let (now, who) = (Clock::system().now(), SignedIn { user: ADA, username: "ada".to_owned(), mfa: true });
    SessionStore::new(world.db()).begin(&first, who, now).await.unwrap();
    let (header, claims) =
        (json!({ "alg": "HS256", "typ": "JWT", "kid": kid }), claims(now, &first.family()));
    let status = async |header: &Value, claims: &Value, key: &str| {
        let token = signed(key, header, claims);
        world.get("/api/v1/me", &As::Token(&token), None).await.status()
    };
    assert_eq!(status(&header, &claims, &key).await, 200);
    let with = |value: &Value, name: &str, to: Value| {
        let mut changed = value.clone();
        changed[name] = to;
        changed
    };
    let hour = 3_600;
    for (name, to) in [
        ("aud", json!("https://other.example.org")),
        ("iss", json!("https://other.example.org")),
        ("exp", json!(now.as_second() - hour)),
        ("nbf", json!(now.as_second() + hour)),
        ("exp", json!(now.as_second() + 3 * hour)),
        ("type", json!("refresh")),
        ("sub", json!("0")),
        ("epoch", json!(1)),
        ("fam", json!("f".repeat(64))),
        ("email", json!("ada@example.org")),
    ] {
        assert_eq!(status(&header, &with(&claims, name, to), &key).await, 401, "{name}");
    }
    for (name, to) in
        [("alg", json!("HS512")), ("kid", json!("k2")), ("typ", json!("at+jwt")), ("cty", json!("JWT"))]
    {
        assert_eq!(status(&with(&header, name, to), &claims, &key).await, 401, "{name}");
    }
    assert_eq!(status(&header, &claims, &"77".repeat(32)).await, 401, "another key");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_sign_is_believed_by_jose() {
    let world = World::new().await;
    let (key, kid) = key(&world).await;
    let tokens = world.sign_in(ADA).await;
    let at = Clock::system().now().as_second();
    let asked = |key: &str, issuer: &str, at: i64| {
        by_node(
            &json!({ "do": "jwt_verify", "key": key, "token": tokens.access, "issuer": issuer, "at": at }),
        )
    };
    let read = asked(&key, BASE, at).unwrap();
    assert_eq!((&read["payload"]["sub"], &read["header"]["kid"]), (&ADA.to_string().into(), &kid.into()));
    assert!(read["payload"].get("email").is_none());
    assert!(asked(&"77".repeat(32), BASE, at).is_err());
    assert!(asked(&key, "https://other.example.org", at).is_err());
    assert!(asked(&key, BASE, at + SignedDuration::from_mins(40).as_secs()).is_err());
}

/// RFC 9116, as the Dutch government's parser reads it.
#[tokio::test(flavor = "multi_thread")]
async fn sectxt_finds_nothing_wrong_with_security_txt() {
    let world = World::new().await;
    let text = world.get("/.well-known/security.txt", &As::Nobody, None).await.is(200);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text.0.body()).unwrap();
    let program = "import json, sys, sectxt; p = sectxt.Parser(open(sys.argv[1], 'rb').read(), urls=sys.argv[2]); \
                   print(json.dumps([p.errors, p.recommendations]))";
    let tool = tokio::task::spawn_blocking(|| venv(&["sectxt==0.9.8"]).unwrap()).await.unwrap();
    let mut python = Command::new(tool.bin("python"));
    python.args(["-c", program]).arg(file.path()).arg(format!("{BASE}/.well-known/security.txt"));
    let output = python.output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(found[0], json!([]), "{found}");
    let wanted: Vec<&str> =
        found[1].as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect();
    assert!(wanted.iter().all(|code| ["not_signed", "no_encryption"].contains(code)), "{found}");
}

/// Everything that the description promises: no 5xx, no answer that it does not name, no body of another shape, no
/// credential that is not looked at. Each request comes from another address, and with one of several keys, so that
/// limits do not answer instead.
#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_no_answer_that_is_not_described() {
    let world = Arc::new(World::new().await.approved(GUILD).await);
    let mut keys = Vec::new();
    for _ in 0..8 {
        keys.push(world.key(KeyTenant::Deployment, KeyRole::Admin).await);
    }
    let (keys, count) = (Arc::new(keys), Arc::new(AtomicUsize::new(0)));
    let served = Arc::clone(&world);
    let invoke = move |mut event: Value| {
        let (world, keys) = (Arc::clone(&served), Arc::clone(&keys));
        let number = count.fetch_add(1, Ordering::Relaxed);
        if event["headers"]["x-api-key"] == "any" {
            event["headers"]["x-api-key"] = keys[number % keys.len()].as_str().into();
        }
        event["requestContext"]["http"]["sourceIp"] =
            Ipv4Addr::from(0xC612_0000_u32 + u32::try_from(number % 60_000).unwrap()).to_string().into();
        async move {
            let answer = Box::pin(api::handle(&world.app, &event)).await;
            Ok::<_, std::convert::Infallible>(serde_json::to_value(answer).unwrap())
        }
    };
    let listener = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let front = Front::HttpApi { stage: "$default".to_owned() };
    let serving = tokio::spawn(axum::serve(listener, router(front, invoke)).into_future());
    let output = tokio::task::spawn_blocking(move || {
        let tool = venv(&["schemathesis==4.32.5"]).unwrap();
        let mut st = Command::new(tool.bin("schemathesis"));
        st.arg("run").arg(format!("http://{address}/openapi.json")).arg("--url").arg(format!("http://{address}"));
        st.args(["--header", "X-API-Key: any", "--header", &format!("X-Community-ID: {GUILD}")]);
        st.args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method,ignored_auth"]);
        st.args(["--phases", "examples,coverage,fuzzing", "--max-examples", "12", "--seed", "7", "--no-color", "--workers", "1"]);
        st.current_dir(testkit::target_dir()).output().unwrap()
    })
    .await
    .unwrap();
    serving.abort();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Operations:"), "{said}");
}
