//! Where somebody is reached besides the telephone: mail addresses, and numbers of QQ, 微信 and the like where they are called so.

use super::{CROSS, Place, What, sight::is_edge};

/// What such a number is called.
const NAMED: [&str; 10] =
    ["qq", "微信", "wechat", "weixin", "支付宝", "抖音", "微博", "护照", "通行证", "居留证"];
/// What may stand between that and the number.
const LINKS: [&str; 18] = [
    "号码", "账号", "帐号", "账户", "编号", "号", "id", "是", "为", "叫", ":", "=", "(", ")", "“", "\"", "-",
    " ",
];
/// So many of these at the most.
const LINKS_MAX: usize = 6;
/// Signs of such a number, at the least.
const NUMBER_SIGNS: usize = 5;

/// Mail addresses.
pub(super) fn mails(letters: &[char]) -> Vec<Place> {
    let own = |letter: char| letter.is_ascii_alphanumeric() || "._%+-".contains(letter);
    let net = |letter: char| letter.is_ascii_alphanumeric() || ".-".contains(letter);
    let mut found = Vec::new();
    for at in (0..letters.len()).filter(|at| letters[*at] == '@') {
        // A blank on either side hides nothing.
        let head = &letters[..at];
        let head = if head.last() == Some(&' ') { &head[..at - 1] } else { head };
        let from = head.len() - head.iter().rev().take_while(|letter| own(**letter)).count();
        let begin = at + 1 + usize::from(letters.get(at + 1) == Some(&' '));
        let rest = letters.get(begin..).unwrap_or_default();
        let host = rest.iter().take_while(|letter| net(**letter)).count();
        // The full stop after it ends the sentence.
        let ended = rest[..host].iter().rev().take_while(|letter| !letter.is_ascii_alphanumeric()).count();
        let host = host - ended;
        if from < head.len() && rest[..host].contains(&'.') {
            found.push((from, begin + host, What::Mail, CROSS.to_string().repeat(4)));
        }
    }
    found
}

/// Numbers and names by which somebody is found in a network, where they are called so: `QQ：12345678`, `微信号：abc_123`.
pub(super) fn accounts(letters: &[char]) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    for at in 0..letters.len() {
        let Some(name) = NAMED.iter().find(|name| begins(letters, at, name)) else { continue };
        let after = at + name.chars().count();
        let (from, is_told) = linked(letters, after);
        let to = account(letters, from);
        let Some(own) = letters.get(from..to).filter(|own| own.len() >= NUMBER_SIGNS) else { continue };
        // `微信 transfer` names nobody; `微信号 zhangsan` does.
        let has_digit = own.iter().any(char::is_ascii_digit);
        if (is_told || has_digit) && is_edge(letters, from, to) {
            found.push((from, to, What::Account, CROSS.to_string().repeat(4)));
        }
    }
    found
}

fn begins(letters: &[char], at: usize, words: &str) -> bool {
    let mut rest = letters.get(at..).unwrap_or_default().iter();
    words.chars().all(|letter| rest.next() == Some(&letter))
}

/// Where the number begins, and whether what stands before it says that it is one.
fn linked(letters: &[char], after: usize) -> (usize, bool) {
    let (mut at, mut is_told) = (after, false);
    for _ in 0..LINKS_MAX {
        let Some(link) = LINKS.iter().find(|link| begins(letters, at, link)) else { break };
        at += link.chars().count();
        is_told = is_told || !matches!(*link, " " | "-" | "(" | ")");
    }
    (at, is_told)
}

/// Where such a number ends; between its digits may stand a blank.
fn account(letters: &[char], from: usize) -> usize {
    let digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
    let mut to = from;
    while let Some(letter) = letters.get(to) {
        let goes_on = letter.is_ascii_alphanumeric()
            || matches!(letter, '_' | '-')
            || (*letter == ' ' && to > from && digit(to - 1) && digit(to + 1));
        if !goes_on {
            break;
        }
        to += 1;
    }
    to
}
