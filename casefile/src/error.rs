//! Why a case file could not be sealed or opened.

use core::fmt;

/// What was wrong with what was to be sealed or opened. Shown to the clerk, so in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// There is no entry to seal.
    Empty,
    /// An entry does not stand where its number says.
    Number(u64),
    /// An entry's content is not UTF-8 text, or too long.
    Content(u64),
    /// The entries are not those that were sealed.
    NotAsSealed,
    /// The seal to be bound is not one that this crate made.
    Seal,
    /// The hearing's id, the stream's name or the seat's id is empty, too long or has control characters.
    Id(String),
    /// A file's name is unsafe, has no place in a case file, or clashes with another.
    Name(String),
    /// A confidential file was given for a copy that may not have any.
    Confidential(String),
    /// Something is larger than the format allows; what, in Chinese and English, and the limit.
    TooLarge((&'static str, &'static str), usize),
    /// The signer gave no signature; its reason.
    Signer(String),
    /// The signature does not fit the public key.
    Signature,
    /// The bytes are not a case file: at this offset this is wrong, in Chinese and English.
    Unreadable(usize, (&'static str, &'static str)),
}

impl Error {
    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Error::Empty => "没有可封存的记录条目".into(),
            Error::Number(n) => format!("第{n}条记录的序号与其位置不符"),
            Error::Content(n) => format!("第{n}条记录的内容不是规范文本，或者过长"),
            Error::NotAsSealed => "所给记录与封存时的记录不一致".into(),
            Error::Seal => "所给封存声明不是有效的封存声明".into(),
            Error::Id(id) => format!("编号{id:?}为空、过长或者含有控制字符"),
            Error::Name(name) => format!("卷内文件名{name:?}不安全、不属于任何一卷或者重复"),
            Error::Confidential(name) => format!("副卷文件{name:?}不得放入这一副本"),
            Error::TooLarge((what, _), limit) => format!("超出卷宗格式的上限：{what}（上限{limit}）"),
            Error::Signer(reason) => format!("未能取得签名：{reason}"),
            Error::Signature => "签名与公钥不符".into(),
            Error::Unreadable(offset, (reason, _)) => {
                format!("不是可读的卷宗文件：在第{offset}字节处，{reason}")
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Empty => f.write_str("there is no entry to seal"),
            Error::Number(n) => write!(f, "entry {n} does not stand where its number says"),
            Error::Content(n) => write!(f, "the content of entry {n} is not UTF-8 text, or too long"),
            Error::NotAsSealed => f.write_str("the entries are not those that were sealed"),
            Error::Seal => f.write_str("the seal is not a valid one"),
            Error::Id(id) => write!(f, "the id {id:?} is empty, too long or has control characters"),
            Error::Name(name) => {
                write!(f, "the file name {name:?} is unsafe, belongs to no volume or clashes")
            }
            Error::Confidential(name) => write!(f, "the confidential file {name:?} may not be in this copy"),
            Error::TooLarge((_, what), limit) => {
                write!(f, "larger than a case file may be: {what} (at most {limit})")
            }
            Error::Signer(reason) => write!(f, "no signature was given: {reason}"),
            Error::Signature => f.write_str("the signature does not fit the public key"),
            Error::Unreadable(offset, (_, reason)) => {
                write!(f, "not a readable case file: at byte {offset}, {reason}")
            }
        }
    }
}

impl core::error::Error for Error {}
