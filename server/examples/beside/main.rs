//! The same load through this server's video link and through Janus (its videoroom), from the same clients in one run:
//! what each costs the processor for a packet delivered, how long a packet is on its way, and what recording adds. Figures
//! vary from machine to machine and from run to run; compare only what one run says. A client has one connection to this
//! server and two to Janus, as each of them wants it.
//!
//!     cargo run --release -p server --example beside [CAMERAS [SECONDS [LISTENERS]]]
//!
//! The listeners come to a run of their own, in which one speaks, as one does in court: they are the gallery, which sees and
//! hears whoever has the floor, and later than the court; the cameras see each other and hear that one.
//!
//! Everything happens in a network of its own without a way out (`unshare -n`, needs root). Where there is no Janus
//! (Debian: `apt-get install janus`), it is left out.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop where it stands")]

use std::{
    io::Write,
    net::{IpAddr, Ipv4Addr},
    process::Command,
    time::{Duration, Instant},
};

mod end;
mod janus;
mod ours;

use end::End;

/// The only address of the network that this is measured in.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 9, 9, 1));
/// How long everything runs before it is measured.
const WARM: Duration = Duration::from_secs(3);
/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often each takes its turn.
const ROUNDS: usize = 3;

/// Packets of sound and of pictures that a camera sends in a second.
const SOUNDS: usize = 50;
const PICTURES: usize = 25;
/// What is meant at the most: of one core for a hearing with listeners, of what Janus costs, of what it costs without recording,
/// and milliseconds on the way of 99 packets of 100.
const SHARE_MAX: f64 = 0.6;
const OF_JANUS_MAX: f64 = 0.7;
const RECORDING_MAX: f64 = 1.1;
const ON_ITS_WAY_MS_MAX: f64 = 5.0;

/// Who comes.
#[derive(Clone, Copy)]
struct Load {
    cameras: usize,
    /// With listeners one of the cameras is heard, and without all are.
    listeners: usize,
}

impl Load {
    /// Packets that are to be delivered in a second.
    const fn per_second(self) -> usize {
        let others = self.cameras - 1;
        let speak = if self.listeners == 0 { self.cameras } else { 1 };
        self.cameras * others * PICTURES + speak * others * SOUNDS + self.listeners * (SOUNDS + PICTURES)
    }
}

/// A server that sends on.
trait Sfu {
    /// Its process.
    fn process(&self) -> u32;
    /// All cameras send to it and receive each other.
    fn gather(&mut self, load: Load) -> Vec<End>;
}

/// What one server did.
struct Measured {
    packets: u64,
    /// Of the processor, microseconds for each packet delivered.
    each_us: f64,
    /// How long a packet was on its way: the half of them, and 99 of 100 (ms).
    half_ms: f64,
    most_ms: f64,
    /// Of one core.
    share: f64,
}

fn main() {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("serve") => ours::serve(args.next().as_deref() == Some("recording")),
        Some("inside") => {
            let mut number = |unless| args.next().map_or(unless, |number| number.parse().unwrap());
            let (cameras, seconds, listeners) = (number(12), number(20), number(200));
            measure(cameras, u64::try_from(seconds).unwrap(), listeners);
        }
        first => {
            let own = std::env::current_exe().unwrap();
            let alone = "ip link set lo up && ip link add measure0 type bridge && ip addr add 10.9.9.1/24 dev measure0 \
                         && ip link set measure0 up && exec \"$0\" inside \"$@\"";
            let mut inside = Command::new("unshare");
            inside.args(["-n", "sh", "-c", alone]).arg(own).args(first).args(args);
            std::process::exit(inside.status().unwrap().code().unwrap_or(1));
        }
    }
}

