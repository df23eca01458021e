//! What the video link knows of the recording: packets that go on record are handed on, and never waited for.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{SyncSender, TrySendError},
    },
    thread::Thread,
    time::{Instant, SystemTime},
};

use procedure::{
    SeatId,
    hearing::media::{OnAir, OnRecord},
};
use str0m::{
    media::MediaKind,
    rtp::{RtpPacket, Ssrc},
};

use super::{Outstanding, timing::Reported, watch::Watch, webm::Track};
use crate::{gauge::Gauges, sfu::switchboard::Whose};

/// How loud a sender says that sound is of which every sample is nought, in dBov: a microphone that is switched off, or muted.
/// The faintest noise of a room is louder (RFC 6464, 3). It is the sender's word, and nothing but an alarm follows from it.
const SILENT: i8 = -127;

/// What goes to the writer.
#[derive(Debug)]
pub(super) enum Message {
    /// How the seats of a hearing stand from now on; none of it is lost.
    Table { hearing: String, table: Table },
    /// A packet that goes on record.
    Packet { stream: Arc<Stream>, packet: Packet },
}

/// How the seats of a hearing stand.
#[derive(Debug)]
pub(super) struct Table {
    /// Later tables have higher numbers.
    pub(super) number: u64,
    /// Those who go on record.
    pub(super) seats: BTreeMap<SeatId, OnRecord>,
}

/// A stream of one seat.
#[derive(Debug)]
pub(super) struct Stream {
    /// No two have the same.
    pub(super) number: u64,
    pub(super) whose: Whose,
    pub(super) track: Track,
    /// Whether a whole picture is needed before anything else of it is of use.
    pub(super) waits: AtomicBool,
}

/// A packet as it came.
#[derive(Debug)]
pub(super) struct Packet {
    pub(super) number: u64,
    pub(super) time: u32,
    /// Whether it is the last of a picture.
    pub(super) last: bool,
    /// Whether its sender says that nothing at all is to be heard in it (RFC 6464).
    pub(super) silent: bool,
    pub(super) came: Instant,
    pub(super) told: Option<Reported>,
    pub(super) payload: Arc<[u8]>,
}

