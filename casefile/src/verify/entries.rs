//! Whether the log is complete and unchanged: every entry in its place, each shown one fitting its commitment.

use super::Members;
use crate::digest::Digest;
use crate::entry::{chain_head, commitment};
use crate::limits::{ENTRIES_MAX, NAMED_MAX};
use crate::name;
use crate::report::Report;
use crate::statement::{Line, SealStatement, read_line, write_proof};
use crate::tree::Tree;

/// What was read from the lines.
#[derive(Default)]
struct Log<'a> {
    commitments: Vec<Digest>,
    /// Place (from 0), number and proof of each line with a content.
    shown: Vec<(usize, u64, &'a [u8])>,
    withheld: Vec<u64>,
    sound: bool,
}

/// Checks the entries against the seal; gives the number of those withheld, and whether all are as they were sealed.
pub(super) fn check(report: &mut Report, members: &Members<'_>, seal: Option<&SealStatement>) -> (u64, bool) {
    let Some(bytes) = members.get(name::ENTRIES) else {
        return (0, false);
    };
    let log = log(report, bytes);
    let tree = Tree::of(&log.commitments);
    let proven = paths(report, &log, &tree);
    let sealed = seal.is_some_and(|seal| complete(report, &log, &tree, seal));
    if log.sound && proven {
        said(report, &log);
    }
    (log.withheld.len() as u64, log.sound && proven && sealed)
}

fn log<'a>(report: &mut Report, bytes: &'a [u8]) -> Log<'a> {
    let mut log = Log { sound: true, ..Log::default() };
    let mut due = 1;
    let Some(lines) = bytes.strip_suffix(b"\n") else {
        broken(report, "entries.unreadable", "记录条目文件不完整", "the file of entries is incomplete");
        log.sound = false;
        return log;
    };
    for (place, text) in lines.split(|byte| *byte == b'\n').enumerate() {
        if place == ENTRIES_MAX {
            broken(report, "entries.unreadable", "记录条目过多", "there are too many entries");
            log.sound = false;
            break;
        }
        let Some((line, proof)) = read_line(text) else {
            let (zh, en) = (
                format!("第{due}条记录已损坏，无法读取"),
                format!("entry {due} is damaged and cannot be read"),
            );
            broken(report, "entry.unreadable", zh, en);
            log.sound = false;
            due += 1;
            continue;
        };
        log.sound &= in_place(report, line.number, due) & fits(report, &line, proof.is_some());
        due = line.number.saturating_add(1);
        log.commitments.push(line.commitment);
        if line.content.is_some() {
            log.shown.push((log.commitments.len() - 1, line.number, proof.unwrap_or_default()));
        } else {
            log.withheld.push(line.number);
        }
    }
    log
}

/// Whether the entry stands where its number says.
fn in_place(report: &mut Report, number: u64, due: u64) -> bool {
    if number > due {
        let last = number - 1;
        let (zh, en) = if due == last {
            (format!("缺少第{due}条记录"), format!("entry {due} is missing"))
        } else {
            (format!("缺少第{due}至{last}条记录"), format!("entries {due} to {last} are missing"))
        };
        broken(report, "entry.missing", zh, en);
    } else if number < due {
        let (zh, en) = (
            format!("第{number}条记录重复或者位置被调换"),
            format!("entry {number} stands twice or was moved"),
        );
        broken(report, "entry.moved", zh, en);
    }
    number == due
}

/// Whether a shown entry fits its commitment, and a withheld one has nothing but its commitment.
fn fits(report: &mut Report, line: &Line, has_proof: bool) -> bool {
    let number = line.number;
    match (&line.content, &line.salt, has_proof) {
        (None, None, false) => true,
        (Some(content), Some(salt), true) if commitment(&salt.0, content.as_bytes()) == line.commitment => {
            true
        }
        (Some(_), Some(_), true) => {
            let zh = format!("第{number}条记录的内容被改动，与其承诺值不符");
            broken(
                report,
                "entry.changed",
                zh,
                format!("entry {number} was changed: it does not fit its commitment"),
            );
            false
        }
        _ => {
            let zh = format!("第{number}条记录的内容、盐值和证明不齐全");
            let en = format!("entry {number} lacks one of content, salt and proof");
            broken(report, "entry.unreadable", zh, en);
            false
        }
    }
}

