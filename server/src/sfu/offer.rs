//! What an offer must be before it is taken: few sections, sound or picture, each number for one codec throughout.
//!
//! The library that answers offers stops the program where one payload number means two things, so that is looked at
//! here, on the text.

use std::collections::BTreeMap;

use super::switchboard::{Limits, NoLine};

/// Whether an offer can be answered.
///
/// # Errors
/// Why it cannot.
pub(super) fn check(offer: &str, limits: &Limits) -> Result<(), NoLine> {
    let sections = offer.lines().filter(|line| line.starts_with("m=")).count();
    if offer.len() > limits.offer_bytes_max || sections > limits.sections_max {
        return Err(NoLine::TooLarge);
    }
    let mut seen = Seen::default();
    let mut parts = offer.split("m=");
    // What stands before the first section names no codec.
    let head = parts.next().unwrap_or_default();
    let fit = parts.all(|section| seen.takes(section));
    if fit && seen.sections > 0 && !head.contains("a=rtpmap") { Ok(()) } else { Err(NoLine::Unreadable) }
}

/// The offer, in which slots are to be answered with what the receiver takes (`goog-remb`) and not with an account of every
/// packet (`transport-cc`), of which nothing would be made here.
pub(super) fn to_be_estimated(offer: &str) -> String {
    let mut sections = offer.split_inclusive('\n').peekable();
    let (mut text, mut section) = (String::with_capacity(offer.len()), Vec::new());
    while let Some(line) = sections.next() {
        section.push(line);
        if sections.peek().is_none_or(|next| next.starts_with("m=")) {
            let receives = section.iter().any(|line| line.trim_end() == "a=recvonly");
            let accounts = |line: &str| {
                line.trim_end().ends_with(" transport-cc") || line.contains("transport-wide-cc-extensions")
            };
            text.extend(section.drain(..).filter(|line| !receives || !accounts(line)));
        }
    }
    text
}

/// What the sections before have said.
#[derive(Default)]
struct Seen {
    sections: usize,
    /// Sections in which something is sent, of sound and of picture.
    sent: BTreeMap<String, usize>,
    /// What each payload number means.
    meant: BTreeMap<u8, String>,
    /// Under which numbers each kind of section offers its codecs.
    offered: BTreeMap<(String, String), Vec<u8>>,
}

impl Seen {
    fn takes(&mut self, section: &str) -> bool {
        self.sections += 1;
        let kind = section.split_ascii_whitespace().next().unwrap_or_default().to_string();
        if kind != "audio" && kind != "video" {
            return false;
        }
        let direction = |wanted: &str| section.lines().any(|line| line.trim_end() == wanted);
        let receives = direction("a=recvonly");
        if !receives {
            if !direction("a=sendonly") {
                return false;
            }
            let sent = self.sent.entry(kind.clone()).or_default();
            *sent += 1;
            // Of a picture there is a large one and a small one.
            if *sent > if kind == "video" { 2 } else { 1 } {
                return false;
            }
        }
        let mut here: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for line in section.lines().map(str::trim_end) {
            let Some((number, meaning)) = meaning(line) else { continue };
            let Ok(number) = number.parse::<u8>() else { return false };
            let meaning = format!("{kind} {meaning}");
            let known = self.meant.entry(number).or_insert_with(|| meaning.clone());
            if *known != meaning {
                return false;
            }
            here.entry(meaning).or_default().push(number);
        }
        // Every section of a kind offers its codecs under the same numbers.
        here.into_iter().all(|(meaning, numbers)| {
            let known = self.offered.entry((kind.clone(), meaning)).or_insert_with(|| numbers.clone());
            *known == numbers
        })
    }
}

/// A payload number and what it means: its codec, or whose repair it is.
fn meaning(line: &str) -> Option<(&str, String)> {
    if let Some(map) = line.strip_prefix("a=rtpmap:") {
        let (number, codec) = map.split_once(' ')?;
        let codec = codec.trim().to_ascii_lowercase();
        // Every codec has its own repair; whose it is stands elsewhere.
        return (!codec.starts_with("rtx/")).then_some((number, codec));
    }
    let (number, parameters) = line.strip_prefix("a=fmtp:")?.split_once(' ')?;
    // In whatever place it stands, and however it is written.
    let mut pairs = parameters.split(';').filter_map(|pair| pair.split_once('='));
    let (_, of) = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case("apt"))?;
    Some((number, format!("apt={}", of.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        sections_max: 5,
        offer_bytes_max: 4_000,
        hold: std::time::Duration::ZERO,
        bytes_per_second: 1,
        control_bytes_per_second: 1,
        delay: std::time::Duration::ZERO,
        delay_bytes_max: 0,
        delay_hearing_bytes_max: 0,
        opens_within: std::time::Duration::from_secs(30),
        small_bytes_per_second: 1,
    };
    const SOUND: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n";
    const PICTURE: &str = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";

    fn slot(section: &str) -> String {
        section.replace("sendonly", "recvonly")
    }

    #[test]
    fn an_offer_as_browsers_make_it_is_taken() {
        let offer = format!("v=0\r\n{SOUND}{PICTURE}{}{}", slot(SOUND), slot(PICTURE));
        assert_eq!(check(&offer, &LIMITS), Ok(()));
    }

    #[test]
    fn a_slot_is_answered_with_what_is_taken_and_what_is_sent_with_every_packet() {
        let feedback = "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
                        a=rtcp-fb:96 goog-remb\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 nack\r\n";
        let own = format!("v=0\r\n{PICTURE}{feedback}");
        let offer = format!("{own}{}{feedback}", slot(PICTURE));
        let left = "a=rtcp-fb:96 goog-remb\r\na=rtcp-fb:96 nack\r\n";
        assert_eq!(to_be_estimated(&offer), format!("{own}{}{left}", slot(PICTURE)));
        assert_eq!(to_be_estimated(&own), own);
    }

    #[test]
    fn offers_in_which_a_number_means_two_things_are_not() {
        for (odd, why) in [
            (slot(PICTURE).replace("96", "111"), "the number of the sound"),
            (slot(PICTURE).replace("96", "98"), "another number for the same codec"),
            (slot(PICTURE).replace("97", "99"), "another repair"),
            (slot(PICTURE).replace("97", "111"), "the repair has the number of the sound"),
            (slot(PICTURE).replace("97", "111").replace("apt=", "APT="), "and says so in capitals"),
            (slot(PICTURE).replace("97", "111").replace("apt=", "x=1; apt="), "and in another place"),
            (slot(PICTURE).replace("97", "111").replace("apt=", " apt = "), "and with spaces"),
            (slot(PICTURE).replace("VP8", "H264"), "another codec under the number"),
            (slot(PICTURE).replace("96", "960"), "no number"),
            (PICTURE.repeat(2), "three pictures sent"),
            (SOUND.into(), "two sounds sent"),
            (PICTURE.replace("sendonly", "sendrecv"), "sent and received in one"),
            ("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=recvonly\r\n".into(), "neither"),
        ] {
            let offer = format!("v=0\r\n{SOUND}{PICTURE}{odd}");
            assert_eq!(check(&offer, &LIMITS), Err(NoLine::Unreadable), "{why}");
        }
        assert_eq!(check("", &LIMITS), Err(NoLine::Unreadable));
        assert_eq!(check(&SOUND.repeat(6), &LIMITS), Err(NoLine::TooLarge));
        assert_eq!(check(&"x".repeat(4_001), &LIMITS), Err(NoLine::TooLarge));
    }
}
