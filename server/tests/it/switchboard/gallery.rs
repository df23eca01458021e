//! The gallery hears and sees later than everybody else, and when it is cut off nothing of what was said shortly before.

use super::*;

const DELAY: Duration = Duration::from_secs(3);
const WATCHING: OnAir = OnAir {
    chamber: COURT,
    heard: false,
    seen: false,
    altered: false,
    gallery: Some(0),
    sitting: true,
    floor: false,
};

/// Chair, a party and a panellist in court, and somebody in the gallery, which is late.
fn court() -> Net {
    let limits =
        Limits { delay: DELAY, delay_bytes_max: 10_000_000, delay_hearing_bytes_max: 10_000_000, ..LIMITS };
    let mut net = Net::within(limits, &["a1", "chair", "o1", "p1"], 0, 3);
    stands(&mut net, &["chair"], WATCHING);
    net.runs(DELAY * 2);
    net
}

/// These are heard in court; the gallery stands like that.
fn stands(net: &mut Net, heard: &[&str], gallery: OnAir) {
    let stand = |seat: &str| OnAir {
        chamber: COURT,
        heard: heard.contains(&seat),
        seen: true,
        sitting: true,
        ..OnAir::default()
    };
    let mut table: BTreeMap<SeatId, OnAir> =
        ["a1", "chair", "p1"].into_iter().map(|seat| (seat.into(), stand(seat))).collect();
    table.insert("o1".into(), gallery);
    net.board.obey(HEARING, table, net.now);
}

#[test]
fn the_gallery_hears_and_sees_the_same_as_the_others_and_later() {
    let mut net = court();
    let came = net.came(Duration::from_secs(1));
    expects(&came, SOUND, "o1", &["chair"]);
    expects(&came, PICTURE, "o1", &["a1", "chair", "p1"]);
    expects(&came, SOUND, "chair", &[]);
    // Given the floor goes to the party, then everybody hears it at once
    stands(&mut net, &["a1", "chair"], WATCHING);
    let came = net.came(Duration::from_secs(1));
    expects(&came, SOUND, "p1", &["a1", "chair"]);
    expects(&came, SOUND, "o1", &["chair"]);
    // And the gallery after its delay
    net.runs(DELAY);
    expects(&net.came(Duration::from_secs(1)), SOUND, "o1", &["a1", "chair"]);
    // When the panel goes apart, the gallery hears the end of what was public, and then nothing
    let nowhere = OnAir { chamber: None, ..WATCHING };
    let apart = |seat: &str, chamber| {
        (SeatId::from(seat), OnAir { chamber, heard: true, seen: true, ..OnAir::default() })
    };
    let table = [apart("a1", None), apart("chair", OFFICE), apart("p1", PANEL), ("o1".into(), nowhere)];
    net.board.obey(HEARING, table.into(), net.now);
    let came = net.came(Duration::from_secs(1));
    expects(&came, SOUND, "p1", &[]);
    expects(&came, SOUND, "o1", &["a1", "chair"]);
    net.runs(DELAY);
    assert!(net.came(DELAY * 2).is_empty(), "nothing of what is said apart");
    assert_eq!(net.board.counts().not_kept, 0);
}

#[test]
fn cut_off_the_gallery_gets_nothing_of_what_was_said_before_not_even_when_it_is_restored() {
    let mut net = court();
    // Given the party says what is not for the public, and the gallery is cut off a moment later
    stands(&mut net, &["a1", "chair"], WATCHING);
    net.runs(DELAY / 2);
    let cut = OnAir { chamber: None, gallery: None, ..WATCHING };
    stands(&mut net, &["a1", "chair"], cut);
    let came = net.came(Duration::from_secs(1));
    assert!(!came.keys().any(|(_, who)| who == "o1"), "{came:?}");
    expects(&came, SOUND, "p1", &["a1", "chair"]);
    // When it is restored at once, and the party has come to its end
    stands(&mut net, &["chair"], OnAir { gallery: Some(1), ..WATCHING });
    // Then not a word of it gets there
    let mut heard = BTreeSet::new();
    for _ in 0..8 {
        heard.extend(
            net.came(Duration::from_millis(700))
                .into_iter()
                .filter(|((kind, who), _)| *kind == SOUND && who == "o1")
                .flat_map(|(_, of)| of),
        );
    }
    assert_eq!(heard, BTreeSet::from(["chair".to_string()]));
}

#[test]
fn whoever_is_shielded_is_not_shown_in_what_was_before_either() {
    let mut net = court();
    let mut table: BTreeMap<SeatId, OnAir> = ["a1", "chair", "p1"]
        .map(|seat| {
            let seen = seat != "a1";
            (
                seat.into(),
                OnAir { chamber: COURT, heard: seat == "chair", seen, sitting: true, ..OnAir::default() },
            )
        })
        .into();
    table.insert("o1".into(), WATCHING);
    net.board.obey(HEARING, table, net.now);
    let came = net.came(DELAY / 2);
    expects(&came, PICTURE, "o1", &["chair", "p1"]);
    expects(&came, PICTURE, "p1", &["chair"]);
}

