//! JSON text taken apart: strict as the standard says, but without fractions, which the server never sends.

use std::collections::BTreeMap;

/// How deep lists and objects may lie in each other.
const DEPTH_MAX: u32 = 64;

/// A part of a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(i128),
    Text(String),
    List(Vec<Self>),
    Map(BTreeMap<String, Self>),
}

impl Value {
    /// The whole text as one value; none where it is no JSON or holds a fraction.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut reader = Reader { text: std::str::from_utf8(text).ok()?.as_bytes(), at: 0 };
        let value = reader.value(0)?;
        reader.skip_space();
        (reader.at == reader.text.len()).then_some(value)
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Whether the next sign, after any space, is this one; then it is taken.
    fn takes(&mut self, sign: u8) -> bool {
        self.skip_space();
        let here = self.peek() == Some(sign);
        self.at += usize::from(here);
        here
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let rest = self.text.get(self.at..)?;
        self.at += word.len();
        rest.starts_with(word.as_bytes()).then_some(value)
    }

    fn value(&mut self, depth: u32) -> Option<Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        self.skip_space();
        match self.peek()? {
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'"' => self.text().map(Value::Text),
            b'[' => self.list(depth),
            b'{' => self.map(depth),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: u32) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        if self.takes(b']') {
            return Some(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.takes(b']') {
                return Some(Value::List(items));
            }
            self.takes(b',').then_some(())?;
        }
    }

    fn map(&mut self, depth: u32) -> Option<Value> {
        self.at += 1;
        let mut fields = BTreeMap::new();
        if self.takes(b'}') {
            return Some(Value::Map(fields));
        }
        loop {
            self.skip_space();
            let name = self.text()?;
            self.takes(b':').then_some(())?;
            fields.insert(name, self.value(depth + 1)?);
            if self.takes(b'}') {
                return Some(Value::Map(fields));
            }
            self.takes(b',').then_some(())?;
        }
    }

    /// A whole number of at most twenty digits.
    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let digits = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let fraction = matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        let padded = self.text.get(digits) == Some(&b'0') && self.at > digits + 1;
        if fraction || padded || self.at - digits > 20 {
            return None;
        }
        std::str::from_utf8(&self.text[start..self.at]).ok()?.parse().ok().map(Value::Number)
    }

    fn text(&mut self) -> Option<String> {
        if self.next()? != b'"' {
            return None;
        }
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                b'"' => return String::from_utf8(bytes).ok(),
                b'\\' => {
                    let sign = self.escape()?;
                    bytes.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
                }
                control if control < 0x20 => return None,
                byte => bytes.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            sign @ (b'"' | b'\\' | b'/') => char::from(sign),
            b'u' => {
                let first = self.unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first);
                }
                // The first half of a sign outside the basic plane, such as 𬭎; the second must follow.
                if self.next()? != b'\\' || self.next()? != b'u' {
                    return None;
                }
                let second = self.unit()?.checked_sub(0xdc00).filter(|half| *half < 0x400)?;
                char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)?
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + char::from(self.next()?).to_digit(16)?;
        }
        Some(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &serde_json::Value) -> Option<Value> {
        Some(match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(yes) => Value::Bool(*yes),
            serde_json::Value::Number(number) => {
                Value::Number(number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))?)
            }
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Array(items) => Value::List(items.iter().map(of).collect::<Option<_>>()?),
            serde_json::Value::Object(fields) => Value::Map(
                fields.iter().map(|(name, value)| Some((name.clone(), of(value)?))).collect::<Option<_>>()?,
            ),
        })
    }

    #[test]
    fn what_serde_json_takes_is_taken_and_what_it_refuses_is_refused() {
        let whole = [
            "null",
            " true ",
            "[]",
            "{}",
            "[ ]",
            "{ }",
            "0",
            "-0",
            "-1",
            "18446744073709551615",
            "-9223372036854775808",
            r#""""#,
            r#""陈某某 𬭎 \ud87a\udfce \u00e9 \/ \\ \" \n\t\r\b\f""#,
            r#"{"a":[1,{"b":null}],"":false}"#,
            "[1 , 2\n]",
            "\u{feff}1",
            "",
            "nul",
            "nulll",
            "[1,]",
            "[1 2]",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{1:2}"#,
            r#"{"a":1,}"#,
            "01",
            "-",
            "+1",
            "--1",
            "\"",
            "\"\n\"",
            r#""\x""#,
            r#""\ud87a""#,
            r#""\ud87a\u0041""#,
            r#""\udfce""#,
            r#""\u12""#,
            "1 1",
            "]",
            "tru",
            "\u{0}",
        ];
        for text in whole {
            let expected = serde_json::from_str::<serde_json::Value>(text).ok().and_then(|value| of(&value));
            let expected = if text == "-0" { Some(Value::Number(0)) } else { expected };
            assert_eq!(Value::parse(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(Value::parse(b"\"\xff\""), None);
    }

    #[test]
    fn fractions_and_endless_depth_are_refused() {
        for text in ["1.5", "1e3", "100000000000000000000000"] {
            assert_eq!(Value::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Value::parse("[".repeat(100_000).as_bytes()), None);
        let deep = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Value::parse(deep(60).as_bytes()).is_some());
        assert_eq!(Value::parse(deep(70).as_bytes()), None);
    }
}
