//! Which core runs what. Over loopback the sender of a packet wakes who receives it, and is interrupted by it where both
//! share a core; on a network it is not. So the bot that is measured has a core, and all else has the others.

use std::path::Path;

use anyhow::Result;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use tokio::process::Command;

/// The bots' core, if there is more than one.
#[derive(Debug)]
pub(super) struct Cores(Option<usize>);

impl Cores {
    /// Everybody runs where there is room.
    pub(super) const fn shared() -> Self {
        Self(None)
    }

    /// Keeps this thread, and all threads that it starts from now on, off the bots' core.
    pub(super) fn split() -> Result<Self> {
        let this = Pid::from_raw(0);
        let mut ours = sched_getaffinity(this)?;
        let allowed = (0..CpuSet::count()).filter(|core| ours.is_set(*core).unwrap_or(false));
        let [bots, _, ..] = allowed.collect::<Vec<_>>()[..] else { return Ok(Self(None)) };
        ours.unset(bots)?;
        sched_setaffinity(this, &ours)?;
        Ok(Self(Some(bots)))
    }

    /// A program on the bots' core.
    pub(super) fn alone(&self, program: &Path) -> Command {
        let Self(Some(core)) = self else { return Command::new(program) };
        let mut command = Command::new("taskset");
        command.arg("--cpu-list").arg(core.to_string()).arg(program);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_has_its_core_and_we_the_others() {
        // Another test's thread keeps its cores: affinity is a thread's own.
        let split = std::thread::spawn(|| (Cores::split(), sched_getaffinity(Pid::from_raw(0))));
        let (cores, ours) = split.join().unwrap();
        let (cores, ours) = (cores.unwrap(), ours.unwrap());
        let command = cores.alone(Path::new("/bin/true"));
        match cores.0 {
            Some(core) => {
                assert!(!ours.is_set(core).unwrap());
                assert_eq!(command.as_std().get_program(), "taskset");
            }
            None => assert_eq!(command.as_std().get_program(), "/bin/true"),
        }
    }
}
