//! Whatever somebody hands in as a case file: a report, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = casefile::verify(bytes, None).holds();
});
