//! A test with two roles. Clients read the roots that they trust from `SSL_CERT_FILE`, so they run in a process of
//! their own: the same test, started again, which finds where the simulator is and plays the client.

use std::process::{Child, Command, Stdio};

use simulator::{Info, Simulator};

/// Where the child finds the [`Info`].
const INFO: &str = "SIMULATOR_INFO";

/// Which cipher the child shall prefer.
const CIPHER: &str = "SIMULATOR_CIPHER";

/// What the child is told.
pub(crate) struct Role {
    pub(crate) info: Info,
    pub(crate) cipher: String,
}

/// None: this is the test itself.
#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment what to do")]
pub(crate) fn child() -> Option<Role> {
    let info = std::env::var(INFO).ok()?;
    Some(Role {
        info: serde_json::from_str(&info).unwrap(),
        cipher: std::env::var(CIPHER).unwrap_or_default(),
    })
}

/// A running client; dropping it kills it.
pub(crate) struct Client(Child);

/// Starts the test `name` of this binary again, as a client.
pub(crate) fn start(name: &str, simulator: &Simulator, cipher: &str) -> Client {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(INFO, serde_json::to_string(&simulator.info()).unwrap())
        .env(CIPHER, cipher)
        .env("SSL_CERT_FILE", simulator.ca_pem_path())
        .env_remove("SSL_CERT_DIR")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Client(child)
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
