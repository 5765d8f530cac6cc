//! `simulator`: a Discord on 127.0.0.1 until it is told to stop.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use clap::Parser;
use simulator::{Config, Info, Ports, Simulator};
use tokio::signal::unix::{SignalKind, signal};

/// A Discord on this machine: gateway, REST and encrypted voice.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Port of REST and of the control API (`/sim`); 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Port of the gateway; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    gateway_port: u16,
    /// Says where everything is as one line of JSON.
    #[arg(long)]
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let ports = Ports { rest: arguments.port, gateway: arguments.gateway_port };
    let simulator = Simulator::start(Config { ports, ..Config::default() })?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    announce(&simulator.info(), arguments.json)?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.context("cannot listen for ctrl-c")?,
        _ = terminate.recv() => {}
    }
    simulator.stop().await;
    Ok(())
}

/// On standard output, flushed: whoever started us waits for this line.
fn announce(info: &Info, json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, info)?;
        writeln!(out)?;
    } else {
        let Info { rest, gateway, control, accounts, ca_file, .. } = info;
        writeln!(
            out,
            "REST     {rest}\nGateway  {gateway}\nControl  {control}\nAccounts {accounts}\nCA       {}",
            ca_file.display()
        )?;
    }
    Ok(out.flush()?)
}
