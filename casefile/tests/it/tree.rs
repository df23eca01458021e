//! Our tree is the tree of RFC 6962, by the word of another implementation.

use casefile::tree::{Tree, proves};
use casefile::{Digest, chain, chain_head, chain_start, commitment};
use ct_merkle::mem_backed_tree::MemoryBackedTree;

#[test]
fn roots_and_paths_are_those_of_another_implementation() {
    let mut theirs = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    let mut ours: Vec<Digest> = Vec::new();
    assert_eq!(Tree::of(&[]).root(), Digest::of(b""));
    for n in 0..130_u64 {
        let leaf = Digest::of(&n.to_be_bytes());
        theirs.push(leaf.0.to_vec());
        ours.push(leaf);
        let tree = Tree::of(&ours);
        assert_eq!(tree.root().0[..], theirs.root().as_bytes()[..]);
        for place in 0..=n {
            let path: Vec<Digest> = tree.path(place as usize).collect();
            let bytes: Vec<u8> = path.iter().flat_map(|digest| digest.0).collect();
            assert_eq!(bytes, theirs.prove_inclusion(place as usize).as_bytes());
            assert!(proves(&tree.root(), &ours[place as usize], place, n + 1, &path));
            assert!(!proves(&tree.root(), &Digest([1; 32]), place, n + 1, &path));
            assert!(!proves(&tree.root(), &ours[place as usize], place + 1, n + 1, &path));
            let longer = [&path[..], &[leaf]].concat();
            assert!(!proves(&tree.root(), &ours[place as usize], place, n + 1, &longer));
        }
    }
    assert_eq!(Tree::of(&ours).path(130).count(), 0);
}

#[test]
fn a_path_is_at_most_twenty_steps_for_a_million_entries() {
    let leaves = vec![Digest([0; 32]); 1_000_000];
    assert!(Tree::of(&leaves).path(999_999).count() <= 20);
}

#[test]
fn the_chain_is_as_written_down() {
    let sha = |bytes: &[u8]| Digest::of(bytes);
    assert_eq!(commitment(&[1; 32], b"{}"), sha(&[&[1; 32][..], b"{}"].concat()));
    assert_eq!(chain_start("hearing/1"), sha(b"hearing/1"));
    let (a, b) = (Digest([2; 32]), Digest([3; 32]));
    assert_eq!(chain(&a, &b), sha(&[a.0, b.0].concat()));
    assert_eq!(chain_head("s", &[a, b]), chain(&chain(&chain_start("s"), &a), &b));
}
