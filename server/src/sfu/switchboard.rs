//! The switchboard: what each seat sends is sent on to whom the rules let hear and see it, and to nobody else.
//!
//! It touches no socket and no clock. It is told what came from the network and when, and says what goes out. A line is
//! one connection of a seat; on it the seat sends its own sound and picture and receives others in slots, which are
//! offered once and then filled with whoever is to be heard or seen. So nothing is negotiated anew while a hearing runs.
//!
//! ```text
//! offer ──▶ line ──packet of a seat──▶ who hears, who sees it? (the rules) ──▶ a slot of each of them ──▶ network
//! ```

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

use procedure::{SeatId, hearing::media::OnAir};
use str0m::{
    Candidate, Event, IceConnectionState, Input, Output, RtcConfig,
    bwe::BweKind,
    change::SdpOffer,
    crypto::dtls::DtlsCert,
    net::{Protocol, Receive, Transmit},
    rtp::Extension,
    stats::{MediaEgressStats, MediaIngressStats},
};

use super::{
    audience::{self, Audience},
    budget::Budget,
    contain::contained,
    doors::{self, Doors},
    hold::{self, Hold},
    ladder::Ladder,
    late::{Late, What},
    line::Line,
    offer,
};
use crate::recording::Tap;

mod alone;
mod forward;
mod gallery;
mod says;
mod whole;

pub use alone::Checks;

/// Larger packets are not sent on: with what is added they would be no datagram any more.
const PAYLOAD_BYTES_MAX: usize = 1_400;
/// How often it is measured what of a line was lost.
const MEASURED_EVERY: Duration = Duration::from_secs(2);

/// Limits of one line.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most sections of an offer: two for what is sent, the others slots.
    pub sections_max: usize,
    /// Largest offer, in bytes.
    pub offer_bytes_max: usize,
    /// For how long nothing is sent on of a seat that has come from anywhere but the court: what was said there may still
    /// be on its way.
    pub hold: Duration,
    /// What is read of a line in a second, in bytes.
    pub bytes_per_second: u64,
    /// And of that, of what it reports and asks for.
    pub control_bytes_per_second: u64,
    /// How much later than everybody else the gallery hears and sees; none and it does at once.
    pub delay: Duration,
    /// How much may wait for that, over all hearings, in bytes.
    pub delay_bytes_max: usize,
    /// And of that, of one hearing.
    pub delay_hearing_bytes_max: usize,
    /// A line that has not opened after this is none.
    pub opens_within: Duration,
    /// What is sent on of the small picture of a line in a second, in bytes: it goes to lines that bear no more.
    /// Where a seat sends one size alone, that goes to everybody.
    pub small_bytes_per_second: u64,
}

/// Why an offer is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoLine {
    /// It cannot be read, or has nothing in common with what is carried here.
    Unreadable,
    /// It is larger, or has more sections, than is taken.
    TooLarge,
    /// So many check their equipment that there is no room for another.
    Crowded,
}

/// Which seat of which hearing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whose {
    /// Id of the hearing.
    pub hearing: String,
    /// The seat.
    pub seat: SeatId,
}

/// What follows from what the switchboard was told.
#[derive(Debug)]
pub enum Out {
    /// To be sent.
    Send(Transmit),
    /// The slots of a seat's line, by its number, are filled otherwise: which section carries whom. Once this is taken out,
    /// sound and picture of whoever is new in a slot begin.
    Slots(Whose, u64, BTreeMap<String, SeatId>),
    /// The line of a seat, by its number, has opened, or is gone.
    Open(Whose, u64, bool),
    /// Of what the seat sent over its line (true), or of what was sent to it, such a part from 0 to 1 was lost lately.
    Lost(Whose, bool, f32),
}

/// Counts of what was not sent on, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets sent on.
    pub forwarded: u64,
    /// Packets of seats that nobody was to hear or see just then.
    pub unheard: u64,
    /// Datagrams that belong to no line or cannot be read.
    pub strangers: u64,
    /// Lines that ended with an error, and packets that are larger than any should be.
    pub broken: u64,
    /// Datagrams that were not read because their line had sent too much, and packets of small pictures that are none.
    pub over_budget: u64,
    /// Packets that the gallery does not get because too much waits for it.
    pub not_kept: u64,
}