/// How many packets wait to be taken by the writer.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    /// One has come; how many wait with it.
    fn one_more(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }

    /// One was taken.
    pub(super) fn one_less(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The way to the writer: a queue that it looks into from time to time, and at once when it is woken.
#[derive(Debug)]
pub(super) struct ToWriter {
    pub(super) queue: SyncSender<Message>,
    pub(super) waiting: Waiting,
    /// So many packets are not left waiting: half of what the queue takes.
    pub(super) many: usize,
    pub(super) writer: Thread,
}

impl ToWriter {
    /// Hands on a table, and wakes the writer: somebody may wait for what was recorded.
    fn table(&self, message: Message) -> Result<(), TrySendError<Message>> {
        self.queue.try_send(message)?;
        self.writer.unpark();
        Ok(())
    }

    /// Hands on a packet; whether there was room for it.
    fn packet(&self, message: Message) -> bool {
        // Counted before it can be taken.
        let many = self.waiting.one_more() >= self.many;
        let sent = self.queue.try_send(message).is_ok();
        if !sent {
            self.waiting.one_less();
        }
        if many {
            self.writer.unpark();
        }
        sent
    }
}

/// The end of the recording that the video link holds.
#[derive(Debug)]
pub struct Tap {
    way: ToWriter,
    watch: Arc<Watch>,
    outstanding: Arc<Outstanding>,
    gauges: Arc<Gauges>,
    /// By the number of the line and the track: a line has one of each, and of one that changes the last counts.
    streams: BTreeMap<(u64, Track), (Ssrc, Arc<Stream>)>,
    made: u64,
    /// Tables for which the queue had no room; a later one takes the place of an earlier one.
    owed: BTreeMap<String, Table>,
    tables: u64,
}

impl Tap {
    pub(super) fn new(
        way: ToWriter,
        watch: Arc<Watch>,
        outstanding: Arc<Outstanding>,
        gauges: Arc<Gauges>,
    ) -> Self {
        let (streams, owed) = (BTreeMap::new(), BTreeMap::new());
        Self { way, watch, outstanding, gauges, streams, made: 0, owed, tables: 0 }
    }

    /// How the seats of a hearing stand from now on. What comes after is recorded by it.
    pub fn obey(&mut self, hearing: &str, on_air: &BTreeMap<SeatId, OnAir>) {
        let table = on_air.iter().map(|(seat, air)| (seat.clone(), air.on_record()));
        let seats: BTreeMap<_, _> = table.filter(|(_, on_record)| on_record.anything()).collect();
        self.watch.obey(hearing, &seats);
        self.tables += 1;
        self.outstanding.told(hearing, self.tables, seats.is_empty());
        self.owed.insert(hearing.into(), Table { number: self.tables, seats });
        self.pay();
    }

    /// The line of a seat has opened, or is gone.
    pub fn line(&mut self, whose: &Whose, number: u64, open: bool) {
        self.watch.line(whose, open);
        if !open {
            self.streams.retain(|(line, _), _| *line != number);
        }
    }

    /// Records a packet of a line, if it goes on record. Whether a whole picture must be asked for.
    pub fn take(
        &mut self,
        whose: (&str, &SeatId),
        kind: MediaKind,
        line: u64,
        packet: &RtpPacket,
        air: Option<&OnAir>,
    ) -> bool {
        let on_record = air.map(OnAir::on_record).unwrap_or_default();
        let (track, recorded) = match kind {
            MediaKind::Audio => (Track::Sound, on_record.sound),
            MediaKind::Video => (Track::Picture, on_record.picture),
        };
        if !recorded {
            return false;
        }
        let (source, ssrc) = ((line, track), packet.header.ssrc);
        let stream = match self.streams.get(&source).filter(|(known, _)| *known == ssrc) {
            Some((_, stream)) => stream.clone(),
            None => self.begin(whose, source, ssrc),
        };
        let told = packet.last_sender_info.as_ref().and_then(|info| {
            let at = info.ntp_time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
            let time = u32::try_from(info.rtp_time.numer() & 0xffff_ffff).ok()?;
            Some(Reported { at_us: i64::try_from(at.as_micros()).ok()?, time })
        });
        let packet = Packet {
            number: *packet.seq_no,
            time: packet.header.timestamp,
            last: packet.header.marker,
            silent: packet.header.ext_vals.audio_level == Some(SILENT),
            came: packet.timestamp,
            told,
            payload: packet.payload.clone(),
        };
        let waits = track == Track::Picture && stream.waits.load(Ordering::Relaxed);
        self.pay();
        let sent = self.owed.is_empty() && self.way.packet(Message::Packet { stream, packet });
        if !sent {
            self.gauges.recording_lost_total.up();
        }
        waits
    }

    fn begin(&mut self, (hearing, seat): (&str, &SeatId), source: (u64, Track), ssrc: Ssrc) -> Arc<Stream> {
        self.made += 1;
        let stream = Arc::new(Stream {
            number: self.made,
            whose: Whose { hearing: hearing.into(), seat: seat.clone() },
            track: source.1,
            waits: AtomicBool::new(true),
        });
        self.streams.insert(source, (ssrc, stream.clone()));
        stream
    }

    /// Hands on the tables that wait.
    fn pay(&mut self) {
        while let Some((hearing, table)) = self.owed.pop_first() {
            match self.way.table(Message::Table { hearing, table }) {
                Ok(()) => {}
                Err(TrySendError::Full(Message::Table { hearing, table })) => {
                    self.owed.insert(hearing, table);
                    return;
                }
                // The writer is gone; so is the recording, and it is missed aloud.
                Err(TrySendError::Full(Message::Packet { .. }) | TrySendError::Disconnected(_)) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc::sync_channel, thread, time::Duration};

    use super::*;

    /// Longest wait for anything.
    const PATIENCE: Duration = Duration::from_secs(20);

    fn packet() -> Message {
        let whose = Whose { hearing: "h".into(), seat: "s".into() };
        let stream = Stream { number: 1, whose, track: Track::Sound, waits: AtomicBool::new(false) };
        let (came, payload) = (Instant::now(), Arc::from([0xf8]));
        let packet = Packet { number: 1, time: 0, last: false, silent: false, came, told: None, payload };
        Message::Packet { stream: Arc::new(stream), packet }
    }

    #[test]
    fn given_a_writer_that_rests_it_is_woken_once_half_of_the_queue_is_full_and_for_a_table() {
        let (queue, messages) = sync_channel(4);
        let way = ToWriter { queue, waiting: Waiting::default(), many: 2, writer: thread::current() };
        let woken = || {
            let rests = Instant::now();
            thread::park_timeout(PATIENCE);
            rests.elapsed() < PATIENCE
        };
        assert!((0..2).all(|_| way.packet(packet())));
        assert!(woken(), "half of it is full");
        assert!((0..2).all(|_| way.packet(packet())));
        assert!(!way.packet(packet()), "there is no room for another");
        assert!(woken());
        assert_eq!(messages.try_iter().inspect(|_| way.waiting.one_less()).count(), 4);
        assert_eq!(way.waiting.one_more(), 1, "what found no room does not wait");
        let table = Table { number: 1, seats: BTreeMap::new() };
        way.table(Message::Table { hearing: "h".into(), table }).unwrap();
        assert!(woken(), "there is a table");
    }
}
