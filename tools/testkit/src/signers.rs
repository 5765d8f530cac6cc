//! Signers that are not ours: packages of npm and of Python, which sign and verify as their makers understand it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::venv::end_of;
use crate::{npm, venv, workspace_root};

/// What is installed of Python's.
const PYTHON: [&str; 2] = ["slack_sdk==3.47.0", "standardwebhooks==1.1.0"];

/// Asks a package of npm; what there is to do stands in `tools/testkit/signers/sign.mjs`.
pub fn by_node(asked: &Value) -> Result<Value> {
    let packages = npm(&source())?;
    let script = std::fs::read_to_string(source().join("sign.mjs"))?;
    let mut node = Command::new("node");
    node.args(["--input-type=module", "--eval", &script]).current_dir(packages);
    ask(node, asked).context("node is missing or failed (Debian, Ubuntu: apt-get install nodejs)")
}

/// Asks a package of Python's; what there is to do stands in `tools/testkit/signers/sign.py`.
pub fn by_python(asked: &Value) -> Result<Value> {
    let mut python = Command::new(venv(&PYTHON)?.bin("python"));
    python.arg(source().join("sign.py"));
    ask(python, asked)
}

/// Starts it, writes the question and reads the answer.
pub(crate) fn ask(mut program: Command, asked: &Value) -> Result<Value> {
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("no standard input")?.write_all(asked.to_string().as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{}", end_of(&output));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn source() -> PathBuf {
    workspace_root().join("tools/testkit/signers")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Both have the example of the specification.
    #[test]
    fn two_of_them_agree() {
        let test_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let asked = json!({
            "do": "standard", "secret": test_secret,
            "id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "at": 1_614_265_330, "body": "{\"test\": 2432232314}",
        });
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(by_node(&asked).unwrap()["signature"], expected);
        assert_eq!(by_python(&asked).unwrap()["signature"], expected);
    }

    #[test]
    fn what_fails_is_said() {
        assert!(by_node(&json!({ "do": "nothing" })).is_err());
        assert!(by_python(&json!({ "do": "slack" })).is_err());
    }
}