/// All lines of all hearings.
#[derive(Debug)]
pub struct Switchboard {
    limits: Limits,
    here: Vec<Candidate>,
    /// What all lines show to be who was meant; none and each has its own.
    certificate: Option<DtlsCert>,
    lines: BTreeMap<u64, Line>,
    /// The lines of each hearing.
    by_hearing: BTreeMap<String, BTreeSet<u64>>,
    /// The line of each seat that has one.
    by_seat: BTreeMap<Whose, u64>,
    doors: Doors,
    on_air: BTreeMap<String, BTreeMap<SeatId, OnAir>>,
    late: Late,
    made: u64,
    /// Lines that may have something to say.
    stirred: BTreeSet<u64>,
    out: VecDeque<Out>,
    counts: Counts,
    tap: Option<Tap>,
    checks: Checks,
}

impl Switchboard {
    /// A switchboard without lines, which is reached at these addresses.
    #[must_use]
    pub fn new(limits: Limits, here: Vec<Candidate>) -> Self {
        Self {
            limits,
            here,
            certificate: str0m::crypto::from_feature_flags().dtls_provider.generate_certificate(),
            lines: BTreeMap::new(),
            by_hearing: BTreeMap::new(),
            by_seat: BTreeMap::new(),
            doors: Doors::default(),
            on_air: BTreeMap::new(),
            late: Late::new(limits.delay, limits.delay_bytes_max, limits.delay_hearing_bytes_max),
            made: 0,
            stirred: BTreeSet::new(),
            out: VecDeque::new(),
            counts: Counts::default(),
            tap: None,
            checks: Checks::default(),
        }
    }

    /// Records from now on what goes on record.
    pub fn record(&mut self, tap: Tap) {
        self.tap = Some(tap);
    }

    /// The line of a seat, by its number; no two lines ever have the same.
    #[must_use]
    pub fn line(&self, whose: &Whose) -> Option<u64> {
        self.by_seat.get(whose).copied()
    }

    /// What was counted since the start.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Makes a line for a seat; the one it had is gone. `holder` is the connection that offers, and with which the line
    /// ends. Gives the answer to the offer.
    ///
    /// # Errors
    /// When the offer is not taken. The line that there was stays.
    pub fn join(&mut self, whose: Whose, holder: u64, offer: &str, now: Instant) -> Result<String, NoLine> {
        offer::check(offer, &self.limits)?;
        self.has_room_for(&whose)?;
        let offer = offer::to_be_estimated(offer);
        let offer = contained(|| SdpOffer::from_sdp_string(&offer));
        let offer = offer.and_then(Result::ok).ok_or(NoLine::Unreadable)?;
        let mut config = RtcConfig::new();
        if let Some(certificate) = &self.certificate {
            config = config.set_dtls_cert(certificate.clone());
        }
        let mut rtc = config
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_ice_lite(true)
            // No streams by name: each that a stranger names would be kept. No orientation: pictures come upright.
            .clear_extension_map()
            .set_extension(1, Extension::AudioLevel)
            .set_extension(2, Extension::AbsoluteSendTime)
            .set_extension(3, Extension::TransportSequenceNumber)
            .set_extension(4, Extension::RtpMid)
            .set_rtp_mode(true)
            .set_stats_interval(Some(MEASURED_EVERY))
            .build(now);
        for candidate in &self.here {
            rtc.add_local_candidate(candidate.clone());
        }
        let answered = contained(|| rtc.sdp_api().accept_offer(offer).map(|answer| answer.to_sdp_string()));
        let answer = answered.and_then(Result::ok).ok_or(NoLine::Unreadable)?;
        self.leave(&whose);
        self.made += 1;
        self.doors.open(self.made, rtc.direct_api().local_ice_credentials().ufrag);
        let line = Line {
            whose: whose.clone(),
            holder,
            rtc,
            until: now,
            made: now,
            open: false,
            fresh: false,
            speaks: false,
            shows: false,
            altered: false,
            audio: None,
            video: None,
            slots: Vec::new(),
            audience: Audience::default(),
            asked_for_gallery: None,
            pictures: BTreeMap::new(),
            small: None,
            came: (now, now),
            front: None,
            ladder: Ladder::new(now),
            hold: Hold::default(),
            budget: Budget::full(self.limits.bytes_per_second, now),
            control: Budget::full(self.limits.control_bytes_per_second, now),
            small_pictures: Budget::full(self.limits.small_bytes_per_second, now),
        };
        self.lines.insert(self.made, line);
        self.by_hearing.entry(whose.hearing.clone()).or_default().insert(self.made);
        self.shut_in(&whose);
        self.by_seat.insert(whose, self.made);
        self.stirred.insert(self.made);
        self.settle(now);
        Ok(answer)
    }