/// Whether each shown entry carries its path to the root, so that it can be shown alone.
fn paths(report: &mut Report, log: &Log<'_>, tree: &Tree) -> bool {
    let mut proven = true;
    let mut expected = Vec::new();
    for &(place, number, proof) in &log.shown {
        expected.clear();
        write_proof(tree.path(place), &mut expected);
        if proof != expected {
            proven = false;
            let zh = format!("第{number}条记录的单独证明不成立");
            broken(report, "entry.unproven", zh, format!("the proof of entry {number} does not hold"));
        }
    }
    proven
}

/// Whether these are the entries that were sealed, all of them.
fn complete(report: &mut Report, log: &Log<'_>, tree: &Tree, seal: &SealStatement) -> bool {
    let (found, sealed) = (log.commitments.len(), seal.entries);
    if found as u64 != sealed {
        let (zh, en) = (
            format!("封存的记录有{sealed}条，文件中有{found}条"),
            format!("{sealed} entries were sealed, {found} are here"),
        );
        broken(report, "entries.count", zh, en);
    }
    let root_holds = tree.root() == seal.root;
    if !root_holds {
        broken(
            report,
            "entries.root",
            "记录条目与封存声明中的总根值不符：至少有一条被改动、删除或者调换",
            "the entries do not lead to the sealed root: at least one was changed, removed or moved",
        );
    }
    let chain_holds = chain_head(&seal.stream, &log.commitments) == seal.chain;
    if !chain_holds {
        broken(
            report,
            "entries.chain",
            "记录条目与封存声明中的哈希链不符：至少有一条被改动、删除或者调换",
            "the entries do not lead to the sealed end of the chain: at least one was changed, removed or moved",
        );
    }
    if log.sound && root_holds && chain_holds {
        let zh = format!("全部{sealed}条记录齐全、顺序无误，与封存时一致");
        report.holding(
            "entries",
            zh,
            format!("all {sealed} entries are there, in order, as they were sealed"),
        );
    }
    found as u64 == sealed && root_holds && chain_holds
}

/// What is shown and what was withheld.
fn said(report: &mut Report, log: &Log<'_>) {
    let shown = log.shown.len();
    let zh = format!("本副本载有{shown}条记录的内容，每条均与其承诺值和单独证明相符");
    report.holding(
        "entries.shown",
        zh,
        format!("{shown} entries are shown; each fits its commitment and its proof"),
    );
    let withheld = log.withheld.len();
    if withheld > 0 {
        let numbers = ranges(&log.withheld);
        report.holding(
            "entries.withheld",
            format!("另有{withheld}条记录不向本副本公开，只列承诺值：第{numbers}条"),
            format!("{withheld} entries are withheld, with only their commitments here: {numbers}"),
        );
    }
}

/// Numbers in a line: `3-5, 9`.
fn ranges(numbers: &[u64]) -> String {
    let runs = numbers.chunk_by(|a, b| a.checked_add(1) == Some(*b));
    let mut texts: Vec<String> = runs
        .take(NAMED_MAX + 1)
        .map(|run| match run {
            [first, .., last] => format!("{first}-{last}"),
            run => run.iter().map(u64::to_string).collect(),
        })
        .collect();
    if texts.len() > NAMED_MAX {
        texts[NAMED_MAX] = "…".into();
    }
    texts.join(", ")
}

fn broken(report: &mut Report, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
    report.breaking(code, Some(name::ENTRIES), zh, en);
}
