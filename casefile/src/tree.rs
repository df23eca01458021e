//! The tree over all commitments: one root stands for the whole log, and a short path proves one entry.
//!
//! The Merkle tree of RFC 6962: a leaf is `SHA-256(00 || commitment)`, a node `SHA-256(01 || left || right)`, and the last
//! node of an uneven row moves up unchanged. It is written out here because the library at hand hashes log n nodes anew for
//! every entry added; this makes each node once, and gives the paths of all entries from the same rows. The tests hold it
//! against that library.

use crate::digest::Digest;

/// The tree with all its rows, the leaves first.
#[derive(Clone, Debug)]
pub struct Tree {
    rows: Vec<Vec<Digest>>,
}

impl Tree {
    /// The tree over these commitments.
    #[must_use]
    pub fn of(commitments: &[Digest]) -> Self {
        let mut rows = vec![commitments.iter().map(leaf).collect::<Vec<_>>()];
        while let Some(row) = rows.last().filter(|row| row.len() > 1) {
            let above = row.chunks(2).map(|pair| match pair {
                [left, right] => node(left, right),
                alone => alone[0],
            });
            let above = above.collect();
            rows.push(above);
        }
        Self { rows }
    }

    /// The root; of no entries, the digest of nothing.
    #[must_use]
    pub fn root(&self) -> Digest {
        self.rows.last().and_then(|row| row.first()).copied().unwrap_or_else(|| Digest::of(b""))
    }

    /// The path that proves the entry at this place (from 0): the sister nodes from the leaf up to below the root.
    pub fn path(&self, place: usize) -> impl Iterator<Item = Digest> + '_ {
        let rows =
            if self.rows.first().is_some_and(|leaves| place < leaves.len()) { &self.rows[..] } else { &[] };
        rows.iter().enumerate().filter_map(move |(height, row)| row.get((place >> height) ^ 1).copied())
    }
}

/// Whether the path proves that the commitment stands at this place (from 0) among so many under this root.
#[must_use]
pub fn proves(root: &Digest, commitment: &Digest, place: u64, entries: u64, path: &[Digest]) -> bool {
    if place >= entries {
        return false;
    }
    let (mut here, mut last) = (place, entries - 1);
    let mut reached = leaf(commitment);
    for sister in path {
        if last == 0 {
            return false;
        }
        if here & 1 == 1 || here == last {
            reached = node(sister, &reached);
            while here & 1 == 0 && here != 0 {
                here >>= 1;
                last >>= 1;
            }
        } else {
            reached = node(&reached, sister);
        }
        here >>= 1;
        last >>= 1;
    }
    last == 0 && reached == *root
}

fn leaf(commitment: &Digest) -> Digest {
    Digest::of_parts(&[&[0], &commitment.0])
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[&[1], &left.0, &right.0])
}