#[test]
fn more_than_may_wait_does_not_and_is_counted() {
    for (delay_bytes_max, delay_hearing_bytes_max) in [(20_000, 10_000_000), (10_000_000, 20_000)] {
        let limits = Limits { delay: DELAY, delay_bytes_max, delay_hearing_bytes_max, ..LIMITS };
        let mut net = Net::within(limits, &["a1", "chair", "o1", "p1"], 0, 3);
        stands(&mut net, &["chair"], WATCHING);
        net.runs(DELAY * 3);
        assert!(net.board.counts().not_kept > 0);
        let came = net.came(DELAY);
        expects(&came, SOUND, "p1", &["chair"]);
        assert!(came.keys().any(|(_, who)| who == "o1"), "what has gone out makes room");
    }
}

#[test]
fn cut_off_and_restored_while_nobody_watches_or_at_once_the_words_are_forgotten_all_the_same() {
    for absent in [true, false] {
        let mut net = court();
        stands(&mut net, &["a1", "chair"], WATCHING);
        net.runs(DELAY / 2);
        if absent {
            // The only one in the gallery has lost the room when it is cut off.
            let table = |seat: &str| {
                (SeatId::from(seat), OnAir { chamber: COURT, seen: true, sitting: true, ..OnAir::default() })
            };
            net.board.obey(HEARING, ["a1", "chair", "p1"].map(table).into(), net.now);
        }
        stands(&mut net, &["chair"], OnAir { gallery: Some(1), ..WATCHING });
        let mut heard = BTreeSet::new();
        for _ in 0..8 {
            let came = net.came(Duration::from_millis(700)).into_iter();
            heard
                .extend(came.filter(|((kind, who), _)| *kind == SOUND && who == "o1").flat_map(|(_, of)| of));
        }
        assert_eq!(heard, BTreeSet::from(["chair".to_string()]), "absent: {absent}");
    }
}

#[test]
fn what_is_said_in_a_room_that_broke_and_was_opened_again_can_still_be_cut_off() {
    let mut net = court();
    // Given the room breaks and is open again a moment later
    net.board.obey(HEARING, BTreeMap::new(), net.now);
    net.runs(Duration::from_secs(1));
    stands(&mut net, &["a1", "chair"], WATCHING);
    // When the gallery has come to where it broke, and is cut off for what the party has said since
    net.runs(DELAY - Duration::from_millis(500));
    stands(&mut net, &["chair"], OnAir { gallery: Some(1), ..WATCHING });
    // Then not a word of it gets there, and what follows does
    let mut heard = BTreeSet::new();
    for _ in 0..8 {
        let came = net.came(Duration::from_millis(700)).into_iter();
        heard.extend(came.filter(|((kind, who), _)| *kind == SOUND && who == "o1").flat_map(|(_, of)| of));
    }
    assert_eq!(heard, BTreeSet::from(["chair".to_string()]));
}

#[test]
fn a_gallery_of_which_too_much_waits_takes_nothing_from_that_of_another_hearing() {
    // Given two hearings, of which one sends more than may wait for one gallery
    let limits =
        Limits { delay: DELAY, delay_bytes_max: 10_000_000, delay_hearing_bytes_max: 150_000, ..LIMITS };
    let mut net = Net::within(limits, &["a1", "chair", "o1", "p1", "chair@other", "o1@other"], 0, 3);
    for seat in ["a1", "chair", "p1"] {
        net.phone(seat).weight = 1_000;
    }
    let sits = OnAir { chamber: COURT, heard: true, seen: true, sitting: true, ..OnAir::default() };
    let other = [("chair@other".into(), sits), ("o1@other".into(), WATCHING)];
    net.board.obey("other", other.into(), net.now);
    stands(&mut net, &["chair"], WATCHING);
    net.runs(DELAY * 3);
    // Then that one loses some of it, and the other nothing
    net.came(DELAY);
    let of = |net: &mut Net, who: &str, whom: &str| {
        let got = &net.phone(who).got;
        [SOUND, PICTURE].map(|kind| got.get(&(kind, whom.to_string())).copied().unwrap_or_default())
    };
    assert!(net.board.counts().not_kept > 0);
    let [sounds, pictures] = of(&mut net, "o1@other", "chair@other");
    assert!(sounds >= 148 && pictures >= 73, "of 150 and 75 came {sounds} and {pictures}");
    let [sounds, pictures] = of(&mut net, "o1", "chair");
    assert!(sounds + pictures < 200, "of 225 came {sounds} and {pictures}");
}

#[test]
fn what_somebody_said_before_coming_anew_gets_to_the_gallery() {
    let mut net = court();
    stands(&mut net, &["a1", "chair"], WATCHING);
    net.runs(DELAY / 2);
    net.comes("a1", 7, 3);
    stands(&mut net, &["chair"], WATCHING);
    net.runs(DELAY / 2 + Duration::from_millis(300));
    let came = net.came(Duration::from_millis(500));
    expects(&came, SOUND, "o1", &["a1", "chair"]);
}