    /// Ends the line of a seat, if that connection offered it. Whether it did.
    pub fn hang_up(&mut self, whose: &Whose, holder: u64) -> bool {
        let line = self.by_seat.get(whose).and_then(|number| self.lines.get(number));
        let mine = line.is_some_and(|line| line.holder == holder);
        if mine {
            self.leave(whose);
        }
        mine
    }

    /// Ends the line of a seat.
    fn leave(&mut self, whose: &Whose) {
        let Some(number) = self.by_seat.remove(whose) else { return };
        self.lines.remove(&number);
        self.clear_out(whose);
        if let Some(tap) = &mut self.tap {
            tap.line(whose, number, false);
        }
        if let Some(lines) = self.by_hearing.get_mut(&whose.hearing) {
            lines.remove(&number);
            if lines.is_empty() {
                self.by_hearing.remove(&whose.hearing);
            }
        }
        self.stirred.remove(&number);
        self.doors.close(number);
        self.out.push_back(Out::Open(whose.clone(), number, false));
        self.fill_slots(&whose.hearing);
    }

    /// How the seats of a hearing stand from now on, before the next packet; an empty table ends it.
    pub fn obey(&mut self, hearing: &str, on_air: BTreeMap<SeatId, OnAir>, now: Instant) {
        // What came before goes out before anybody is told of other slots.
        self.settle(now);
        let before = self.on_air.get(hearing);
        for line in self.lines.values_mut().filter(|line| line.whose.hearing == hearing) {
            let chamber = |table: &BTreeMap<SeatId, OnAir>| table.get(&line.whose.seat)?.chamber.clone();
            let (was, is) = (before.and_then(chamber), chamber(&on_air));
            if hold::is_needed(was.as_ref(), is.as_ref()) {
                line.hold.last(now + self.limits.hold);
            }
        }
        if let Some(tap) = &mut self.tap {
            tap.obey(hearing, &on_air);
        }
        if self.late.obey(hearing, &on_air, now) {
            self.stop_gallery(hearing);
        }
        if on_air.is_empty() {
            self.on_air.remove(hearing);
        } else {
            self.on_air.insert(hearing.to_string(), on_air);
        }
        self.fill_slots(hearing);
    }

    /// Takes in a datagram; whether it belongs to a line.
    pub fn receive(
        &mut self,
        protocol: Protocol,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
        now: Instant,
    ) -> bool {
        let origin = (protocol == Protocol::Tcp, source);
        let number = self.doors.finds(origin, bytes);
        let Some((number, line)) = number.and_then(|number| Some((number, self.lines.get_mut(&number)?)))
        else {
            self.counts.strangers += 1;
            return false;
        };
        // Reports are kept until they are looked at: of those a line has more to fear than their bytes.
        let within = !doors::is_control(bytes) || line.control.takes(bytes.len(), now);
        if !within || !line.budget.takes(bytes.len(), now) {
            self.counts.over_budget += 1;
            // By its name anybody may name a line; its address is known of those who belong to it.
            return !doors::is_stun(bytes);
        }
        let received = contained(|| Receive::new(protocol, source, destination, bytes).ok()).flatten();
        let input = received.map(|received| Input::Receive(now, received));
        let accepted = |input: &Input<'_>| contained(|| line.rtc.accepts(input)).unwrap_or(false);
        let Some(input) = input.filter(accepted) else {
            self.counts.strangers += 1;
            return false;
        };
        if doors::is_stun(bytes) {
            self.doors.accepted(number, origin);
        }
        if !line.takes(input) {
            self.counts.broken += 1;
        }
        if self.hear_out(number, now, true) {
            self.stirred.insert(number);
        }
        true
    }

    /// Time goes on: whatever was to be sent since is sent. To be called after some datagrams, and when time is up.
    pub fn advance(&mut self, now: Instant) {
        for (number, line) in &mut self.lines {
            line.ladder.climbs(now);
            if line.until > now {
                continue;
            }
            let unopened = !line.open && now.saturating_duration_since(line.made) > self.limits.opens_within;
            if unopened || self.checks.is_over(&line.whose, line.made, now) {
                line.rtc.disconnect();
            }
            self.stirred.insert(*number);
        }
        self.reach_gallery(now);
        self.settle(now);
    }

