//! What the server counts about itself, for those who keep it running. Never names, texts or tokens.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
};

use procedure::wire::close;

use crate::Failure;

macro_rules! gauges {
    ($($field:ident $kind:literal $doc:literal;)*) => {
        /// The counters.
        #[derive(Debug, Default)]
        pub struct Gauges {
            $(#[doc = $doc] pub $field: Count,)*
            /// Connections closed by the server, by code.
            pub closed: Closed,
        }

        impl Gauges {
            /// All counters in the text form that Prometheus reads.
            #[must_use]
            pub fn text(&self) -> String {
                let mut out = String::new();
                $(
                    // Writing to a string cannot fail.
                    let _ = writeln!(out, "# HELP fengqiao_{0} {1}\n# TYPE fengqiao_{0} {2}\nfengqiao_{0} {3}",
                        stringify!($field), $doc, $kind, self.$field.get());
                )*
                self.closed.write(&mut out);
                out
            }
        }
    };
}

gauges! {
    requests_total "counter" "Requests answered.";
    requests_refused_total "counter" "Requests answered with a refusal.";
    requests_failed_total "counter" "Requests that the machine could not answer.";
    connections "gauge" "Live connections of seats.";
    rooms "gauge" "Hearings in memory.";
    commands_total "counter" "Commands done.";
    commands_refused_total "counter" "Commands refused.";
    commands_failed_total "counter" "Commands that the machine could not carry out.";
    events_total "counter" "Events written.";
    groups_total "counter" "Groups of commands committed.";
    frames_in_total "counter" "Messages from seats.";
    frames_out_total "counter" "Messages to seats.";
    link_forwarded_total "counter" "Packets of sound and picture sent on.";
    link_unheard_total "counter" "Packets of sound and picture that nobody was to have.";
    link_offers_refused_total "counter" "Offers of a line that were not taken.";
    link_strangers_total "counter" "Datagrams that belong to no line.";
    link_not_kept_total "counter" "Packets that the gallery did not get because too much waited for it.";
    link_broken_total "counter" "Lines that ended with an error.";
    link_over_budget_total "counter" "Datagrams not read because their line had sent too much.";
    link_unsent_total "counter" "Datagrams of the video link that the network did not take.";
    link_tcp_refused_total "counter" "Connections of the video link by TCP that were one too many.";
    link_tcp_cut_total "counter" "Connections of the video link by TCP that were cut: a length that cannot be, or nothing that belongs to a line.";
    recording_bytes_total "counter" "Bytes of recordings that are on disk and hashed.";
    recording_lost_total "counter" "Packets that should have been recorded and were not.";
    searches_total "counter" "Searches of the archive.";
    shelved_total "counter" "Sealed hearings that went into the archive.";
    stamps_total "counter" "Seals that were stamped by the time-stamp authority.";
    stamps_failed_total "counter" "Stamps that could not be had, or did not hold.";
    access_failed_total "counter" "Looks into the archive that could not be noted, and so were not granted.";
    exhibits_total "counter" "Files of exhibits that were taken in.";
    exhibits_refused_total "counter" "Files of exhibits that were refused for what is in them or for want of room.";
    exhibit_pages_total "counter" "Pages of exhibits that were shown.";
    papers_total "counter" "Papers that were drawn up.";
    recording_failed_total "counter" "Recordings that could not be written or noted.";
    deliveries_total "counter" "Messages that a carrier has taken.";
    deliveries_tried_again_total "counter" "Messages that did not go out and are tried again.";
    deliveries_failed_total "counter" "Messages that were given up.";
    deliveries_read_total "counter" "Deliveries that were opened by their addressee.";
    delivery_wrong_total "counter" "Wrong checks of the links of deliveries.";
    sign_in_wrong_total "counter" "Wrong passwords.";
    signatures_refused_total "counter" "Signatures under the record that were refused.";
    invitation_wrong_total "counter" "Wrong checks of invitations.";
}

impl Gauges {
    /// A file was examined, and kept or refused.
    pub fn exhibit<T>(&self, kept: &Result<T, Failure>) {
        match kept {
            Ok(_) => self.exhibits_total.up(),
            Err(Failure::Refused(..)) => self.exhibits_refused_total.up(),
            Err(Failure::Error(_)) => {}
        }
    }
}

/// Connections closed by the server, by code.
#[derive(Debug, Default)]
pub struct Closed([Count; close::ALL.len()]);

impl Closed {
    /// One more with this code. Connections that ended by themselves have none and are not counted.
    pub fn up(&self, code: u16) {
        if let Some(count) = close::ALL.iter().position(|known| *known == code).map(|at| &self.0[at]) {
            count.up();
        }
    }

    fn write(&self, out: &mut String) {
        const NAME: &str = "fengqiao_closed_total";
        let _ =
            writeln!(out, "# HELP {NAME} Connections of seats closed by the server.\n# TYPE {NAME} counter");
        for (code, count) in close::ALL.iter().zip(&self.0) {
            let _ = writeln!(out, "{NAME}{{code=\"{code}\"}} {}", count.get());
        }
    }
}

/// One counter.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// One more.
    pub fn up(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// One fewer.
    pub fn down(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
