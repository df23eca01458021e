//! Sealing: the log is signed once, and each copy of the case file is bound to that one seal.

use std::collections::BTreeMap;

use crate::archive;
use crate::digest::Digest;
use crate::entry::{Leaf, chain_head};
use crate::error::Error;
use crate::key::{Keys, Signatures, Signer, sm2};
use crate::limits::{ENTRIES_MAX, ENTRY_BYTES_MAX};
use crate::name;
use crate::readme;
use crate::statement::{
    COPY_FORMAT, CopyKind, CopyStatement, Line, Listed, MANIFEST_FORMAT, Manifest, SEAL_FORMAT,
    SealStatement, read, write, write_proof,
};
use crate::tree::Tree;

/// What is sealed.
#[derive(Clone, Copy, Debug)]
pub struct Sealing<'a> {
    /// The hearing's id.
    pub hearing: &'a str,
    /// The name of its stream in the log; its digest begins the chain.
    pub stream: &'a str,
    /// Milliseconds since 1970 UTC, by the server's clock.
    pub sealed_at: i64,
    /// The commitments of all entries, number 1 first.
    pub commitments: &'a [Digest],
}

/// A seal: made once when the hearing's record is sealed, kept, and put into every copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The signed bytes, `seal.json`.
    pub statement: Vec<u8>,
    /// The signatures over them, `seal.sig` and `seal-sm2.sig`.
    pub signatures: Signatures,
    /// The keys they were made with, `seal.pub` and `seal-sm2.pub`.
    pub keys: Keys,
}

/// A file of the main or the confidential volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path, beginning with `main/` or `confidential/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// One copy of the case file, to be bound.
#[derive(Clone, Debug)]
pub struct Copy<'a> {
    /// For whom.
    pub kind: CopyKind,
    /// Every entry of the log, number 1 first, each shown or withheld.
    pub leaves: &'a [Leaf],
    /// The files of the volumes in this copy.
    pub files: &'a [File],
}

impl Seal {
    /// Seals the log.
    ///
    /// # Errors
    /// When there is nothing to seal, an id cannot stand in a statement, or the signer fails.
    pub fn make(sealing: &Sealing<'_>, signer: &dyn Signer) -> Result<Self, Error> {
        if sealing.commitments.is_empty() {
            return Err(Error::Empty);
        }
        if sealing.commitments.len() > ENTRIES_MAX {
            return Err(Error::TooLarge(("记录条目数", "entries"), ENTRIES_MAX));
        }
        for id in [sealing.hearing, sealing.stream] {
            if !name::is_id(id) {
                return Err(Error::Id(id.to_owned()));
            }
        }
        let keys = signer.keys();
        let statement = write(&SealStatement {
            format: SEAL_FORMAT.to_owned(),
            hearing: sealing.hearing.to_owned(),
            stream: sealing.stream.to_owned(),
            sealed_at: sealing.sealed_at,
            entries: sealing.commitments.len() as u64,
            root: Tree::of(sealing.commitments).root(),
            chain: chain_head(sealing.stream, sealing.commitments),
            sm2: keys.sm2,
        });
        let signatures = signatures(signer, &keys, &statement)?;
        Ok(Self { statement, signatures, keys })
    }

