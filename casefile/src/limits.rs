//! How large a case file, its parts and the report on it may become.
//!
//! These numbers belong to the format (a verifier elsewhere refuses the same files), so they are not settings.

/// Bytes of a whole case file: what a 32-bit browser can still hold, and well below the 4 GiB where ZIP needs extensions.
pub const FILE_BYTES_MAX: usize = 2_147_483_647;

/// Bytes of one file inside.
pub const MEMBER_BYTES_MAX: usize = 2_000_000_000;

/// Files inside, everything counted.
pub const MEMBERS_MAX: usize = 10_000;

/// UTF-8 bytes of a file's name, folders included.
pub const NAME_BYTES_MAX: usize = 240;

/// UTF-8 bytes of a hearing's id, a stream's name or a seat's id in a signed statement.
pub const ID_BYTES_MAX: usize = 200;

/// Bytes of `seal.json` and of `copy.json`.
pub const STATEMENT_BYTES_MAX: usize = 4_096;

/// Entries of one hearing's log.
pub const ENTRIES_MAX: usize = 1_000_000;

/// Bytes of one entry's content.
pub const ENTRY_BYTES_MAX: usize = 16_777_216;

/// Lists and objects within one another in an entry's content, the outermost counted.
pub const CONTENT_DEPTH_MAX: usize = 64;

/// Broken things named one by one in a report, for each kind of check; the rest is counted.
pub const NAMED_MAX: usize = 100;