fn measure(cameras: usize, seconds: u64, listeners: usize) {
    let span = Duration::from_secs(seconds);
    let load = Load { cameras, listeners: 0 };
    say(&format!("{cameras} cameras, each received by all others, {seconds} s"));
    // In turns: what else the machine does then falls on all alike.
    let (mut plain, mut recording, mut janus) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        plain.push(run("Fengqiao", &mut ours::Ours::start(false), load, span));
        recording.push(run("Fengqiao, recording", &mut ours::Ours::start(true), load, span));
        janus.extend(janus::Janus::start().map(|mut server| run("Janus", &mut server, load, span)));
    }
    let late = plain.iter().map(|turn| turn.most_ms).fold(0.0, f64::max);
    judge("ms on its way, 99 of 100, in the worst of the turns", late, ON_ITS_WAY_MS_MAX);
    judge("of the processor with recording", mean_us(&recording) / mean_us(&plain), RECORDING_MAX);
    if janus.is_empty() {
        say("no Janus on this machine");
    } else {
        judge("of what Janus costs", mean_us(&plain) / mean_us(&janus), OF_JANUS_MAX);
    }
    if listeners > 0 {
        say(&format!("{cameras} cameras, one of them heard, and {listeners} who see and hear that one"));
        let load = Load { cameras, listeners };
        let share = run("Fengqiao, listeners", &mut ours::Ours::start(false), load, span).share;
        judge("of a core", share, SHARE_MAX);
    }
}

fn run(name: &str, server: &mut dyn Sfu, load: Load, span: Duration) -> Measured {
    let ends = server.gather(load);
    connected(name, &ends);
    // The gallery hears the beginning later.
    std::thread::sleep(if load.listeners > 0 { WARM + ours::gallery_delay() } else { WARM });
    ends.iter().for_each(|end| drop(end.taken()));
    let (before, began) = (processor_us(server.process()), Instant::now());
    std::thread::sleep(span);
    let spent = processor_us(server.process()) - before;
    let took = began.elapsed();
    let mut delays: Vec<u32> = ends.iter().flat_map(End::taken).collect();
    delays.sort_unstable();
    assert!(!delays.is_empty(), "{name}: nothing came");
    let at = |part: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        let place = (part * delays.len() as f64) as usize;
        f64::from(delays[place.min(delays.len() - 1)]) / 1_000.0
    };
    #[expect(clippy::cast_precision_loss, reason = "a count of packets has fewer digits")]
    let each_us = spent as f64 / delays.len() as f64;
    #[expect(clippy::cast_precision_loss, reason = "seconds in microseconds have fewer digits")]
    let share = spent as f64 / 1e6 / took.as_secs_f64();
    let packets = u64::try_from(delays.len()).unwrap();
    let measured = Measured { packets, each_us, half_ms: at(0.5), most_ms: at(0.99), share };
    let Measured { packets, each_us, half_ms, most_ms, share } = &measured;
    // How long one in the gallery was on its way says how late the gallery is to be.
    let way = if load.listeners > 0 {
        String::new()
    } else {
        format!(", on their way {half_ms:.2} ms (half), {most_ms:.2} ms (99 of 100)")
    };
    say(&format!(
        "{name}: {packets} packets delivered, {each_us:.2} us of processor each ({:.0} % of a core){way}",
        share * 100.0
    ));
    let wanted = u64::try_from(load.per_second()).unwrap() * took.as_secs();
    assert!(*packets > wanted * 9 / 10, "{name}: of {wanted} packets {packets} came");
    measured
}

/// Of the processor in all its turns, microseconds for each packet delivered.
fn mean_us(turns: &[Measured]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of packets has fewer digits")]
    let packets = |turn: &Measured| turn.packets as f64;
    let spent: f64 = turns.iter().map(|turn| turn.each_us * packets(turn)).sum();
    spent / turns.iter().map(packets).sum::<f64>()
}

/// Says whether a figure is what was meant.
fn judge(what: &str, figure: f64, most: f64) {
    let verdict = if figure <= most { "as meant: at most" } else { "MORE than the" };
    say(&format!("=> {figure:.2} {what}, {verdict} {most}"));
}

/// Waits until all are connected.
fn connected(name: &str, ends: &[End]) {
    let patience = Instant::now() + PATIENCE;
    while !ends.iter().all(End::is_connected) {
        assert!(Instant::now() < patience, "{name}: not everybody is connected in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What a process has used of the processor, in microseconds.
fn processor_us(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after = stat.rsplit(')').next().unwrap();
    let ticks: u64 =
        after.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    // A hundred ticks a second, whatever the machine (proc(5)).
    ticks * 10_000
}
