//! What a hearing by video costs the machine, and how long sound and picture take through it: the same clients over real
//! sockets through this server's video link, with and without recording, and, where it is installed, through Janus.
//! Figures vary from machine to machine and from run to run; compare only what one run says.
//!
//!     cargo run --release -p server --example load -- [ours] [recorded] [janus]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop where it stands")]

use std::{
    io::Write,
    time::{Duration, Instant},
};

mod client;
mod janus;
mod ours;

use client::Clients;

/// Cameras, each of which is seen by all others.
const CAMERAS: usize = 12;
/// For how long is measured, once everybody receives everybody.
const SPAN: Duration = Duration::from_secs(20);
/// Longest wait until everybody does.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a run says.
struct Measured {
    name: String,
    /// Processor time of the server, in seconds of it a second.
    processor: f64,
    /// Packets a second that came to the clients.
    packets: f64,
}

fn main() {
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    if wanted.first().is_some_and(|first| first == ours::SERVES) {
        return ours::serves(&wanted[1..]);
    }
    if wanted.is_empty() {
        wanted = ["ours", "recorded", "janus"].map(String::from).to_vec();
    }
    let mut all: Vec<Measured> = Vec::new();
    for name in wanted {
        let (mut clients, process): (Clients, Process) = match name.as_str() {
            "ours" => ours::opens(CAMERAS, false),
            "recorded" => ours::opens(CAMERAS, true),
            "janus" => match janus::opens(CAMERAS) {
                Some(open) => open,
                None => {
                    say("janus: not installed");
                    continue;
                }
            },
            odd => panic!("{odd}: ours, recorded or janus"),
        };
        let measured = measure(name, &mut clients, &process);
        all.push(measured);
        drop(process);
    }
    let Some(first) = all.first() else { return };
    for other in &all[1..] {
        // By packet: whoever drops some has less to do.
        let ratio = (first.processor / first.packets) / (other.processor / other.packets);
        say(&format!("processor time a packet, {} to {}: {ratio:.2}", first.name, other.name));
    }
}

fn measure(name: String, clients: &mut Clients, process: &Process) -> Measured {
    let patience = Instant::now() + PATIENCE;
    while !clients.everybody_receives_everybody() {
        assert!(Instant::now() < patience, "{name}: {}", clients.lacks());
        clients.run(Duration::from_millis(200));
    }
    clients.run(Duration::from_secs(3));
    clients.forget();
    let (before, started) = (process.processor(), Instant::now());
    clients.run(SPAN);
    let took = started.elapsed().as_secs_f64();
    let processor = (process.processor() - before) / took;
    let delays = clients.delays();
    let packets = delays.len();
    let at = |part: usize| delays[(packets * part / 1000).min(packets - 1)].as_secs_f64() * 1e3;
    say(&format!(
        "{name}: {CAMERAS} cameras, {packets} packets in {took:.0} s, processor {:.1} %, delay p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms",
        processor * 100.0,
        at(500),
        at(990),
        at(999),
    ));
    Measured { name, processor, packets: packets as f64 / took }
}

/// A server of its own, ended with this.
struct Process {
    child: std::process::Child,
    /// What lives as long as it.
    _folder: tempfile::TempDir,
}

impl Process {
    /// Processor time that it has had, in seconds.
    fn processor(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name may hold spaces; it ends with the last bracket.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        // A hundred a second on every Linux that there is.
        ticks as f64 / 100.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
