//! The binary says where it is, and ends when it is told to.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use simulator::Info;

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_prints_one_line_of_json_and_its_certificate_authority_lies_there() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_simulator"));
    let mut running = Running(command.arg("--json").stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let info: Info = serde_json::from_str(&line).unwrap();
    assert!(info.ca_file.exists());
    assert_eq!((info.guilds.len(), info.applications.len()), (2, 1));
    for url in [&info.rest, &info.gateway] {
        let host = url.split('/').nth(2).unwrap();
        assert!(TcpStream::connect(host).is_ok(), "{url}");
    }
}
