//! The child process of a task.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Program;

/// A running child. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    lines: Lines,
}

type Lines = Arc<Mutex<Vec<String>>>;

impl Process {
    /// The environment is the program's, then `env`, and nothing of ours.
    pub(super) fn spawn(program: &Program, env: &BTreeMap<String, String>) -> std::io::Result<Self> {
        let mut child = Command::new(&program.binary)
            .args(&program.args)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .envs(&program.env)
            .envs(env)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let lines = Lines::default();
        if let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) {
            read(stdout, &lines, open(program)?);
            read(stderr, &lines, open(program)?);
        }
        Ok(Self { child, lines })
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The exit code once it has ended; 128 and the signal's number where a signal ended it, as containers report it.
    pub(super) fn exit_code(&mut self) -> Option<i32> {
        let code = |status: ExitStatus| status.code().or(status.signal().map(|signal| 128 + signal));
        self.child.try_wait().ok().flatten().map(|status| code(status).unwrap_or(-1))
    }

    /// Asks it to end. The child is not reaped yet, so its id is still its own.
    pub(super) fn terminate(&self) {
        if let Ok(pid) = i32::try_from(self.child.id()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
    }

    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

fn open(program: &Program) -> std::io::Result<Option<File>> {
    program.log.as_ref().map(|log| File::options().create(true).append(true).open(log)).transpose()
}

/// A thread, since a pipe that nobody empties stops its writer. It ends with the pipe.
fn read(stream: impl Read + Send + 'static, lines: &Lines, mut log: Option<File>) {
    let lines = Arc::clone(lines);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            if let Some(log) = &mut log {
                // One write a line; a full disk costs the copy, not the task.
                let _ = log.write_all(format!("{line}\n").as_bytes());
            }
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
}
