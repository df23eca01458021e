//! What can break in the machine. The person is told a code and nothing else; the log of the machine holds the rest.

use axum::http::StatusCode;

/// A failure of the machine, not an answer of the rules (that is [`crate::Refused`]).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not do what it was asked.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A file or a socket did not.
    #[error("file or network: {0}")]
    File(#[from] std::io::Error),
    /// Something that we wrote cannot be read back. Where, but not what: it may be the words of a hearing.
    #[error("unreadable at line {}, column {}", .0.line(), .0.column())]
    Unreadable(#[from] serde_json::Error),
    /// The log does not hold together.
    #[error("the log of {stream} does not hold together at {number}")]
    Broken {
        /// Which log.
        stream: String,
        /// At which entry.
        number: i64,
    },
    /// The operating system gave no random numbers.
    #[error("no random numbers from the operating system")]
    Chance,
    /// A password could not be hashed or its hash not be read.
    #[error("password hash")]
    Password,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// A case file could not be bound.
    #[error("case file: {0}")]
    Archive(String),
    /// A paper could not be drawn up.
    #[error("paper: {0}")]
    Paper(String),
    /// A part of the program stopped in the middle of a request.
    #[error("stopped in the middle of a request")]
    Fault,
    /// The configuration cannot be used.
    #[error("configuration: {0}")]
    Config(String),
}

impl Error {
    /// The stable name that is told to the outside.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Database(_) => "error.database",
            Self::File(_) => "error.file",
            Self::Unreadable(_) => "error.unreadable",
            Self::Broken { .. } => "error.log-broken",
            Self::Chance => "error.chance",
            Self::Password => "error.password",
            Self::Stopping => "error.stopping",
            Self::Archive(_) => "error.archive",
            Self::Paper(_) => "error.paper",
            Self::Fault => "error.fault",
            Self::Config(_) => "error.config",
        }
    }

    /// The status of the answer.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
