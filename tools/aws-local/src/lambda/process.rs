//! The child process: its environment, its output, its end.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::FunctionOptions;
use crate::wire::REGION;

/// A running child. Dropping it kills it by its id.
#[derive(Debug)]
pub(super) struct Process {
    child: Mutex<Child>,
    pid: u32,
    lines: Lines,
    readers: Vec<JoinHandle<()>>,
}

type Lines = Arc<Mutex<Vec<String>>>;

impl Process {
    pub(super) fn spawn(options: &FunctionOptions, runtime_api: SocketAddr) -> std::io::Result<Self> {
        let mut child = command(options, runtime_api).spawn()?;
        let lines = Lines::default();
        let stdout = child.stdout.take().map(|stream| read(stream, &lines));
        let stderr = child.stderr.take().map(|stream| read(stream, &lines));
        let readers = stdout.into_iter().chain(stderr).collect();
        Ok(Self { pid: child.id(), child: Mutex::new(child), lines, readers })
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// `VmRSS` of `/proc/<pid>/status`, which counts in kB.
    pub(super) fn resident_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kb: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kb * 1024)
    }

    pub(super) fn lines(&self) -> Vec<String> {
        lock(&self.lines).clone()
    }

    /// How the child ended, once it has.
    pub(super) fn exit_status(&self) -> Option<String> {
        let status = lock(&self.child).try_wait().ok()??;
        Some(status.to_string())
    }

    /// Sends the kill; the child is reaped by the next look or by [`Self::kill`].
    pub(super) fn terminate(&self) {
        // A child that has ended already needs no kill.
        let _ = lock(&self.child).kill();
    }

    /// Ends the child and waits until all that it wrote has been read.
    pub(super) fn kill(&mut self) {
        self.terminate();
        let _ = lock(&self.child).wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn command(options: &FunctionOptions, runtime_api: SocketAddr) -> Command {
    let root = options.binary.parent().unwrap_or(&options.binary);
    let mut command = Command::new(&options.binary);
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", &options.name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", options.memory_mb.to_string())
        .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", options.name))
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        .env("AWS_REGION", REGION)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("LAMBDA_TASK_ROOT", root)
        .env("LAMBDA_RUNTIME_DIR", root)
        .env("_HANDLER", "bootstrap")
        .env("LANG", "en_US.UTF-8")
        .env("TZ", ":UTC")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin")
        .envs(&options.env)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A thread, since a pipe that nobody empties stops its writer.
fn read(stream: impl Read + Send + 'static, lines: &Lines) -> JoinHandle<()> {
    let lines = Arc::clone(lines);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while matches!(reader.read_until(b'\n', &mut line), Ok(1..)) {
            lock(&lines).push(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
            line.clear();
        }
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
