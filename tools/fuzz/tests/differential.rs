//! Our signature check against others': `PyNaCl` signs and we verify, we sign and the `discord-interactions` package of
//! the Python registry verifies, over every committed event and over changed copies of it.
//!
//! Both sides must agree, except where we are stricter on purpose; those cases are listed here and checked as well.

#![expect(clippy::unwrap_used, reason = "a test fails where its helpers do")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use serde_json::{Value, json};
use shared::http_event::HttpEvent;
use shared::security::signature::{DiscordKeys, SIGNATURE_HEADER, TIMESTAMP_HEADER, verify};
use testkit::signing::{COMMITTED_AT, DiscordKey};

const PYTHON: [&str; 4] = ["discord-interactions==0.4.0", "PyNaCl==1.6.2", "cffi==2.1.1", "pycparser==3.12"];
/// What no event of ours is, so that it is not taken for one.
const SEED: [u8; 32] = *b"differential test, not a secret!";

/// One request as both sides see it.
#[derive(Clone, Debug)]
struct Case {
    what: String,
    body: Vec<u8>,
    timestamp: String,
    signature: String,
    expect: Expect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    /// Both say the same; which, is theirs to say.
    Agree,
    /// They accept it and we do not: one signature has one spelling, one timestamp one form.
    WeAreStricter,
}

#[test]
fn what_pynacl_signs_we_verify_and_what_we_sign_discord_interactions_verifies() {
    let bodies = bodies();
    let theirs = python("sign", &json!(bodies.iter().map(|body| hex(body)).collect::<Vec<_>>()));
    let ours: Vec<_> = bodies.iter().map(|body| key().sign(COMMITTED_AT, body)).collect();
    // Ed25519 is deterministic: two right signers make the same bytes.
    assert_eq!(theirs, json!(ours));
    let cases: Vec<_> =
        bodies.iter().zip(&ours).flat_map(|(body, signature)| cases(body, signature)).collect();
    let asked: Vec<_> =
        cases.iter().map(|case| json!([hex(&case.body), case.signature, case.timestamp])).collect();
    let verdicts = python("verify", &json!(asked));
    let (mut accepted, mut refused, mut stricter) = (0, 0, 0);
    for (case, theirs) in cases.iter().zip(verdicts.as_array().unwrap()) {
        let (ours, theirs) = (we_accept(case), theirs.as_bool().unwrap());
        match case.expect {
            Expect::Agree => assert_eq!(ours, theirs, "{}", case.what),
            Expect::WeAreStricter => assert_eq!((ours, theirs), (false, true), "{}", case.what),
        }
        match (ours, theirs) {
            (true, _) => accepted += 1,
            (false, true) => stricter += 1,
            (false, false) => refused += 1,
        }
    }
    assert_eq!(verdicts.as_array().unwrap().len(), cases.len());
    assert!(
        accepted >= bodies.len() && refused > 4 * bodies.len() && stricter >= bodies.len(),
        "{accepted} {refused} {stricter}"
    );
}

/// The bodies of the committed events, and some that are none of Discord's.
fn bodies() -> Vec<Vec<u8>> {
    let fixtures = testkit::fixtures("interactions").unwrap_or_default();
    let bodies = fixtures.iter().filter_map(|fixture| fixture.event["body"].as_str());
    let mut bodies: Vec<_> = bodies.map(|body| body.as_bytes().to_vec()).collect();
    bodies.extend([b"{\"type\":1}".to_vec(), vec![], vec![0xff, 0x00, 0xfe], vec![b' '; 100_000]]);
    bodies
}

fn cases(body: &[u8], signature: &str) -> Vec<Case> {
    let good = Case {
        what: String::new(),
        body: body.to_vec(),
        timestamp: COMMITTED_AT.to_string(),
        signature: signature.to_owned(),
        expect: Expect::Agree,
    };
    let with = |what: &str, change: &dyn Fn(&mut Case)| {
        let mut case = good.clone();
        case.what = format!("{what}: {}", String::from_utf8_lossy(&body[..body.len().min(60)]));
        change(&mut case);
        case
    };
    let at = signature.len() / 3;
    let flipped = if signature.as_bytes()[at] == b'0' { "1" } else { "0" };
    vec![
        with("good", &|_| {}),
        with("one byte of the body changed", &|case| match case.body.last_mut() {
            Some(byte) => *byte ^= 1,
            None => case.body.push(0),
        }),
        with("a byte added", &|case| case.body.push(b' ')),
        with("the timestamp changed", &|case| case.timestamp = (COMMITTED_AT + 1).to_string()),
        with("one digit of the signature changed", &|case| case.signature.replace_range(at..=at, flipped)),
        with("a truncated signature", &|case| case.signature.truncate(126)),
        with("half a byte less", &|case| case.signature.truncate(127)),
        with("a longer signature", &|case| case.signature.push_str("00")),
        with("no signature", &|case| case.signature.clear()),
        with("not hex", &|case| case.signature.replace_range(0..2, "zz")),
        with("two digits that are not ASCII", &|case| case.signature.replace_range(0..2, "é")),
        with("upper-case hex", &|case| {
            case.signature = case.signature.to_ascii_uppercase();
            case.expect = Expect::WeAreStricter;
        }),
        with("spaces between the bytes", &|case| {
            case.signature.insert(64, ' ');
            case.expect = Expect::WeAreStricter;
        }),
    ]
}

fn we_accept(case: &Case) -> bool {
    let headers = [(SIGNATURE_HEADER, case.signature.as_str()), (TIMESTAMP_HEADER, case.timestamp.as_str())];
    let event = HttpEvent::new("POST", &headers, &case.body);
    let keys: DiscordKeys = key().public_hex().parse().unwrap();
    verify(&event, &keys, Timestamp::from_second(COMMITTED_AT).unwrap()).is_ok()
}

fn key() -> DiscordKey {
    DiscordKey::from_seed(SEED)
}

/// Asks the child process; the answer is JSON on its last line, since the package prints what it refuses.
fn python(what: &str, question: &Value) -> Value {
    let venv = testkit::venv(&PYTHON).unwrap();
    let script = testkit::workspace_root().join("tools/fuzz/tests/differential.py");
    let mut child = Command::new(venv.bin("python"))
        .arg(script)
        .args([what, &hex(&SEED), &COMMITTED_AT.to_string(), &key().public_hex()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    })
}
