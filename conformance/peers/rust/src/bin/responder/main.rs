//! A SAGE 1.0 responder over HTTP on a loopback address: card, health, handshakes, `sage/ping@v1`,
//! `sage/close@v1` and `sage/echo@v1`, with gzip. SIGTERM ends it.

mod agent;
mod http;
mod store;

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use agent::{Agent, Limits};

const USAGE: &str = "usage: responder --port N [--limit NAME=VALUE]...";

fn main() -> ExitCode {
    match arguments(std::env::args().skip(1)).and_then(|(port, limits)| run(port, limits)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("responder: {message}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn arguments(mut arguments: impl Iterator<Item = String>) -> Result<(u16, Limits), String> {
    let (mut port, mut limits) = (None, Vec::new());
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} has no value"))?;
        match &*name {
            "--port" => port = Some(value.parse().map_err(|_| format!("{value} is no port"))?),
            "--limit" => {
                let (name, number) = value.split_once('=').ok_or_else(|| format!("{value} is no limit"))?;
                limits.push((name.to_owned(), number.parse().map_err(|_| format!("{number} is no number"))?));
            }
            _ => return Err(format!("there is no option {name}")),
        }
    }
    Ok((port.ok_or("there is no --port")?, Limits::new(&limits)?))
}

fn run(port: u16, limits: Limits) -> Result<(), String> {
    // Without TLS nobody but this machine is served (http.tls).
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|e| e.to_string())?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let url = format!("http://{address}");
    let agent = Arc::new(Agent::new(url.clone(), limits));

    let swept = Arc::clone(&agent);
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            swept.store.sweep();
        }
    });

    // Whoever started the agent may have stopped reading; that is no reason not to serve.
    let _ = writeln!(std::io::stdout(), "{url}");
    http::serve(&listener, &agent);
    Ok(())
}
