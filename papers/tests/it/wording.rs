//! A site's own wording counts; one that cannot be filled in is refused before it is used.

use papers::Wordings;

#[test]
fn a_form_that_nobody_knows_or_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let refused = Wordings::with(folder.path()).is_err();
        std::fs::remove_file(path).unwrap();
        refused
    };
    assert!(refused("nothing.md", "# 无"));
    assert!(refused("notice.md", "# {{ case.number"));
    assert!(refused("notice.md", &"字".repeat(200_000)));
    assert!(!refused("notice.md", "# {{ case.number }}"));
    assert!(!refused("LIESMICH.txt", "no form"));
}
