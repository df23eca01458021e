//! What an entry says, read in one way only: where two readers could understand one text differently, none of them reads it.
//!
//! Readers of JSON differ in what they do with a name given twice, with numbers that are not whole or too large, and with
//! text that nests deep. So none of that may stand in an entry, and whoever checks a file refuses it alike.

use core::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::limits::CONTENT_DEPTH_MAX;

/// The content of an entry; none when it is no JSON, gives a name twice, has a number other than a whole one from -2^63 to
/// 2^64-1, half a surrogate, or lists and objects more than [`CONTENT_DEPTH_MAX`] deep.
pub(crate) fn read(text: &str) -> Option<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Within(CONTENT_DEPTH_MAX).deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(value)
}

/// Reads a value in which lists and objects may nest so deep.
#[derive(Clone, Copy)]
struct Within(usize);

impl Within {
    /// For what lies inside a list or an object.
    fn inner<E: Error>(self) -> Result<Self, E> {
        self.0.checked_sub(1).map(Self).ok_or_else(|| E::custom("it nests too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Within {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A number with a fraction, an exponent or too many digits comes as a floating one, and those are not taken.
impl<'de> Visitor<'de> for Within {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the content of an entry")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inner = self.inner::<A::Error>()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.inner::<A::Error>()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inner)?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name is given twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> String {
        format!("{}{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn what_readers_agree_on_is_read() {
        for text in
            ["{}", " [1, -2, null, true, \"\\u7b2c\"] ", "-9223372036854775808", "18446744073709551615"]
        {
            assert_eq!(read(text), serde_json::from_str(text).ok(), "{text}");
        }
        assert!(read(&nested(CONTENT_DEPTH_MAX)).is_some());
    }

    #[test]
    fn what_they_may_differ_on_is_not() {
        let deep = [nested(CONTENT_DEPTH_MAX + 1), nested(200), "[".repeat(100_000)];
        let texts = [
            "",
            "{} {}",
            "\u{feff}{}",
            r#"{"a":1,"a":1}"#,
            r#"[{"a":{"b":1,"\u0062":2}}]"#,
            "1.0",
            "1e2",
            "-0",
            "1e999",
            "18446744073709551616",
            "-9223372036854775809",
            "NaN",
            "-Infinity",
            r#""\ud800""#,
            r#"{"\udc00":1}"#,
        ];
        for text in texts.into_iter().chain(deep.iter().map(String::as_str)) {
            assert_eq!(read(text), None, "{text:.40}");
        }
    }
}