    /// When time must go on at the latest; none while there is no line.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        self.lines.values().map(|line| line.until).chain(self.late.until()).min()
    }

    /// The next thing that follows.
    pub fn take_out(&mut self) -> Option<Out> {
        let out = self.out.pop_front()?;
        if let Out::Slots(_, number, filled) = &out
            && let Some(line) = self.lines.get_mut(number)
        {
            line.told(filled);
        }
        Some(out)
    }

    /// Lets every line that was stirred say what it has to say, until all are quiet. Lines are heard out here once for many
    /// packets: what a line has to say is looked for in each of its slots.
    fn settle(&mut self, now: Instant) {
        while let Some(number) = self.stirred.pop_first() {
            let Some(line) = self.lines.get_mut(&number) else { continue };
            if !line.takes(Input::Timeout(now)) {
                self.counts.broken += 1;
            }
            self.hear_out(number, now, false);
        }
    }

    /// Lets a line say what it has to say; with `till_packet` only until a packet has come, since there is one at most with
    /// each datagram. Whether it may have more to say.
    fn hear_out(&mut self, number: u64, now: Instant, till_packet: bool) -> bool {
        loop {
            let Some(line) = self.lines.get_mut(&number) else { return false };
            if !line.rtc.is_alive() {
                let whose = line.whose.clone();
                self.leave(&whose);
                return false;
            }
            match contained(|| line.rtc.poll_output()) {
                Some(Ok(Output::Timeout(until))) => {
                    line.until = until;
                    if std::mem::take(&mut line.fresh) {
                        let hearing = line.whose.hearing.clone();
                        self.fill_slots(&hearing);
                    }
                    return false;
                }
                Some(Ok(Output::Transmit(transmit))) => self.out.push_back(Out::Send(transmit)),
                Some(Ok(Output::Event(Event::RtpPacket(packet)))) => {
                    self.forward(number, &packet, now);
                    if till_packet {
                        return true;
                    }
                }
                Some(Ok(Output::Event(event))) => self.happens(number, event, now),
                Some(Err(_)) | None => {
                    line.rtc.disconnect();
                    self.counts.broken += 1;
                }
            }
        }
    }

    fn happens(&mut self, number: u64, event: Event, now: Instant) {
        let Some(line) = self.lines.get_mut(&number) else { return };
        match event {
            Event::MediaAdded(added) => {
                line.add(added);
            }
            Event::Connected => {
                (line.open, line.fresh, line.came) = (true, true, (now, now));
                line.settle_codecs();
                self.out.push_back(Out::Open(line.whose.clone(), number, true));
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) | Event::Closed => {
                line.rtc.disconnect();
            }
            Event::MediaIngressStats(MediaIngressStats { loss: Some(part), .. }) => {
                self.out.push_back(Out::Lost(line.whose.clone(), true, part));
            }
            Event::MediaEgressStats(MediaEgressStats { loss: Some(part), .. }) => {
                line.ladder.loses(part, now);
                self.out.push_back(Out::Lost(line.whose.clone(), false, part));
            }
            Event::EgressBitrateEstimate(BweKind::Remb { estimate, .. }) => {
                line.ladder.takes(estimate.as_u64(), now);
            }
            Event::KeyframeRequest(request) => self.pass_on_request(number, request, now),
            _ => {}
        }
        // Of whoever has a microphone sound is missed from when the line is open, whatever of both is told first.
        let line = self.lines.get(&number).filter(|line| line.open && line.speaks);
        if let Some((line, tap)) = line.zip(self.tap.as_mut()) {
            tap.line(&line.whose, number, true);
        }
    }

    /// Fills the slots of a hearing's lines anew, and says where sound and picture of each go from now on.
    fn fill_slots(&mut self, hearing: &str) {
        let nobody = BTreeMap::new();
        let on_air = self.on_air.get(hearing).unwrap_or(&nobody);
        let numbers = self.by_hearing.get(hearing).into_iter().flatten().copied();
        let mut lines =
            self.by_hearing.get(hearing).into_iter().flatten().filter_map(|it| self.lines.get(it));
        let stands = |line: &Line| on_air.get(&line.whose.seat).and_then(|stands| stands.gallery);
        let watched = lines.any(|line| line.open && stands(line).is_some());
        let later = self.late.table(hearing);
        let (changed, galleries) = audience::gather(&mut self.lines, numbers, on_air, later.as_ref());
        self.late.watch(hearing, watched, galleries);
        for number in changed {
            let Some(line) = self.lines.get(&number) else { continue };
            self.out.push_back(Out::Slots(line.whose.clone(), number, line.filled()));
        }
    }
}
