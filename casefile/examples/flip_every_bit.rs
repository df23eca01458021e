//! Flips every bit of a case file, one after the other, and says how many of these files were found to be changed: all of
//! them, or the run fails. Takes the file, and as long as it takes: some milliseconds a bit and core.
use std::{
    io::Write as _,
    sync::atomic::{AtomicUsize, Ordering},
};

use casefile::verify;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let good = std::fs::read(path)?;
    if !verify(&good, None).holds() {
        return Err("the file does not hold to begin with".into());
    }
    let (bits, missed) = (good.len() * 8, AtomicUsize::new(0));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for first in 0..threads {
            let (good, missed) = (&good, &missed);
            scope.spawn(move || {
                let mut bytes = good.clone();
                for bit in (first..bits).step_by(threads) {
                    if let Some(byte) = bytes.get_mut(bit / 8) {
                        *byte ^= 1 << (bit % 8);
                    }
                    if verify(&bytes, None).holds() {
                        missed.fetch_add(1, Ordering::Relaxed);
                    }
                    if let Some(byte) = bytes.get_mut(bit / 8) {
                        *byte ^= 1 << (bit % 8);
                    }
                }
            });
        }
    });
    let missed = missed.into_inner();
    writeln!(std::io::stdout(), "{} bytes: {} of {bits} flipped bits found", good.len(), bits - missed)?;
    if missed == 0 { Ok(()) } else { Err("not every change was found".into()) }
}