    /// Whether both its signatures hold, so that one that was kept is known to be whole.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.keys.hold(&self.statement, &self.signatures)
    }

    /// Binds one copy: the bytes of the case file. The same copy of the same seal has the same bytes.
    ///
    /// The signer must hold the keys the seal was made with.
    ///
    /// # Errors
    /// When the entries are not those sealed, a file has no place in this copy or is too large, or the signer fails.
    pub fn copy(&self, copy: &Copy<'_>, signer: &dyn Signer) -> Result<Vec<u8>, Error> {
        let statement: SealStatement = read(&self.statement).ok_or(Error::Seal)?;
        if let CopyKind::Own { seat } = &copy.kind
            && !name::is_id(seat)
        {
            return Err(Error::Id(seat.clone()));
        }
        let entries = lines(copy.leaves, &statement)?;
        let (key, key_sm2) = (self.keys.ed25519.to_der(), self.keys.sm2.to_der());
        let seal_sm2 = sm2::to_der(&self.signatures.sm2);
        let readme = readme::text(&statement, &copy.kind, &self.keys);
        let mut members: BTreeMap<&str, &[u8]> = BTreeMap::from([
            (name::README, readme.as_bytes()),
            (name::ENTRIES, &entries),
            (name::SEAL, &self.statement),
            (name::SEAL_SIGNATURE, &self.signatures.ed25519),
            (name::KEY, &key),
            (name::SEAL_SM2, &seal_sm2),
            (name::KEY_SM2, &key_sm2),
        ]);
        place(copy, &mut members)?;
        let manifest = write(&Manifest {
            format: MANIFEST_FORMAT.to_owned(),
            files: members.iter().map(|(path, bytes)| Listed::of(path, bytes)).collect(),
        });
        let binding = write(&CopyStatement {
            format: COPY_FORMAT.to_owned(),
            copy: copy.kind.clone(),
            seal: Digest::of(&self.statement),
            manifest: Digest::of(&manifest),
        });
        let signatures = signatures(signer, &self.keys, &binding)?;
        let copy_sm2 = sm2::to_der(&signatures.sm2);
        members.extend([
            (name::MANIFEST, &manifest[..]),
            (name::COPY, &binding[..]),
            (name::COPY_SIGNATURE, &signatures.ed25519[..]),
            (name::COPY_SM2, &copy_sm2[..]),
        ]);
        archive::write(&members)
    }
}

/// Puts the files of the volumes among the members.
fn place<'a>(copy: &Copy<'a>, members: &mut BTreeMap<&'a str, &'a [u8]>) -> Result<(), Error> {
    for File { path, bytes } in copy.files {
        match name::volume(path) {
            "main" => {}
            "confidential" if copy.kind == CopyKind::Whole => {}
            "confidential" => return Err(Error::Confidential(path.clone())),
            _ => return Err(Error::Name(path.clone())),
        }
        if members.insert(path, bytes).is_some() {
            return Err(Error::Name(path.clone()));
        }
    }
    Ok(())
}

/// `entries/entries.jsonl`: one line for each entry.
fn lines(leaves: &[Leaf], statement: &SealStatement) -> Result<Vec<u8>, Error> {
    let commitments: Vec<Digest> = leaves.iter().map(Leaf::commitment).collect();
    let tree = Tree::of(&commitments);
    if statement.entries != leaves.len() as u64 || tree.root() != statement.root {
        return Err(Error::NotAsSealed);
    }
    let mut bytes = Vec::new();
    for (place, (leaf, commitment)) in leaves.iter().zip(commitments).enumerate() {
        let number = leaf.number();
        if number != place as u64 + 1 {
            return Err(Error::Number(number));
        }
        let mut line = Line { number, commitment, salt: None, content: None };
        if let Leaf::Shown(entry) = leaf {
            let content = core::str::from_utf8(&entry.content).map_err(|_| Error::Content(number))?;
            if content.len() > ENTRY_BYTES_MAX {
                return Err(Error::Content(number));
            }
            line.salt = Some(Digest(entry.salt));
            line.content = Some(content.to_owned());
        }
        bytes.extend(write(&line));
        if line.content.is_some() {
            bytes.pop(); // The closing brace comes after the proof.
            write_proof(tree.path(place), &mut bytes);
        }
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// The signatures, checked before they are used: a wrong one must never leave the house.
fn signatures(signer: &dyn Signer, keys: &Keys, bytes: &[u8]) -> Result<Signatures, Error> {
    let signatures = signer.sign(bytes).map_err(Error::Signer)?;
    if keys.hold(bytes, &signatures) { Ok(signatures) } else { Err(Error::Signature) }
}
