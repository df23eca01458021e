//! Why a file from another installation is not taken in, in words.

use crate::{Error, archive::stamp::check};

/// What is wrong with a file that is to be imported. Nothing of it has been kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is no ZIP, or was cut.
    NotZip,
    /// It has more members than allowed.
    Members,
    /// Unpacked it is larger than allowed.
    Large,
    /// A member has no place in an export, stands there twice, or is packed otherwise than exports are.
    Member(String),
    /// A member is missing.
    Missing(String),
    /// It is of a format that this program does not know.
    Format(String),
    /// A member cannot be read.
    Unreadable(String),
    /// A member is not what the statement says.
    Changed(String),
    /// The statement is not signed by the keys in the file.
    Signature,
    /// It is signed with a key that was not expected; its fingerprint.
    Key(String),
    /// The case file in it does not hold; what is broken, in Chinese and English.
    CaseFile(String, String),
    /// The seal is broken, or is not that of the case file.
    Seal,
    /// An entry of the log does not hold.
    Entry(usize),
    /// An entry of the log holds and cannot be read here.
    UnknownEntry(usize),
    /// The log is not the one that was sealed.
    Log,
    /// By the rules this hearing is not a sealed one.
    NotSealed,
    /// A file of an exhibit does not belong to the hearing, is missing, or is another one.
    Exhibit(String),
    /// A recording does not hold; what is broken, in Chinese and English.
    Recording(String, String),
    /// The time stamp is none of this seal.
    Stamp(check::Wrong),
    /// There is a hearing of this id here, with another seal or none.
    OtherSeal(String),
}

impl Wrong {
    /// The stable name of it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotZip => "import.not-zip",
            Self::Members => "import.members",
            Self::Large => "import.too-large",
            Self::Member(_) => "import.member",
            Self::Missing(_) => "import.missing",
            Self::Format(_) => "import.format",
            Self::Unreadable(_) => "import.unreadable",
            Self::Changed(_) => "import.changed",
            Self::Signature => "import.signature",
            Self::Key(_) => "import.key",
            Self::CaseFile(..) => "import.case-file",
            Self::Seal => "import.seal",
            Self::Entry(_) => "import.entry",
            Self::UnknownEntry(_) => "import.entry-unknown",
            Self::Log => "import.log",
            Self::NotSealed => "import.not-sealed",
            Self::Exhibit(_) => "import.exhibit",
            Self::Recording(..) => "import.recording",
            Self::Stamp(_) => "import.stamp",
            Self::OtherSeal(_) => "import.other-seal",
        }
    }

    /// A sentence in Chinese and one in English.
    #[must_use]
    pub fn words(&self) -> (String, String) {
        let both = |zh: &str, en: &str| (zh.into(), en.into());
        match self {
            Self::NotZip => {
                both("文件不是ZIP，或者被截断、损坏。", "The file is no ZIP, or was cut or damaged.")
            }
            Self::Members => {
                both("文件内部的条目数超过限额。", "The file has more members inside than allowed.")
            }
            Self::Large => both("文件展开后超过大小限额。", "Unpacked, the file is larger than allowed."),
            Self::Member(name) => (
                format!("“{name}”不是导出文件应有的条目，或者重复出现，或者压缩方式不符。"),
                format!("{name} has no place in an export, stands there twice, or is packed in another way."),
            ),
            Self::Missing(name) => (format!("缺少“{name}”。"), format!("{name} is missing.")),
            Self::Format(name) => (
                format!("不认识导出格式“{name}”，可能由较新版本的程序导出，请先升级本院程序。"),
                format!(
                    "The format {name} is not known here; a newer program may have written it. Please upgrade this one first."
                ),
            ),
            Self::Unreadable(name) => (format!("“{name}”无法读取。"), format!("{name} cannot be read.")),
            Self::Changed(name) => (
                format!("“{name}”与导出清单所载不符，文件被改动或者损坏。"),
                format!("{name} is not what the list of the export says; it was changed or damaged."),
            ),
            Self::Signature => both(
                "导出清单的签名与文件中的密钥不符。",
                "The signatures of the export's list do not fit the keys in the file.",
            ),
            Self::Key(fingerprint) => (
                format!("文件由未指定的密钥签署，其指纹为 {fingerprint}。"),
                format!(
                    "The file is signed with a key that was not named; its fingerprint is {fingerprint}."
                ),
            ),
            Self::CaseFile(zh, en) => {
                (format!("案卷核验不符：{zh}。"), format!("The case file does not hold: {en}."))
            }
            Self::Seal => both(
                "封存记录损坏，或者与案卷的封存记录不同。",
                "The seal is broken, or is not that of the case file.",
            ),
            Self::Entry(number) => {
                (format!("日志第{number}条不符。"), format!("Entry {number} of the log does not hold."))
            }
            Self::UnknownEntry(number) => unknown_entry(*number),
            Self::Log => both("日志与封存时的日志不同。", "The log is not the one that was sealed."),
            Self::NotSealed => {
                both("按照规则，这次听证尚未封存。", "By the rules this hearing has not been sealed.")
            }
            Self::Exhibit(name) => (
                format!("材料文件“{name}”缺少、不属于这次听证，或者内容不符。"),
                format!("The file {name} is missing, does not belong to the hearing, or is another one."),
            ),
            Self::Recording(zh, en) => {
                (format!("录制文件不符：{zh}。"), format!("The recordings do not hold: {en}."))
            }
            Self::Stamp(wrong) => stamp(*wrong),
            Self::OtherSeal(id) => (
                format!("本院已有编号为 {id} 的听证，其封存记录不同，或者尚未封存。"),
                format!("There is a hearing {id} here already, with another seal or none."),
            ),
        }
    }
}

fn unknown_entry(number: usize) -> (String, String) {
    (
        format!("日志第{number}条无法识别，可能由较新版本的程序写入，请先升级本院程序。"),
        format!(
            "Entry {number} of the log is not known here; a newer program may have written it. Please upgrade this one first."
        ),
    )
}

fn stamp(wrong: check::Wrong) -> (String, String) {
    let (zh, en) = wrong.words();
    (format!("文件中的时间戳不符：{zh}。"), format!("The time stamp in the file does not count: {en}."))
}

/// Why an import was not done.
#[derive(Debug)]
pub enum Failed {
    /// The file is not as it must be.
    Wrong(Wrong),
    /// The machine failed.
    Error(Error),
}

impl From<Wrong> for Failed {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}
