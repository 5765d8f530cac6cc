//! Where lines go.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// Standard output in production, memory in tests. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sink(Target);

#[derive(Clone, Debug)]
enum Target {
    Stdout,
    File(Arc<std::fs::File>),
    Memory(Captured),
}

impl Sink {
    /// The process's standard output, which Lambda sends to the log group.
    pub const fn stdout() -> Self {
        Self(Target::Stdout)
    }

    /// A file, for the local stack.
    pub fn file(file: std::fs::File) -> Self {
        Self(Target::File(Arc::new(file)))
    }

    /// A sink that keeps what is written, and the view on it.
    pub fn memory() -> (Self, Captured) {
        let captured = Captured::default();
        (Self(Target::Memory(captured.clone())), captured)
    }

    /// Writes one line, its line break included, in one call, so that lines of threads never mix. A log that
    /// cannot be written must not stop a request: the error is dropped.
    pub(super) fn write(&self, line: &[u8]) {
        match &self.0 {
            Target::Stdout => drop(std::io::stdout().lock().write_all(line)),
            Target::File(file) => drop((&**file).write_all(line)),
            Target::Memory(captured) => captured.push(line),
        }
    }
}

/// What a memory sink got.
#[derive(Clone, Debug, Default)]
pub struct Captured(Arc<Mutex<Vec<Vec<u8>>>>);

impl Captured {
    /// Every write so far, as text; one element a write.
    pub fn writes(&self) -> Vec<String> {
        let writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writes.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    /// Every line so far, read as JSON; a line that is not JSON reads as null.
    pub fn lines(&self) -> Vec<serde_json::Value> {
        self.writes().iter().map(|line| serde_json::from_str(line).unwrap_or_default()).collect()
    }

    /// Everything so far as one text.
    pub fn text(&self) -> String {
        self.writes().concat()
    }

    fn push(&self, line: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_vec());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gets_each_line() {
        let path = std::env::temp_dir().join(format!("timmybot-sink-{}", std::process::id()));
        let sink = Sink::file(std::fs::File::create(&path).unwrap());
        sink.write(b"{}\n");
        sink.write(b"[]\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n[]\n");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn memory_keeps_each_write_apart() {
        let (sink, captured) = Sink::memory();
        sink.write(b"{\"a\":1}\n");
        sink.clone().write(b"not json\n");
        assert_eq!(captured.writes(), ["{\"a\":1}\n", "not json\n"]);
        assert_eq!(captured.lines(), [serde_json::json!({"a": 1}), serde_json::Value::Null]);
        assert_eq!(captured.text(), "{\"a\":1}\nnot json\n");
    }
}
