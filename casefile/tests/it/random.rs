//! Whatever bytes are given, the check ends, does not panic and does not believe them.

use casefile::verify;
use proptest::prelude::*;

use crate::fixture::small;
use crate::packing::repack;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_do_not_hold(bytes in prop::collection::vec(any::<u8>(), 0..4_000)) {
        prop_assert!(!verify(&bytes, None).holds());
    }

    #[test]
    fn a_good_file_with_some_bytes_overwritten_does_not_hold(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let good = small();
        let mut bytes = good.clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        prop_assert_eq!(verify(&bytes, None).holds(), bytes == good);
    }

    #[test]
    fn a_member_of_random_bytes_does_not_hold(
        member in any::<prop::sample::Index>(),
        content in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let bytes = repack(&small(), |members| {
            let place = member.index(members.len());
            members[place].bytes = content;
        });
        prop_assert!(!verify(&bytes, None).holds());
    }
}
